"""Entering a ban that somebody else decided: another authority, a court, the list of the severely dishonest."""

from __future__ import annotations

from datetime import date, datetime

from xuke.accounts.officers import Officer, Role
from xuke.catalogue.limits import time_limit
from xuke.foundation import journal
from xuke.foundation.calendar import spoken
from xuke.foundation.identifiers import credit_code
from xuke.foundation.refusals import Invalid, NotPermitted, Problem
from xuke.foundation.transactions import command
from xuke.licensing.commands.wording import Wording
from xuke.parties import commands as parties
from xuke.parties.bans import BY_CODE, last_day
from xuke.parties.commands import Banned
from xuke.parties.models import Ban, Enterprise


def why_not_enter(officer: Officer) -> str:
    """The reason this officer enters and lifts no bans, or an empty string."""
    return "" if officer.has(Role.DECIDER) else f"登记和解除由决定人员办理，您的岗位是{officer.titles}。"


@command
def enter_ban(
    *,
    kind: str,
    origin: str,
    from_on: date,
    last_on: date | None = None,
    uscc: str = "",
    person: Banned | None = None,
    by: Officer,
    now: datetime,
) -> Ban:
    """Write down that an enterprise, or a person, may not apply, as a document of somebody else says.

    Where the law sets the period it is counted from the day of that document; otherwise the document says until when,
    or for good.
    """
    if reason := why_not_enter(by):
        raise NotPermitted(reason)
    today, wording = journal.legal_day(now), Wording()
    ban = BY_CODE.get(kind)
    if ban is None:
        raise Invalid(Problem("kind", "请选择种类。"))
    origin = wording.text("origin", origin, label="来源", most=200, missing="请写明作出决定的机关和文书。")
    if bool(uscc.strip()) == (person is not None):
        wording.wrong("uscc", "企业填统一社会信用代码，个人填姓名，只填一种。")
    enterprise = _enterprise(uscc, wording) if uscc.strip() else None
    if from_on > today:
        wording.wrong("from_on", "起算日期不能晚于今天。")
    if ban.limit:
        last_on = last_day(from_on, time_limit(ban.limit, from_on).value)
    if last_on is not None and last_on < max(from_on, today):
        wording.wrong("last_on", f"期限到{spoken(last_on)}为止，已经过了，不需要登记。")
    wording.demand()
    return parties.impose_ban(
        kind=kind,
        enterprise=enterprise,
        person=person,
        from_on=from_on,
        last_on=last_on,
        origin=origin,
        source="",
        authority_path=by.authority_path,
        by=by,
        now=now,
    )


def _enterprise(uscc: str, wording: Wording) -> Enterprise | None:
    found = credit_code.parse(uscc)
    for problem in found.errors:
        wording.wrong("uscc", problem.message)
    known = None if found.errors else Enterprise.objects.filter(uscc=found.normal_form).first()
    if known is None and not found.errors:
        wording.wrong("uscc", "本平台没有登记过这家企业。它来登记以后再录入，或者先录入责任人员。")
    return known
