"""What Minato wants to reach, judged against one run. A statement, never a test: the figures
depend on the machine and on what else runs there."""

from dataclasses import dataclass

from servers import Distribution3, Minato, Nginx

MINATO, DISTRIBUTION, NGINX = Minato.name, Distribution3.name, Nginx.name
MANIFESTS = ("get-tag", "get-digest", "head-tag", "head-digest")
MIB = 1 << 20


@dataclass
class Verdict:
    goal: str
    wanted: str
    measured: str
    met: bool


def peers(results):
    """The results of other registries."""
    return {
        name: result
        for name, result in results.items()
        if name in ("distribution2", "distribution3", "zot")
    }


def _ratio(goal, wanted, ratio):
    return Verdict(goal, f"≥ {wanted:.2g} ×", f"{ratio:.2f} ×", ratio >= wanted)


def _below(goal, wanted, measured, unit):
    return Verdict(goal, f"< {wanted:g} {unit}", f"{measured:.1f} {unit}", measured < wanted)


def judge(workloads, table, memory):
    """One verdict per goal. `table`: {workload key: {name: Result}}."""
    verdicts = []
    for key in MANIFESTS:
        results, title = table.get(key), _title(workloads, key)
        if results and DISTRIBUTION in results:
            mine, other = results[MINATO], results[DISTRIBUTION]
            verdicts.append(_ratio(f"{title}: rate, to Distribution 3.1", 8, mine.rate / other.rate))
            per_cpu = mine.rate_per_cpu / other.rate_per_cpu
            verdicts.append(_ratio(f"{title}: per server CPU-second, to Distribution 3.1", 8, per_cpu))
        if results and NGINX in _yardstick(table, key):
            ratio = results[MINATO].rate / _yardstick(table, key)[NGINX].rate
            verdicts.append(_ratio(f"{title}: rate, to nginx with a static file", 1 / 3, ratio))
    for key in ("push-1", "push-8"):
        results = table.get(key)
        if results and DISTRIBUTION in results:
            ratio = results[MINATO].rate / results[DISTRIBUTION].rate
            verdicts.append(_ratio(f"{_title(workloads, key)}: rate, to Distribution 3.1", 2, ratio))
    if "push-1" in table:
        results = table["push-1"]
        limit = min(results["sha256"].rate, results["disk"].rate)
        goal = f"{_title(workloads, 'push-1')}: rate, to the slower of SHA-256 and disk"
        verdicts.append(_ratio(goal, 0.85, results[MINATO].rate / limit))
    for key in ("pull-1", "pull-8"):
        if NGINX in table.get(key, {}):
            ratio = table[key][MINATO].rate / table[key][NGINX].rate
            verdicts.append(_ratio(f"{_title(workloads, key)}: rate, to nginx with sendfile", 0.9, ratio))
    for key in ("push-1kib-1", "push-1kib-8"):
        results = table.get(key)
        if results and peers(results):
            ratio = results[MINATO].rate / max(peer.rate for peer in peers(results).values())
            verdicts.append(_ratio(f"{_title(workloads, key)}: rate, to the best peer", 4, ratio))
    for workload in workloads:
        if workload.minato_only and "page" in workload.title and workload.key in table:
            millis = table[workload.key][MINATO].p50 * 1000
            verdicts.append(_below(f"{workload.title}: median", 3, millis, "ms"))
    verdicts.append(_no_slower(workloads, table))
    if memory:
        manifests = f"with {memory['manifests']:,} manifests"
        verdicts += [
            _below(f"ready after its start, {manifests}", 150, memory["start"][MINATO] * 1000, "ms"),
            _below(f"memory at rest, {manifests}", 40, memory["rest"][MINATO] / MIB, "MiB"),
            _below("memory under all of it", 150, memory["peak"][MINATO] / MIB, "MiB"),
        ]
    return verdicts


def _yardstick(table, key):
    """nginx is measured once for GET and once for HEAD."""
    return table.get("get-tag" if key.startswith("get") else "head-tag", {})


def _no_slower(workloads, table):
    slower = []
    for key, results in table.items():
        if not peers(results):
            continue
        ratio = results[MINATO].rate / max(peer.rate for peer in peers(results).values())
        if ratio < 1:
            slower.append(f"{_title(workloads, key)} ({ratio:.2f} ×)")
    return Verdict("no workload slower than the best peer", "none", ", ".join(slower) or "none", not slower)


def _title(workloads, key):
    return next(workload.title for workload in workloads if workload.key == key)
