"""What one run of a workload did."""

from dataclasses import dataclass


@dataclass
class Outcome:
    amount: float  # requests, blobs, images, or GB (10^9 bytes)
    seconds: float
    p50: float | None = None  # seconds of one request
    p99: float | None = None


def of_latencies(amount, seconds, latencies):
    ordered = sorted(latencies)
    if not ordered:
        return Outcome(amount, seconds)
    return Outcome(amount, seconds, ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)])
