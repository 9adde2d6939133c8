"""A case reaches the public: how far it is without anybody's name, its decision with the name and without reasons."""

from __future__ import annotations

import json
from datetime import timedelta

from xuke.foundation import journal
from xuke.foundation.models import Handled
from xuke.licensing.commands.steps import PAST
from xuke.licensing.workflow import LIFE
from xuke.publication import progress
from xuke.publication.handlers import HANDLERS
from xuke.publication.models import Announcement, Progress
from xuke.publication.projection import cases
from xuke.tests.cast import MORNING, NOON


def row(case) -> Progress:
    return Progress.objects.using("public").get(receipt_number=case.receipt_number)


def test_whoever_follows_a_receipt_number_learns_the_steps_and_no_name(at):
    case = at("correction_requested")
    cases.publish(case.pk, now=NOON)
    found = row(case)
    assert [step["verb"] for step in found.steps] == ["submitted", "correction_asked"]
    assert (found.state, found.online, found.closed_on, found.late_steps) == ("correction_requested", True, None, 0)
    told = json.dumps([found.steps, found.marks], ensure_ascii=False) + found.procedure + found.authority
    for private in (case.enterprise.name, case.enterprise.uscc, "吴晓梅", "周敏"):
        assert private not in told


def test_a_draft_is_nobodys_business(at):
    cases.publish(at("draft").pk, now=NOON)
    assert not Progress.objects.exists()


def test_a_grant_is_announced_with_the_days_it_took_and_its_licence(at):
    case = at("granted")
    cases.publish(case.pk, now=NOON)
    cases.publish(case.pk, now=NOON)
    announced = Announcement.objects.using("public").get()
    assert (announced.verb, announced.licence_number) == ("granted", case.licence.number)
    assert (announced.days, announced.on_time, announced.level) == (0, True, "county")
    assert announced.place == "湖北省宜昌市夷陵区"
    assert announced.category in announced.categories
    assert row(case).closed_on == MORNING.date()


def test_a_refusal_is_announced_without_its_reasons(at):
    case = at("refused")
    cases.publish(case.pk, now=NOON)
    announced = Announcement.objects.using("public").get()
    said = "".join(str(getattr(announced, field.name)) for field in Announcement._meta.concrete_fields)
    assert announced.verb == "refused"
    assert case.outcome["reason"] not in said


def test_what_became_public_days_later_is_said_to_be_late(at):
    case = at("granted")
    cases.publish(case.pk, now=NOON + timedelta(days=12))
    assert row(case).late_steps == len(row(case).steps)
    assert not Announcement.objects.get().on_time


def test_the_tables_can_be_made_anew_from_the_journal(at):
    case = at("refused")
    cases.publish(case.pk, now=NOON)
    before = row(case), Announcement.objects.get()
    Progress.objects.all().delete()
    Announcement.objects.all().delete()
    cases.publish(case.pk, now=NOON)
    after = row(case), Announcement.objects.get()
    assert [vars(each) | {"_state": None} for each in after] == [vars(each) | {"_state": None} for each in before]


def told_at_once(case) -> None:
    """What the worker does: every reaction to the case's history, a minute after each happened."""
    for event in journal.history(case.stream):
        for on in HANDLERS:
            if on.verb == event.verb:
                Handled.objects.create(entry_id=event.id, handler=on.handler, at=event.at + timedelta(minutes=1))
                on.function(event, event.at + timedelta(minutes=1))


def test_a_rebuild_says_the_same_as_the_reactions_did_whenever_it_runs(at):
    case = at("granted")
    told_at_once(case)
    before = row(case), Announcement.objects.get()
    assert before[0].late_steps == 0
    Progress.objects.all().delete()
    Announcement.objects.all().delete()
    assert cases.publish_next("", 10) == str(case.pk)
    assert cases.publish_next(str(case.pk), 10) == ""
    after = row(case), Announcement.objects.get()
    assert [vars(each) | {"_state": None} for each in after] == [vars(each) | {"_state": None} for each in before]


def test_a_rebuild_publishes_no_step_before_its_reaction_has(at):
    case = at("refused")
    cases.publish_next("", 10)
    assert row(case).steps == []
    assert not Announcement.objects.exists()


def test_every_step_and_every_state_of_the_life_has_words_for_the_public():
    assert {state.name for state in LIFE.states} - {"draft"} == set(progress.STANDINGS)
    assert set(cases.STEPS) == set(progress.TOLD)
    moved = {f"application.{PAST[step.verb]}" for step in LIFE.steps if step.target != step.source}
    assert moved <= set(cases.VERBS), "a step that moves a case reaches the public"
