"""The load generators that are programs of their own: wrk, ab and curl."""

import json
import os
import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from client import Failed
from outcome import Outcome

CONNECTIONS = 64
AB_PROCESSES = 2
HERE = os.path.dirname(os.path.abspath(__file__))


def _output(command, limit):
    done = subprocess.run(command, capture_output=True, text=True, timeout=limit)
    if done.returncode:
        raise Failed(f"{command[0]} failed: {done.stdout[-500:]}{done.stderr[-500:]}")
    return done.stdout


def _header_arguments(headers):
    return [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]


def wrk(url, headers, seconds):
    """GET of one URL over and over."""
    command = ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", f"{HERE}/report.lua"]
    text = _output([*command, *_header_arguments(headers), url], seconds + 30)
    result = json.loads(re.search(r"^RESULT (.*)", text, re.MULTILINE).group(1))
    if result["failures"]:
        raise Failed(f"{result['failures']} requests of {url} failed")
    return Outcome(result["requests"], result["seconds"], p50=result["p50"], p99=result["p99"])


def ab(url, headers, seconds):
    """HEAD of one URL over and over (wrk would wait for a body). Two processes, as one of them
    is slower than the servers."""
    each = CONNECTIONS // AB_PROCESSES
    command = ["ab", "-q", "-i", "-k", f"-c{each}", f"-t{seconds}", "-n9000000", *_header_arguments(headers), url]
    with ThreadPoolExecutor(AB_PROCESSES) as pool:
        texts = list(pool.map(lambda _: _output(command, seconds + 30), range(AB_PROCESSES)))
    parts = [_ab_outcome(url, text) for text in texts]
    return Outcome(
        sum(part.amount for part in parts),
        max(part.seconds for part in parts),
        max(part.p50 for part in parts),
        max(part.p99 for part in parts),
    )


def _ab_outcome(url, text):
    def figure(label):
        found = re.search(rf"^{label}:? +([\d.]+)", text, re.MULTILINE)
        return float(found.group(1)) if found else 0

    if figure("Failed requests") or figure("Non-2xx responses"):
        raise Failed(f"HEAD of {url} failed: {text}")
    percentiles = {f"p{share}": figure(f" +{share}%") / 1000 for share in (50, 99)}
    return Outcome(figure("Complete requests"), figure("Time taken for tests"), **percentiles)


def curl(urls, headers, repeat):
    """GET of each URL by a process of its own, `repeat` times one after another."""
    begun = time.monotonic()
    processes = [
        subprocess.Popen(
            ["curl", "-sf", *_header_arguments(headers), *["-o", "/dev/null", url] * repeat],
            stdin=subprocess.DEVNULL,
        )
        for url in urls
    ]
    codes = [process.wait(120) for process in processes]
    seconds = time.monotonic() - begun
    if any(codes):
        raise Failed(f"curl ended with {codes}")
    return seconds
