"""What is filed on a day off: received that day, or on the next working day where the province says so (uncertain)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from xuke.config.demonstration import signing, stories
from xuke.foundation import journal
from xuke.licensing import clocks, commands, renewing
from xuke.licensing.models import Application
from xuke.licensing.tests.applicant_pages import log_in, words
from xuke.tests.cast import NOON, YILING, Minutes, drafted, notices_about

SATURDAY = datetime(2026, 9, 12, 22, tzinfo=journal.SHANGHAI)
MONDAY = date(2026, 9, 14)


@pytest.fixture
def counted_from_monday(world):
    stories.switch_on("food.off_day_filing", division=YILING, now=NOON)


def submitted(draft, the_cast, now=SATURDAY):
    proof = signing.proof("submit", draft, by=the_cast.applicant, now=now)
    return commands.submit(application=draft, proof=proof, by=the_cast.applicant, now=now)


def test_without_the_switch_the_day_itself_counts(at, the_cast):
    case = submitted(at("draft"), the_cast)
    assert (case.received_on, case.term_began_on) == (SATURDAY.date(), SATURDAY.date())
    assert "counted_from" not in notices_about(case)[-1].content


def test_with_it_the_clock_starts_on_monday_and_the_receipt_says_so(counted_from_monday, at, the_cast):
    case = submitted(at("draft"), the_cast)
    assert (case.received_on, case.term_began_on) == (MONDAY, MONDAY)
    assert case.due_on == date(2026, 9, 20), "five working days from Tuesday on, the last a Sunday that is worked"
    receipt = next(each for each in notices_about(case) if each.kind == "receipt")
    assert receipt.content["counted_from"] == MONDAY.isoformat()
    sunday = SATURDAY + timedelta(days=1)
    case = commands.accept(application=case, by=the_cast.acceptor, now=sunday)
    assert clocks.of_row(case, today=MONDAY).used == 1, "whoever accepts on Sunday has counted Monday"


def test_with_it_a_correction_counts_from_monday_too(counted_from_monday, at, the_cast):
    case = at("correction_requested", now=Minutes(SATURDAY))
    case = stories.step_to("resubmitted", case, the_cast, lambda: SATURDAY + timedelta(days=1))
    assert case.term_began_on == MONDAY


def test_whoever_renews_on_the_last_day_is_in_time_all_the_same(counted_from_monday, world, the_cast, at):
    licence = at("granted").licence
    draft = drafted(world, the_cast, Minutes(SATURDAY), procedure="food.renewal")
    Application.objects.filter(pk=draft.pk).update(form=draft.form)
    case = submitted(draft, the_cast)
    case.rules = {"renewal": {"last_on": SATURDAY.date().isoformat(), "provisional": False}}
    licence.valid_to = date(2026, 9, 30)
    assert case.received_on == MONDAY and renewing.is_in_time(case, licence)


def test_the_applicant_reads_it_before_submitting_with_its_mark(
    counted_from_monday, client, at, wu_the_applicant, monkeypatch
):
    draft = at("draft")
    monkeypatch.setattr("django.utils.timezone.now", lambda: SATURDAY)
    page = words(log_in(client, wu_the_applicant).get(f"/my/applications/{draft.pk}/form/declaration/"))
    assert "今天不是工作日" in page and "2026年9月14日起算办理期限" in page and "待核实" in page
