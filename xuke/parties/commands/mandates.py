"""Who acts for an enterprise: giving, changing, ending, handing over."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from xuke.accounts.models import User
from xuke.foundation import journal
from xuke.foundation.actors import Actor, System
from xuke.foundation.refusals import Conflict, Invalid, NotFound, NotPermitted, Problem
from xuke.foundation.transactions import command
from xuke.parties import permissions
from xuke.parties.commands.steps import end_row, lock, lock_headed, note
from xuke.parties.models import Enterprise, Mandate
from xuke.parties.rules import is_same_name

LONGEST = timedelta(days=3660)
"""A mandate with an end ends within ten years."""


@command
def give_mandate(
    *,
    user: User,
    enterprise: Enterprise,
    capacity: str,
    by: Actor,
    now: datetime,
    powers: Collection[str] = Mandate.ALL_POWERS,
    from_day: date | None = None,
    last_day: date | None = None,
) -> Mandate:
    """Let a person act for an enterprise, from today on or from a later day, perhaps until a day.

    Whoever has never acted for the enterprise is invited instead, and accepts.
    """
    today = journal.legal_day(now)
    enterprise = lock_headed(enterprise, by, today)
    if capacity not in Mandate.CAPACITIES:
        raise Invalid(Problem("capacity", "请选择法定代表人或者经办人。"))
    demand_terms(powers, from_day or today, last_day, today)
    _demand_acquainted(user, enterprise, by)
    if capacity == Mandate.LEGAL_REPRESENTATIVE:
        _demand_may_head(user, enterprise, by)
        if last_day is not None:
            raise Invalid(Problem("last_day", "法定代表人（负责人）以登记为准，不设授权期限。"))
        if Mandate.objects.filter(enterprise=enterprise, capacity=capacity, ended_at=None).exists():
            raise Conflict("这家企业已经有法定代表人（负责人）在办事。已经更换的，先记录登记信息的变化。")
    if any(not mandate.is_over(today) for mandate in Mandate.objects.filter(user=user, enterprise=enterprise)):
        raise Conflict(f"{user.name}已经可以代表{enterprise.name}办事。")
    mandate = _give(user, enterprise, capacity, powers, from_day or today, _over_from(last_day), by=by)
    note(enterprise, "mandate_given", by=by, now=now, person=user.name, **terms(mandate))
    return mandate


def demand_terms(powers: Collection[str], from_day: date, last_day: date | None, today: date) -> None:
    """Demand that a mandate covers something and lasts a while (Civil Code art. 165)."""
    problems = []
    if not powers or not set(powers) <= set(Mandate.ALL_POWERS):
        problems.append(Problem("powers", "请至少选择一项授权事项。"))
    if from_day < today:
        problems.append(Problem("from_day", "授权最早从今天开始。"))
    if last_day is not None and last_day < from_day:
        problems.append(Problem("last_day", "授权的最后一天不能早于第一天。"))
    elif last_day is not None and last_day - today > LONGEST:
        problems.append(Problem("last_day", "授权最长十年，到期以后可以再授权。"))
    if problems:
        raise Invalid(*problems)


def _demand_acquainted(user: User, enterprise: Enterprise, by: Actor) -> None:
    if isinstance(by, System) or Mandate.objects.filter(user=user, enterprise=enterprise).exists():
        return
    raise NotPermitted("请先邀请这位同事，本人接受以后才能代表企业办事。")


def _demand_may_head(user: User, enterprise: Enterprise, by: Actor) -> None:
    """There is one head: whom the register names. Nobody makes another one, or themselves."""
    if not isinstance(by, System):
        raise NotPermitted("法定代表人（负责人）以登记为准，由本人接受邀请或者到受理窗口办理，不由他人授权。")
    if not is_same_name(user.name, enterprise.legal_representative):
        name = enterprise.legal_representative
        raise Invalid(Problem("capacity", f"登记的法定代表人（负责人）是{name}，与姓名不一致，请选择经办人。"))


def _over_from(last_day: date | None) -> date | None:
    return last_day + timedelta(days=1) if last_day else None


def _give(
    user: User,
    enterprise: Enterprise,
    capacity: str,
    powers: Iterable[str],
    valid_from: date,
    valid_to: date | None,
    *,
    by: Actor,
) -> Mandate:
    return Mandate.objects.create(
        user=user,
        enterprise=enterprise,
        capacity=capacity,
        powers=[power for power in Mandate.ALL_POWERS if power in powers],
        valid_from=valid_from,
        valid_to=valid_to,
        given_by_id=permissions.user_id_of(by),
    )


def terms(mandate: Mandate) -> dict[str, Any]:
    """What a mandate covers, as the journal tells it."""
    return {
        "capacity": Mandate.CAPACITIES[mandate.capacity],
        "powers": [Mandate.POWERS[power] for power in Mandate.ALL_POWERS if power in mandate.covers],
        "from_day": mandate.valid_from,
        "last_day": mandate.last_day,
    }


@command
def change_mandate(
    *, mandate: Mandate, powers: Collection[str], last_day: date | None, by: Actor, now: datetime
) -> Mandate:
    """Let a person do other things, or for another time. The former mandate ends and is kept."""
    today = journal.legal_day(now)
    enterprise = lock_headed(_enterprise_of(mandate), by, today)
    mandate = _current(mandate, today)
    demand_terms(powers, max(today, mandate.valid_from), last_day, today)
    if mandate.capacity == Mandate.LEGAL_REPRESENTATIVE:
        raise NotPermitted("法定代表人（负责人）可以办理全部事项，不需要另行授权。")
    if (set(powers), _over_from(last_day)) == (set(mandate.powers), mandate.valid_to):
        return mandate
    changed = _replace(mandate, enterprise, powers, _over_from(last_day), by=by, now=now)
    note(enterprise, "mandate_changed", by=by, now=now, person=mandate.user.name, **terms(changed))
    return changed


def _enterprise_of(mandate: Mandate) -> Enterprise:
    return Enterprise(pk=mandate.enterprise_id)


def _current(mandate: Mandate, today: date) -> Mandate:
    """The newest row of a mandate that is not over."""
    found = Mandate.objects.select_related("user").filter(pk=mandate.pk).first()
    if found is None:
        raise NotFound("没有找到这份授权。")
    if found.is_over(today):
        raise Conflict("这一授权已经结束。")
    return found


def _replace(
    mandate: Mandate,
    enterprise: Enterprise,
    powers: Collection[str],
    valid_to: date | None,
    *,
    by: Actor,
    now: datetime,
) -> Mandate:
    begins = max(journal.legal_day(now), mandate.valid_from)
    end_row(mandate, by=by, now=now)
    return _give(mandate.user, enterprise, mandate.capacity, powers, begins, valid_to, by=by)


@command
def end_mandate(*, mandate: Mandate, by: Actor, now: datetime) -> Mandate:
    """End a mandate today; the person can no longer act for the enterprise. Anybody may lay down their own."""
    today = journal.legal_day(now)
    if permissions.is_oneself(by, mandate):
        enterprise = lock(mandate.enterprise_id)
    else:
        enterprise = lock_headed(_enterprise_of(mandate), by, today)
    mandate = _current(mandate, today)
    end_row(mandate, by=by, now=now)
    note(enterprise, "mandate_ended", by=by, now=now, person=mandate.user.name)
    return mandate


@command
def hand_over(*, leaver: Mandate, successor: Mandate, by: Actor, now: datetime) -> Mandate:
    """Somebody leaves: their mandate ends at once, and a colleague may do what they might. Returns the colleague's.

    What is under way names the colleague from now on; notices have always been addressed to the enterprise.
    """
    today = journal.legal_day(now)
    enterprise = lock_headed(_enterprise_of(leaver), by, today)
    leaver, successor = _current(leaver, today), _current(successor, today)
    if leaver.capacity == Mandate.LEGAL_REPRESENTATIVE:
        raise NotPermitted("更换法定代表人（负责人），先由登记机关办理变更登记，再邀请新的法定代表人。")
    if successor.enterprise_id != leaver.enterprise_id or successor.user_id == leaver.user_id:
        raise Invalid(Problem("successor", "请从现在可以代表企业办事的人里选择接手的人。"))
    powers, valid_to = leaver.covers | successor.covers, _later(leaver.valid_to, successor.valid_to)
    end_row(leaver, by=by, now=now)
    if not leaver.covers <= successor.covers:
        successor = _replace(successor, enterprise, powers, valid_to, by=by, now=now)
    note(
        enterprise,
        "handed_over",
        by=by,
        now=now,
        person=leaver.user.name,
        successor=successor.user.name,
        successor_id=successor.user_id,
        **terms(successor),
    )
    return successor


def _later(one: date | None, other: date | None) -> date | None:
    return None if one is None or other is None else max(one, other)
