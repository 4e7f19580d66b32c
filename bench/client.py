"""A small HTTP/1.1 load generator for sequences of requests.

wrk and ab repeat one request. A push is a conversation: the answer to POST says where PUT goes.
Here such a conversation is a generator that yields requests and is sent their answers:

    def push(...):
        answer = yield request("POST", ...)
        answer = yield request("PUT", answer.header("location"), ...)

`drive` runs many of them, one connection each, in one thread with epoll. It costs about 25 µs a
request, far less than any server here.
"""

import re
import select
import socket
import time

CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)


class Failed(Exception):
    """An answer other than the expected one."""


class Request:
    __slots__ = ("head", "body", "has_answer_body")

    def __init__(self, head, body, has_answer_body):
        self.head = head
        self.body = body
        self.has_answer_body = has_answer_body


class Answer:
    __slots__ = ("status", "head", "body")

    def __init__(self, head, body):
        self.status = int(head[9:12])
        self.head = head
        self.body = body

    def header(self, name):
        match = re.search(rb"\r\n" + name.encode() + rb": *([^\r\n]*)", self.head, re.IGNORECASE)
        return match.group(1).decode() if match else None

    def expect(self, *statuses):
        if self.status not in statuses:
            raise Failed(f"expected {statuses}, got {self.head!r} {bytes(self.body[:500])!r}")
        return self


class Target:
    """Where requests go, and the headers they all have."""

    def __init__(self, server, headers=None):
        self.server = server
        common = {"Host": server.host, "User-Agent": "minato-bench", **(headers or {})}
        self.common = "".join(f"{name}: {value}\r\n" for name, value in common.items())

    def request(self, method, path, body=None, headers=""):
        if path.startswith("http://"):
            path = "/" + path.split("/", 3)[3]
        length = f"Content-Length: {len(body or b'')}\r\n" if method not in ("GET", "HEAD") else ""
        head = f"{method} {path} HTTP/1.1\r\n{self.common}{headers}{length}\r\n".encode()
        return Request(head, body, method != "HEAD")


class Connection:
    def __init__(self, address, script, poll):
        self.socket = socket.create_connection(address, timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.script = script
        self.poll = poll
        self.unsent = []
        self.received = bytearray()
        self.head_end = -1
        self.has_answer_body = True
        self.waits_to_send = False
        poll.register(self.socket, select.EPOLLIN)

    def advance(self, answer):
        """Gives the script its answer and sends what it wants next. False when it has ended."""
        try:
            request = self.script.send(answer)
        except StopIteration:
            self.close()
            return False
        self.has_answer_body = request.has_answer_body
        if request.body and len(request.body) > 16384:
            self.unsent = [memoryview(request.head), memoryview(request.body)]
        else:
            self.unsent = [memoryview(request.head + (request.body or b""))]
        self.send()
        return True

    def send(self):
        while self.unsent:
            try:
                sent = self.socket.send(self.unsent[0])
            except BlockingIOError:
                break
            if sent == len(self.unsent[0]):
                self.unsent.pop(0)
            else:
                self.unsent[0] = self.unsent[0][sent:]
        if bool(self.unsent) != self.waits_to_send:
            self.waits_to_send = bool(self.unsent)
            events = select.EPOLLIN | (select.EPOLLOUT if self.waits_to_send else 0)
            self.poll.modify(self.socket, events)

    def receive(self):
        """Reads what has come; the answer once it is complete."""
        try:
            piece = self.socket.recv(1 << 18)
        except BlockingIOError:
            return None
        if not piece:
            raise Failed(f"the server closed the connection after {bytes(self.received[:200])!r}")
        self.received += piece
        return self.whole_answer()

    def whole_answer(self):
        if self.head_end < 0:
            self.head_end = self.received.find(b"\r\n\r\n")
            if self.head_end < 0:
                return None
        head, start = bytes(self.received[: self.head_end + 2]), self.head_end + 4
        length = CONTENT_LENGTH.search(head)
        if not self.has_answer_body or head[9:12] in (b"204", b"304"):
            end = start
        elif length:
            end = start + int(length.group(1))
        elif CHUNKED.search(head):
            end = len(self.received) if self.received.endswith(b"\r\n0\r\n\r\n", start - 2) else None
        else:
            raise Failed(f"an answer without a length: {head!r}")
        if end is None or len(self.received) < end:
            return None
        answer = Answer(head, self.received[start:end])
        self.received = self.received[end:]
        self.head_end = -1
        return answer

    def close(self):
        self.poll.unregister(self.socket)
        self.socket.close()


def drive(server, scripts, limit=120):
    """Runs all scripts to their ends, each on its own connection, and returns the seconds taken."""
    poll = select.epoll()
    address = ("127.0.0.1", server.port)
    connections = {}
    for script in scripts:
        connection = Connection(address, script, poll)
        connections[connection.socket.fileno()] = connection
    begun = time.monotonic()
    for number, connection in list(connections.items()):
        if not connection.advance(None):
            del connections[number]
    while connections:
        if time.monotonic() - begun > limit:
            raise Failed(f"not done after {limit} s")
        for number, events in poll.poll(1.0):
            connection = connections[number]
            if events & select.EPOLLOUT:
                connection.send()
            if events & ~select.EPOLLOUT:
                answer = connection.receive()
                if answer is not None and not connection.advance(answer):
                    del connections[number]
    poll.close()
    return time.monotonic() - begun
