"""The team that is sent to a site: chosen by the reviewer, judged by the register of verifiers, on the day it goes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from xuke.accounts.models import Authority
from xuke.foundation import journal
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import binding, rules, teams
from xuke.licensing.commands.wording import Wording
from xuke.licensing.models import Application
from xuke.licensing.rounds import Sent
from xuke.licensing.teams import Candidates
from xuke.verifiers import queries as register
from xuke.verifiers import rules as fitness
from xuke.verifiers.rules import EXPERT, VerifierFacts


def chosen(
    application: Application,
    team: Sequence[int],
    leader: int,
    visit_on: date,
    experts: Sequence[str],
    entrusted_to: str,
    wording: Wording,
) -> Sent:
    """The team as the register judges it; every reason against it is noted at its field."""
    place = entrusted(application, entrusted_to, wording)
    found = teams.candidates(application, on=visit_on, authority=place)
    known = {one.user_id: one for one in found.people}
    wanted = list(dict.fromkeys(team))
    if reason := rules.team_is_complete(members=len(wanted), leaders=int(leader in wanted)):
        wording.wrong("team", reason)
    if strangers := [person for person in wanted if person not in known]:
        whose = place.name if place else "本机关"
        wording.wrong("team", f"有{len(strangers)}人在核查当天不是{whose}的核查人员，请重新选择。")
    people = [known[person] for person in wanted if person in known]
    for person in people:
        if reasons := fitness.why_not(person, found.visit, reasons=fitness.FIRM):
            wording.wrong("team", f"{person.name}不能参加这次核查：{'；'.join(reasons)}。")
    helpers = _experts(application, experts, visit_on, found, wording)
    wording.demand()
    leading = next(person.id for person in people if person.user_id == leader)
    for reason in fitness.why_not_team([*people, *helpers], leading, found.visit):
        wording.wrong("team", reason)
    wording.demand()
    members = [
        {
            "user_id": person.user_id,
            "name": person.name,
            "credential": person.credential,
            "leader": person.user_id == leader,
            "verifier": person.id,
        }
        for person in people
    ]
    told = [{"id": one.id, "name": one.name} for one in helpers]
    return Sent(members, told, place, found)


def entrusted(application: Application, code: str, wording: Wording) -> Authority | None:
    if not code:
        return None
    below = Authority.objects.filter(code=code).first()
    if reason := teams.why_not_entrust(application, below):
        wording.wrong("entrusted_to", reason)
        wording.demand()
    return below


def _experts(
    application: Application, ids: Sequence[str], on: date, found: Candidates, wording: Wording
) -> list[VerifierFacts]:
    """Technical experts who may come along: they are asked the same, and give no independent conclusion."""
    if not ids:
        return []
    known = register.members(ids, uscc=application.enterprise.uscc, on=on)
    chosen = [known[id] for id in dict.fromkeys(ids) if id in known and known[id].qualification == EXPERT]
    if len(chosen) < len(set(ids)):
        wording.wrong("experts", "选择的技术专家不在名册里，请重新选择。")
    for one in chosen:
        if reasons := fitness.why_not(one, found.visit, reasons=fitness.FIRM):
            wording.wrong("experts", f"{one.name}不能参加这次核查：{'；'.join(reasons)}。")
    return chosen


MOST_NAME = 60


def observer_of(name: str, sent: Sent, wording: Wording) -> str:
    """The observer whom the daily supervision sends (观察员, 审查通则2022), by name; nobody when nobody is sent.

    One of its officers, or of the observers in the register, who is neither in the team nor kept away. Only where there
    is nobody of them, somebody else is named.
    """
    name = wording.text("observer", name, label="观察员", most=MOST_NAME)
    if not name or len(name) > MOST_NAME:
        return name
    known = {one.name: (one, reasons) for one, reasons in sent.candidates.watching()}
    members = {member["user_id"] for member in sent.members}
    one, reasons = known.get(name, (None, ()))
    if (one and one.user_id in members) or (one is None and name in _names(sent)):
        wording.wrong("observer", f"{name}在核查组里，不能同时担任观察员（{fitness.RULES_OF_REVIEW}）。")
    elif reasons:
        wording.wrong("observer", f"{name}不能担任观察员：{'；'.join(reasons)}。")
    elif one is None and known:
        told = "、".join(known)
        wording.wrong("observer", f"观察员由负责日常监督的部门派出，请从{told}中选择（{fitness.RULES_OF_REVIEW}）。")
    return name


def _names(sent: Sent) -> set[str]:
    return {str(each["name"]) for each in (*sent.members, *sent.experts)}


def due_day(application: Application, visit_on: date, now: datetime, wording: Wording) -> date:
    today = journal.legal_day(now)
    days = binding.limit(application, "food.verification", on=today).value
    due = current_calendar().add(today, days)
    if not today <= visit_on <= due.on:
        last = f"{due.on.month}月{due.on.day}日"
        wording.wrong("visit_on", f"现场核查日期应当在今天到{last}之间（接受任务之日起{days}个工作日内）。")
    return due.on
