"""Runs a workload on every server in turn, several rounds, and keeps the medians."""

import os
import statistics
import time
from dataclasses import asdict, dataclass

import limits
import procfs

PAUSE_SECONDS = 0.1


@dataclass
class Sample:
    """One run of one workload on one server."""

    amount: float
    seconds: float
    cpu: float  # server CPU-seconds
    client: float  # CPU-seconds of the load generator
    foreign: float  # share of the machine that neither used: other programs, and the kernel's own work
    peak: int  # bytes
    p50: float | None
    p99: float | None


@dataclass
class Result:
    """The medians of a workload's samples on one server."""

    rate: float  # per second
    cpu_each: float  # server CPU-seconds per unit
    peak: int
    p50: float | None
    p99: float | None
    foreign: float
    samples: list

    @property
    def rate_per_cpu(self):
        return 1 / self.cpu_each if self.cpu_each else float("inf")


def measured(server, job):
    procfs.reset_peak(server.pid)
    cpu, client, busy = server.cpu_seconds(), procfs.client_seconds(), procfs.machine_busy_seconds()
    begun = time.monotonic()
    outcome = job()
    elapsed = time.monotonic() - begun
    cpu = server.cpu_seconds() - cpu
    client = procfs.client_seconds() - client
    foreign = (procfs.machine_busy_seconds() - busy - cpu - client) / (elapsed * os.cpu_count())
    return Sample(
        outcome.amount,
        outcome.seconds,
        cpu,
        client,
        max(foreign, 0),
        procfs.peak_resident_bytes(server.pid),
        outcome.p50,
        outcome.p99,
    )


def one_run(workload, server, round_number):
    if not workload.empty_server:
        return measured(server, workload.prepare(server, round_number))
    fresh = server.sibling(f"{workload.key}-{round_number}")
    try:
        fresh.start()
        return measured(fresh, workload.prepare(fresh, round_number))
    finally:
        fresh.stop()
        empty_files(fresh.folder)


def empty_files(folder):
    """Gives back the space and leaves the names: ext4 looks for a free inode slowly among those
    freed a short while ago, so that removing files here would make the next servers slow."""
    for parent, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(parent, name)
            if os.path.getsize(path) > 64 * 1024:
                os.truncate(path, 0)


def result_of(samples):
    def median(values):
        known = [value for value in values if value is not None]
        return statistics.median(known) if known else None

    return Result(
        rate=median([sample.amount / sample.seconds for sample in samples]),
        cpu_each=median([sample.cpu / sample.amount for sample in samples]),
        peak=max(sample.peak for sample in samples),
        p50=median([sample.p50 for sample in samples]),
        p99=median([sample.p99 for sample in samples]),
        foreign=median([sample.foreign for sample in samples]),
        samples=[asdict(sample) for sample in samples],
    )


def run_workload(workload, servers, content, folder, rounds, deadline):
    """{server or limit name: Result}. Past the deadline one round has to do."""
    contenders = [server for server in servers if takes_part(workload, server)]
    samples = {name: [] for name in [server.name for server in contenders] + list(workload.limits)}
    for round_number in range(rounds):
        if round_number and time.monotonic() > deadline:
            break
        # Each begins a round now and then: the first may find the page cache colder than the last.
        first = round_number % len(contenders)
        for server in contenders[first:] + contenders[:first]:
            samples[server.name].append(one_run(workload, server, round_number))
            time.sleep(PAUSE_SECONDS)
        for name in workload.limits:
            outcome = limits.ALL[name][2](folder, content.large_blobs[0])
            samples[name].append(
                Sample(outcome.amount, outcome.seconds, 0, 0, 0, 0, outcome.p50, outcome.p99)
            )
    return {name: result_of(of_server) for name, of_server in samples.items()}


def takes_part(workload, server):
    if server.name == "nginx":
        return workload.with_nginx
    return server.name == "minato" or not workload.minato_only
