"""One round: images are deleted through the server's API, their blobs are collected, pushes go on."""

import http.client
import json
import os
import subprocess
import time
from dataclasses import dataclass

import gc_seed
import procfs
from client import Target
from conversation import run_all
from gc_load import Load, Seen
from gc_plan import own_blobs, path_of

GC_DELAY = 120  # seconds: the default of MINATO_GC_DELAY
GC_LIMIT = 900
POLL_SECONDS = 0.05
WARM_SECONDS = 3
DELETERS = 4


@dataclass
class Used:
    """What was used in some time, of which the pushes are a part."""

    begun: float
    seconds: float
    cpu: float  # seconds of the server
    peak: int  # bytes resident in the server
    foreign: float  # share of the machine that other programs and the kernel itself used


@dataclass
class Round:
    title: str
    mode: str
    held: int  # blobs on disk at its start
    garbage: int
    deleting: float  # seconds
    free: float  # seconds from the last deletion until all bytes were gone
    collecting: float  # seconds from when they might be collected
    cpu: float  # seconds of collecting alone
    peak: int  # bytes resident in the process that collects
    left: int  # of the garbage
    before: Used
    used: Used
    seen_before: Seen
    seen: Seen
    lost: list  # pushes that succeeded and cannot be pulled


class Meter:
    def __init__(self, server):
        self.server = server
        procfs.reset_peak(server.pid)
        self.begun = time.monotonic()
        self.cpu, self.ours, self.busy = self._now()

    def _now(self):
        cpu = self.server.cpu_seconds()
        # Of servers and commands that have ended as well: they are children of this process.
        return cpu, cpu + procfs.client_seconds(), procfs.machine_busy_seconds()

    def used(self):
        seconds = time.monotonic() - self.begun
        cpu, ours, busy = self._now()
        foreign = (busy - self.busy - (ours - self.ours)) / (seconds * os.cpu_count())
        peak = procfs.peak_resident_bytes(self.server.pid)
        return Used(self.begun, seconds, max(cpu - self.cpu, 0), peak, max(foreign, 0))


class Garbage:
    """The files that have to go. None comes back, so each is looked at until it is gone once."""

    def __init__(self, server, plan, number):
        images = (plan.image(*which) for which in plan.of_round(number))
        self.left = [path_of(server, blob.digest) for image in images for blob in own_blobs(image)]
        self.count = len(self.left)

    def is_gone(self):
        while self.left and not os.path.exists(self.left[-1]):
            self.left.pop()
        return not self.left

    def wait(self):
        until = time.monotonic() + GC_LIMIT
        while not self.is_gone():
            if time.monotonic() > until:
                return
            time.sleep(POLL_SECONDS)

    def still_there(self):
        return sum(os.path.exists(path) for path in self.left)


def count_blobs(server):
    shards = os.path.dirname(os.path.dirname(path_of(server, "sha256:" + 64 * "0")))
    if shards.endswith("00"):  # a folder for each blob
        shards = os.path.dirname(shards)
    return sum(len(os.listdir(os.path.join(shards, shard))) for shard in os.listdir(shards))


def delete(server, plan, number):
    target = Target(server, server.owner_headers())

    def requests():
        for repository, version in plan.of_round(number):
            digest = plan.image(repository, version).manifest.digest
            yield _delete(target, server.manifest_path(plan.name(repository), digest))

    run_all(server, requests(), DELETERS, limit=GC_LIMIT)


def _delete(target, path):
    (yield target.request("DELETE", path)).expect(202)


# The ways to collect: each returns when collecting might begin, what was used from then until the bytes were
# gone, and the CPU seconds and peak memory of a command, where one collects.


def by_itself(server, garbage, first, last):
    """Minato as it comes."""
    time.sleep(max(first + GC_DELAY - time.monotonic(), 0))
    meter = Meter(server)
    garbage.wait()
    return meter.used(), None


def asked_for(server, garbage, first, last):
    """Minato that does not collect by itself, asked once everything may go."""
    time.sleep(max(last + GC_DELAY - time.monotonic(), 0))
    meter = Meter(server)
    connection = http.client.HTTPConnection(server.host, timeout=30)
    body = json.dumps({"schedule": {"type": "Manual"}, "parameters": {}})
    headers = {**server.owner_headers(), "Content-Type": "application/json"}
    connection.request("POST", "/api/v2.0/system/gc/schedule", body, headers)
    if connection.getresponse().status != 201:
        raise RuntimeError("garbage collection was not begun")
    garbage.wait()
    return meter.used(), None


def read_only(server, garbage, first, last):
    """Distribution as its documentation wants it."""
    meter = Meter(server)
    restart(server, read_only=True)
    command = run_command(server)
    restart(server, read_only=False)
    return meter.used(), command


def left_running(server, garbage, first, last):
    """Distribution as its documentation forbids it."""
    meter = Meter(server)
    command = run_command(server)
    return meter.used(), command


def restart(server, read_only):
    server.stop()
    server.read_only = read_only
    server.start()


def run_command(server):
    """(CPU seconds, bytes) of `garbage-collect`. Manifests that were deleted need no --delete-untagged."""
    with open(os.path.join(server.folder, "garbage-collect.log"), "ab") as log:
        process = subprocess.Popen(
            [server.binary, "garbage-collect", server.configuration],
            env={**os.environ, "OTEL_TRACES_EXPORTER": "none"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        # Not ru_maxrss: that begins with what this process had when it made the other.
        peak, done = 0, 0
        while not done:
            time.sleep(POLL_SECONDS)
            peak = max(peak, procfs.peak_resident_bytes(process.pid))
            done, status, usage = os.wait4(process.pid, os.WNOHANG)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"garbage-collect failed; see {log.name}")
    return usage.ru_utime + usage.ru_stime, peak


def one_round(server, plan, number, way, seconds):
    """Runs it on a server that is stopped, and stops it again. `way` is what it is called and how to collect."""
    mode, collect = way
    server.start()
    gc_seed.pull_some(server, plan, number * plan.doomed)
    held = count_blobs(server)
    garbage = Garbage(server, plan, number)
    with Load(server, plan, f"round-{number}") as load:
        time.sleep(WARM_SECONDS)
        meter = Meter(server)
        time.sleep(seconds)
        before = meter.used()
        first = time.monotonic()
        delete(server, plan, number)
        last = time.monotonic()
        used, command = collect(server, garbage, first, last)
        garbage.is_gone()
        time.sleep(WARM_SECONDS)
    lost = load.lost()
    gc_seed.pull_some(server, plan, (number + 1) * plan.doomed)
    left = garbage.still_there()
    server.stop()
    ended = used.begun + used.seconds
    cpu, peak = command or (used.cpu - before.cpu / before.seconds * used.seconds, used.peak)
    return Round(
        title=server.title,
        mode=mode,
        held=held,
        garbage=garbage.count,
        deleting=last - first,
        free=ended - last,
        collecting=used.seconds,
        cpu=cpu,
        peak=peak,
        left=left,
        before=before,
        used=used,
        seen_before=load.seen(before.begun, before.begun + before.seconds),
        seen=load.seen(used.begun, ended),
        lost=lost,
    )
