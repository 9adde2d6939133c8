"""Moving competence: publish it with a plan for what is running; a job hands the cases over, one by one, in batches."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from django.apps import apps
from django.db import connection
from django.db.models import Count, Model, Q

from xuke.accounts.models import Authority, Posting
from xuke.accounts.officers import Officer, Role
from xuke.accounts.queries import authority_of, held_on
from xuke.catalogue import commands as rules
from xuke.catalogue import competence, editions
from xuke.catalogue.models import RuleEdition
from xuke.foundation import journal
from xuke.foundation.actors import SYSTEM, Actor
from xuke.foundation.refusals import Invalid, NotPermitted, Problem
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import command, opened_for
from xuke.foundation.turns import turn
from xuke.licensing import binding, moves
from xuke.licensing.commands.steps import lock, note
from xuke.licensing.commands.term_ends import follow
from xuke.licensing.models import REVIEWED, Alarm, Application, Breach, EndedTerm
from xuke.licensing.models_moves import MovedCase, MovePlan

_log = logging.getLogger(__name__)

_ONE = 5120938467712099
"""The number of the advisory lock of whoever hands cases over."""
BATCH = 200
"""Cases that one run of the job hands over, each in a transaction of its own."""
AGAIN = timedelta(hours=1)
"""When a plan is looked at again whose remaining cases wait for something."""


@command
def move_competence(
    *, key: str, division: str, level: str, valid_from: date, basis: str, choice: str, by: Officer, now: datetime
) -> MovePlan:
    """Publish who licenses a category in a place from a day on, with the plan for running cases that goes with it.

    It has no last day: what ends is taken back by `end_competence`, with a plan of its own.
    """
    _demand_choice(choice)
    edition = rules.publish(
        topic="competence",
        key=key,
        division=division,
        content={"level": level, "running": choice},
        valid_from=valid_from,
        valid_to=None,
        basis=basis,
        by=by,
        now=now,
    )
    return _plan(edition, choice, by=by, now=now)


@command
def end_competence(
    *, key: str, division: str, last_day: date, choice: str, reason: str, basis: str, by: Officer, now: datetime
) -> MovePlan:
    """Take back what was said about who licenses a category in a place, with the plan for what is running there."""
    _demand_choice(choice)
    edition = rules.end(
        topic="competence",
        key=key,
        division=division,
        last_day=last_day,
        reason=reason,
        basis=basis,
        running=choice,
        by=by,
        now=now,
    )
    return _plan(edition, choice, by=by, now=now)


def _demand_choice(choice: str) -> None:
    if choice not in MovePlan.CHOICES:
        raise Invalid(Problem("choice", "请选择在办的申请怎么办。"))


def _plan(edition: RuleEdition, choice: str, *, by: Officer, now: datetime) -> MovePlan:
    """The plan of a publication; the one it has, where it is published a second time."""
    if (known := MovePlan.objects.filter(edition=edition).first()) is not None:
        return known
    begins = edition.valid_from
    plan = MovePlan(
        edition=edition,
        choice=choice,
        starts_on=begins,
        authority_path=by.authority_path,
        made_by=by.label,
        made_at=now,
        next_at=datetime.combine(begins, datetime.min.time(), journal.SHANGHAI),
        finished_at=now if choice == MovePlan.STAY else None,
    )
    plan.save(force_insert=True)
    journal.record("moveplan.made", subject=plan, by=by, at=now, key=edition.key, choice=choice, starts_on=begins)
    return plan


@dataclass(frozen=True)
class Survey:
    """What a plan has to do on a day."""

    plan: MovePlan
    ready: tuple[Application, ...]
    """The cases of the next batch."""
    left: int
    """All that would have to move, these included."""


def go_on(clock: Callable[[], datetime]) -> int:
    """Hand over the next cases of the plans whose day has come; how many. Called by the worker, stops at any moment."""
    now = clock()
    with turn(_ONE) as is_ours:  # A second worker would find the same cases, and take the plan for one that waits.
        return _go_on(clock, now) if is_ours else 0


def _go_on(clock: Callable[[], datetime], now: datetime) -> int:
    with opened_for(EVERYTHING):
        due = MovePlan.objects.filter(finished_at=None, next_at__lte=now).select_related("edition").order_by("pk")
        surveys = [survey(plan, today=journal.legal_day(now)) for plan in due]
    return sum(carry_out(each, clock) for each in surveys)


def survey(plan: MovePlan, *, today: date) -> Survey:
    """Look at the cases of a plan, by the end of their term."""
    edition = plan.edition.as_edition()
    cases = moves.touched_by(edition, plan.choice, today=today).exclude(moves__plan=plan)
    ready: list[Application] = []
    left = 0
    for each in moves.moving_all(cases.iterator(chunk_size=BATCH), edition, editions.book(fresh=True), on=today):
        left += bool(each.seat)
        if each.seat and not each.stays and len(ready) < BATCH:
            ready.append(each.application)
    return Survey(plan, tuple(ready), left)


def carry_out(found: Survey, clock: Callable[[], datetime]) -> int:
    """The next batch of one plan: each case in a transaction of its own, so that one in the way stops no other."""
    moved = sum(_moved(each, found.plan, clock) for each in found.ready)
    note_progress(plan=found.plan, moved=moved, left=found.left - moved, by=SYSTEM, now=clock())
    return moved


def _moved(application: Application, plan: MovePlan, clock: Callable[[], datetime]) -> bool:
    try:
        return move(application=application, plan=plan, by=SYSTEM, now=clock())
    except Exception:
        if not connection.is_usable():
            raise
        _log.exception("%s is not handed over", application.stream)
        return False


@command
def note_progress(*, plan: MovePlan, moved: int, left: int, by: Actor, now: datetime) -> MovePlan:
    """Note how far a plan is. It is over when no case is left that would have to move."""
    plan = MovePlan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    plan.moved += moved
    plan.left = left
    plan.next_at = now if moved and left else now + AGAIN
    plan.finished_at = None if left else now
    plan.revision += 1
    plan.save(update_fields=["moved", "left", "next_at", "finished_at", "revision"])
    if moved or not left:
        journal.record(
            "moveplan.carried_on" if left else "moveplan.finished",
            subject=plan,
            by=by,
            at=now,
            moved=plan.moved,
            left=left,
        )
    return plan


@command
def move(*, application: Application, plan: MovePlan, by: Actor, now: datetime) -> bool:
    """Hand one case to the authority that has become competent; false when it stays after all.

    The term goes on: a transfer between authorities stops no clock (handbook 4.2). Who accepted, reviewed and visited
    stays on record; a review under way goes on with a reviewer of the new authority.
    """
    if isinstance(by, Officer):
        raise NotPermitted("在办申请按方案由系统移交。")
    application = lock(application)
    today = journal.legal_day(now)
    edition = plan.edition.as_edition()
    goes = moves.moving(application, edition, editions.book(), on=today)
    new, old = authority_of(goes.seat) if goes.seat and not goes.stays else None, application.authority
    if new is None or old is None:
        return False
    if application.state in REVIEWED:
        reviewer = _reviewer(new, application, today)
        if reviewer is None:
            return False
        application.reviewed_by_id = reviewer
    told = moves.sentence(edition, old=old, new=new, today=today)
    MovedCase(
        application=application,
        stream=application.stream,
        plan=plan,
        from_path=old.path,
        from_name=old.name,
        to_path=new.path,
        to_name=new.name,
        told=told,
        moved_at=now,
        enterprise_id=application.enterprise_id,
    ).save(force_insert=True)
    _take_along(application, new)
    moved = [*application.rules.get("moved", []), {"from_path": old.path, "told": told, "on": today.isoformat()}]
    application.rules = {**application.rules, "moved": moved, "competence": _competence(application, today)}
    application.authority, application.authority_path = new, new.path
    application.claimed_by = application.claimed_at = None
    follow(application)
    note(
        application,
        "move",
        *("authority", "authority_path", "reviewed_by", "claimed_by", "claimed_at", "rules"),
        by=by,
        now=now,
        from_authority=old.name,
        to_authority=new.name,
        basis=edition.basis,
        competence=edition.id,
    )
    return True


def _competence(application: Application, today: date) -> dict[str, str]:
    """What says now who licenses the products of a case: it is bound to where it went."""
    book, division = editions.book(), binding.division_of(application)
    codes = dict.fromkeys(str(row["code"]) for row in application.varieties)
    found = {code: competence.edition_of(book, code, on=today, division=division) for code in codes}
    return {code: edition.id for code, edition in found.items() if edition}


def _reviewer(authority: Authority, application: Application, today: date) -> int | None:
    """Who goes on with a review: of those who had no other hand in the case, the one with the fewest open reviews."""
    other_hands = {*application.received_by, *application.considered_by, *application.verified_by}
    posts = Posting.objects.filter(
        held_on(today), role=Role.REVIEWER, authority=authority, user__is_active=True
    ).exclude(user__in=[each for each in (*other_hands, application.accepted_by_id) if each])
    people = sorted(posts.values_list("user", flat=True))
    busy = Application.objects.filter(reviewed_by__in=people, state__in=REVIEWED).values("reviewed_by")
    counts = dict(busy.annotate(n=Count("pk")).values_list("reviewed_by", "n"))
    return min(people, key=lambda person: (counts.get(person, 0), person), default=None)


def _take_along(application: Application, new: Authority) -> None:
    """Everything that lies with the case goes where it goes. What can only be added to is read there by its policy."""
    for model in belongings():
        model._default_manager.filter(Q(application=application) & Q(authority_path=application.authority_path)).update(
            authority_path=new.path
        )


@cache
def belongings() -> tuple[type[Model], ...]:
    """The tables of a case whose rows lie in a territory and may be changed."""
    names = [
        model
        for model in apps.get_app_config("licensing").get_models()
        # How a term ended stays with whose it was; alarms and breaches follow (`term_ends.follow`).
        if {"application", "authority_path"} <= {field.name for field in model._meta.get_fields()}
        and model not in (Alarm, Breach, EndedTerm)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relname = ANY (%s) AND has_table_privilege(oid, 'UPDATE')",
            [[model._meta.db_table for model in names]],
        )
        changeable = {name for (name,) in cursor.fetchall()}
    return tuple(model for model in names if model._meta.db_table in changeable)
