"""A proxy that ends TLS and asks browsers for certificates, as nginx does, in a thread of the tests."""

from __future__ import annotations

import http.client
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from xuke.foundation.pki.issuing import Issued
from xuke.tests.cards import Authority

SECRET = "between-the-proxy-and-us-only"
PIN = "only-for-tests"


@dataclass(frozen=True)
class Files:
    """A card as the client of a TLS connection reads it."""

    certificate: Path
    key: Path

    @classmethod
    def of(cls, card: Issued, place: Path, *, above: str = "") -> Files:
        """Written below `place`. The key is locked with `PIN`."""
        place.mkdir(parents=True, exist_ok=True)
        found = cls(place / "certificate.pem", place / "key.pem")
        found.certificate.write_text(card.certificate_pem + above)
        found.key.write_text(card.key_pem(PIN))
        return found


class _Handler(BaseHTTPRequestHandler):
    upstream: str
    secret: str

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        # What a proxy says is said by the proxy: whatever a client claims under these names is dropped.
        headers = {
            n: v for n, v in self.headers.items() if not n.lower().startswith(("x-ssl-", "x-forwarded-", "x-xuke"))
        }
        headers |= {
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": self.client_address[0],
            "X-Xuke-Proxy": self.secret,
        }
        shown = self.connection.getpeercert(binary_form=True)  # type: ignore[attr-defined]
        headers["X-SSL-Client-Cert"] = quote(ssl.DER_cert_to_PEM_cert(shown)) if shown else ""
        connection = http.client.HTTPConnection(self.upstream, timeout=30)
        connection.request(self.command, self.path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "content-length", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        connection.close()

    do_GET = do_POST = _pass_on  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    tls: ssl.SSLContext

    def get_request(self) -> Any:
        raw, address = self.socket.accept()
        return self.tls.wrap_socket(raw, server_side=True, do_handshake_on_connect=False), address

    def handle_error(self, *_: Any) -> None:
        """A client whose certificate was refused goes away."""


@contextmanager
def running(upstream: str, authority: Authority, server: Files, *, port: int, secret: str = SECRET) -> Iterator[str]:
    """The address of a proxy in front of a site; it asks for a certificate and takes those of this authority only."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server.certificate, server.key, PIN)
    context.verify_mode = ssl.CERT_OPTIONAL
    context.load_verify_locations(cadata=authority.root.certificate.pem + authority.issuing.certificate.pem)
    handler = type("Handler", (_Handler,), {"upstream": urlsplit(upstream).netloc, "secret": secret})
    proxy = _Server(("127.0.0.1", port), handler)
    proxy.tls = context
    thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"https://localhost:{port}"
    finally:
        proxy.shutdown()
        proxy.server_close()
        thread.join()
