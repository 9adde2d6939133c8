"""Sending a team to the site: the first time, once more with another team, a second time; drawing, entrusting, recusal.

The register of verifiers says who may go (`xuke.verifiers`); the team that goes is what the reviewer confirms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from xuke.accounts.models import Authority
from xuke.accounts.officers import Officer
from xuke.documents import commands as documents
from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.refusals import NotFound, NotPermitted, StepNotOpen
from xuke.foundation.transactions import command
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import binding, permissions, rules, teams
from xuke.licensing.commands.drafting import parties_of
from xuke.licensing.commands.steps import finish, lock, note, open_step
from xuke.licensing.commands.verifying import NOT_POSSIBLE, POSTPONED
from xuke.licensing.commands.wording import Wording
from xuke.licensing.models import Application, Interruption, TeamDraw, Visit
from xuke.licensing.teams import Candidates
from xuke.parties.applicants import Applicant
from xuke.parties.permissions import demand_power
from xuke.parties.rules import SIGN
from xuke.verifiers import commands as verifiers
from xuke.verifiers import queries as register
from xuke.verifiers import rules as fitness
from xuke.verifiers.models import Recusal
from xuke.verifiers.rules import EXPERT, VerifierFacts

AGAIN = (NOT_POSSIBLE, POSTPONED)
"""Results of a round that another round can still change."""


LEAST_REASON = 5
"""Characters of a reason for another draw."""


@dataclass(frozen=True)
class Sent:
    """A team as it was chosen and judged."""

    members: list[dict[str, Any]]
    experts: list[dict[str, str]]
    entrusted: Authority | None
    candidates: Candidates


@command
def assign_verification(
    *,
    application: Application,
    team: Sequence[int],
    leader: int,
    visit_on: date,
    by: Officer,
    now: datetime,
    observer: str = "",
    opinion: str = "",
    experts: Sequence[str] = (),
    entrusted_to: str = "",
    revision: int | None = None,
) -> Application:
    """End the document review and send at least two verifiers to the site (Measures art. 21).

    `team` holds user ids. The team has five working days; the applicant is told who comes and may ask for recusal.
    `entrusted_to` is the code of a lower authority whose verifiers go.
    """
    application, step = open_step("assign_verification", application, by=by, revision=revision)
    if step is None:
        return application
    wording = Wording()
    sent = _sent(application, team, leader, visit_on, experts, entrusted_to, wording)
    due = _due(application, visit_on, now, wording)
    observer = wording.text("observer", observer, label="观察员", most=60)
    opinion = wording.text("opinion", opinion, label="材料审查意见", most=1000)
    wording.demand()
    visit = Visit(
        application=application, enterprise_id=application.enterprise_id, authority_path=application.authority_path
    )
    _begin(visit, sent, observer=observer, visit_on=visit_on, due_on=due, now=now)
    visit.save(force_insert=True)
    _share(application, sent)
    _tell(application, visit, by, now)
    return finish(
        application,
        step,
        "verified_by",
        "shared_with",
        by=by,
        now=now,
        team=[member["name"] for member in sent.members],
        visit_on=visit_on,
        opinion=opinion,
    )


@command
def reassign_verification(
    *,
    application: Application,
    team: Sequence[int],
    leader: int,
    visit_on: date,
    reason: str,
    by: Officer,
    now: datetime,
    observer: str = "",
    experts: Sequence[str] = (),
    entrusted_to: str = "",
    revision: int | None = None,
) -> Application:
    """Send another team before the visit is concluded, or a second time for what could not be verified.

    The round before is kept with the visit. What it found stays; only what could not be verified is verified again.
    """
    application, step = open_step("reassign_verification", application, by=by, revision=revision)
    if step is None:
        return application
    visit = Visit.objects.select_for_update(no_key=True).get(application=application)
    if closed := why_not_again(visit):
        raise StepNotOpen(closed)
    wording = Wording()
    sent = _sent(application, team, leader, visit_on, experts, entrusted_to, wording)
    due = _due(application, visit_on, now, wording)
    observer = wording.text("observer", observer, label="观察员", most=60)
    reason = wording.text("reason", reason, label="原因", most=500, missing="请写明为什么重新派出核查组。")
    wording.demand()
    visit.earlier = [*visit.earlier, _kept(visit, reason)]
    visit.varieties = left_to_verify(visit) if visit.concluded_at else visit.varieties
    visit.round += 1
    _begin(visit, sent, observer=observer, visit_on=visit_on, due_on=due, now=now)
    visit.save()
    _share(application, sent)
    _tell(application, visit, by, now)
    team_names = [member["name"] for member in sent.members]
    return finish(
        application,
        step,
        "verified_by",
        "shared_with",
        by=by,
        now=now,
        team=team_names,
        visit_on=visit_on,
        reason=reason,
    )


def why_not_again(visit: Visit | None) -> str:
    """The reason no other team is sent, or an empty string."""
    if visit is None:
        return "还没有派出核查组。"
    if visit.concluded_at and not left_to_verify(visit):
        return "现场核查已经结束，全部品种都有结论，不能再次核查。"
    return ""


def left_to_verify(visit: Visit) -> list[str]:
    """Keys of what the round that was concluded could not verify."""
    return [key for key, found in visit.result.get("varieties", {}).items() if found["result"] in AGAIN]


@command
def redraw_team(
    *,
    application: Application,
    visit_on: date,
    reason: str,
    by: Officer,
    now: datetime,
    excluded: Sequence[str] = (),
    entrusted_to: str = "",
) -> TeamDraw:
    """Draw a team once more, leaving out named persons; the reason and what it was drawn from are kept.

    Whoever an earlier draw left out stays out: nobody comes back by drawing until the draw is to one's liking.
    """
    application = lock(application)
    verb = "reassign_verification" if application.verified_by else "assign_verification"
    permissions.demand(by, verb, application, today=journal.legal_day(now))
    wording = Wording()
    reason = wording.text("reason", reason, label="重新抽取的原因", most=200, missing="请写明为什么重新抽取。")
    if 0 < len(reason) < LEAST_REASON:
        wording.wrong("reason", f"请具体写明为什么重新抽取，至少{LEAST_REASON}个字。")
    place = _entrusted(application, entrusted_to, wording)
    wording.demand()
    found = teams.candidates(application, on=visit_on, authority=place)
    left_out = frozenset(excluded).union(*(each.excluded for each in found.drawn))
    number = len(found.drawn) + 1
    seed = teams.seed_of(application, number)
    proposed = fitness.propose_team(found.people, found.visit, seed=seed, excluded=left_out)
    draw = TeamDraw(
        application=application,
        number=number,
        seed=seed,
        visit_on=visit_on,
        reason=reason,
        excluded=sorted(left_out),
        facts=found.frozen(),
        team=list(proposed.team),
        drawn_by=by.label,
        drawn_at=now,
        enterprise_id=application.enterprise_id,
        authority_path=application.authority_path,
    )
    draw.save(force_insert=True)
    names = {one.id: one.name for one in found.people}
    note(
        application,
        "redraw_team",
        by=by,
        now=now,
        reason=reason,
        seed=seed,
        team=[names[id] for id in proposed.team],
        excluded=[names.get(id, id) for id in draw.excluded],
    )
    return draw


@command
def prolong_visit(*, application: Application, by: Actor, now: datetime) -> Application:
    """Give the team the days back in which the case was suspended (审查通则2022); doing it again changes nothing."""
    application = lock(application)
    visit = Visit.objects.select_for_update(no_key=True).filter(application=application, concluded_at=None).first()
    if visit is None:
        return application
    calendar, began = current_calendar(), journal.legal_day(visit.assigned_at)
    stood = Interruption.objects.filter(
        application=application, kind="suspension", ended_on__isnull=False, ended_on__gt=began
    )
    days = sum(calendar.days_between(max(each.began_on, began), each.ended_on) for each in stood if each.ended_on)
    limit = binding.limit(application, "food.verification", on=began)
    due = calendar.add(began, limit.value + days).on
    if due == visit.due_on:
        return application
    visit.due_on = due
    visit.save(update_fields=["due_on"])
    return note(application, "prolong_visit", by=by, now=now, due_on=due)


# Recusal --------------------------------------------------------------------------------------------------------------


@command
def request_team_recusal(
    *, application: Application, member: int, ground: str, text: str, by: Actor, now: datetime
) -> Recusal:
    """The applicant asks that somebody of the team stays away (申请回避); the head decides before the visit."""
    application = lock(application)
    permissions.demand_applicant(by)
    demand_power(by, SIGN)
    assert isinstance(by, Applicant)
    if by.enterprise_id != application.enterprise_id:
        raise NotPermitted("这不是您企业的申请。")
    visit = Visit.objects.filter(application=application).first()
    if closed := why_not_recuse(application, visit, today=journal.legal_day(now)):
        raise StepNotOpen(closed)
    assert visit is not None
    row = next((each for each in visit.team if each["user_id"] == member and each.get("verifier")), None)
    if row is None:
        raise NotFound("核查组里没有这个人员，请看最新的核查通知。")
    asked = verifiers.request_recusal(
        verifier_id=row["verifier"],
        user_id=member,
        name=row["name"],
        enterprise=application.enterprise,
        authority_path=application.authority_path,
        about=application.stream,
        ground=ground,
        text=text,
        by=by,
        now=now,
    )
    note(application, "request_recusal", by=by, now=now, person=row["name"], ground=ground, recusal=str(asked.pk))
    return asked


def why_not_recuse(application: Application, visit: Visit | None, *, today: date) -> str:
    """The reason nobody can be asked to stay away any more: the visit is over, or there is none."""
    if visit is None or application.state != "verification_assigned" or visit.concluded_at:
        return "现在没有等待进行的现场核查。"
    return "" if today <= visit.visit_on else "回避应当在现场核查之前申请，核查日期已经过了。"


@command
def decide_team_recusal(
    *, application: Application, recusal: Recusal, upheld: bool, decision: str, by: Officer, now: datetime
) -> Recusal:
    """The head decides an applicant's request before the visit; where it is upheld, another team is sent."""
    application = lock(application)
    if recusal.about != application.stream:
        raise NotFound("没有找到这件回避申请。")
    decided = verifiers.decide_recusal(recusal=recusal, upheld=upheld, decision=decision, by=by, now=now)
    note(
        application,
        "decide_recusal",
        by=by,
        now=now,
        person=recusal.name,
        upheld=upheld,
        reason=decided.decision,
        recusal=str(decided.pk),
    )
    return decided


# What the verbs have in common ----------------------------------------------------------------------------------------


def _sent(
    application: Application,
    team: Sequence[int],
    leader: int,
    visit_on: date,
    experts: Sequence[str],
    entrusted_to: str,
    wording: Wording,
) -> Sent:
    """The team as the register judges it; every reason against it is noted at its field."""
    place = _entrusted(application, entrusted_to, wording)
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


def _entrusted(application: Application, code: str, wording: Wording) -> Authority | None:
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


def _due(application: Application, visit_on: date, now: datetime, wording: Wording) -> date:
    today = journal.legal_day(now)
    due = current_calendar().add(today, binding.limit(application, "food.verification", on=today).value)
    if not today <= visit_on <= due.on:
        wording.wrong(
            "visit_on", f"现场核查日期应当在今天到{due.on.month}月{due.on.day}日之间（接受任务之日起5个工作日内）。"
        )
    return due.on


def _begin(visit: Visit, sent: Sent, *, observer: str, visit_on: date, due_on: date, now: datetime) -> None:
    """A round begins: nobody has been there yet. Marks stay of those who go again, and of nobody else."""
    visit.sheet = _marks_of(visit.sheet, {member["name"] for member in sent.members})
    visit.team, visit.experts, visit.observer = sent.members, sent.experts, observer
    visit.visit_on, visit.due_on, visit.assigned_at = visit_on, due_on, now
    visit.entrusted_to = sent.entrusted.path if sent.entrusted else ""
    visit.entrusted_name = sent.entrusted.name if sent.entrusted else ""
    visit.concluded_at = visit.concluded_by = None
    visit.applicant_signed, visit.signing_note = None, ""
    visit.draw = _draw(visit, sent)


def _marks_of(sheet: dict[str, Any], names: set[str]) -> dict[str, Any]:
    def of(marks: dict[str, Any]) -> dict[str, Any]:
        return {number: mark for number, mark in marks.items() if mark.get("by") in names}

    kept = {key: of(marks) for key, marks in sheet.get("varieties", {}).items()}
    found = {"common": of(sheet.get("common", {})), "varieties": {key: marks for key, marks in kept.items() if marks}}
    return {name: marks for name, marks in found.items() if marks}


def _draw(visit: Visit, sent: Sent) -> dict[str, Any]:
    """The draw that stood on the page, with what it was made on, beside the team that goes."""
    drawn = sent.candidates.drawn
    proposed = teams.proposal(visit.application, sent.candidates)
    return {
        "seed": proposed.seed,
        "excluded": list(drawn[-1].excluded) if drawn else [],
        "facts": sent.candidates.frozen(),
        "proposed": list(proposed.team),
        "chosen": [member["verifier"] for member in sent.members],
    }


def _kept(visit: Visit, reason: str) -> dict[str, Any]:
    """A round as it is kept when another one begins."""
    return {
        "round": visit.round,
        "team": visit.team,
        "experts": visit.experts,
        "observer": visit.observer,
        "visit_on": visit.visit_on.isoformat(),
        "entrusted_name": visit.entrusted_name,
        "concluded_at": visit.concluded_at.isoformat() if visit.concluded_at else None,
        "sheet": visit.sheet,
        "result": visit.result,
        "draw": visit.draw,
        "why_again": reason,
    }


def _share(application: Application, sent: Sent) -> None:
    """The team has its hands in the case, and the lower authority sees it."""
    earlier = [member["user_id"] for each in _visit_rounds(application) for member in each]
    application.verified_by = list(dict.fromkeys([*(m["user_id"] for m in sent.members), *earlier]))
    if sent.entrusted and sent.entrusted.path not in application.shared_with:
        application.shared_with = [*application.shared_with, sent.entrusted.path]


def _visit_rounds(application: Application) -> list[list[dict[str, Any]]]:
    """The teams of earlier rounds that were concluded: they verified too, and decide nothing in this case."""
    visit = Visit.objects.filter(application=application).first()
    return [each["team"] for each in visit.earlier if each["concluded_at"]] if visit else []


def _tell(application: Application, visit: Visit, by: Officer, now: datetime) -> None:
    """Tell the applicant who comes and when; they may ask for recusal."""
    assert application.authority is not None
    today = journal.legal_day(now)
    documents.issue(
        kind="verification_notice",
        about=application.stream,
        authority=application.authority,
        enterprise=application.enterprise,
        content={
            **parties_of(application),
            "acceptance_number": application.acceptance_number,
            "visit_on": visit.visit_on.isoformat(),
            "address": application.form["site"]["production_address"],
            "team": [{key: member[key] for key in ("name", "credential", "leader")} for member in visit.team],
            "observer": visit.observer,
            "experts": [each["name"] for each in visit.experts],
            "entrusted": visit.entrusted_name,
            "round": visit.round,
            "basis": binding.limit(application, "food.verification", on=today).basis,
        },
        by=by,
        now=now,
    )
