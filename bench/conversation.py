"""The conversations with a registry: scripts for `client.drive`."""

import http.client
import time

from client import Failed, drive
from content import MANIFEST_TYPE


def _with_digest(location, digest):
    return f"{location}{'&' if '?' in location else '?'}digest={digest}"


def push_blob(target, repository, blob):
    """POST, and PUT with all the content, as containerd and oras push."""
    answer = (yield target.request("POST", f"/v2/{repository}/blobs/uploads/", b"")).expect(202)
    path = _with_digest(answer.header("location"), blob.digest)
    octets = "Content-Type: application/octet-stream\r\n"
    (yield target.request("PUT", path, blob.content, octets)).expect(201)


def push_blob_as_docker(target, repository, blob):
    """HEAD, POST, PATCH, PUT, HEAD."""
    path = f"/v2/{repository}/blobs/{blob.digest}"
    (yield target.request("HEAD", path)).expect(404)
    answer = (yield target.request("POST", f"/v2/{repository}/blobs/uploads/", b"")).expect(202)
    octets = "Content-Type: application/octet-stream\r\n"
    answer = (yield target.request("PATCH", answer.header("location"), blob.content, octets)).expect(202)
    closing = _with_digest(answer.header("location"), blob.digest)
    (yield target.request("PUT", closing, b"")).expect(201)
    (yield target.request("HEAD", path)).expect(200)


def put_manifest(target, repository, reference, manifest):
    content_type = f"Content-Type: {MANIFEST_TYPE}\r\n"
    path = f"/v2/{repository}/manifests/{reference}"
    (yield target.request("PUT", path, manifest.content, content_type)).expect(201)


def push_image(target, repository, tag, image):
    for blob in image.blobs:
        yield from push_blob_as_docker(target, repository, blob)
    yield from put_manifest(target, repository, tag, image.manifest)


def pull_image(target, repository, tag, image):
    accept = f"Accept: {MANIFEST_TYPE}\r\n"
    head = (yield target.request("HEAD", f"/v2/{repository}/manifests/{tag}", headers=accept)).expect(200)
    digest = head.header("docker-content-digest") or image.manifest.digest
    answer = (yield target.request("GET", f"/v2/{repository}/manifests/{digest}", headers=accept)).expect(200)
    if answer.body != image.manifest.content:
        raise Failed("another manifest than was pushed")
    for blob in [image.config, *image.layers]:
        answer = (yield target.request("GET", f"/v2/{repository}/blobs/{blob.digest}")).expect(200)
        if len(answer.body) != len(blob.content):
            raise Failed("a blob of another length than was pushed")


def get_repeatedly(target, path, until, latencies):
    while time.monotonic() < until:
        begun = time.monotonic()
        (yield target.request("GET", path)).expect(200)
        latencies.append(time.monotonic() - begun)


def for_a_while(seconds, latencies, conversations):
    """One conversation after another, until time or conversations end; the time of each is kept."""
    until = time.monotonic() + seconds
    for conversation in conversations:
        begun = time.monotonic()
        yield from conversation
        latencies.append(time.monotonic() - begun)
        if time.monotonic() > until:
            return


def each(conversations):
    """All of a shared iterator; many connections may draw from it."""
    for conversation in conversations:
        yield from conversation


def run_all(server, conversations, connections, limit=600):
    shared = iter(conversations)
    return drive(server, [each(shared) for _ in range(connections)], limit)


def push_large_blob(server, headers, repository, blob):
    """One connection of its own, the file sent by the kernel, so that the client costs little."""
    connection = http.client.HTTPConnection(server.host, timeout=120)
    connection.request("POST", f"/v2/{repository}/blobs/uploads/", headers=headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status != 202:
        raise Failed(f"POST got {answer.status}")
    path = _with_digest(answer.headers["Location"].removeprefix(f"http://{server.host}"), blob.digest)
    connection.putrequest("PUT", path)
    for name, value in {
        **headers,
        "Content-Type": "application/octet-stream",
        "Content-Length": str(blob.size),
    }.items():
        connection.putheader(name, value)
    connection.endheaders()
    with open(blob.path, "rb") as file:
        connection.sock.sendfile(file)
    answer = connection.getresponse()
    text = answer.read()
    if answer.status != 201:
        raise Failed(f"PUT got {answer.status}: {text[:500]!r}")
    connection.close()
