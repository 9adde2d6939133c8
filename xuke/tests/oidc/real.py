"""The real identity platform of the tests: npm `oidc-provider` in a process of its own."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from joserfc.jwk import RSAKey

from xuke.identity.oidc.platform import Platform

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
CLIENT, SECRET = "xuke", "a-secret-of-the-tests-that-is-long-enough"
PASSWORD = "platform-password"


@dataclass(frozen=True)
class Account:
    """Somebody the platform knows."""

    sub: str
    name: str
    id_number: str = ""
    phone_number: str = ""
    uscc: str = ""
    acr: str = "L1"
    amr: tuple[str, ...] = ("pwd",)

    def as_dict(self) -> dict[str, Any]:
        """What the platform is told; it knows nothing where we say nothing."""
        facts = {name: value for name, value in vars(self).items() if value}
        return {**facts, "password": PASSWORD}


@dataclass
class Real:
    """The running platform."""

    port: int
    redirects: Sequence[str]
    people: Sequence[Account]
    process: subprocess.Popen[str] | None = None
    key: RSAKey = field(default_factory=lambda: new_key("one"))

    @property
    def issuer(self) -> str:
        """How it calls itself."""
        return f"http://127.0.0.1:{self.port}"

    def platform(self, **more: Any) -> Platform:
        """Our settings for it."""
        return Platform(self.issuer, CLIENT, SECRET, **more)

    def start(self) -> None:
        """Begin, or begin again with what has changed, on the same port."""
        given = {
            "modules": str(ROOT / "frontend"),
            "port": self.port,
            "clientId": CLIENT,
            "clientSecret": SECRET,
            "redirects": list(self.redirects),
            "people": [person.as_dict() for person in self.people],
            "keys": [self.key.as_dict(private=True)],
        }
        self.process = subprocess.Popen(
            [node(), str(HERE / "provider.mjs"), json.dumps(given)], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline().strip() == "ready", "oidc-provider did not start; it said why above"

    def stop(self) -> None:
        """The platform is gone."""
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None


def node() -> str:
    """Node.js: the one of the environment, or the one the tests installed beside Python."""
    found = shutil.which("node") or str(Path(sys.executable).with_name("node"))
    assert Path(found).exists(), "没有找到Node.js。请用 make test，它会安装。"
    return found


def new_key(name: str) -> RSAKey:
    """A key to sign with."""
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig", "alg": "RS256"})


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(redirects: Sequence[str], people: Sequence[Account]) -> Iterator[Real]:
    """A platform that knows these people and sends browsers back to these addresses."""
    real = Real(free_port(), redirects, people)
    real.start()
    try:
        yield real
    finally:
        real.stop()
