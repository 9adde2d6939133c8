"""Signs of backups that lie outside the database: a restored database would tell of older ones than there are."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True)
class Backup:
    """The last attempt to make a backup."""

    at: datetime
    place: str
    problem: str = ""
    """Why there is none, or what it lacks; empty when all is well."""
    good_at: datetime | None = None
    """When the last backup was made that is whole."""
    good_place: str = ""
    bytes: int = 0
    seconds: float = 0.0
    entries: int = 0
    """Entries of the journal in the last whole one."""


def keep_backup(backup: Backup) -> None:
    """Replace the file as a whole."""
    path = _file()
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(json.dumps(asdict(backup), default=datetime.isoformat, ensure_ascii=False), encoding="utf-8")
    beside.replace(path)


def last_backup() -> Backup | None:
    """The last attempt; None when there was none, or its file cannot be read."""
    try:
        facts = json.loads(_file().read_text(encoding="utf-8"))
        at = datetime.fromisoformat(facts.pop("at"))
        good_at = facts.pop("good_at")
        return Backup(at=at, good_at=datetime.fromisoformat(good_at) if good_at else None, **facts)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _file() -> Path:
    return Path(settings.XUKE_HOME) / "backup.json"
