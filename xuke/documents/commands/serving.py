"""Serving notices (送达): signing for them on the platform, recording service by another channel, proving it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from xuke.accounts.officers import HANDS, Officer
from xuke.catalogue.limits import time_limit
from xuke.documents.commands.issuing import SERVED_FIELDS, issue, serve, serve_electronically
from xuke.documents.kinds import kind as kind_of
from xuke.documents.models import Notice, Service
from xuke.documents.service import (
    ANNOUNCEMENT,
    ANNOUNCEMENT_LIMIT,
    CHANNELS,
    ELECTRONIC,
    Proof,
    day_of_service,
    why_not,
)
from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.models import StoredFile
from xuke.foundation.refusals import Conflict, Invalid, NotPermitted, Problem
from xuke.foundation.transactions import command
from xuke.parties.applicants import Applicant
from xuke.parties.permissions import why_not_power
from xuke.parties.rules import RECEIVE, SIGN


@command
def sign_for(*, notice: Notice, by: Actor, now: datetime) -> Notice:
    """Note that the applicant has opened the notice (签收). Only the first time counts.

    Whoever signs for a notice that waits for service has received it by that: it is served electronically, which takes
    the power to agree to it.
    """
    if not isinstance(by, Applicant) or by.enterprise_id != notice.enterprise_id:
        raise NotPermitted("文书由收件的企业签收。")
    if by.counter is not None:
        raise NotPermitted("窗口代办不能代为签收。请打印文书当面送达，由来访人在送达回证上签字，再登记直接送达。")
    notice = lock(notice)
    if notice.is_record:
        raise NotPermitted("这是存档的记录，不需要签收。")
    if notice.content.get("recipient"):
        raise NotPermitted("这份文书是发给别人的，不由贵企业签收。")
    if reason := why_not_sign_for(by, notice):
        raise NotPermitted(reason, basis="民法典第一百六十五条")
    if notice.read_at is not None:
        return notice
    notice.read_at, notice.read_by = now, by.name
    if notice.served_on is None:
        serve_electronically(notice, now=now)
    notice.revision += 1
    notice.save(update_fields=["read_at", "read_by", "revision", *SERVED_FIELDS])
    journal.record("notice.signed_for", subject=notice, by=by, at=now)
    return notice


def why_not_sign_for(actor: Actor, notice: Notice) -> str:
    """The reason somebody's mandate does not cover signing for this notice, or nothing.

    What waits for service is served by that, electronically: then the enterprise agrees, as with its consent.
    """
    if reason := why_not_power(actor, RECEIVE):
        return reason
    if notice.served_on is None and (reason := why_not_power(actor, SIGN)):
        return f"贵企业没有同意电子送达，在这里签收就是以电子方式收下这份文书。{reason}"
    return ""


@command
def record_service(
    *, notice: Notice, proof: Proof, file: StoredFile | None = None, by: Officer, now: datetime
) -> Service:
    """Record that a notice was served by another channel, with its proof; the 送达回证 is made of it.

    The periods for remedies run from the day of service. A notice is served once.
    """
    demand_may_serve(by, notice)
    notice = lock(notice)
    if notice.served_on is not None:
        raise Conflict(f"这份文书已经在{_spoken(notice)}{notice.channel_title}，不需要再送达。")
    today = journal.legal_day(now)
    proof = Proof(**{**vars(proof), "has_file": file is not None})
    if problems := [Problem(*each) for each in why_not(proof, issued_on=notice.issued_on, today=today)]:
        raise Invalid(*problems)
    days = time_limit(ANNOUNCEMENT_LIMIT, today).value
    serve(notice, channel=proof.channel, on=day_of_service(proof, announcement_days=days))
    notice.revision += 1
    notice.save(update_fields=[*SERVED_FIELDS, "revision"])
    journal.record("notice.served", subject=notice, by=by, at=now, channel=proof.channel, served_on=notice.served_on)
    record = prove(notice, said(proof, file, days), by=by, now=now)
    service = Service(**written(notice, proof, file, record, by=by, now=now))
    service.save(force_insert=True)
    return service


def written(
    notice: Notice, proof: Proof, file: StoredFile | None, record: Notice, *, by: Officer, now: datetime
) -> dict[str, Any]:
    """The columns of what an officer wrote down about a service."""
    given = {name: value for name, value in vars(proof).items() if name not in ("served_on", "has_file")}
    return {
        **given,
        "notice": notice,
        "served_on": notice.served_on,
        "file": file,
        "record": record,
        "recorded_at": now,
        "recorded_by": by.label,
        "authority_path": notice.authority_path,
        "enterprise_id": notice.enterprise_id,
    }


def said(proof: Proof, file: StoredFile | None, days: int) -> dict[str, Any]:
    """What the 送达回证 says beside the notice: what was written down, days as ISO dates."""
    found = {name: value for name, value in vars(proof).items() if value and name not in ("channel", "has_file")}
    found |= {name: found[name].isoformat() for name in ("served_on", "published_on") if name in found}
    if proof.channel == ANNOUNCEMENT:
        found["days"] = days
    if file is not None:
        found["signature"] = f"已附，文件摘要（SHA-256）{file.digest[:16]}"
    return found


@command
def certify_service(*, notice: Notice, by: Officer, now: datetime) -> Notice:
    """Make the 送达回证 of an electronic service: when it arrived in the account, and when it was signed for."""
    demand_may_serve(by, notice)
    notice = lock(notice)
    if notice.channel != ELECTRONIC or notice.served_on is None:
        raise Conflict("这份文书没有电子送达。用其他方式送达的，登记送达时已经出具送达回证。")
    made = Notice.objects.filter(about=notice.stream, kind="service_record").order_by("-issued_at").first()
    if made is not None and made.content.get("note") == _reading(notice):
        return made
    arrived = notice.arrived_at or notice.issued_at
    proof = {"place": f"许可平台，{_moment(arrived)}到达", "note": _reading(notice)}
    if notice.read_by:
        proof["receiver"] = notice.read_by
    return prove(notice, proof, by=by, now=now)


def _reading(notice: Notice) -> str:
    return f"{_moment(notice.read_at)}签收" if notice.read_at else "至出具回证时没有签收；不签收不影响送达"


def prove(notice: Notice, facts: dict[str, Any], *, by: Officer, now: datetime) -> Notice:
    """The 送达回证: about the notice itself, so that the case is not full of them."""
    assert notice.served_on is not None
    channel = CHANNELS[notice.channel]
    return issue(
        kind="service_record",
        about=notice.stream,
        authority=notice.authority,
        enterprise=notice.enterprise,
        content={
            **{name: notice.content.get(name, "") for name in ("applicant", "uscc", "contact", "item")},
            **facts,
            "notice_title": notice.title,
            "notice_number": notice.number,
            "addressee": notice.recipient,
            "channel": channel.title,
            "served_on": notice.served_on.isoformat(),
            "recorded_by": by.name,
            "basis": channel.basis,
        },
        by=by,
        now=now,
    )


def demand_may_serve(by: Officer, notice: Notice) -> None:
    """Raise `NotPermitted` unless this officer records the service of this notice."""
    if kind_of(notice.kind).is_record:
        raise NotPermitted("这是存档的记录，不需要送达。")
    if why := why_not_serve(by, notice):
        raise NotPermitted(why)


def why_not_serve(by: Officer, notice: Notice) -> str:
    """The reason this officer does not record the service of a notice, or nothing."""
    if by.authority_path != notice.authority_path:
        return "文书由签发它的机关送达。"
    return "" if by.roles & HANDS else "送达由办理案件的人员登记。"


def lock(notice: Notice) -> Notice:
    """The notice as it stands, held until the transaction ends."""
    return (
        Notice.objects.select_for_update(no_key=True, of=("self",))
        .select_related("authority", "enterprise")
        .get(pk=notice.pk)
    )


def _spoken(notice: Notice) -> str:
    assert notice.served_on is not None
    return f"{notice.served_on.year}年{notice.served_on.month}月{notice.served_on.day}日"


def _moment(at: datetime) -> str:
    local = at.astimezone(journal.SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日{local:%H:%M:%S}"
