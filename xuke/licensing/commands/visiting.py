"""Sending a team to the site (派出核查组): the first time, once more with another team, a second time.

The register of verifiers says who may go (`xuke.verifiers`); the team that goes is what the reviewer confirms.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from xuke.accounts.officers import Officer
from xuke.documents import commands as documents
from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.refusals import StepNotOpen
from xuke.foundation.transactions import command
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import binding
from xuke.licensing.commands.drafting import parties_of
from xuke.licensing.commands.sending import chosen, due_day, observer_of
from xuke.licensing.commands.steps import finish, lock, note, open_step
from xuke.licensing.commands.term_ends import move_visit_end
from xuke.licensing.commands.wording import Wording
from xuke.licensing.models import Application, Interruption, JointReview, Visit
from xuke.licensing.rounds import Sent, begin, kept, left_to_verify, why_not_again


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
    sent = chosen(application, team, leader, visit_on, experts, entrusted_to, wording)
    due = due_day(application, visit_on, now, wording)
    observer = observer_of(observer, sent, wording)
    opinion = wording.text("opinion", opinion, label="材料审查意见", most=1000)
    wording.demand()
    visit = Visit(
        application=application, enterprise_id=application.enterprise_id, authority_path=application.authority_path
    )
    begin(visit, sent, observer=observer, visit_on=visit_on, due_on=due, now=now)
    visit.save(force_insert=True)
    _share(application, sent)
    tell_of_visit(application, visit, by, now)
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
    sent = chosen(application, team, leader, visit_on, experts, entrusted_to, wording)
    due = due_day(application, visit_on, now, wording)
    observer = observer_of(observer, sent, wording)
    reason = wording.text("reason", reason, label="原因", most=500, missing="请写明为什么重新派出核查组。")
    wording.demand()
    _take_back(application, visit)
    visit.earlier = [*visit.earlier, kept(visit, reason)]
    visit.varieties = left_to_verify(visit) if visit.concluded_at else visit.varieties
    visit.round += 1
    begin(visit, sent, observer=observer, visit_on=visit_on, due_on=due, now=now)
    visit.save()
    _share(application, sent)
    tell_of_visit(application, visit, by, now)
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


@command
def prolong_visit(*, application: Application, by: Actor, now: datetime) -> Application:
    """Give the team the days back in which the case was suspended (审查通则2022); doing it again changes nothing."""
    application = lock(application)
    visit = Visit.objects.select_for_update(no_key=True).filter(application=application, concluded_at=None).first()
    if visit is None:
        return application
    due = prolonged(application, visit, today=journal.legal_day(now))
    if due == visit.due_on:
        return application
    move_visit_end(visit, due, now=now)
    visit.save(update_fields=["due_on"])
    return note(application, "prolong_visit", by=by, now=now, due_on=due)


def prolonged(application: Application, visit: Visit, *, today: date) -> date:
    """The last day of a visit without the days in which the case was suspended, up to today where it still is."""
    calendar, began = current_calendar(), journal.legal_day(visit.assigned_at)
    stood = Interruption.objects.filter(
        Q(ended_on=None) | Q(ended_on__gt=began), application=application, kind="suspension"
    )
    days = sum(calendar.days_between(max(each.began_on, began), each.ended_on or today) for each in stood)
    limit = binding.limit(application, "food.verification", on=began)
    return calendar.add(began, limit.value + days).on


# What the verbs have in common ----------------------------------------------------------------------------------------


def _share(application: Application, sent: Sent) -> None:
    """The team has its hands in the case, and the lower authority sees it."""
    earlier = [member["user_id"] for each in _visit_rounds(application) for member in each]
    application.verified_by = list(dict.fromkeys([*(m["user_id"] for m in sent.members), *earlier]))
    if sent.entrusted and sent.entrusted.path not in application.shared_with:
        application.shared_with = [*application.shared_with, sent.entrusted.path]


def _take_back(application: Application, visit: Visit) -> None:
    """A lower authority whose visit is taken back before it found anything sees the case no longer.

    One that verified, or whose opinion a joint review asks, still takes part.
    """
    below = visit.entrusted_to
    if not below or visit.concluded_at:
        return
    if any(each["concluded_at"] and each["entrusted_name"] == visit.entrusted_name for each in visit.earlier):
        return
    if not JointReview.objects.filter(application=application, authority__path=below).exists():
        application.shared_with = [path for path in application.shared_with if path != below]


def _visit_rounds(application: Application) -> list[list[dict[str, Any]]]:
    """The teams of earlier rounds that were concluded: they verified too, and decide nothing in this case."""
    visit = Visit.objects.filter(application=application).first()
    return [each["team"] for each in visit.earlier if each["concluded_at"]] if visit else []


def tell_of_visit(application: Application, visit: Visit, by: Officer, now: datetime) -> None:
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
