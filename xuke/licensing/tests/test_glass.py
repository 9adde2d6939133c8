"""The emergency exception: one person, two hands, with a second person's approval, and reported."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from xuke.accounts.officers import Role
from xuke.foundation.refusals import Conflict, Invalid, NotPermitted, StepNotOpen
from xuke.licensing import commands
from xuke.licensing.models import Application, BrokenGlass
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS, case_url
from xuke.tests.cast import NOON

REASON = "局领导外出救灾，许可证今天到期，不能等。"


@pytest.fixture
def he_the_supervisor(the_cast):
    return next(one for one in the_cast.others.values() if one.has(Role.SUPERVISOR))


@pytest.fixture
def zhou_decides(the_cast):
    """The acceptor of the case, who decides too: in a small county people hold two posts."""
    return replace(the_cast.acceptor, roles=frozenset({Role.ACCEPTOR, Role.DECIDER}))


def approve(asked, by, now=NOON, approved=True, answer="同意。"):
    return commands.answer_glass(asked=asked.pk, approved=approved, answer=answer, by=by, now=now)


def test_with_a_second_person_the_acceptor_decides_once(at, zhou_decides, he_the_supervisor):
    application = at("decision_proposed")
    with pytest.raises(NotPermitted):
        commands.grant(application=application, by=zhou_decides, now=NOON)
    asked = commands.ask_glass(application=application, role="decider", reason=REASON, by=zhou_decides, now=NOON)
    approve(asked, he_the_supervisor)
    granted = commands.grant(application=application, by=zhou_decides, now=NOON)
    assert granted.state == "granted" and granted.glass_broken
    asked.refresh_from_db()
    assert (asked.used_at, asked.answered_label) == (NOON, he_the_supervisor.label)


def test_nobody_approves_themselves(at, zhou_decides):
    asked = commands.ask_glass(
        application=at("decision_proposed"), role="decider", reason=REASON, by=zhou_decides, now=NOON
    )
    with pytest.raises(NotPermitted, match="自己"):
        approve(asked, zhou_decides)
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        BrokenGlass.objects.filter(pk=asked.pk).update(answered_by=asked.asked_by)


def test_it_is_good_until_the_next_day(at, zhou_decides, he_the_supervisor):
    application = at("decision_proposed")
    asked = commands.ask_glass(application=application, role="decider", reason=REASON, by=zhou_decides, now=NOON)
    approve(asked, he_the_supervisor)
    with pytest.raises(NotPermitted):
        commands.grant(application=application, by=zhou_decides, now=NOON + timedelta(days=2))


def test_a_declined_one_opens_nothing_and_says_why(at, zhou_decides, he_the_supervisor):
    application = at("decision_proposed")
    asked = commands.ask_glass(application=application, role="decider", reason=REASON, by=zhou_decides, now=NOON)
    with pytest.raises(Conflict):
        commands.ask_glass(application=application, role="decider", reason=REASON, by=zhou_decides, now=NOON)
    with pytest.raises(Invalid):
        approve(asked, he_the_supervisor, approved=False, answer="")
    approve(asked, he_the_supervisor, approved=False, answer="明天有人在岗。")
    with pytest.raises(NotPermitted):
        commands.grant(application=application, by=zhou_decides, now=NOON)


def test_whoever_is_not_kept_from_a_step_needs_no_exception(at, the_cast):
    with pytest.raises(StepNotOpen, match="不用申请例外"):
        commands.ask_glass(
            application=at("decision_proposed"), role="decider", reason=REASON, by=the_cast.decider, now=NOON
        )


def test_without_the_exception_the_database_still_keeps_hands_apart(at, the_cast):
    application = at("decision_proposed")
    with pytest.raises(IntegrityError, match=r"is_not_decider|apart|three_hands"), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(
            decided_by=the_cast.reviewer.user_id, decided_on=NOON.date()
        )


def test_the_month_shows_what_was_broken(desk, at, zhou_decides, he_the_supervisor, noon):
    application = at("decision_proposed")
    asked = commands.ask_glass(application=application, role="decider", reason=REASON, by=zhou_decides, now=NOON)
    page = desk.open(he_the_supervisor, "/office/glasses/")
    assert "等待答复" in page.words and len(page.statements) <= MOST_STATEMENTS
    desk.send(he_the_supervisor, f"/office/glasses/{asked.pk}/", {"approved": "yes", "answer": "同意"})
    page = desk.open(he_the_supervisor, "/office/glasses/?month=2026-09")
    assert "申请1次，用了0次" in page.words
    assert application.enterprise.name in page.words
    assert desk.open(he_the_supervisor, case_url(application)).status == 200


def test_nobody_receives_reviews_and_decides_one_case(at, the_cast, zhou_decides, he_the_supervisor):
    everything = replace(the_cast.acceptor, roles=frozenset({Role.ACCEPTOR, Role.REVIEWER, Role.DECIDER}))
    application = at("accepted")
    asked = commands.ask_glass(application=application, role="reviewer", reason=REASON, by=everything, now=NOON)
    approve(asked, he_the_supervisor)
    application = commands.begin_review(application=application, by=everything, now=NOON)
    with pytest.raises(StepNotOpen, match="用过一次"):
        commands.ask_glass(application=application, role="decider", reason=REASON, by=everything, now=NOON)
    with pytest.raises(IntegrityError, match="nobody_is_in_three_hands"), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(considered_by=[everything.user_id])


def test_a_second_exception_freezes_no_case_that_goes_on_with_the_first(at, the_cast, he_the_supervisor):
    """刘正平 had a hand in the receipt as well and asked too: 周敏, who reviews already, goes on."""
    zhou = replace(the_cast.acceptor, roles=frozenset({Role.ACCEPTOR, Role.REVIEWER}))
    liu = replace(the_cast.decider, roles=frozenset({Role.ACCEPTOR, Role.REVIEWER}))
    application = at("accepted")
    Application.objects.filter(pk=application.pk).update(received_by=[zhou.user_id, liu.user_id])
    asked, later = (
        commands.ask_glass(application=application, role="reviewer", reason=REASON, by=who, now=NOON)
        for who in (zhou, liu)
    )
    approve(asked, he_the_supervisor)
    application = commands.begin_review(application=application, by=zhou, now=NOON)
    with pytest.raises(StepNotOpen, match="用过一次"):
        approve(later, he_the_supervisor)
    told = commands.tell_hearing_right(application=application, matter="拟不予许可。", by=zhou, now=NOON)
    assert told.state == "document_review" and told.reviewed_by_id == zhou.user_id


@pytest.mark.parametrize("month", ["9999-12", "0001-01", "2026-13"])
def test_a_month_that_is_none_shows_this_one(month, desk, he_the_supervisor):
    page = desk.open(he_the_supervisor, f"/office/glasses/?month={month}")
    assert page.status == 200 and "2026年9月" in page.main
