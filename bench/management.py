#!/usr/bin/env python3
"""How long the management API takes to answer on a large registry.

    bench/management.py http://127.0.0.1:8080 PASSWORD [--only PART]

Asks a Minato that stands on what management_seed.py made, as its administrator: every list on its
first and last page with each order and filter that it offers, and details by tag and digest (the
scenarios of Harbor's performance suite). Prints the median and the 95th percentile of each, and
whether the latter is below 20 ms. Times are those of a client on the same machine.
"""

import argparse
import base64
import http.client
import json
import statistics
import time
import urllib.parse

RUNS = 40
GOAL_MS = 20
API = "/api/v2.0"
LARGE = f"{API}/projects/big/repositories/r0"


class Client:
    def __init__(self, url, password):
        self.connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc)
        token = base64.b64encode(f"admin:{password}".encode()).decode()
        self.headers = {"authorization": f"Basic {token}"}

    def get(self, path):
        started = time.perf_counter()
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        took = (time.perf_counter() - started) * 1000
        return answer.status, dict(answer.getheaders()), body, took


LISTS = {
    "projects": (f"{API}/projects", ["name", "-creation_time"], ["name=~p9", "public=true", "name=p77"]),
    "repositories": (f"{API}/repositories", ["name", "-update_time"], ["name=~r99"]),
    "repositories of a project": (
        f"{API}/projects/big/repositories",
        ["name", "-creation_time", "-update_time", "-pull_count"],
        ["name=~r99"],
    ),
    "artifacts of a repository": (
        f"{LARGE}/artifacts",
        ["-push_time", "push_time", "-pull_time", "-size", "size", "id", "digest"],
        ["tags=*", "tags=nil", "tags=t5000", "tags=~t500", "type=IMAGE", "type=CHART", "push_time=[1790000000~]"],
    ),
    "artifacts of a project": (f"{API}/projects/big/artifacts", ["-push_time"], ["type=IMAGE"]),
    "tags of an artifact": (f"{LARGE}/artifacts/many-1/tags", ["-push_time", "name"], ["name=~99"]),
    "members": (f"{API}/projects/big/members", [], []),
    "users": (f"{API}/users", ["username", "-creation_time"], ["username=~user9"]),
    "quotas": (f"{API}/quotas", ["-used.storage", "hard.storage", "id"], []),
    "audit log": (
        f"{API}/auditlog-exts",
        ["-op_time", "op_time"],
        ["username=user7", "operation=pull", "resource_type=artifact", "resource=big/r5:1", "operation=create,username=user9"],
    ),
}
DETAILS = {
    "artifact by tag": f"{LARGE}/artifacts/t5000",
    "artifact by digest": f"{LARGE}/artifacts/sha256:{5000 * 2654435761 % 4294967296:064x}",
    "artifact with 5,001 tags": f"{LARGE}/artifacts/many-1",
    "project": f"{API}/projects/big",
    "summary of a project": f"{API}/projects/big/summary",
    "statistics": f"{API}/statistics",
    "search": f"{API}/search?q=r99",
}


def with_query(path, **query):
    return f"{path}?{urllib.parse.urlencode(query)}"


def pages(client, path, **query):
    """The addresses of the first and the last page."""
    first = with_query(path, page=1, page_size=15, **query)
    status, headers, body, _ = client.get(first)
    if status != 200:
        return [(f"{status} {body[:80]!r}", None)]
    total = int({name.lower(): value for name, value in headers.items()}["x-total-count"])
    last = with_query(path, page=max(1, -(-total // 15)), page_size=15, **query)
    return [(f"first of {total:,}", first), (f"last of {total:,}", last)]


def cases(client):
    for name, (path, orders, filters) in LISTS.items():
        asked = [{}] + [{"sort": order} for order in orders] + [{"q": condition} for condition in filters]
        for query in asked:
            shown = " ".join(query.values()) or "as it is"
            for page, address in pages(client, path, **query):
                yield f"{name}, {shown}", page, address
    for name, path in DETAILS.items():
        yield name, "", path


def measure(client, address):
    client.get(address)
    took = []
    for _ in range(RUNS):
        status, _, _, milliseconds = client.get(address)
        if status != 200:
            return None
        took.append(milliseconds)
    return statistics.median(took), statistics.quantiles(took, n=20)[18]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("password")
    parser.add_argument("--only", default="", help="only cases whose name contains this")
    options = parser.parse_args()
    client = Client(options.url, options.password)
    slow = refused = 0
    print(f"| what | page | median ms | p95 ms | < {GOAL_MS} ms |")
    print("|---|---|---|---|---|")
    for name, page, address in cases(client):
        if options.only not in name:
            continue
        figures = measure(client, address) if address else None
        if figures is None:
            refused += 1
            print(f"| {name} | {page} | – | – | not served |")
            continue
        median, high = figures
        slow += high >= GOAL_MS
        print(f"| {name} | {page} | {median:.1f} | {high:.1f} | {'yes' if high < GOAL_MS else '**no**'} |")
    print(json.dumps({"slow": slow, "not served": refused}))


if __name__ == "__main__":
    main()
