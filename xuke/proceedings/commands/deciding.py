"""Opinion, decision, and the formality that follows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from xuke.accounts.officers import Officer
from xuke.catalogue.limits import time_limit
from xuke.certificates import endings
from xuke.foundation import journal
from xuke.foundation.calendar import spoken
from xuke.foundation.transactions import command
from xuke.licensing.commands.wording import Wording
from xuke.parties import commands as parties
from xuke.parties.bans import last_day
from xuke.parties.commands import Banned
from xuke.parties.models import Ban
from xuke.proceedings import acts
from xuke.proceedings.commands.proposing import Person, effective_day, penalty_of, people_of
from xuke.proceedings.commands.steps import finish, open_step
from xuke.proceedings.kinds import RESCISSION, REVOCATION, WITHDRAWAL, kind
from xuke.proceedings.models import Proceeding

CLOSING_BASIS = "行政许可法第七十条第（四）项；食品生产许可管理办法（2020年）第四十一条"


@command
def propose(
    *,
    proceeding: Proceeding,
    opinion: str,
    on_record: str = "",
    effective_on: date | None = None,
    penalty: str = "",
    people: Sequence[Person] = (),
    by: Officer,
    now: datetime,
    revision: int | None = None,
) -> Proceeding:
    """Put the opinion before who decides: what is to be decided, from when, and which persons a ban is to bind.

    What the holder said is answered, and where a hearing was held, the opinion says how it follows the record. A
    revocation takes effect from an earlier day only as the `penalty` decided on that day, which is named; bans run from
    it (Food Safety Law art. 135).
    """
    today = journal.legal_day(now)
    proceeding, step = open_step("propose", proceeding, by=by, revision=revision, today=today)
    if step is None:
        return proceeding
    wording = Wording()
    opinion = wording.text("opinion", opinion, label="处理意见", most=4000, missing="请写明处理意见。")
    on_record = wording.text("on_record", on_record, label="采纳情况", most=2000)
    if not on_record and (proceeding.statements or proceeding.was_heard):
        wording.wrong("on_record", "请写明对陈述申辩和听证笔录的复核、采纳情况；不采纳的写明理由。")
    chosen = people_of(proceeding, people, wording)
    day = effective_day(proceeding, effective_on, wording, penalty=penalty, today=today)
    penalty = penalty_of(proceeding, penalty, day, wording, today=today)
    wording.demand()
    proceeding.proposal = {
        "opinion": opinion,
        "on_record": on_record,
        "effective_on": day.isoformat() if day else "",
        "penalty": penalty,
        "people": chosen,
        "by": by.name,
        "at": now.isoformat(),
    }
    return finish(proceeding, step, "proposal", by=by, now=now, opinion=opinion)


@command
def send_back(
    *, proceeding: Proceeding, reason: str, by: Officer, now: datetime, revision: int | None = None
) -> Proceeding:
    """Send the case back with the question to be answered."""
    proceeding, step = open_step("send_back", proceeding, by=by, revision=revision, today=journal.legal_day(now))
    if step is None:
        return proceeding
    wording = Wording()
    reason = wording.text("reason", reason, label="要查清的问题", most=1000, missing="请写明要查清的问题。")
    wording.demand()
    return finish(proceeding, step, by=by, now=now, reason=reason)


@command
def decide(*, proceeding: Proceeding, by: Officer, now: datetime, revision: int | None = None) -> Proceeding:
    """Decide as proposed: the licence ends, the bans begin, the decision is served, all in one transaction."""
    today = journal.legal_day(now)
    proceeding, step = open_step("decide", proceeding, by=by, revision=revision, today=today)
    if step is None:
        return proceeding
    what = proceeding.of_kind
    before = _standing_before(proceeding)
    proceeding.decided_by_id, proceeding.decided_on = by.user_id, today
    effective_on = _end_licence(proceeding, by=by, now=now) or today
    bans = _impose(proceeding, by=by, now=now)
    said: dict[str, Any] = {"statement": acts.told(proceeding), "effective_on": effective_on.isoformat()}
    if what.code == WITHDRAWAL:
        said["compensation"] = proceeding.compensation
    else:
        said["bans"] = acts.ban_rows([ban for ban in bans if _closes_applying(ban)])
    if what.code == REVOCATION:
        said["penalty"] = proceeding.proposal.get("penalty", "")
    notice = acts.issue(proceeding, what.document, by=by, now=now, **said)
    proceeding.decision = _snapshot(proceeding, before, effective_on, bans, notice.number, today=today)
    fields = ("decided_by", "decided_on", "decision")
    return finish(
        proceeding,
        step,
        *fields,
        by=by,
        now=now,
        act=what.title,
        notice=notice.number,
        in_effect_from=effective_on,
        bans=[ban.person or proceeding.enterprise.name for ban in bans],
    )


def _standing_before(proceeding: Proceeding) -> dict[str, Any]:
    licence = proceeding.licence
    if licence is None:
        return {}
    days = {"granted_on": licence.granted_on.isoformat(), "valid_to": licence.valid_to.isoformat()}
    return {"number": licence.number, "state": licence.state, "revision": licence.revision, **days}


def _end_licence(proceeding: Proceeding, *, by: Officer, now: datetime) -> date | None:
    """End the right in the way of this kind; the day from which the decision takes effect, None for today."""
    licence = proceeding.licence
    if licence is None:
        return None
    why: dict[str, Any] = {"basis": proceeding.basis, "source": proceeding.stream, "by": by, "now": now}
    asked = proceeding.proposal.get("effective_on", "")
    day = date.fromisoformat(asked) if asked else None
    if proceeding.kind == WITHDRAWAL:
        endings.withdraw(licence=licence, **why)
    elif proceeding.kind == RESCISSION:
        endings.rescind(licence=licence, effective_on=day, **why)
    else:
        endings.revoke(licence=licence, effective_on=day, **why)
    return day


def _impose(proceeding: Proceeding, *, by: Officer, now: datetime) -> list[Ban]:
    """The bans that follow: on the enterprise always, on the persons that were chosen."""
    ban = proceeding.of_ground.ban_kind
    if ban is None:
        return []
    asked, penalty = proceeding.proposal.get("effective_on", ""), proceeding.proposal.get("penalty", "")
    # A penalty that somebody else decided earlier bars from its own day; a rescission bars from the decision.
    day = date.fromisoformat(asked) if asked and proceeding.kind == REVOCATION else journal.legal_day(now)
    years = time_limit(ban.limit, day).value if ban.limit else None
    numbers = "；".join(filter(None, (proceeding.number, penalty)))
    common: dict[str, Any] = {
        "kind": ban.code,
        "enterprise": proceeding.enterprise,
        "from_on": day,
        "last_on": last_day(day, years) if years else None,
        "origin": f"{proceeding.authority.name}{proceeding.of_kind.title}（{numbers}）",
        "source": proceeding.stream,
        "authority_path": proceeding.authority_path,
        "by": by,
        "now": now,
    }
    people = [
        Banned(name=row["name"], duty=row["duty"], user_id=row["user_id"] or None, number=row["number"])
        for row in proceeding.proposal.get("people", ())
    ]
    return [parties.impose_ban(person=person, **common) for person in (None, *people)]


def _closes_applying(ban: Ban) -> bool:
    return ban.last_on is not None


def _snapshot(
    proceeding: Proceeding,
    licence: dict[str, Any],
    effective_on: date,
    bans: Sequence[Ban],
    notice: str,
    *,
    today: date,
) -> dict[str, Any]:
    """Everything it was decided on: what a court is shown, whatever the rows say later."""
    what, ground = proceeding.of_kind, proceeding.of_ground
    limits = ["" if ground.plain else what.statement_limit, ground.ban_kind.limit if ground.ban_kind else ""]
    people = [{name: row[name] for name in ("name", "duty")} for row in proceeding.proposal.get("people", ())]
    return {
        "act": what.title,
        "ground": ground.title,
        "basis": proceeding.basis,
        "facts": proceeding.facts,
        "proof": proceeding.proof,
        "licence": licence,
        "told_on": _iso(proceeding.told_on),
        "answer_by": _iso(proceeding.answer_by),
        "hearing_by": _iso(proceeding.hearing_by),
        "statements": proceeding.statements,
        "waived": proceeding.waived_at is not None,
        "hearing": proceeding.hearing,
        "opinion": proceeding.proposal.get("opinion", ""),
        "on_record": proceeding.proposal.get("on_record", ""),
        "people": people,
        "effective_on": effective_on.isoformat(),
        "penalty": proceeding.proposal.get("penalty", ""),
        "bans": acts.ban_rows(bans),
        "limits": {id: time_limit(id, today).value for id in limits if id},
        "hands": {
            "investigated_by": list(proceeding.investigated_by),
            "chair": proceeding.chair_id,
            "decided_by": proceeding.decided_by_id,
        },
        "notice": notice,
    }


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


@command
def cancel(*, proceeding: Proceeding, by: Officer, now: datetime, revision: int | None = None) -> Proceeding:
    """Cancel a licence ex officio (依职权注销), on a plain fact or after its holder was heard, and announce it."""
    today = journal.legal_day(now)
    proceeding, step = open_step("cancel", proceeding, by=by, revision=revision, today=today)
    if step is None:
        return proceeding
    before = _standing_before(proceeding)
    proceeding.decided_by_id, proceeding.decided_on = by.user_id, today
    notice = _cancel_licence(proceeding, facts=proceeding.facts, basis=proceeding.basis, by=by, now=now)
    proceeding.decision = _snapshot(proceeding, before, today, (), notice, today=today)
    fields = ("decided_by", "decided_on", "decision")
    return finish(proceeding, step, *fields, by=by, now=now, notice=notice)


@command
def close_record(*, proceeding: Proceeding, by: Officer, now: datetime, revision: int | None = None) -> Proceeding:
    """Close the record of a licence that was withdrawn, rescinded or revoked (注销手续), and announce it.

    Its holder may have asked for that meanwhile (Measures art. 40): then the number is retired, and this announces it.
    """
    today = journal.legal_day(now)
    proceeding, step = open_step("close_record", proceeding, by=by, revision=revision, today=today)
    if step is None:
        return proceeding
    assert proceeding.decided_on is not None
    decided, act = spoken(proceeding.decided_on), kind(proceeding.kind).act
    facts = f"该食品生产许可已于{decided}被{act}（{proceeding.decision['notice']}）。"
    notice = _cancel_licence(proceeding, facts=facts, basis=CLOSING_BASIS, by=by, now=now)
    return finish(proceeding, step, by=by, now=now, notice=notice)


def _cancel_licence(proceeding: Proceeding, *, facts: str, basis: str, by: Officer, now: datetime) -> str:
    """Retire the number and announce it; the number of the announcement."""
    assert proceeding.licence is not None
    on = journal.legal_day(now).isoformat()
    if proceeding.state == "decided" and proceeding.licence.cancelled_on is not None:
        on = proceeding.licence.cancelled_on.isoformat()
    else:
        endings.cancel(licence=proceeding.licence, basis=basis, source=proceeding.stream, by=by, now=now)
    kind_of = "cancellation_announcement"
    said = {"statement": acts.told(proceeding)} if proceeding.of_kind.is_formality else {}
    return acts.issue(proceeding, kind_of, facts=facts, basis=basis, cancelled_on=on, by=by, now=now, **said).number


@command
def drop(*, proceeding: Proceeding, reason: str, by: Officer, now: datetime, revision: int | None = None) -> Proceeding:
    """Do nothing against the licence (不予处理): the facts do not hold, or more would be lost than won (art. 69)."""
    proceeding, step = open_step("drop", proceeding, by=by, revision=revision, today=journal.legal_day(now))
    if step is None:
        return proceeding
    wording = Wording()
    reason = wording.text("reason", reason, label="理由", most=1000, missing="请写明不予处理的理由。")
    wording.demand()
    notice = ""
    if not proceeding.is_formal and proceeding.state != "opened":
        said = {"act": proceeding.of_kind.act, "reason": reason}
        notice = acts.issue(proceeding, "dropped_notice", by=by, now=now, **said).number
    proceeding.decision = {"act": "不予处理", "reason": reason, "notice": notice, "facts": proceeding.facts}
    if proceeding.licence is not None:
        endings.leave(licence=proceeding.licence, source=proceeding.stream, by=by, now=now)
    return finish(proceeding, step, "decision", by=by, now=now, reason=reason)
