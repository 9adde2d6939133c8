"""Whose turn it is: on the desk of officers, beside the navigation, and on the desk of who the case is against."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from xuke.config.demonstration import proceedings as stories
from xuke.licensing.queries import figures_beside
from xuke.licensing.tests.applicant_pages import log_in
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS, Desk
from xuke.proceedings import commands, desk, turns
from xuke.proceedings.tests.conftest import LATER

OFFICE, LIST = "/office/", "/office/proceedings/"


@pytest.fixture
def office(client):
    return Desk(client)


@pytest.fixture
def now():
    """The clock of the pages."""
    return timezone.now() - timedelta(minutes=30)


def counted(officer, on):
    return turns.told(figures_beside([turns.counted(officer, today=on)]))


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        *(("rescission", state) for state in (*stories.WITHOUT_HEARING, "hearing_requested", "hearing_set")),
        ("cancellation", "opened"),
        ("cancellation", "proposed"),
    ],
)
def test_the_figure_beside_the_navigation_counts_what_the_list_marks_for_every_officer(kind, state, played, world):
    case = played(state, kind=kind)
    for on in (LATER.date(), LATER.date() + timedelta(days=60)):
        for officer in world.officers.values():
            turn = turns.of(officer, case, today=on)
            count, said = counted(officer, on)
            assert count == (1 if turn else 0), (officer.name, on)
            assert (turn.words in said) if turn else not said


def test_a_hearing_that_was_asked_for_is_on_the_desk_of_who_investigates(office, played, the_cast, now):
    played("hearing_requested", now=now)
    page = office.open(the_cast.reviewer, OFFICE)
    assert "1件企业要求听证，等您安排" in page.main and len(page.statements) <= MOST_STATEMENTS
    assert "撤销与注销1" in page.words
    page = office.open(the_cast.reviewer, LIST)
    assert "企业要求听证，等您安排" in page.main and len(page.statements) <= MOST_STATEMENTS
    assert "听证" not in office.open(the_cast.decider, OFFICE).main


def test_who_chairs_reads_of_the_hearing_before_its_day_and_who_called_it_no_longer(office, played, the_cast, now):
    played("hearing_set", now=now)
    assert "1件听证由您主持" in office.open(the_cast.verifiers[0], OFFICE).main
    assert "撤销与注销的案件" not in office.open(the_cast.reviewer, OFFICE).main
    assert "轮到您" not in office.open(the_cast.reviewer, LIST).main


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("notified", "前可以陈述申辩"),
        ("answered", "您已陈述申辩，期满以后机关复核"),
        ("hearing_requested", "您已要求听证，等机关通知时间和地点"),
        ("hearing_set", "地点：机关三楼听证室"),
        ("heard", "机关正在复核"),
        ("proposed", "等机关作出决定"),
    ],
)
def test_wu_reads_what_comes_next_and_not_what_she_has_done(state, says, played, the_cast):
    played(state)
    [todo] = desk.todos(the_cast.applicant, today=LATER.date())
    assert says in todo.hint
    assert ("可以陈述申辩" in todo.hint) is (state == "notified")
    assert ("可以要求听证" in todo.hint) is (state in ("notified", "answered"))


def test_after_the_last_day_nobody_is_invited_to_answer(played, the_cast):
    played("notified")
    [todo] = desk.todos(the_cast.applicant, today=LATER.date() + timedelta(days=40))
    assert "期限已满" in todo.hint and "可以" not in todo.hint


def test_who_gave_the_hearing_up_may_still_answer_and_is_not_offered_another(played, the_cast):
    case = played("hearing_requested")
    commands.give_up_hearing(proceeding=case, by=the_cast.applicant, now=LATER + timedelta(hours=1))
    [todo] = desk.todos(the_cast.applicant, today=LATER.date())
    assert "可以陈述申辩" in todo.hint and "听证" not in todo.hint


def test_a_statement_waits_for_whoever_investigates(office, client, played, the_cast, now):
    played("answered", now=now)
    assert "1件企业已经陈述申辩，等您复核" in office.open(the_cast.reviewer, OFFICE).main
    log_in(client, the_cast.applicant)
    assert "您已陈述申辩" in client.get("/my/").content.decode()
