"""What is measured. A workload is prepared for one server and then run once, timed."""

import functools
import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import conversation
import seed
import tools
from client import Target, drive
from content import MANIFEST_TYPE, Image, blobs
from outcome import Outcome, of_latencies
from servers import Server

GB = 1e9
ACCEPT = {"Accept": MANIFEST_TYPE}


@dataclass
class Workload:
    key: str
    title: str
    unit: str
    # Given a server and the round's number, does what must not be timed and returns the rest.
    prepare: Callable[[Server, int], Callable[[], Outcome]]
    with_nginx: bool = False
    # Whether each run has an empty server of its own, so that gigabytes do not pile up.
    empty_server: bool = False
    minato_only: bool = False
    # The limits of the machine that are measured in every round beside the servers.
    limits: tuple = ()


def all_workloads(content, seconds):
    """Every workload, in the order they are run."""
    return [
        _large_pull(content, 1),
        _large_pull(content, 8),
        _large_push(content, 1, limits=("sha256", "disk")),
        _large_push(content, 8),
        _small_push("1 KiB", 1024, 1, 20000, seconds, limits=("files",)),
        _small_push("1 KiB", 1024, 8, 20000, seconds),
        _small_push("1 MiB", 1 << 20, 1, 500, seconds, empty_server=True),
        _small_push("1 MiB", 1 << 20, 8, 500, seconds, empty_server=True),
        _repeat("get-tag", "manifest GET by tag", tools.wrk, _manifest("latest"), seconds, True),
        _repeat("get-digest", "manifest GET by digest", tools.wrk, _manifest(content.image.manifest.digest), seconds),
        _repeat("head-tag", "manifest HEAD by tag", tools.ab, _manifest("latest"), seconds, True),
        _repeat("head-digest", "manifest HEAD by digest", tools.ab, _manifest(content.image.manifest.digest), seconds),
        _repeat("head-blob", "blob HEAD", tools.ab, _blob(content.image.config.digest), seconds),
        _repeat("ping", "GET /v2/", tools.wrk, lambda server: "/v2/", seconds),
        _image_push(seconds),
        _image_pull(content, seconds),
        *_tag_pages(seed.PEER_TAGS, seconds, minato_only=False),
        *_tag_pages(content.tags, seconds, minato_only=True),
    ]


def _large_pull(content, streams):
    blob = content.large_blobs[0]
    repeat = 4 if streams == 1 else 1

    def prepare(server, _round):
        headers = server.headers(seed.LARGE)
        urls = [server.url(server.blob_path(seed.LARGE, blob.digest))] * streams
        amount = blob.size * streams * repeat / GB
        return lambda: Outcome(amount, tools.curl(urls, headers, repeat))

    return Workload(f"pull-{streams}", f"blob pull {_mib(blob)}, {_streams(streams)}", "GB", prepare, with_nginx=True)


def _large_push(content, streams, limits=()):
    chosen = content.large_blobs[:streams]

    def prepare(server, _round):
        names = [f"push-{number}" for number in range(streams)]
        pushes = [
            (server, server.headers(name), server.repository(name), blob)
            for name, blob in zip(names, chosen)
        ]
        amount = sum(blob.size for blob in chosen) / GB
        return lambda: Outcome(amount, in_threads(conversation.push_large_blob, pushes))

    title = f"blob push {_mib(chosen[0])}, {_streams(streams)}"
    return Workload(f"push-{streams}", title, "GB", prepare, empty_server=True, limits=limits)


def in_threads(function, calls):
    """Runs all calls at once; the first failure is raised here."""
    failures = []

    def guarded(arguments):
        try:
            function(*arguments)
        except Exception as failure:
            failures.append(failure)

    threads = [threading.Thread(target=guarded, args=(arguments,)) for arguments in calls]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return time.monotonic() - begun


@functools.lru_cache(maxsize=1)
def _round_blobs(count, size, mark):
    """Hashed before anything is timed, and the same for all servers of a round."""
    return list(blobs(count, size, mark))


def _small_push(label, size, streams, most, seconds, **more):
    key = f"push-{label.replace(' ', '').lower()}-{streams}"

    def prepare(server, round_number):
        names = [f"small-{number}" for number in range(streams)]
        targets = [(Target(server, server.headers(name)), server.repository(name)) for name in names]
        pending = iter(_round_blobs(most, size, f"{key} {round_number}"))
        latencies = []

        def worker(target, repository):
            pushes = (conversation.push_blob(target, repository, blob) for blob in pending)
            return conversation.for_a_while(seconds, latencies, pushes)

        def run():
            taken = drive(server, [worker(*target) for target in targets])
            return of_latencies(len(latencies), taken, latencies)

        return run

    return Workload(key, f"blob push {label}, {_streams(streams)}", "blob", prepare, **more)


def _manifest(reference):
    return lambda server: server.manifest_path(seed.SMALL, reference)


def _blob(digest):
    return lambda server: server.blob_path(seed.SMALL, digest)


def _repeat(key, title, tool, path, seconds, with_nginx=False):
    def prepare(server, _round):
        headers = {**ACCEPT, **server.headers(seed.SMALL)}
        return lambda: tool(server.url(path(server)), headers, seconds)

    return Workload(key, f"{title}, {tools.CONNECTIONS} connections", "request", prepare, with_nginx)


IMAGE_CLIENTS = 20


def _image_push(seconds):
    def prepare(server, round_number):
        latencies = []

        def worker(number):
            name = f"image-{number}"
            target, repository = Target(server, server.headers(name)), server.repository(name)

            def pushes():
                for count in itertools.count():
                    mark = f"{round_number} {number} {count}"
                    yield conversation.push_image(target, repository, f"v{round_number}-{count}", Image(mark))

            return conversation.for_a_while(seconds, latencies, pushes())

        workers = [worker(number) for number in range(IMAGE_CLIENTS)]

        def run():
            taken = drive(server, workers)
            return of_latencies(len(latencies), taken, latencies)

        return run

    return Workload("image-push", f"small image push, {IMAGE_CLIENTS} at once", "image", prepare)


def _image_pull(content, seconds):
    def prepare(server, _round):
        target, repository = Target(server, server.headers(seed.SMALL)), server.repository(seed.SMALL)
        latencies = []

        def worker():
            pulls = (
                conversation.pull_image(target, repository, "latest", content.image)
                for _ in itertools.count()
            )
            return conversation.for_a_while(seconds, latencies, pulls)

        def run():
            taken = drive(server, [worker() for _ in range(IMAGE_CLIENTS)])
            return of_latencies(len(latencies), taken, latencies)

        return run

    return Workload("image-pull", f"small image pull, {IMAGE_CLIENTS} at once", "image", prepare)


def _tag_pages(tags, seconds, minato_only):
    last = f"?n=100&last={seed.tag_name(tags - 101)}"
    for kind, query in (("first page of 100", "?n=100"), ("last page of 100", last), ("without n", "")):
        yield _tag_list(tags, kind, query, seconds, minato_only)


def _tag_list(tags, kind, query, seconds, minato_only):
    name = seed.tags_repository(tags)

    def prepare(server, _round):
        target = Target(server, server.headers(name))
        path = f"/v2/{server.repository(name)}/tags/list{query}"
        latencies = []

        def run():
            until = time.monotonic() + seconds
            taken = drive(server, [conversation.get_repeatedly(target, path, until, latencies)])
            return of_latencies(len(latencies), taken, latencies)

        return run

    key = f"tags-{tags}-{kind.split()[0]}"
    return Workload(key, f"tag list of {tags:,}, {kind}", "request", prepare, minato_only=minato_only)


def _mib(blob):
    return f"{blob.size >> 20} MiB"


def _streams(count):
    return "1 stream" if count == 1 else f"{count} streams"
