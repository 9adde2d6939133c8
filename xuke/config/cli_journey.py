"""`xuke journey NAME`: a whole story through the commands on an empty database, with every number and file it makes.

`--all` plays every one that `--list` names, each in a process and a database of its own, one line for each.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xuke.config.playground import empty_home
from xuke.config.unusable import Unusable

if TYPE_CHECKING:
    from xuke.certificates.models import Licence
    from xuke.config.demonstration.journeys import Ended, Journey
    from xuke.documents.models import Notice
    from xuke.licensing.models import Application

FIRST = "food-first"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which story, and how to print it."""
    parser.add_argument("name", nargs="?", default=FIRST, help=f"故事，默认 {FIRST}；--list 列出所有故事")
    parser.add_argument("--list", action="store_true", help="列出所有故事")
    parser.add_argument("--all", action="store_true", help="逐个走完所有故事，每个一行，最后合计（十几分钟）")
    parser.add_argument("--json", action="store_true", help="以JSON输出；与 --all 同用时每个故事一行")


def run(arguments: argparse.Namespace) -> int:
    """Play and print. 0: the story, or every one of them, ended as it should; 1: it did not."""
    if arguments.list:
        sys.stdout.write("".join(f"{name}\t{title}\n" for name, title in titles().items()))
        return 0
    if arguments.all:
        return play_all(titles(), as_json=arguments.json)
    with empty_home(keep=True) as home:
        from xuke.config.demonstration.journeys import JOURNEYS

        if arguments.name not in JOURNEYS:
            raise SystemExit(f"没有“{arguments.name}”这个故事。xuke journey --list 列出所有故事。")
        told = play(home, arguments.name, JOURNEYS[arguments.name])
    sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=1) + "\n" if arguments.json else as_text(told))
    return 0 if told["ended_well"] else 1


def titles() -> dict[str, str]:
    """Every journey there is, by name. Needs no database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xuke.config.settings")
    import django

    django.setup()
    from xuke.config.demonstration.journeys import JOURNEYS

    return {name: journey.title for name, journey in JOURNEYS.items()}


# --- all of them ------------------------------------------------------------------------------------------------------


def play_all(stories: dict[str, str], *, as_json: bool) -> int:
    """Play one after the other; a line for each as soon as it is over, and the count at the end."""
    if os.environ.get("DATABASE_URL"):
        raise Unusable("--all 为每个故事各准备一个空库。请去掉 DATABASE_URL。")
    failed = []
    for name, title in stories.items():
        began = time.monotonic()
        told = by_itself(name)
        seconds = round(time.monotonic() - began, 1)
        if told["ended_well"]:
            shutil.rmtree(told["home"], ignore_errors=True)
        else:
            failed.append(name)
        told |= {"title": title, "seconds": seconds}
        _say(json.dumps(told, ensure_ascii=False) if as_json else _line(name, told))
    if not as_json:
        _say(f"共{len(stories)}个故事，{len(stories) - len(failed)}个与预期一致，{len(failed)}个不一致。")
    return 1 if failed else 0


def by_itself(name: str) -> dict[str, Any]:
    """One story in a process of its own: nothing that one keeps in memory reaches the next."""
    program = [sys.executable, "-m", "xuke.config.cli", "journey", name, "--json"]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    try:
        told: dict[str, Any] = json.loads(done.stdout)
    except json.JSONDecodeError:
        last = done.stderr.strip().rpartition("\n")[2]
        return {"journey": name, "ended_well": False, "wrong": [last or f"退出码{done.returncode}。"]}
    return told


def _line(name: str, told: dict[str, Any]) -> str:
    verdict = "一致　" if told["ended_well"] else "不一致"
    why = "".join(f"\n        {each}" for each in told["wrong"])
    return f"{verdict}  {told['seconds']:>6.1f} 秒  {name:<40}{told['title']}{why}"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


# --- one of them ------------------------------------------------------------------------------------------------------


def play(home: Path, which: str, journey: Journey) -> dict[str, Any]:
    """A story in an empty database."""
    from django.utils import timezone

    from xuke.accounts.models import Authority
    from xuke.config import installation, worker
    from xuke.config.demonstration import people
    from xuke.config.demonstration.journeys import Clock, Stage

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

    timed("prepare", lambda: installation.prepare(now=timezone.now()))
    if Authority.objects.exists():
        raise SystemExit("数据库不是空的。请换一个空库，或者去掉 DATABASE_URL 由本命令自己准备。")
    clock = Clock(timezone.now, timezone.now() - timedelta(days=365 * journey.years_ago))
    cast = timed("people", lambda: people.one_cast(now=clock(), code=journey.code))
    ended = journey.play(Stage(cast, clock, timed))
    timed("worker", lambda: worker.run(name="journey", until_idle=True))
    return {"journey": which, "title": journey.title, "home": str(home), "steps": steps, **_outcome(home, ended)}


def _outcome(home: Path, ended: Ended) -> dict[str, Any]:
    from xuke.certificates.models import Licence
    from xuke.documents.models import Notice
    from xuke.foundation import files
    from xuke.foundation.scope import EVERYTHING
    from xuke.foundation.transactions import opened_for
    from xuke.licensing.models import Application

    with opened_for(EVERYTHING):
        case = Application.objects.get(pk=ended.application.pk) if ended.application else None
        licence = Licence.objects.get(pk=ended.licence.pk) if ended.licence else None
        notices = list(Notice.objects.order_by("issued_at", "pk"))
    made = _certificate(home, licence) if licence else {"authentic": True, "certificate": None, "identifier": ""}
    wrong = list(_wrong(case, licence, notices, ended, authentic=bool(made["authentic"])))
    return {
        "state": case.state if case else "",
        "numbers": {
            "receipt": case.receipt_number if case else "",
            "acceptance": case.acceptance_number if case else "",
            "licence": licence.number if licence else "",
            "e_licence_identifier": made["identifier"],
            "notices": [{"title": notice.title, "number": notice.number} for notice in notices],
        },
        "files": {
            "certificate": made["certificate"],
            "notices": [str(files.path_of(notice.file_id)) for notice in notices if notice.file_id],
        },
        "authentic": made["authentic"],
        "wrong": wrong,
        "ended_well": not wrong,
    }


def _wrong(
    case: Application | None, licence: Licence | None, notices: list[Notice], ended: Ended, *, authentic: bool
) -> Iterator[str]:
    """What is not as the story should have left it."""
    if case and case.state != ended.state:
        yield f"申请的状态是 {case.state}，应当是 {ended.state}。"
    if licence and licence.state != ended.licence_state:
        yield f"许可证的状态是 {licence.state}，应当是 {ended.licence_state}。"
    if not authentic:
        yield "电子证书没有制成，或者核验不真实。"
    for notice in notices:
        if not notice.file_id:
            yield f"《{notice.title}》没有制成文件。"


def _certificate(home: Path, licence: Any) -> dict[str, Any]:
    from xuke.certificates import verification
    from xuke.certificates.models import CertificateVersion
    from xuke.foundation import files
    from xuke.foundation.scope import EVERYTHING
    from xuke.foundation.transactions import opened_for
    from xuke.seals import pki

    with opened_for(EVERYTHING):
        version = CertificateVersion.objects.filter(licence=licence).order_by("-version")[:1].get()
    certificate = files.path_of(version.file_id) if version.file_id else None
    trust = pki.load_trust(home / pki.PLACE / f"{pki.ROOT}.pem")
    return {
        "authentic": certificate is not None and verification.verify(certificate.read_bytes(), trust=trust).authentic,
        "certificate": str(certificate) if certificate else None,
        "identifier": version.identifier,
    }


def as_text(told: dict[str, Any]) -> str:
    """The story for a reader."""
    numbers = told["numbers"]
    lines = [told["title"], "", *(f"  {step['step']:<24}{step['ms']:>9.1f} 毫秒" for step in told["steps"]), ""]
    named = (
        ("接收凭证  ", numbers["receipt"]),
        ("受理号    ", numbers["acceptance"]),
        ("许可证编号", numbers["licence"]),
        ("证照标识  ", numbers["e_licence_identifier"]),
    )
    lines += [f"  {label}  {value}" for label, value in named if value]
    lines += [f"  {notice['title']}  {notice['number']}" for notice in numbers["notices"]]
    if told["files"]["certificate"]:
        lines += ["", f"  电子证书    {told['files']['certificate']}"]
        lines += [f"  核验        {'真实' if told['authentic'] else '不真实'}"]
    lines += [f"  结果        {'与预期一致' if told['ended_well'] else '与预期不一致'}"]
    lines += [f"              {each}" for each in told["wrong"]]
    return "\n".join(lines) + "\n"
