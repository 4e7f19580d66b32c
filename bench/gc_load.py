"""Clients that push small images at a steady rate whatever happens to the server, and what they saw."""

import threading
import time
from dataclasses import dataclass

from client import Target, drive
from content import Image
from conversation import pull_image, push_image

CLIENTS = 8
EVERY_SECONDS = 2.0  # each client begins a push so often
LIMIT_SECONDS = 30


@dataclass
class Push:
    client: int
    number: int
    due: float  # when it should have begun; its latency counts from here
    latency: float
    error: str | None


@dataclass
class Seen:
    """What pushes that were due in some time met with."""

    done: int
    refused: int
    errors: list  # some of them
    gap: float  # longest time in which none succeeded
    p50: float | None
    p99: float | None
    longest: float | None


class Load:
    """Pushes into repositories that lose images meanwhile, a new connection for each push."""

    def __init__(self, server, plan, mark):
        self.server = server
        self.plan = plan
        self.mark = mark
        self.pushes = []
        self.ended = threading.Event()
        self.threads = [threading.Thread(target=self._client, args=(number,)) for number in range(CLIENTS)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        for thread in self.threads:
            thread.join()

    def _place(self, client, number):
        name = self.plan.name(client % self.plan.repositories)
        mark = f"{self.mark}-{client}-{number}"
        return name, mark, Image(mark)

    def _client(self, client):
        name, _, _ = self._place(client, 0)
        target = Target(self.server, self.server.headers(name))
        due = time.monotonic() + EVERY_SECONDS * client / CLIENTS
        number = 0
        while not self.ended.wait(max(due - time.monotonic(), 0)):
            _, tag, image = self._place(client, number)
            error = self._attempt(push_image(target, self.server.repository(name), tag, image))
            self.pushes.append(Push(client, number, due, time.monotonic() - due, error))
            number += 1
            due += EVERY_SECONDS

    def _attempt(self, conversation):
        try:
            drive(self.server, [conversation], LIMIT_SECONDS)
        except Exception as error:  # anything that a client stumbles over; none may end its thread
            return f"{type(error).__name__}: {error}".split("\\r\\n")[0][:200]
        return None

    def seen(self, begun, ended):
        due = [push for push in self.pushes if begun <= push.due < ended]
        latencies = sorted(push.latency for push in due if push.error is None)
        errors = [push.error for push in due if push.error]
        answered = sorted(push.due + push.latency for push in self.pushes if push.error is None)
        inside = [begun, *(at for at in answered if begun < at < ended), ended]
        gap = max(after - before for before, after in zip(inside, inside[1:]))
        if not latencies:
            return Seen(0, len(errors), errors[:3], gap, None, None, None)
        p50, p99 = latencies[len(latencies) // 2], latencies[int(len(latencies) * 0.99)]
        return Seen(len(latencies), len(errors), errors[:3], gap, p50, p99, latencies[-1])

    def lost(self):
        """Pulls every image whose push succeeded; what went wrong with each that is not there whole."""
        lost = []
        for client in range(CLIENTS):
            name, _, _ = self._place(client, 0)
            target = Target(self.server, self.server.headers(name))
            for push in [push for push in self.pushes if push.client == client and push.error is None]:
                _, tag, image = self._place(client, push.number)
                error = self._attempt(pull_image(target, self.server.repository(name), tag, image))
                if error:
                    lost.append(error)
        return lost
