"""The agent behind HTTP, on this machine's own address and no other."""

from __future__ import annotations

import json
import socketserver
import sys
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from xuke.agent.protocol import Agent, Answer, Request
from xuke.agent.token import Token
from xuke.foundation.pki.purposes import canonical_origin

ADDRESS = "127.0.0.1"
PORT = 15170
SECONDS = 10
"""For a request to arrive; it comes from the same machine."""
MOST_THROWN_AWAY = 256 * 1024
"""Bytes of a body that is not wanted."""


class AgentServer(ThreadingHTTPServer):
    """Serves one token until told to stop."""

    daemon_threads = True
    request_queue_size = 64
    """Connections that may wait: pages ask several things at once, and the usual five are soon too few."""

    def __init__(self, token: Token, *, origins: Iterable[str], port: int, report: Callable[[str], None]) -> None:
        known = [canonical_origin(origin) for origin in origins]
        super().__init__((ADDRESS, port), _Handler)
        self.agent = Agent(token, origins=known, port=self.server_address[1], report=report)

    def server_bind(self) -> None:
        """Without asking anybody for the name of this machine."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = ADDRESS, self.server_address[1]

    def handle_error(self, request: object, client_address: object) -> None:
        """A page that goes away in the middle is nothing to tell."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    server: AgentServer
    server_version, sys_version = "xuke-agent", ""
    timeout = SECONDS

    def do_GET(self) -> None:
        self._serve()

    do_POST = do_OPTIONS = do_GET  # noqa: N815

    def _serve(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        if len(headers) != len(self.headers):
            # Two Hosts or two Origins: whoever reads the other one is deceived.
            self._send(Answer(400, {"error": "unreadable", "message": "请求头重复。"}))
            return
        left = _Left(self.rfile.read)
        self._send(self.server.agent.answer(Request(self.command, self.path, headers, left.read)))
        if not left.was_read and headers.get("content-length", "").isdecimal():
            # A connection closed over unread bytes is reset, and the answer is lost with it.
            left.read(min(int(headers["content-length"][:9]), MOST_THROWN_AWAY))

    def _send(self, answer: Answer) -> None:
        content = b"" if answer.content is None else json.dumps(answer.content, ensure_ascii=False).encode()
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.content is not None:
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """The agent reports in its own words."""


class _Left:
    """What of the body has not been read yet."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read, self.was_read = read, False

    def read(self, size: int) -> bytes:
        self.was_read = True
        return self._read(size)
