"""Mutual recognition (互认): a credential of another province is used here, as whoever uses it decides."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError

from xuke.accounts.models import Authority
from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.refusals import Conflict, NotFound
from xuke.foundation.transactions import command
from xuke.verifiers import permissions
from xuke.verifiers.commands.steps import Words
from xuke.verifiers.models import Recognition, Verifier
from xuke.verifiers.rules import WITHDRAWN


@command
def recognise(
    *, verifier: Verifier, authority: Authority, document: str, by: Actor, now: datetime, until: date | None = None
) -> Recognition:
    """Recognise a credential that another province issued, for an authority and those below it (互认).

    `document` is what it rests on. The person's own row is not touched, whoever keeps it. Recognising once more takes
    the place of what stood.
    """
    permissions.demand(permissions.why_not_keep(by, authority.path))
    verifier = Verifier.objects.get(pk=verifier.pk)
    if reason := why_not_recognise(verifier, authority.path):
        raise Conflict(reason)
    words, today = Words(), journal.legal_day(now)
    document = words.text("document", document, label="依据的文件", missing="请写明互认依据的文件或者查询结果。")
    if until is not None and until < today:
        words.wrong("until", "最后一天不能早于今天。")
    words.demand()
    for before in Recognition.objects.select_for_update().filter(verifier=verifier, authority=authority, ended_on=None):
        _end(before, "重新登记", by=by, now=now)
    row = Recognition(
        verifier=verifier,
        user_id=verifier.user_id,
        name=verifier.name,
        authority=authority,
        authority_path=authority.path,
        credential=verifier.credential,
        document=document,
        recognised_on=today,
        until=until,
        recorded_by=by.label,
    )
    try:
        row.save(force_insert=True)
    except IntegrityError:
        raise Conflict("刚刚有人登记了这项互认，请重新打开页面看一看。") from None
    journal.record(
        "recognition.recorded", subject=row, by=by, at=now, credential=row.credential, document=document, until=until
    )
    return row


def why_not_recognise(verifier: Verifier, place: str) -> str:
    """The reason nothing is to be recognised about somebody at a place, or an empty string."""
    if verifier.status == WITHDRAWN:
        return f"{verifier.name}已经退出名册。"
    if not verifier.credential:
        return f"{verifier.name}没有登记证件，不能互认。"
    if verifier.issuing_province in ("", place[:2]):
        return f"{verifier.name}的证件由本省颁发，不需要互认。"
    return ""


@command
def end_recognition(*, recognition: Recognition, reason: str, by: Actor, now: datetime) -> Recognition:
    """End a recognition from today."""
    permissions.demand(permissions.why_not_keep(by, recognition.authority_path))
    row = Recognition.objects.select_for_update(no_key=True, of=("self",)).filter(pk=recognition.pk).first()
    if row is None:
        raise NotFound("没有找到这项互认。")
    if row.ended_on is not None:
        raise Conflict("这项互认已经终止。")
    words = Words()
    reason = words.text("reason", reason, label="原因", missing="请写明终止互认的原因。")
    words.demand()
    return _end(row, reason, by=by, now=now)


def _end(row: Recognition, reason: str, *, by: Actor, now: datetime) -> Recognition:
    row.ended_on, row.end_reason = journal.legal_day(now), reason
    row.revision += 1
    row.save(update_fields=["ended_on", "end_reason", "revision"])
    journal.record("recognition.ended", subject=row, by=by, at=now, reason=reason)
    return row
