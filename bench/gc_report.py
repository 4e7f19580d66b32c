"""The rounds of garbage collection as Markdown, beside the goals."""

from goals import Verdict
from report import MIB, goal_table, grid, number
from servers import Minato

PEAK_MIB = 150
P99_TIMES = 2


def markdown(facts, rounds):
    parts = ["# Garbage collection beside other registries", facts]
    parts += ["## Goals", goal_table(judge(rounds)), "## Rounds", round_table(rounds)]
    errors = [error for done in rounds for error in [*done.seen.errors, *done.lost[:2]]]
    if errors:
        lines = [f"- `{error.replace('`', chr(39))}`" for error in dict.fromkeys(errors)]
        parts += ["## What pushes and pulls were told, some of it", "\n".join(lines)]
    return "\n\n".join(parts) + "\n"


def judge(rounds):
    mine = [done for done in rounds if done.title == Minato.title]
    others = [done for done in rounds if done.title != Minato.title]
    verdicts = []
    for done in mine:
        where = f"{done.title}, {done.mode}"
        refused, lost = done.seen.refused, len(done.lost)
        verdicts.append(Verdict(f"{where}: pushes refused", "0", str(refused), refused == 0))
        verdicts.append(Verdict(f"{where}: pushes lost", "0", str(lost), lost == 0))
        verdicts.append(Verdict(f"{where}: garbage left", "0", str(done.left), done.left == 0))
        peak = done.peak / MIB
        verdicts.append(Verdict(f"{where}: peak memory", f"< {PEAK_MIB} MiB", f"{peak:.0f} MiB", peak < PEAK_MIB))
        if done.seen.p99 and done.seen_before.p99:
            times = done.seen.p99 / done.seen_before.p99
            goal = f"{where}: 99th percentile of a push, to that without collecting"
            verdicts.append(Verdict(goal, f"≤ {P99_TIMES} ×", f"{times:.2f} ×", times <= P99_TIMES))
    if mine and others:
        # Where it waits for nothing first.
        times = min(done.collecting for done in mine) / min(done.collecting for done in others)
        goal = "collecting when asked for, to the fastest peer"
        verdicts.append(Verdict(goal, "≤ 1 ×", f"{times:.2f} ×", times <= 1))
    return verdicts


def _seconds(value):
    return f"{number(value)} s"


def _latencies(seen):
    if seen.p50 is None:
        return "none succeeded"
    return " / ".join(f"{value * 1000:.0f}" for value in (seen.p50, seen.p99, seen.longest)) + " ms"


ROWS = [
    ("blobs on disk before", lambda done: f"{done.held:,}"),
    ("blobs made garbage", lambda done: f"{done.garbage:,}"),
    ("deleting their images", lambda done: _seconds(done.deleting)),
    ("last deletion until all bytes were gone", lambda done: _seconds(done.free)),
    ("collecting: from when it might begin", lambda done: _seconds(done.collecting)),
    ("CPU time of collecting", lambda done: _seconds(done.cpu)),
    ("peak memory of what collects", lambda done: f"{done.peak / MIB:.0f} MiB"),
    ("peak memory of the server before", lambda done: f"{done.before.peak / MIB:.0f} MiB"),
    ("garbage left", lambda done: f"{done.left:,}"),
    ("pushes while collecting", lambda done: f"{done.seen.done:,}"),
    ("pushes refused meanwhile", lambda done: f"{done.seen.refused:,}"),
    ("longest time without a push done", lambda done: _seconds(done.seen.gap)),
    ("pushes done that cannot be pulled", lambda done: f"{len(done.lost):,}"),
    ("push p50 / p99 / longest before", lambda done: _latencies(done.seen_before)),
    ("push p50 / p99 / longest meanwhile", lambda done: _latencies(done.seen)),
    ("other programs' share of the machine before", lambda done: f"{done.before.foreign:.0%}"),
    ("… meanwhile", lambda done: f"{done.used.foreign:.0%}"),
]


def round_table(rounds):
    columns = ["", *(f"{done.title}, {done.mode}" for done in rounds)]
    return grid(columns, [[title, *(cell(done) for done in rounds)] for title, cell in ROWS])
