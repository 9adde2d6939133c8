"""Issuing notices, and attaching the file that is made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from typing import Any

from xuke.accounts.models import Authority
from xuke.catalogue.limits import time_limit
from xuke.documents import queries
from xuke.documents.kinds import NoticeKind, tells_remedies, template_on
from xuke.documents.kinds import kind as kind_of
from xuke.documents.models import Notice
from xuke.documents.service import ELECTRONIC
from xuke.foundation import jobs, journal, sequences
from xuke.foundation.actors import Actor
from xuke.foundation.models import StoredFile
from xuke.foundation.refusals import Conflict, Refused
from xuke.foundation.transactions import command
from xuke.foundation.working_days import current as current_calendar
from xuke.parties.models import Enterprise


class NoRemedies(Refused):
    """机关信息里还没有行政复议机关和受诉法院，这份文书必须告知，所以不能签发。"""


@command
def issue(
    *,
    kind: str,
    about: str,
    authority: Authority,
    enterprise: Enterprise,
    content: dict[str, Any],
    by: Actor,
    now: datetime,
    number: str = "",
) -> Notice:
    """Issue a notice. It is served at once where the enterprise agreed to electronic service, otherwise it waits.

    Either way it can be read as a page from this moment. The number is gapless per authority, kind and year; a receipt
    brings its own. Its file is made by a job that commits with it. The remedies run from the day of service.
    """
    notice = prepare(kind=kind, about=about, authority=authority, enterprise=enterprise, content=content, now=now)
    notice.number = number or _number(authority, kind_of(kind), journal.legal_day(now).year)
    notice.issued_by = by.label
    notice.save(force_insert=True)
    journal.record("notice.issued", subject=notice, by=by, at=now, about=about, number=notice.number)
    jobs.defer("documents.render", priority=jobs.LATER, notice=str(notice.pk))
    if (heard := _heard.get()) is not None:
        heard(notice)
    return notice


def prepare(
    *,
    kind: str,
    about: str,
    authority: Authority,
    enterprise: Enterprise,
    content: dict[str, Any],
    now: datetime,
) -> Notice:
    """A notice as it would be issued, without its number; nothing is written. Raises `NoRemedies`."""
    what, today = kind_of(kind), journal.legal_day(now)
    if tells_remedies(kind, content):
        demand_remedies(authority, what)
    at_once = not what.is_record and _goes_electronically(enterprise, content)
    notice = Notice(
        kind=kind,
        title=what.title,
        about=about,
        authority=authority,
        authority_path=authority.path,
        enterprise=enterprise,
        template=template_on(kind, today, authority.path),
        content={
            **content,
            "authority": _signature_of(authority),
            "service": ELECTRONIC if at_once else "",
        },
        issued_at=now,
        served_on=None,
        channel="",
    )
    if at_once:
        serve_electronically(notice, now=now)
    elif what.is_record:
        notice.served_on = today  # On the file of the authority, where it belongs, it has arrived.
    return notice


def demand_remedies(authority: Authority, kind: NoticeKind) -> None:
    """The bodies that hear the remedies are named, or nothing is sent (Administrative Permit Law art. 38)."""
    missing = [
        words
        for words, value in (("行政复议机关", authority.reconsideration_body), ("受诉人民法院", authority.court))
        if not value.strip()
    ]
    if missing:
        raise NoRemedies(
            f"{kind.title}必须告知救济途径，但{authority.name}的机关信息里还没有填写{'和'.join(missing)}，不能签发。"
            f"请本机关的系统管理员在“管理—机构—{authority.name}”里填写，然后再签发。",
            basis="行政许可法第三十八条第二款",
        )


def _goes_electronically(enterprise: Enterprise, content: dict[str, Any]) -> bool:
    """Consent is the enterprise's own: what goes to somebody else is never served through its account."""
    return not content.get("recipient") and queries.may_serve_electronically(enterprise)


def serve_electronically(notice: Notice, *, now: datetime) -> None:
    """The notice has entered the recipient's system, and is served by that (Civil Procedure Law art. 90)."""
    serve(notice, channel=ELECTRONIC, on=journal.legal_day(now))
    notice.arrived_at = now


def serve(notice: Notice, *, channel: str, on: date) -> None:
    """Set the day of service, and the last days of the remedies that run from it."""
    notice.channel, notice.served_on = channel, on
    if tells_remedies(notice.kind, notice.content):
        calendar = current_calendar()
        notice.reconsideration_until = calendar.days_after(on, time_limit("remedy.reconsideration", on).value).on
        notice.litigation_until = calendar.months_after(on, time_limit("remedy.litigation", on).value).on


SERVED_FIELDS = ("channel", "served_on", "arrived_at", "reconsideration_until", "litigation_until")
"""The columns that `serve` sets."""


def _signature_of(authority: Authority) -> dict[str, str]:
    """The authority as it was when it spoke: what it is called later does not change what was served."""
    names = ("name", "reconsideration_body", "court", "address", "phone")
    return {name: getattr(authority, name) for name in names}


def _number(authority: Authority, kind: NoticeKind, year: int) -> str:
    number = sequences.next_number(f"notice:{kind.name}:{authority.code}:{year}", upto=999_999)
    return f"{kind.series(authority.abbreviation)}〔{year}〕{number:04d}号"


_heard: ContextVar[Callable[[Notice], object] | None] = ContextVar("heard", default=None)


@contextmanager
def overheard() -> Iterator[list[Notice]]:
    """The notices that are issued inside, in their order: how a rehearsal knows them."""
    found: list[Notice] = []
    token = _heard.set(found.append)
    try:
        yield found
    finally:
        _heard.reset(token)


@command
def attach_file(*, notice: Notice, file: StoredFile, by: Actor, now: datetime) -> Notice:
    """Attach the rendered file, once. Attaching the same file again changes nothing."""
    notice = Notice.objects.select_for_update(no_key=True).get(pk=notice.pk)
    if notice.file_id == file.pk:
        return notice
    if notice.file_id is not None:
        raise Conflict("这份文书的文件已经制成，不能再换。")
    notice.file = file
    notice.revision += 1
    notice.save(update_fields=["file", "revision"])
    journal.record("notice.rendered", subject=notice, by=by, at=now, digest=file.digest)
    return notice
