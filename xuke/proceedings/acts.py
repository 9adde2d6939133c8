"""The written acts of a proceeding: what each says, from the row. The words are those of `documents`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from xuke.catalogue.limits import time_limit
from xuke.certificates.models import CertificateVersion
from xuke.documents import commands as documents
from xuke.documents.models import Notice
from xuke.foundation.actors import Actor
from xuke.foundation.calendar import spoken
from xuke.foundation.journal import legal_day
from xuke.parties.bans import BY_CODE as BANS
from xuke.parties.models import Ban
from xuke.proceedings.models import Proceeding


def issue(proceeding: Proceeding, kind: str, *, by: Actor, now: datetime, **said: Any) -> Notice:
    """Issue a notice about a proceeding to the enterprise."""
    return documents.issue(
        kind=kind,
        about=proceeding.stream,
        authority=proceeding.authority,
        enterprise=proceeding.enterprise,
        content={
            **parties_of(proceeding),
            "licence_number": proceeding.licence.number if proceeding.licence else "",
            "facts": proceeding.facts,
            "basis": proceeding.basis,
            **said,
        },
        by=by,
        now=now,
    )


def parties_of(proceeding: Proceeding) -> dict[str, Any]:
    """The keys that every notice carries, as the certificate names the holder."""
    printed = _printed(proceeding)
    rows = printed.get("product_details", [])
    return {
        "applicant": printed.get("producer_name", proceeding.enterprise.name),
        "uscc": printed.get("uscc", proceeding.enterprise.uscc),
        "contact": "",
        "item": "食品生产许可",
        "products": [{"code": row["code"], "name": row["name"], "detail": row["detail"]} for row in rows],
        "receipt_number": "",
        "case_number": proceeding.number,
    }


def _printed(proceeding: Proceeding) -> dict[str, Any]:
    """What the newest version of the certificate prints; nothing where there is no licence."""
    if proceeding.licence_id is None:
        return {}
    newest = CertificateVersion.objects.filter(licence=proceeding.licence_id).order_by("-version").first()
    return dict(newest.content) if newest else {}


def consequences(proceeding: Proceeding, *, on: date) -> str:
    """What else follows from the decision, as the notice tells it beforehand; empty where nothing does."""
    ban = proceeding.of_ground.ban_kind
    if ban is None:
        return proceeding.compensation
    if ban.closes != "applying":
        return f"作出决定以后，记录为“{ban.title}”，不再适用告知承诺（{ban.basis}）。"
    whom = "你单位及其法定代表人、直接负责的主管人员和其他直接责任人员" if ban.binds_managers else "你单位"
    years = f"{time_limit(ban.limit, on).value}年内" if ban.limit else "终身"
    return f"作出决定以后，{whom}{years}不得申请食品生产许可（{ban.basis}）。"


def told(proceeding: Proceeding) -> str:
    """How the holder was heard, as the decision tells it."""
    lines = [f"{_day(row['at'])}，{row['by']}陈述申辩：{row['text']}" for row in proceeding.statements]
    if proceeding.waived_at:
        lines.append("你单位书面放弃陈述申辩和听证。")
    elif proceeding.hearing.get("given_up_at"):
        lines.append("你单位要求听证以后放弃了听证。")
    elif not proceeding.is_formal and not lines and not proceeding.was_heard:
        lines.append("你单位在告知的期限内没有陈述申辩，也没有要求听证。")
    if proceeding.was_heard:
        held, chair = _day(proceeding.hearing["held_at"]), proceeding.hearing["chair"]
        lines.append(f"{held}举行听证，{chair}主持。听证笔录附卷，本决定根据听证笔录作出。")
    if taken := proceeding.proposal.get("on_record", ""):
        lines.append(f"对陈述申辩和听证意见的采纳情况：{taken}")
    return "\n".join(lines)


def ban_rows(bans: Sequence[Ban]) -> list[dict[str, Any]]:
    """The bans as the decision lists them: who, for how many years, until when."""
    return [
        {
            "who": f"{ban.duty}{ban.person}" if ban.person else (ban.enterprise.name if ban.enterprise else ""),
            "years": ban.last_on.year - ban.from_on.year if ban.last_on else 0,
            "until": ban.last_on.isoformat() if ban.last_on else "",
            "title": BANS[ban.kind].title,
        }
        for ban in bans
    ]


def _day(moment: str) -> str:
    return spoken(legal_day(datetime.fromisoformat(moment)))
