"""A running agent with the key of Wang Fang, and a browser's way of asking it."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection

import pytest

from xuke.agent.server import ADDRESS, AgentServer
from xuke.agent.token import Token
from xuke.foundation.pki.algorithms import Family
from xuke.foundation.pki.tests.people import authority, fang

ORIGIN = "https://xk.example.gov.cn"
PIN = "135790"


@dataclass
class Browser:
    """Asks as a page of one origin does."""

    port: int
    said: list[str]
    origin: str = ORIGIN

    def ask(self, method, path, content=None, *, body=None, **headers):
        """Status, headers and the JSON of an answer. A header set to None is left out."""
        sent = {"Host": f"127.0.0.1:{self.port}", "Origin": self.origin}
        if content is not None:
            body, sent["Content-Type"] = json.dumps(content), "application/json"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = HTTPConnection(ADDRESS, self.port, timeout=10)
        connection.putrequest(method, path, skip_host=True)
        raw = body.encode() if isinstance(body, str) else body
        if raw is not None:
            sent.setdefault("Content-Length", str(len(raw)))
        for name, value in sent.items():
            if value is not None:
                connection.putheader(name, value)
        connection.endheaders(raw)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, answer.headers, json.loads(text) if text else None


@contextmanager
def running(token: Token, *origins: str):
    """An agent on a free port."""
    said: list[str] = []
    server = AgentServer(token, origins=origins or [ORIGIN], port=0, report=said.append)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield Browser(server.server_port, said)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@cache
def key_file(family: Family) -> str:
    """Her key under her PIN. Few rounds, because tests are in a hurry."""
    return fang(family).key_pem(PIN, rounds=1000)


@pytest.fixture
def files(tmp_path):
    """Writes the two files of a token."""

    def write(family: Family = Family.SM2):
        key, certificate = tmp_path / "wang.key", tmp_path / "wang.pem"
        key.write_text(key_file(family))
        certificate.write_text(fang(family).certificate_pem + authority(family).certificate.pem)
        return {"key": key, "certificate": certificate}

    return write


@pytest.fixture
def browser(files):
    """A page of our platform, and an agent with an SM2 key."""
    with running(Token.read(**files())) as browser:
        yield browser
