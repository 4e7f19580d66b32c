"""Starting on seeded data, memory at rest, and memory with everything going on at once."""

import itertools
import statistics
import time

import conversation
import procfs
import seed
import tools
from client import Target, drive
from content import Image
from workloads import ACCEPT, in_threads

REST_SECONDS = 3


def starts(server, count):
    """Restarts a server on its data; (median seconds until ready, bytes resident at rest)."""
    taken = []
    for _ in range(count):
        server.stop()
        taken.append(server.start())
    time.sleep(REST_SECONDS)
    return statistics.median(taken), procfs.resident_bytes(server.pid)


def everything_at_once(server, content, seconds):
    """Large pushes and pulls, small images and 64 readers together; the peak of memory."""
    procfs.reset_peak(server.pid)
    until = time.monotonic() + seconds
    jobs = [
        *[lambda number=number: _push_large(server, content, number, until) for number in range(4)],
        lambda: _pull_large(server, content, until),
        lambda: tools.wrk(
            server.url(server.manifest_path(seed.SMALL, "latest")),
            {**ACCEPT, **server.headers(seed.SMALL)},
            seconds,
        ),
        lambda: _push_images(server, seconds),
    ]
    in_threads(lambda job: job(), [(job,) for job in jobs])
    return procfs.peak_resident_bytes(server.pid)


def _push_large(server, content, number, until):
    blob = content.large_blobs[number % len(content.large_blobs)]
    for count in itertools.count():
        name = f"everything-{number}-{count}"
        conversation.push_large_blob(server, server.headers(name), server.repository(name), blob)
        if time.monotonic() > until:
            return


def _pull_large(server, content, until):
    headers = server.headers(seed.LARGE)
    url = server.url(server.blob_path(seed.LARGE, content.large_blobs[0].digest))
    while time.monotonic() < until:
        tools.curl([url] * 4, headers, 1)


def _push_images(server, seconds):
    def worker(number):
        name = f"image-{number}"
        target, repository = Target(server, server.headers(name)), server.repository(name)
        pushes = (
            conversation.push_image(target, repository, f"everything-{count}", Image(f"all {number} {count}"))
            for count in itertools.count()
        )
        return conversation.for_a_while(seconds, [], pushes)

    drive(server, [worker(number) for number in range(20)])
