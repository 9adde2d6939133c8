"""The only writers of notices."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from xuke.accounts.models import Authority
from xuke.catalogue.limits import time_limit
from xuke.documents.kinds import NoticeKind
from xuke.documents.kinds import kind as kind_of
from xuke.documents.models import Notice
from xuke.foundation import jobs, journal, sequences
from xuke.foundation.actors import Actor
from xuke.foundation.models import StoredFile
from xuke.foundation.refusals import Conflict, NotPermitted
from xuke.foundation.transactions import command
from xuke.foundation.working_days import current as current_calendar
from xuke.parties.applicants import Applicant
from xuke.parties.models import Enterprise
from xuke.parties.permissions import demand_power
from xuke.parties.rules import RECEIVE


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
    """Issue a notice and serve it electronically at once: it can be read as a page from this moment.

    The number is gapless per authority, kind and year; a receipt brings its own. Its file is made by a job that commits
    with it. The periods for remedies run from the day of service.
    """
    what = kind_of(kind)
    today = journal.legal_day(now)
    reconsideration = litigation = None
    # A partial grant refuses the rest, so its remedies must be told as well.
    if what.remedies or content.get("refused"):
        calendar = current_calendar()
        days = time_limit("remedy.reconsideration", today).value
        months = time_limit("remedy.litigation", today).value
        reconsideration = calendar.days_after(today, days).on
        litigation = calendar.months_after(today, months).on
    notice = Notice(
        kind=kind,
        title=what.title,
        number=number or _number(authority, what, today.year),
        about=about,
        authority=authority,
        authority_path=authority.path,
        enterprise=enterprise,
        template=what.template,
        content={**content, "authority": _signature_of(authority)},
        issued_at=now,
        issued_by=by.label,
        served_on=today,
        reconsideration_until=reconsideration,
        litigation_until=litigation,
    )
    notice.save(force_insert=True)
    journal.record("notice.issued", subject=notice, by=by, at=now, about=about, number=notice.number)
    jobs.defer("documents.render", priority=jobs.LATER, notice=str(notice.pk))
    return notice


def _signature_of(authority: Authority) -> dict[str, str]:
    """The authority as it was when it spoke: what it is called later does not change what was served."""
    names = ("name", "reconsideration_body", "court", "address", "phone")
    return {name: getattr(authority, name) for name in names}


def _number(authority: Authority, kind: NoticeKind, year: int) -> str:
    number = sequences.next_number(f"notice:{kind.name}:{authority.code}:{year}", upto=999_999)
    return f"{kind.series(authority.abbreviation)}〔{year}〕{number:04d}号"


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


@command
def sign_for(*, notice: Notice, by: Actor, now: datetime) -> Notice:
    """Note that the applicant has opened the notice (签收). Only the first time counts."""
    if not isinstance(by, Applicant) or by.enterprise_id != notice.enterprise_id:
        raise NotPermitted("文书由收件的企业签收。")
    demand_power(by, RECEIVE)
    notice = Notice.objects.select_for_update(no_key=True).get(pk=notice.pk)
    if notice.read_at is None:
        notice.read_at = now
        notice.revision += 1
        notice.save(update_fields=["read_at", "revision"])
        journal.record("notice.signed_for", subject=notice, by=by, at=now)
    return notice
