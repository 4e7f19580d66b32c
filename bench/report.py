"""The results as Markdown tables."""

import goals
import limits

MIB = 1 << 20


def number(value):
    """Three significant digits, without an exponent."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def cpu_of(value, unit):
    if unit == "GB":
        return f"{value:.2f} s"
    return f"{value * 1000:.2f} ms" if value >= 0.001 else f"{value * 1e6:.0f} µs"


def markdown(facts, servers, workloads, table, memory, verdicts):
    parts = ["# Minato beside other registries", facts, "## Goals", goal_table(verdicts)]
    parts += ["## Rates per second", rate_table(servers, workloads, table)]
    parts += ["## Server CPU time", cpu_table(servers, workloads, table)]
    parts += ["## Latency of one request or conversation", latency_table(servers, workloads, table)]
    parts += ["## Peak memory (MiB)", peak_table(servers, workloads, table)]
    parts += ["## Limits of the machine", limit_table(table)]
    if memory:
        parts += ["## Start and memory", memory_table(servers, memory)]
    return "\n\n".join(parts) + "\n"


def grid(columns, rows):
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def goal_table(verdicts):
    rows = [[v.goal, v.wanted, v.measured, "yes" if v.met else "**no**"] for v in verdicts]
    return grid(["goal", "wanted", "measured", "met"], rows)


def _by_server(servers, workloads, table, cell, last_column=None, last_cell=None):
    columns = ["workload", "unit", *[server.title for server in servers]]
    if last_column:
        columns.append(last_column)
    rows = []
    for workload in workloads:
        results = table.get(workload.key)
        if not results:
            continue
        row = [workload.title, workload.unit]
        row += [cell(results[s.name], workload) if s.name in results else "" for s in servers]
        if last_cell:
            row.append(last_cell(results))
        rows.append(row)
    return grid(columns, rows)


def rate_table(servers, workloads, table):
    def to_best(results):
        others = goals.peers(results).values()
        return f"{results[goals.MINATO].rate / max(peer.rate for peer in others):.2f}" if others else ""

    return _by_server(
        servers, workloads, table, lambda result, _: number(result.rate), "Minato / best peer", to_best
    )


def cpu_table(servers, workloads, table):
    def of_best(results):
        others = goals.peers(results).values()
        mine = results[goals.MINATO].cpu_each
        return f"{mine / min(peer.cpu_each for peer in others):.2f}" if others else ""

    def cell(result, workload):
        return cpu_of(result.cpu_each, workload.unit)

    return _by_server(servers, workloads, table, cell, "Minato / best peer", of_best)


def latency_table(servers, workloads, table):
    def cell(result, _):
        if result.p50 is None:
            return ""
        return f"{result.p50 * 1000:.2f} / {result.p99 * 1000:.2f}"

    note = "Median / 99th percentile in ms."
    timed = [w for w in workloads if w.key in table and table[w.key][goals.MINATO].p50 is not None]
    return note + "\n\n" + _by_server(servers, timed, table, cell)


def peak_table(servers, workloads, table):
    return _by_server(servers, workloads, table, lambda result, _: f"{result.peak / MIB:.0f}")


def limit_table(table):
    rows = []
    for results in table.values():
        for name in limits.ALL.keys() & results.keys():
            title, unit, _ = limits.ALL[name]
            rows.append([title, unit, number(results[name].rate)])
    return grid(["limit", "unit", "per second"], rows)


def memory_table(servers, memory):
    rows = [
        [
            server.title,
            f"{memory['start'][server.name] * 1000:.0f}",
            f"{memory['rest'][server.name] / MIB:.0f}",
            f"{memory['together'][server.name] / MIB:.0f}",
            f"{memory['peak'][server.name] / MIB:.0f}",
        ]
        for server in servers
        if server.name in memory["start"]
    ]
    columns = [
        "server",
        "start until ready (ms)",
        "at rest (MiB)",
        "everything at once (MiB)",
        "highest of all workloads (MiB)",
    ]
    return grid(columns, rows)
