"""Exports of 200,000 rows: how soon the first byte comes, how much memory they take, and what they do to an inbox."""

from __future__ import annotations

import http.client
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone

from xuke.accounts.models import User
from xuke.accounts.officers import Officer
from xuke.accounts.queries import officer
from xuke.config.bench.asking import Visitor
from xuke.config.bench.measure import Figure
from xuke.config.bench.million.places import LOOKING
from xuke.config.bench.running import await_port, free_port, running
from xuke.exports import commands
from xuke.exports.models import ListExport
from xuke.foundation import journal
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for

FIRST_BYTE_S, MEMORY_MB, SLOWER_PERCENT = 1.0, 200.0, 20.0
WINDOWS, IN_A_WINDOW = 8, 40
"""Interleaved: so many windows without the report and with it, of so many inboxes each."""
_MAKE = """
import resource, sys, uuid, django
django.setup()
from django.utils import timezone
from xuke.exports import making
making.make_aside(uuid.UUID(sys.argv[1]), timezone.now)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def exports() -> list[Figure]:
    """The stream, the files, and the inbox beside them."""
    who = _officer(LOOKING["province"])
    streamed = _streamed()
    files = [_made(who, form) for form in ("csv", "xlsx")]
    memory = max([streamed.memory_mb, *(made.memory_mb for made in files)])
    details: dict[str, object] = {
        f"{made.form}_{name}": value for made in files for name, value in made.facts().items()
    }
    return [
        Figure(
            "export_first_byte",
            round(streamed.first_byte, 3),
            "s to the first byte of the CSV of all open cases",
            FIRST_BYTE_S,
            streamed.first_byte <= FIRST_BYTE_S and streamed.rows >= 0,
            {f"stream_{name}": value for name, value in streamed.facts().items()},
        ),
        Figure(
            "export_memory",
            round(memory, 1),
            "MB, the largest process while it exports",
            MEMORY_MB,
            memory <= MEMORY_MB,
            details | {"web_process_mb": streamed.memory_mb},
        ),
        _inbox_beside(who),
    ]


@dataclass(frozen=True)
class Made:
    """One export."""

    form: str
    rows: int
    megabytes: float
    seconds: float
    memory_mb: float
    first_byte: float = 0.0

    def facts(self) -> dict[str, object]:
        """For the details."""
        return {
            "rows": self.rows,
            "megabytes": round(self.megabytes, 1),
            "seconds": round(self.seconds, 1),
            "memory_mb": round(self.memory_mb, 1),
        }


def _officer(login_name: str) -> Officer:
    with opened_for(EVERYTHING):
        found = officer(User.objects.get(login_name=login_name), today=journal.legal_day(timezone.now()))
    assert found is not None
    return found


def _streamed() -> Made:
    """Through the real server, as a browser asks for it."""
    port = free_port()
    cookie = Visitor(LOOKING["province"]).cookie
    with running("serve", "--port", str(port), "--workers", "1") as server:
        await_port(port)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        headers = {"Cookie": cookie, "Accept-Encoding": "identity"}
        connection.request("GET", "/office/", headers=headers)
        connection.getresponse().read()
        began = time.perf_counter()
        connection.request("GET", "/office/all/export.csv", headers=headers)
        answer = connection.getresponse()
        if answer.status != 200:
            raise SystemExit(f"导出：{answer.status}，指标无效。")
        rows, size = answer.read(1).count(b"\n"), 1
        first = time.perf_counter() - began
        while piece := answer.read(1 << 20):
            rows, size = rows + piece.count(b"\n"), size + len(piece)
        seconds = time.perf_counter() - began
        memory = max(map(_peak_mb, _tree(server.pid)))
    return Made("csv", rows - 1, size / 1e6, seconds, memory, first)


def _made(who: Officer, form: str) -> Made:
    """In a process of its own, as the worker makes it."""
    with _ordered(who, form) as export:
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", _MAKE, str(export.pk)], stdout=subprocess.PIPE, text=True, check=True
        )
        seconds = time.perf_counter() - began
        with opened_for(EVERYTHING):
            export.refresh_from_db()
        if not export.is_ready:
            raise SystemExit(f"导出没有生成：{export.problem}，指标无效。")
        return Made(form, export.done, export.size / 1e6, seconds, int(done.stdout.split()[-1]) / 1000)


@contextmanager
def _ordered(who: Officer, form: str) -> Iterator[ListExport]:
    """An export that was asked for; taken back, with its file and its job, at the end."""
    export = commands.ask_export(kind="all", asked={}, form=form, by=who, now=timezone.now())
    try:
        yield export
    finally:
        with opened_for(EVERYTHING):
            ListExport.objects.filter(pk=export.pk).update(state="expired")
        export.path.unlink(missing_ok=True)


def _inbox_beside(who: Officer) -> Figure:
    """The inbox of a county in turns: alone, and while a report of the whole province is being made."""
    visitor = Visitor(LOOKING["county"])
    visitor.ask("/office/")
    alone: list[float] = []
    beside: list[float] = []
    with _ordered(who, "xlsx") as export:
        report = subprocess.Popen([sys.executable, "-c", _MAKE, str(export.pk)], stdout=subprocess.DEVNULL)
        try:
            time.sleep(5)  # Until it reads and writes.
            for _ in range(WINDOWS):
                os.kill(report.pid, signal.SIGSTOP)
                alone += _inboxes(visitor)
                os.kill(report.pid, signal.SIGCONT)
                time.sleep(0.2)
                beside += _inboxes(visitor)
                if report.poll() is not None:
                    break
        finally:
            report.kill()
            report.wait()
    slower = (statistics.median(beside) / statistics.median(alone) - 1) * 100
    return Figure(
        "inbox_beside_report",
        round(slower, 1),
        "% slower, median, interleaved",
        SLOWER_PERCENT,
        slower <= SLOWER_PERCENT,
        {
            "alone_p50_ms": round(statistics.median(alone) * 1000, 1),
            "beside_p50_ms": round(statistics.median(beside) * 1000, 1),
            "asked": len(alone) + len(beside),
        },
    )


def _inboxes(visitor: Visitor) -> list[float]:
    return [visitor.ask("/office/").seconds for _ in range(IN_A_WINDOW)]


def _tree(root: int) -> list[int]:
    """A process and its descendants."""
    found = [root]
    for pid in found:
        tasks = Path(f"/proc/{pid}/task")
        for task in tasks.iterdir() if tasks.exists() else ():
            children = task / "children"
            found += [int(child) for child in children.read_text().split()] if children.exists() else []
    return found


def _peak_mb(pid: int) -> float:
    """The most memory a process has had (VmHWM)."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next((int(line.split()[1]) / 1000 for line in status.splitlines() if line.startswith("VmHWM")), 0.0)
