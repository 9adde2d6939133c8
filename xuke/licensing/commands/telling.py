"""What the notices about a hearing have in common: the parties, and what the matter is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from xuke.documents import commands as documents
from xuke.documents.models import Notice
from xuke.foundation.actors import Actor
from xuke.licensing.commands.drafting import parties_of
from xuke.licensing.models import Application


def matter_of(application: Application) -> str:
    """What it is about, in a few words."""
    item = parties_of(application)["item"]
    return f"{application.enterprise.name}{item}（{application.title}）" if application.title else str(item)


def issue_about(application: Application, kind: str, by: Actor, now: datetime, **content: Any) -> Notice:
    """Issue a notice about a case, with its parties in it."""
    assert application.authority is not None
    return documents.issue(
        kind=kind,
        about=application.stream,
        authority=application.authority,
        enterprise=application.enterprise,
        content={**parties_of(application), "acceptance_number": application.acceptance_number, **content},
        by=by,
        now=now,
    )
