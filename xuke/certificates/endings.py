"""Ending a licence: four ways that are not to be mixed, and the formality that closes the record.

* 撤回 `withdraw`: a lawful licence is taken back, because the law or the facts changed (Licensing Law art. 8).
* 撤销 `rescind`: it should not have been given; perhaps it never counted (自始无效, art. 69).
* 吊销 `revoke`: a penalty for a serious violation (Food Safety Law chapter 9).
* 注销 `cancel`: the formality. It ends a right that has no other end (on request, the holder is gone, force majeure) or
  that has expired; after one of the other three it closes the record and leaves the state as it is, so that the
  register goes on saying how the licence ended (docs/decisions/0042).

Whoever calls has asked who may, and with which procedure: `licensing` for a request, `proceedings` ex officio. From the
transaction of the ending on, every verification says that the licence counts no more.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from xuke.certificates.models import Licence
from xuke.certificates.queries import STANDINGS
from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.calendar import spoken
from xuke.foundation.refusals import Conflict, Invalid, NotFound, Problem
from xuke.foundation.transactions import command

TAKEN_AWAY = ("withdrawn", "rescinded", "revoked")
"""Ends that a decision brought about, after which the record still has to be closed."""
ENDED = (*TAKEN_AWAY, "cancelled")
OPEN = ("in_force", "expired")
"""States in which a licence has no other end than its validity."""
TAKEN_FROM = (*OPEN, "cancelled")
"""States from which a licence is rescinded or revoked: neither its expiry nor giving it up undoes a violation, and the
bans follow from that decision (Licensing Law art. 79, Food Safety Law art. 135)."""


@command
def withdraw(*, licence: Licence, basis: str, source: str, by: Actor, now: datetime) -> Licence:
    """Take back a lawful licence (撤回), from today on: what was produced by it until now keeps its basis."""
    licence = _lock(licence)
    _demand_open(licence, "withdrawn", ("in_force",))
    return _end(licence, "withdrawn", on=journal.legal_day(now), basis=basis, source=source, by=by, now=now)


@command
def rescind(
    *, licence: Licence, basis: str, source: str, effective_on: date | None = None, by: Actor, now: datetime
) -> Licence:
    """Rescind a licence that should not have been given (撤销).

    It takes effect today, or on an earlier day of its life: on the day of its grant where it never counted (自始无效).
    """
    licence = _lock(licence)
    _demand_open(licence, "rescinded", TAKEN_FROM)
    day = _effective(licence, effective_on, now)
    beginning = day == licence.granted_on
    return _end(licence, "rescinded", on=day, basis=basis, source=source, by=by, now=now, from_the_beginning=beginning)


@command
def revoke(
    *, licence: Licence, basis: str, source: str, effective_on: date | None = None, by: Actor, now: datetime
) -> Licence:
    """Revoke a licence as a penalty (吊销): from today on, or from the day of a penalty decided earlier elsewhere."""
    licence = _lock(licence)
    _demand_open(licence, "revoked", TAKEN_FROM)
    day = _effective(licence, effective_on, now)
    if day == licence.granted_on < journal.legal_day(now):
        raise Invalid(Problem("effective_on", "吊销是处罚，不能从核发许可证的那一天起；自始无效的是撤销。"))
    return _end(licence, "revoked", on=day, basis=basis, source=source, by=by, now=now)


@command
def cancel(*, licence: Licence, basis: str, source: str, reason: str = "", by: Actor, now: datetime) -> Licence:
    """Close the record of a licence (注销); its number is never used again.

    A licence in force or expired is cancelled by it. One that was withdrawn, rescinded or revoked stays that. While a
    case is open to rescind or revoke it, the formality waits for that decision, which it follows (art. 70(4)).
    """
    licence = _lock(licence)
    if licence.cancelled_on is not None:
        raise Conflict(f"许可证{licence.number}已经于{spoken(licence.cancelled_on)}办理注销，编号不再使用。")
    if licence.contested_by not in ("", source):
        raise Conflict(
            f"许可证{licence.number}正在立案查处，拟{act_of(licence.contested_as)}，作出处理决定以前不能注销"
            f"（行政许可法第七十条第（四）项）。"
        )
    licence.cancelled_on = today = journal.legal_day(now)
    facts: dict[str, Any] = {"basis": basis, "source": source, "reason": reason}
    if licence.state not in TAKEN_AWAY:
        return _end(licence, "cancelled", on=today, by=by, now=now, **facts)
    licence.revision += 1
    licence.save(update_fields=["cancelled_on", "revision"])
    journal.record("licence.closed", subject=licence, by=by, at=now, ended=STANDINGS[licence.state], **facts)
    return licence


@command
def contest(*, licence: Licence, ending: str, source: str, told: bool = False, by: Actor, now: datetime) -> Licence:
    """Note that a case is open which is to end a licence as ``rescinded`` or ``revoked``, and whether it was told.

    Until it is over, neither its holder's request nor the move of the plant closes the record.
    """
    licence = _lock(licence)
    if (licence.contested_by, licence.contest_told) == (source, told):
        return licence
    licence.contested_as, licence.contested_by, licence.contest_told = ending, source, told
    licence.revision += 1
    licence.save(update_fields=["contested_as", "contested_by", "contest_told", "revision"])
    journal.record("licence.contested", subject=licence, by=by, at=now, ending=act_of(ending), source=source)
    return licence


@command
def leave(*, licence: Licence, source: str, by: Actor, now: datetime) -> Licence:
    """Note that the case of that stream is over and left the licence as it is."""
    licence = _lock(licence)
    if licence.contested_by != source:
        return licence
    licence.contested_as, licence.contested_by, licence.contest_told = "", "", False
    licence.revision += 1
    licence.save(update_fields=["contested_as", "contested_by", "contest_told", "revision"])
    journal.record("licence.left", subject=licence, by=by, at=now, source=source)
    return licence


def act_of(ending: str) -> str:
    """The act that ends a licence in a state, in words: 吊销."""
    return STANDINGS[ending].removeprefix("已")


def _lock(licence: Licence) -> Licence:
    locked = Licence.objects.select_for_update(no_key=True).filter(pk=licence.pk).first()
    if locked is None:
        raise NotFound("没有找到这张许可证，编号可能写错了，或者它不属于您的辖区。")
    return locked


def _demand_open(licence: Licence, target: str, states: tuple[str, ...]) -> None:
    """Raise `Conflict` where the licence has already ended in a way that this one cannot follow."""
    if licence.state in states:
        return
    since = f"{spoken(licence.ended_on)}起" if licence.ended_on else ""
    raise Conflict(f"许可证{licence.number}{since}{STANDINGS[licence.state]}，不能再{act_of(target)}。")


def _effective(licence: Licence, asked: date | None, now: datetime) -> date:
    """The day on which an ending takes effect: today, or a day of its life before."""
    today = journal.legal_day(now)
    day = asked or today
    if day > today:
        raise Invalid(Problem("effective_on", "生效日期不能晚于作出决定的日期。需要留出时间的，请到时再作决定。"))
    if day < licence.granted_on:
        granted = spoken(licence.granted_on)
        raise Invalid(Problem("effective_on", f"生效日期不能早于核发许可证的日期{granted}；自始无效的，填这一天。"))
    return day


def _end(licence: Licence, state: str, *, on: date, by: Actor, now: datetime, source: str, **facts: Any) -> Licence:
    # What was given up before counted no more since then, whatever is decided on it afterwards.
    licence.state, licence.ended_on, licence.ended_by = state, min(on, licence.ended_on or on), source
    fields = ["state", "ended_on", "ended_by", "cancelled_on", "revision"]
    if licence.contested_by == source:
        licence.contested_as, licence.contested_by, licence.contest_told = "", "", False
        fields += ["contested_as", "contested_by", "contest_told"]
    licence.revision += 1
    licence.save(update_fields=fields)
    journal.record(f"licence.{state}", subject=licence, by=by, at=now, effective_on=on, source=source, **facts)
    return licence
