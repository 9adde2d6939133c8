"""Signs of life that lie outside the database: when the sealer last worked, and what the last check of the log found.

Whoever rules the database could write whatever they like into a table. These files are small, replaced as a whole, and
read by the auditor's desk.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from xuke.foundation.journal_check import Finding, Report

MOST_KEPT = 200
"""Findings that are kept with a check; the command line tells more."""


@dataclass(frozen=True)
class Sealing:
    """The last sign of the sealer."""

    at: datetime
    size: int | None = None
    problem: str = ""
    """Why it refuses to go on; empty when all is well."""


@dataclass(frozen=True)
class Check:
    """The last check of the whole log."""

    began: datetime
    ended: datetime
    entries: int = 0
    sealed: int = 0
    waiting: int = 0
    heads: int = 0
    lines: int = 0
    findings: tuple[Finding, ...] = ()
    more: int = 0
    problem: str = ""
    """Why it could not be finished."""

    @property
    def found(self) -> int:
        """How many things are wrong."""
        return len(self.findings) + self.more


def keep_sealing(sealing: Sealing) -> None:
    """Write down that the sealer worked, or why it does not."""
    _write(_sealer_file(), asdict(sealing))


def last_sealing() -> Sealing | None:
    """The last sign of the sealer; None when it never gave one."""
    facts = _read(_sealer_file())
    try:
        return Sealing(datetime.fromisoformat(facts["at"]), facts["size"], str(facts["problem"])) if facts else None
    except (KeyError, TypeError, ValueError):
        return None


def keep_check(report: Report, *, began: datetime, ended: datetime) -> None:
    """Write down what a complete check found."""
    kept = report.findings[:MOST_KEPT]
    more = report.more + len(report.findings) - len(kept)
    counts = {name: getattr(report, name) for name in ("entries", "sealed", "waiting", "heads", "lines")}
    _write(_check_file(), asdict(Check(began, ended, findings=tuple(kept), more=more, **counts)))


def keep_failed_check(problem: str, *, began: datetime, ended: datetime) -> None:
    """Write down that a check could not be finished."""
    _write(_check_file(), asdict(Check(began, ended, problem=problem)))


def last_check() -> Check | None:
    """The last check; None when there was none, or its file cannot be read."""
    facts = _read(_check_file())
    if not facts:
        return None
    try:
        began, ended = (datetime.fromisoformat(facts.pop(name)) for name in ("began", "ended"))
        findings = tuple(Finding(**finding) for finding in facts.pop("findings"))
        return Check(began, ended, findings=findings, **facts)
    except (KeyError, TypeError, ValueError):
        return None


def _sealer_file() -> Path:
    return Path(settings.XUKE_HOME) / "journal-sealer.json"


def _check_file() -> Path:
    return Path(settings.XUKE_HOME) / "journal-check.json"


def _write(path: Path, facts: dict[str, Any]) -> None:
    """Replace the file as a whole. Not flushed to disk: after a crash an old sign, or none, is what there is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(json.dumps(facts, default=datetime.isoformat, ensure_ascii=False), encoding="utf-8")
    beside.replace(path)


def _read(path: Path) -> dict[str, Any]:
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}
