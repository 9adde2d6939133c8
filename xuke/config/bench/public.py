"""Public pages through the real server: licence pages, verification by code and by number, and pages out of memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, cycle
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from xuke.certificates import qr
from xuke.certificates.content import CertificateContent
from xuke.certificates.models import CertificateVersion
from xuke.config.bench.asking import percentile
from xuke.config.bench.load import Loaded, load
from xuke.config.bench.measure import Figure, cpu_of_trees
from xuke.config.bench.running import await_port, backends, free_port, running
from xuke.documents.workshop import workshop
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.publication.models import PublishedLicence

WORKERS = 2
SECONDS = 8.0
WARM_UP = 1.5
CONNECTIONS = 8
PER_SECOND, FROM_CACHE = 400.0, 2_000.0
CPU_MS = 4.0
CODES = 12_000
"""Signed before the clock starts; so many that none comes again while its answer is kept."""
POPULAR = 20
"""Pages that many people look at."""
HEADERS = "Accept: text/html\r\nAccept-Encoding: gzip\r\n"


def public_pages() -> list[Figure]:
    """Four figures on one server; each page once, but for those out of memory."""
    numbers = list(
        PublishedLicence.objects.using("public").order_by("number").values_list("number", flat=True)[:120_000]
    )
    pages = (f"/licences/{number}/" for number in numbers[::2])
    asked = (f"/verify/?q={number}" for number in chain(numbers[1::2], numbers[::2]))
    popular = cycle([f"/licences/{number}/" for number in numbers[1 : 2 * POPULAR : 2]])
    port = free_port()
    with running("serve", "--port", str(port), "--workers", str(WORKERS)) as server:
        await_port(port)
        web = server.pid
        return [
            _figure("licence_page_per_second", _measured(port, web, pages), PER_SECOND, CPU_MS),
            _figure("verification_per_second", _measured(port, web, cycle(codes(CODES))), PER_SECOND, CPU_MS),
            _figure("verification_by_number_per_second", _measured(port, web, asked), PER_SECOND, CPU_MS),
            _figure("cached_page_per_second", _measured(port, web, popular), FROM_CACHE, None),
        ]


def codes(count: int) -> Sequence[str]:
    """Addresses as QR codes of certificates hold them."""
    tools = workshop(Path(settings.XUKE_HOME))
    with opened_for(EVERYTHING):
        versions = list(CertificateVersion.objects.order_by("-pk").values_list("content", flat=True)[:count])
    return [
        urlsplit(
            qr.code_text(CertificateContent.from_facts(content), provider=tools.provider, signer=tools.chain[0])
        ).path
        for content in versions
    ]


Result = tuple[Loaded, dict[str, float]]


def _measured(port: int, web: int, paths: Iterator[str]) -> Result:
    load(port, paths, seconds=WARM_UP, connections=CONNECTIONS, headers=HEADERS)
    trees = {"web": [web], "database": backends()}
    before = {name: cpu_of_trees(pids) for name, pids in trees.items()}
    loaded = load(port, paths, seconds=SECONDS, connections=CONNECTIONS, headers=HEADERS)
    spent = {name: (cpu_of_trees(pids) - before[name]) * 1000 / loaded.count for name, pids in trees.items()}
    if set(loaded.statuses) != {200}:
        raise SystemExit(f"有请求没有成功，指标无效：{dict(loaded.statuses)}")
    return loaded, spent


def _figure(name: str, result: Result, target: float, most_cpu: float | None) -> Figure:
    loaded, spent = result
    cpu = sum(spent.values())
    possible = WORKERS * 1000 / cpu
    return Figure(
        name=name,
        value=round(loaded.per_second, 1),
        unit="requests per second on two cores, load generator included",
        target=target,
        met=loaded.per_second >= target and (most_cpu is None or cpu <= most_cpu),
        details={
            "cpu_ms": round(cpu, 2),
            "cpu_target_ms": most_cpu,
            **{f"{part}_ms": round(value, 2) for part, value in spent.items()},
            "possible_per_second_by_cpu": round(possible, 1),
            "p50_ms": round(percentile(loaded.latencies, 50) * 1000, 1),
            "p95_ms": round(percentile(loaded.latencies, 95) * 1000, 1),
            "requests": loaded.count,
            "connections": CONNECTIONS,
            "kilobytes": round(loaded.bytes / loaded.count / 1000, 1),
            "client_ms": round(loaded.client_cpu * 1000 / loaded.count, 2),
        },
    )
