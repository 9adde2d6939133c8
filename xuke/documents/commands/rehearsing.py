"""Previews: what would be issued, in full, before anything is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.safestring import SafeString

from xuke.accounts.models import Authority
from xuke.documents.commands.issuing import overheard, prepare
from xuke.documents.kinds import kind as kind_of
from xuke.documents.models import Notice
from xuke.documents.rendering import words
from xuke.parties.models import Enterprise

BLANK = "（签发时编定）"


@dataclass(frozen=True)
class Draft:
    """A notice as it would be issued now. Its number is given when it is, so that none is lost."""

    kind: str
    title: str
    series: str
    """What its number will begin with: 宜市监食许准〔2026〕."""
    authority: str
    recipient: str
    words: SafeString
    issued_on: date
    is_served_at_once: bool
    """Whether it would be served electronically with its issue; otherwise somebody has to serve it."""
    is_record: bool = False


def draft(*, kind: str, authority: Authority, enterprise: Enterprise, content: dict[str, Any], now: datetime) -> Draft:
    """What `issue` would issue with the same facts. Nothing is written; refuses what `issue` would refuse."""
    return _draft_of(
        prepare(kind=kind, about="", authority=authority, enterprise=enterprise, content=content, now=now),
        series=kind_of(kind).series(authority.abbreviation),
    )


def rehearse(take: Callable[[], object]) -> tuple[Draft, ...]:
    """What a command would issue: it is carried out, its notices are looked at, and all of it is taken back.

    So a preview can never say anything else than the act. It costs what the act costs, and is for a press of the button
    “预览”, not for opening a page. A refusal of the command comes out as it is.
    """
    with overheard() as issued, transaction.atomic():
        take()
        transaction.set_rollback(True)
    return tuple(
        _draft_of(notice, series=kind_of(notice.kind).series(notice.authority.abbreviation)) for notice in issued
    )


def _draft_of(notice: Notice, *, series: str) -> Draft:
    what = kind_of(notice.kind)
    given = {name: BLANK for name in what.born if notice.content.get(name)}
    notice.content = {**notice.content, **given}
    return Draft(
        kind=notice.kind,
        title=notice.title,
        series=f"{series}〔{notice.issued_on.year}〕",
        authority=notice.content["authority"]["name"],
        recipient=notice.recipient,
        words=words(notice),
        issued_on=notice.issued_on,
        is_served_at_once=notice.served_on is not None,
        is_record=what.is_record,
    )
