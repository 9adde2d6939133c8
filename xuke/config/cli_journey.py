"""`xuke journey NAME`: a whole story through the commands on an empty database, with every number and file it makes."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from xuke.config.playground import empty_home

JOURNEYS = {"food-first": "食品生产许可首次申请：从草稿到盖章的电子证书"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which story, and how to print it."""
    parser.add_argument("name", nargs="?", choices=sorted(JOURNEYS), default="food-first", help="故事，默认 food-first")
    parser.add_argument("--list", action="store_true", help="列出所有故事")
    parser.add_argument("--json", action="store_true", help="以JSON输出")


def run(arguments: argparse.Namespace) -> int:
    """Play and print. 0: the story ended as it should; 1: it did not."""
    if arguments.list:
        sys.stdout.write("".join(f"{name}\t{title}\n" for name, title in JOURNEYS.items()))
        return 0
    with empty_home(keep=True) as home:
        told = play(home)
    sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=1) + "\n" if arguments.json else as_text(told))
    return 0 if told["ended_well"] else 1


def play(home: Path) -> dict[str, Any]:
    """The story of a first application in an empty database."""
    from django.utils import timezone

    from xuke.accounts.models import Authority
    from xuke.config import installation, worker
    from xuke.config.demonstration import people, stories

    steps: list[dict[str, Any]] = []

    def timed(name: str, act: Callable[[], Any]) -> Any:
        wall, cpu = time.perf_counter(), time.process_time()
        result = act()
        steps.append(
            {
                "step": name,
                "ms": round((time.perf_counter() - wall) * 1000, 1),
                "cpu_ms": round((time.process_time() - cpu) * 1000, 1),
            }
        )
        return result

    now = timezone.now
    timed("prepare", lambda: installation.prepare(now=now()))
    if Authority.objects.exists():
        raise SystemExit("数据库不是空的。请换一个空库，或者去掉 DATABASE_URL 由本命令自己准备。")
    cast = timed("people", lambda: people.one_cast(now=now()))
    application = timed("draft", lambda: stories.draft(cast, now))
    for state in stories.road_to("granted"):
        application = timed(state, partial(stories.step_to, state, application, cast, now))
    timed("worker", lambda: worker.run(name="journey", until_idle=True))
    return {"journey": "food-first", "home": str(home), "steps": steps, **_outcome(home, application)}


def _outcome(home: Path, application: Any) -> dict[str, Any]:
    from xuke.certificates import verification
    from xuke.certificates.models import CertificateVersion
    from xuke.documents.models import Notice
    from xuke.foundation import files
    from xuke.foundation.scope import EVERYTHING
    from xuke.foundation.transactions import opened_for
    from xuke.licensing.models import Application
    from xuke.seals import pki

    with opened_for(EVERYTHING):
        application = Application.objects.select_related("licence").get(pk=application.pk)
        version = CertificateVersion.objects.get(licence=application.licence)
        notices = list(Notice.objects.filter(about=application.stream).order_by("issued_at", "pk"))
    certificate = files.path_of(version.file_id) if version.file_id else None
    trust = pki.load_trust(home / pki.PLACE / f"{pki.ROOT}.pem")
    authentic = certificate is not None and verification.verify(certificate.read_bytes(), trust=trust).authentic
    return {
        "state": application.state,
        "numbers": {
            "receipt": application.receipt_number,
            "acceptance": application.acceptance_number,
            "licence": application.licence.number,
            "e_licence_identifier": version.identifier,
            "notices": [{"title": notice.title, "number": notice.number} for notice in notices],
        },
        "files": {
            "certificate": str(certificate) if certificate else None,
            "notices": [str(files.path_of(notice.file_id)) for notice in notices if notice.file_id],
        },
        "authentic": authentic,
        "ended_well": authentic
        and application.state == "certificate_issued"
        and all(notice.file_id for notice in notices),
    }


def as_text(told: dict[str, Any]) -> str:
    """The story for a reader."""
    lines = [JOURNEYS[told["journey"]], ""]
    lines += [f"  {step['step']:<24}{step['ms']:>9.1f} 毫秒" for step in told["steps"]]
    numbers = told["numbers"]
    lines += ["", f"  接收凭证    {numbers['receipt']}", f"  受理号      {numbers['acceptance']}"]
    lines += [f"  许可证编号  {numbers['licence']}", f"  证照标识    {numbers['e_licence_identifier']}"]
    lines += [f"  {notice['title']}  {notice['number']}" for notice in numbers["notices"]]
    lines += [
        "",
        f"  电子证书    {told['files']['certificate']}",
        f"  核验        {'真实' if told['authentic'] else '不真实'}",
    ]
    return "\n".join(lines) + "\n"
