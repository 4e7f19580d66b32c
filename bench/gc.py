#!/usr/bin/env python3
"""Measures garbage collection under push load, beside Distribution's `garbage-collect`.

    bench/gc.py                            a million blobs, of which a round makes 100,000 garbage
    bench/gc.py --quick                    50,000 and 5,000
    bench/gc.py --blobs N --garbage M

See README.md beside this file for what is measured, how, and what to make of it.
"""

import argparse
import datetime
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import gc_report  # noqa: E402
import gc_rounds  # noqa: E402
import servers  # noqa: E402
from gc_plan import Plan  # noqa: E402
from gc_seed import seed  # noqa: E402

TOOLS = os.path.join(
    os.environ.get("MINATO_TOOLS")
    or os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "minato-tools"),
    "bin",
)
FREED_AT_ONCE = {"MINATO_UNDO_PERIOD": "0s"}
NEVER_BY_ITSELF = {**FREED_AT_ONCE, "MINATO_GC_INTERVAL": "24h"}
OF_DISTRIBUTION = [("read-only meanwhile", gc_rounds.read_only, {}), ("left running", gc_rounds.left_running, {})]
# Of each server: its command, its kind, and its rounds: a name, how garbage is collected, and settings.
CONTENDERS = {
    "minato": (
        "minato",
        servers.Minato,
        [("by itself", gc_rounds.by_itself, FREED_AT_ONCE), ("asked for", gc_rounds.asked_for, NEVER_BY_ITSELF)],
    ),
    "distribution2": ("docker-registry", servers.Distribution2, OF_DISTRIBUTION),
    "distribution3": ("registry3", servers.Distribution3, OF_DISTRIBUTION),
}
SECONDS = 20
QUICK_SECONDS = 8
BEGUN = time.monotonic()


def main():
    options = parse()
    os.environ["PATH"] = f"{TOOLS}:{os.environ['PATH']}"
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    plan = Plan(options.blobs, options.garbage)
    rounds = []
    for name in options.only or CONTENDERS:
        rounds += of_server(name, options, plan)
    text = gc_report.markdown(describe(options, plan), rounds)
    print(text)
    save(text, rounds)


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--blobs", type=int, help="blobs that images need, beside their manifests")
    parser.add_argument("--garbage", type=int, help="blobs that become garbage in each round")
    parser.add_argument("--quick", action="store_true", help="50,000 and 5,000; some ten minutes")
    parser.add_argument("--minato", default=os.path.join(HERE, "../target/release/minato"), help="the binary")
    parser.add_argument("--dir", default="/var/tmp", help="where the servers' folders go (default: %(default)s)")
    parser.add_argument("--only", action="append", choices=CONTENDERS, help="only this server; may be repeated")
    options = parser.parse_args()
    options.blobs = options.blobs or (50_000 if options.quick else 1_000_000)
    options.garbage = options.garbage or options.blobs // 10
    if options.garbage * 100 % options.blobs or options.garbage * 4 > options.blobs or options.blobs % 1000:
        parser.error("expected thousands of blobs, and of them a whole percentage up to 25 as garbage")
    options.seconds = QUICK_SECONDS if options.quick else SECONDS
    return options


def of_server(name, options, plan):
    """All rounds of a server, on one folder that is removed afterwards: one after another, as a
    million blobs with their links take 16 GB."""
    command, kind, ways = CONTENDERS[name]
    binary = os.path.abspath(options.minato) if name == "minato" else shutil.which(command)
    if not binary:
        say(f"not run: {command}: not installed (tests/tools/install --bench)")
        return []
    folder = tempfile.mkdtemp(prefix="minato-bench-gc-", dir=options.dir)
    server = kind(binary, os.path.join(folder, name))
    try:
        say(f"{server.title}: writing {plan.blob_count:,} blobs")
        say(f"    took {seed(server, plan):.0f} s")
        return [one_round(server, plan, number, way, options) for number, way in enumerate(ways)]
    finally:
        server.stop()
        begun = time.monotonic()
        subprocess.run(["rm", "-rf", folder], check=False)
        say(f"    removing its folder took {time.monotonic() - begun:.0f} s")


def one_round(server, plan, number, way, options):
    mode, collect, settings = way
    server.settings = settings
    say(f"{server.title}, {mode}")
    done = gc_rounds.one_round(server, plan, number, (mode, collect), options.seconds)
    say(f"    {done.garbage:,} blobs collected in {done.collecting:.1f} s; {done.seen.refused} pushes refused")
    return done


def describe(options, plan):
    with open("/proc/cpuinfo") as file:
        model = next(line.split(":")[1].strip() for line in file if line.startswith("model name"))
    return (
        f"{datetime.date.today()}, {os.cpu_count()} × {model}, Linux {os.uname().release}; "
        f"{plan.blob_count:,} blobs in {plan.repositories:,} repositories at first, {plan.garbage:,} of them garbage "
        f"in each round; {options.seconds} s of pushes before each; took {(time.monotonic() - BEGUN) / 60:.1f} minutes."
    )


def save(text, rounds):
    folder = os.path.join(HERE, "results")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, datetime.datetime.now().strftime("gc-%Y-%m-%d-%H%M%S"))
    with open(path + ".json", "w") as file:
        json.dump([asdict(done) for done in rounds], file, indent=1)
    with open(path + ".md", "w") as file:
        file.write(text)
    say(f"written to {path}.json and .md")


def say(text):
    print(f"{time.monotonic() - BEGUN:5.0f} s  {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
