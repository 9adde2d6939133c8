"""Logins with a certificate per second, through the web: chain, revocation list, signature, session, journal."""

from __future__ import annotations

import base64
import http.client
import os
import queue
import secrets
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.utils import timezone

from xuke.accounts import commands as accounts
from xuke.config.bench.acts import TOKEN
from xuke.config.bench.commands import postmaster
from xuke.config.bench.measure import Figure, cpu_of_trees
from xuke.config.bench.running import await_port, free_port, running
from xuke.config.demonstration.people import resident_number
from xuke.foundation.actors import SYSTEM
from xuke.foundation.pki import purposes
from xuke.foundation.pki.algorithms import Family
from xuke.foundation.pki.issuing import CertificateMaker, Issued, Subject
from xuke.identity import browser
from xuke.identity.certificates import challenges

PEOPLE = 50
LOGINS = 600
CLIENTS = 4
TARGET = 100.0
PLACE = 70_000
"""Where the invented numbers of these people begin."""


@dataclass
class Told:
    """What the clients have to do, and what went wrong."""

    waiting: queue.SimpleQueue[tuple[str, str]] = field(default_factory=queue.SimpleQueue)
    problems: list[str] = field(default_factory=list)


def certificate_logins() -> list[Figure]:
    """One figure for each family of keys that certification authorities in China issue."""
    return [_measured(family, first=PEOPLE * place) for place, family in enumerate((Family.RSA, Family.SM2))]


def _measured(family: Family, *, first: int) -> Figure:
    now = timezone.now()
    authority = _trusted(family, now - timedelta(days=1))
    cards = [_given(authority, PLACE + first + number, now) for number in range(PEOPLE)]
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    workers = os.cpu_count() or 2
    with running("serve", "--port", str(port), "--workers", str(workers), "--threads", "4") as serving:
        await_port(port)
        _play(_signed(cards, 4 * PEOPLE, origin), port)  # The first login binds; each process finds each chain once.
        signed = _signed(cards, LOGINS, origin)
        parts = {"web": serving.pid, "database": postmaster()}
        before = {name: cpu_of_trees([pid]) for name, pid in parts.items()}
        mine, started = time.process_time(), time.perf_counter()
        _play(signed, port)
        wall = time.perf_counter() - started
        cpu = {f"{name}_ms": (cpu_of_trees([pid]) - before[name]) * 1000 / LOGINS for name, pid in parts.items()}
        client = (time.process_time() - mine) * 1000 / LOGINS
    rate = LOGINS / wall
    return Figure(
        name=f"certificate_logins_{family.lower()}",
        value=round(rate, 1),
        unit="logins per second",
        target=TARGET,
        met=rate >= TARGET,
        details={
            **{name: round(spent, 2) for name, spent in cpu.items()},
            "cpu_ms_per_login": round(sum(cpu.values()), 2),
            "per_second_by_cpu": round(workers * 1000 / sum(cpu.values())),
            "client_ms": round(client, 2),
            "logins": LOGINS,
            "people": PEOPLE,
            "clients": CLIENTS,
            "workers": workers,
        },
    )


def _trusted(family: Family, since: datetime) -> CertificateMaker:
    """An authority this installation trusts, with its list."""
    root = CertificateMaker.root(f"性能测试根证书{family}", family=family, now=since)
    issuing = root.intermediate(f"性能测试签发证书{family}", now=since)
    place = Path(settings.XUKE_HOME) / "trust"
    now = timezone.now()
    for part, name, content in (
        ("roots", "root.pem", root.certificate.pem.encode()),
        ("intermediates", "issuing.pem", issuing.certificate.pem.encode()),
        ("crls", "root.crl", root.crl(now=now)),
        ("crls", "issuing.crl", issuing.crl(now=now)),
    ):
        (place / part).mkdir(parents=True, exist_ok=True)
        (place / part / f"{family}-{name}").write_bytes(content)
    return issuing


def _given(authority: CertificateMaker, place: int, now: datetime) -> Issued:
    """A card for somebody whose real name is proven."""
    name, number = f"测试{place}", resident_number(place, "420506")
    user = accounts.add_user(login_name=f"bench{place}", name=name, password=None, by=SYSTEM, now=now)
    accounts.prove_real_name(user=user, name=name, number=number, proven_by="demonstration", by=SYSTEM, now=now)
    return authority.issue(Subject(name, resident_number=number), now=now - timedelta(hours=1))


def _signed(cards: list[Issued], count: int, origin: str) -> list[tuple[str, str]]:
    """Cookies and bodies, made beforehand: what the agent and the browser do is no part of the figure."""
    found = []
    now = timezone.now()
    for number in range(count):
        card, mark = cards[number % len(cards)], secrets.token_urlsafe(32)
        challenge = challenges.make(browser=mark, use="login", now=now)
        algorithm = card.key.public.algorithms[0]
        signature = card.key.sign(purposes.login_message(origin, challenge), algorithm)
        fields = {
            "certificate": card.certificate_pem,
            "challenge": challenge,
            "algorithm": algorithm.value,
            "signature": base64.b64encode(signature).decode(),
        }
        found.append((f"{browser.name()}={mark}; {settings.CSRF_COOKIE_NAME}={TOKEN}", urlencode(fields)))
    return found


def _play(signed: list[tuple[str, str]], port: int) -> None:
    """Log in from several browsers at once."""
    told = Told()
    for each in signed:
        told.waiting.put(each)
    clients = [threading.Thread(target=_client, args=[told, port]) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    if told.problems:
        raise SystemExit(f"有登录没有成功，指标无效：{told.problems[0]}")


def _client(told: Told, port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while True:
        try:
            cookie, body = told.waiting.get_nowait()
        except queue.Empty:
            return
        headers = {
            "Cookie": cookie,
            "X-CSRFToken": TOKEN,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        connection.request("POST", "/login/certificate/", body, headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 303:
            told.problems.append(str(answer.status))
