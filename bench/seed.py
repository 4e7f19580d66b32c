"""What is in every server before anything is measured.

Minato gets everything through its API. The many tags of a Distribution are written as the files
it would have written itself (its layout is documented and stable), because pushing them takes
minutes; it has fewer of them for the same reason.
"""

import os

from client import Target
from content import Image
from conversation import put_manifest, push_image, push_large_blob, run_all
from servers import Distribution, Minato

SMALL = "small"
LARGE = "large"
CONNECTIONS = 16
TAGS_PER_REQUEST = 100
PEER_TAGS = 10_000


def tag_name(number):
    return f"tag-{number:06}"


class Content:
    """The things that all servers hold, and how many."""

    def __init__(self, folder, large_blobs, manifests, tags):
        self.image = Image("small", manifest_size=803)
        self.large_blobs = large_blobs
        self.manifests = manifests
        self.tags = tags


def seed(server, content):
    target = Target(server, server.headers(SMALL))
    small = server.repository(SMALL)
    run_all(server, [push_image(target, small, "latest", content.image)], 1)
    push_large_blob(server, server.headers(LARGE), server.repository(LARGE), content.large_blobs[0])
    if isinstance(server, Minato):
        for count in {PEER_TAGS, content.tags}:
            _push_tags(server, content, count)
        _push_manifests(server, content)
    elif isinstance(server, Distribution):
        _write_tags(server, content, PEER_TAGS)


def tags_repository(count):
    return f"tags-{count}"


def _push_tags(server, content, count):
    name = tags_repository(count)
    target, repository = Target(server, server.headers(name)), server.repository(name)
    run_all(server, [push_image(target, repository, tag_name(0), content.image)], 1)

    def requests():
        for first in range(0, count, TAGS_PER_REQUEST):
            tags = "&".join(f"tag={tag_name(first + offset)}" for offset in range(TAGS_PER_REQUEST))
            reference = f"{content.image.manifest.digest}?{tags}"
            yield put_manifest(target, repository, reference, content.image.manifest)

    run_all(server, requests(), 4)


def _push_manifests(server, content):
    name = "manifests"
    target, repository = Target(server, server.headers(name)), server.repository(name)
    run_all(server, [push_image(target, repository, "latest", content.image)], 1)

    def requests():
        for number in range(content.manifests):
            manifest = content.image.variant(str(number))
            yield put_manifest(target, repository, f"v{number}", manifest)

    run_all(server, requests(), CONNECTIONS)


def _write_tags(server, content, count):
    name = tags_repository(count)
    target = Target(server, server.headers(name))
    run_all(server, [push_image(target, server.repository(name), tag_name(0), content.image)], 1)
    digest = content.image.manifest.digest
    tags = os.path.join(server.repository_folder(name), "_manifests", "tags")
    for number in range(1, count):
        for link in ("current/link", f"index/{digest.replace(':', '/')}/link"):
            path = os.path.join(tags, tag_name(number), link)
            os.makedirs(os.path.dirname(path))
            with open(path, "w") as file:
                file.write(digest)
