"""A holiday plan that is announced later: every running term follows it, and what was told to an applicant is kept."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xuke.foundation import commands as foundation
from xuke.foundation import journal, scope
from xuke.foundation.actors import SYSTEM
from xuke.foundation.models import Entry
from xuke.foundation.working_days import forget
from xuke.licensing import clocks, commands, counts, watching
from xuke.licensing.commands import terms
from xuke.licensing.models import Alarm, Application, Breach, EndedTerm
from xuke.tests.cast import MORNING, NOON, Minutes, verbs

WINTER = Minutes(MORNING + timedelta(days=107))
"""The 23rd of December: a decision term that ends in a year whose plan is not announced."""


@pytest.fixture(autouse=True)
def _fresh_calendar():
    yield
    forget()


def decide(day: date, *, worked: bool, now: datetime = NOON) -> None:
    """The authority, or the State Council, decides about a day."""
    foundation.decide_day(day=day, is_workday=worked, name="", source="国办发明电〔2026〕9号", by=SYSTEM, now=now)


def renew(now: datetime) -> int:
    """Every term follows the calendar, as the watch lets it."""
    with transaction.atomic():
        scope.enter(scope.EVERYTHING)
        moving = [(each, terms.cases_of(each)) for each in terms.stale(journal.legal_day(now))]
    return sum(commands.renew_terms(moving=each, cases=cases, by=SYSTEM, now=now) for each, cases in moving)


def test_a_plan_makes_the_day_later_and_the_day_that_was_told_stays_a_promise(at):
    application = at("accepted", now=Minutes(WINTER.moment))
    told, now = application.due_on, WINTER.moment + timedelta(days=1)
    decide(told, worked=False, now=now)
    assert renew(now) == 1
    moved = Application.objects.get(pk=application.pk)
    assert (moved.due_on > told, moved.promised_on) == (True, told)
    assert verbs(moved)[-1] == "application.term_renewed"
    reading = clocks.of_row(moved, today=now.date())
    assert f"承诺{told.year}年{told.month}月{told.day}日前" in reading.chip
    assert (
        f"承诺{told.year}年{told.month}月{told.day}日前"
        in clocks.term(journal.history(moved.stream), today=now.date(), application=moved).reading.chip
    )


def test_a_promise_that_is_not_kept_counts_against_the_authority_and_is_no_breach_of_the_law(at, the_cast):
    application = at("decision_proposed", now=Minutes(WINTER.moment))
    told = application.due_on
    decide(told, worked=False)
    renew(WINTER.moment)
    late = datetime(told.year, told.month, told.day, 9, tzinfo=journal.SHANGHAI) + timedelta(days=1)
    commands.refuse(application=application, reason="不具备条件。", by=the_cast.decider, now=late)
    assert not Breach.objects.exists()
    assert EndedTerm.objects.get(clock="decision").late


def test_a_plan_that_makes_the_day_earlier_binds_the_authority_to_the_earlier_day(at):
    """The law counts working days: who was told a later day has lost nothing."""
    application = at("accepted", now=Minutes(WINTER.moment))
    sunday = date(2026, 12, 27)
    decide(sunday, worked=True)
    renew(WINTER.moment)
    moved = Application.objects.get(pk=application.pk)
    assert moved.due_on < application.due_on == moved.promised_on
    assert "承诺" not in clocks.of_row(moved, today=WINTER.moment.date()).chip


def test_terms_that_did_not_move_are_left_alone(at):
    application = at("submitted")
    decide(date(2026, 12, 30), worked=False)
    assert renew(NOON) == 0
    assert Application.objects.get(pk=application.pk).revision == application.revision


def test_a_day_off_decided_afterwards_takes_back_what_was_said_of_the_last_day(at):
    application = at("document_review")
    after = datetime(2026, 9, 21, 9, tzinfo=journal.SHANGHAI)
    commands.raise_alarms(by=SYSTEM, now=after)
    assert Breach.objects.get().lapsed_at is None
    decide(date(2026, 9, 20), worked=False, now=after)
    renew(after)
    assert Breach.objects.get().lapsed_at == after
    assert Alarm.objects.get().closed_at == after
    assert Application.objects.get(pk=application.pk).due_on == after.date()


def test_a_row_that_an_older_release_wrote_gets_what_is_kept_since(at):
    application = at("accepted")
    Application.objects.filter(pk=application.pk).update(term={}, next_alarm_on=None, promised_on=None)
    assert (renew(NOON), renew(NOON)) == (1, 0)
    found = Application.objects.get(pk=application.pk)
    assert (found.term, found.next_alarm_on) == (application.term, application.next_alarm_on)
    assert (found.promised_on, found.revision) == (application.due_on, application.revision)


def test_all_that_moved_together_are_told_in_one_entry(at, the_sauce_cast):
    for cast in (None, the_sauce_cast):
        at("submitted", **({"cast": cast} if cast else {}))
    decide(date(2026, 9, 9), worked=False)
    assert renew(NOON) == 2
    entry = Entry.objects.get(verb="terms.renewed")
    assert len(entry.facts["applications"]) == 2


def test_the_sums_of_the_lists_are_right_though_counted_apart(committed_db, at, the_sauce_cast):
    for cast in (None, the_sauce_cast):
        at("submitted", **({"cast": cast} if cast else {}))
    decide(date(2026, 9, 9), worked=False)
    assert watching.renew_all(NOON) == 2
    assert counts.repair() == 0


def test_a_case_that_cannot_be_moved_keeps_no_other_from_following(at, the_sauce_cast, monkeypatch, caplog):
    broken, other = at("submitted"), at("submitted", cast=the_sauce_cast)
    happened = terms.happened
    monkeypatch.setattr(terms, "happened", lambda row, facts: 1 / (row[0] != broken.pk) and happened(row, facts))
    decide(date(2026, 9, 9), worked=False)
    assert watching.renew_all(NOON) == 1
    assert [Application.objects.get(pk=each.pk).due_on > each.due_on for each in (broken, other)] == [False, True]
    assert caplog.text.count(f"application:{broken.pk} is left as it is") == 1


def test_a_term_that_cannot_be_read_keeps_no_other_from_following(at, the_sauce_cast, caplog):
    broken, other = at("submitted"), at("submitted", cast=the_sauce_cast)
    Application.objects.filter(pk=broken.pk).update(term={"clock": "acceptance", "limit": "five"})
    decide(date(2026, 9, 9), worked=False)
    assert watching.renew_all(NOON) == 1
    assert [Application.objects.get(pk=each.pk).due_on > each.due_on for each in (broken, other)] == [False, True]
    assert "cannot be read" in caplog.text


# Any sequence ---------------------------------------------------------------------------------------------------------

STEPS = st.lists(
    st.tuples(
        st.sampled_from(("suspend", "resume", "test", "tested", "ask", "extend", "decline", "plan", "look", "wait")),
        st.integers(0, 6),
    ),
    min_size=4,
    max_size=14,
)


class Life:
    """One case, to which things happen."""

    def __init__(self, application, cast) -> None:
        self.key, self.cast, self.now = application.pk, cast, NOON

    def step(self, what: str, days: int) -> None:
        """Some days later, something happens, if it may."""
        self.now += timedelta(days=days)
        case = Application.objects.get(pk=self.key)
        paused, asked = case.paused_for, case.extension.get("status", "")
        over = case.due_on is not None and self.now.date() > case.due_on
        by = {"application": case, "by": self.cast.reviewer, "now": self.now}
        decider = by | {"by": self.cast.decider}
        may = {
            "suspend": (
                not paused,
                lambda: commands.suspend(ground="investigation", reason="立案。", until=None, **by),
            ),
            "resume": (paused == "suspension", lambda: commands.resume(reason="恢复。", **by)),
            "test": (
                not paused,
                lambda: commands.begin_special_time(
                    kind="testing",
                    organisation="检验所",
                    reason="核验。",
                    until=self.now.date() + timedelta(days=9),
                    **by,
                ),
            ),
            "tested": (paused == "testing", lambda: commands.end_special_time(result="合格。", **by)),
            "ask": (
                not paused and not over and asked in ("", "declined"),
                lambda: commands.ask_extension(days=3, reason="情况复杂。", **by),
            ),
            "extend": (not paused and not over and asked == "asked", lambda: commands.extend(**decider)),
            "decline": (asked == "asked", lambda: commands.decline_extension(reason="可以办结。", **decider)),
            "plan": (True, lambda: self.plan(days)),
            "look": (True, lambda: commands.raise_alarms(by=SYSTEM, now=self.now)),
            "wait": (True, lambda: None),
        }
        allowed, act = may[what]
        if allowed:
            act()

    def plan(self, days: int) -> None:
        """A day is decided against what was known, and all follow."""
        day = self.now.date() + timedelta(days=days)
        decide(day, worked=day.weekday() >= 5, now=self.now)
        renew(self.now)

    def check(self) -> None:
        """What is stored is what is derived; what was let pass has a breach once somebody has looked."""
        case = Application.objects.get(pk=self.key)
        events = journal.history(case.stream)
        kept = clocks.kept_of(case, events)
        assert (case.term_began_on, case.due_on, case.due_provisional, case.promised_on, case.term) == (
            kept.term_began_on,
            kept.due_on,
            kept.due_provisional,
            kept.promised_on,
            kept.term,
        )
        term = clocks.term(events, today=self.now.date(), application=case)
        row = clocks.of_row(case, today=self.now.date())
        assert (row.used, row.allowed, row.due_on, row.light) == (
            term.reading.used,
            term.reading.allowed,
            term.reading.due_on,
            term.reading.light,
        )
        commands.raise_alarms(by=SYSTEM, now=self.now)
        if term.reading.used > term.reading.allowed:
            assert Breach.objects.filter(application=case, clock="decision", lapsed_at=None).exists()


@pytest.mark.usefixtures("world")
def test_whatever_happens_to_a_clock_its_row_says_what_its_journal_says(db, at, the_cast):
    application = at("document_review")

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(steps=STEPS)
    def lives(steps: list[tuple[str, int]]) -> None:
        with transaction.atomic():
            life = Life(application, the_cast)
            for what, days in steps:
                life.step(what, days)
                life.check()
            transaction.set_rollback(True)
        forget()

    lives()
