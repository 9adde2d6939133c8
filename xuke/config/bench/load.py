"""A small load generator: many connections at once to a server on this machine, in one thread, with its own CPU told
apart from the server's."""

from __future__ import annotations

import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

MOST_SECONDS = 30.0
_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"content-length:"
_LAST_CHUNK = b"0\r\n\r\n"


@dataclass
class Loaded:
    """What came back."""

    seconds: float = 0.0
    client_cpu: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    bytes: int = 0

    @property
    def count(self) -> int:
        return len(self.latencies)

    @property
    def per_second(self) -> float:
        return self.count / self.seconds


class _Connection:
    """One connection, which always waits for an answer."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), 10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.got = bytearray()
        self.sent = 0.0

    def ask(self, path: str, headers: str) -> None:
        self.got.clear()
        self.sent = time.perf_counter()
        self.socket.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n".encode())

    def is_answered(self) -> bool:
        """Read what is there; whether the answer is complete."""
        piece = self.socket.recv(1 << 18)
        if not piece:
            raise ConnectionError("the server closed a connection")
        self.got += piece
        head = self.got.find(_END_OF_HEAD)
        if head < 0:
            return False
        names = bytes(self.got[:head]).lower()
        at = names.find(_LENGTH)
        if at < 0:
            return self.got.endswith(_LAST_CHUNK)
        length = int(names[at + len(_LENGTH) :].split(b"\r\n", 1)[0])
        return len(self.got) >= head + len(_END_OF_HEAD) + length


def load(port: int, paths: Iterator[str], *, seconds: float, connections: int, headers: str = "") -> Loaded:
    """Ask for one path after the other for so many seconds, always `connections` at once."""
    found = Loaded()
    selector = selectors.DefaultSelector()
    for _ in range(connections):
        connection = _Connection(port)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.ask(next(paths), headers)
    cpu, began = time.process_time(), time.perf_counter()
    until = began + min(seconds, MOST_SECONDS)
    while selector.get_map():
        for key, _ in selector.select(10):
            connection = key.data
            if not connection.is_answered():
                continue
            now = time.perf_counter()
            found.latencies.append(now - connection.sent)
            found.statuses[int(connection.got[9:12])] += 1
            found.bytes += len(connection.got)
            path = next(paths, None) if now < until else None
            if path is None:
                selector.unregister(connection.socket)
                connection.socket.close()
            else:
                connection.ask(path, headers)
    found.seconds, found.client_cpu = time.perf_counter() - began, time.process_time() - cpu
    return found
