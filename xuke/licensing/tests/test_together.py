"""Working together: comments, messages, passing a case on, handing out many by a plan."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xuke.accounts import queries as accounts
from xuke.accounts.officers import Role
from xuke.foundation.refusals import Invalid, NotFound, NotPermitted
from xuke.licensing import commands, handing
from xuke.licensing.commands.handing import why_not_take
from xuke.licensing.models import Application, Comment, Message
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS, case_url
from xuke.tests.cast import NOON


@pytest.fixture
def he_the_supervisor(the_cast):
    return next(one for one in the_cast.others.values() if one.has(Role.SUPERVISOR))


def colleague(cast, role, *, but):
    """Somebody else of the authority with a role."""
    return next(one for one in cast.others.values() if one.has(role) and one.user_id != but.user_id)


def test_what_officers_say_among_themselves_disturbs_nobody_and_moves_nothing(at, the_cast):
    application = at("submitted")
    shown = application.revision
    commands.comment(application=application, text="这家去年搬过厂房。", by=the_cast.reviewer, now=NOON)
    assert Comment.objects.get(application=application).text == "这家去年搬过厂房。"
    accepted = commands.accept(application=application, by=the_cast.acceptor, now=NOON, revision=shown)
    assert (accepted.state, accepted.comment_count) == ("accepted", 1)


def test_a_message_is_read_by_the_other_side(at, the_cast):
    application = at("accepted")
    commands.send_message(application=application, text="布局图能发高清的吗？", by=the_cast.reviewer, now=NOON)
    application.refresh_from_db()
    assert application.unread_by_applicant and not application.unread_by_office
    commands.read_messages(application=application, by=the_cast.applicant, now=NOON)
    application.refresh_from_db()
    assert not application.unread_by_applicant
    assert Message.objects.get(application=application).read_at == NOON


def test_the_authority_above_does_not_write_to_the_applicant(at, the_yichang_cast):
    with pytest.raises(NotPermitted):
        commands.send_message(application=at("accepted"), text="你好", by=the_yichang_cast.reviewer, now=NOON)


def test_a_stranger_finds_no_case_to_write_about(at, the_sauce_cast):
    with pytest.raises(NotFound):
        commands.send_message(application=at("accepted"), text="你好", by=the_sauce_cast.applicant, now=NOON)


def test_a_review_is_passed_on_and_both_stay_reviewers(at, the_cast, he_the_supervisor):
    application = at("document_review")
    able = [
        one
        for one in accounts.colleagues_at_work(he_the_supervisor, today=NOON.date())
        if one.user_id != the_cast.reviewer.user_id and not why_not_take(one, application)
    ]
    to = next(one for one in able if one.has(Role.REVIEWER))
    passed = commands.hand_over(
        application=application, to=to.user_id, reason="外出学习", by=the_cast.reviewer, now=NOON
    )
    assert passed.reviewed_by_id == passed.claimed_by_id == to.user_id
    assert the_cast.reviewer.user_id in passed.examined_by


def test_nobody_gets_a_case_that_the_separation_keeps_from_them(at, the_cast, he_the_supervisor):
    application = at("decision_proposed")
    with pytest.raises(Invalid) as refusal:
        commands.hand_over(
            application=application, to=the_cast.reviewer.user_id, reason="请决定", by=he_the_supervisor, now=NOON
        )
    assert "不能接手" in refusal.value.problems[0].message


def test_a_colleague_does_not_pass_on_what_others_have_in_hand(at, the_cast):
    application = commands.claim(application=at("submitted"), by=the_cast.acceptor, now=NOON)
    with pytest.raises(NotPermitted, match="同事手里"):
        commands.hand_over(
            application=application, to=the_cast.reviewer.user_id, reason="忙", by=the_cast.decider, now=NOON
        )


def test_the_supervisor_hands_out_by_a_plan_and_learns_what_somebody_took_meanwhile(at, the_cast, he_the_supervisor):
    application = at("submitted")
    line = (application.pk, the_cast.acceptor.user_id, application.revision)
    given, left = commands.hand_out(lines=[line], by=he_the_supervisor, now=NOON)
    assert [one.claimed_by_id for one in given] == [the_cast.acceptor.user_id] and left == []
    given, left = commands.hand_out(lines=[line], by=he_the_supervisor, now=NOON)
    assert given == [] and left[0][1] == "已经有同事领取。"


def test_only_the_supervisor_hands_out(at, the_cast):
    application = at("submitted")
    with pytest.raises(NotPermitted):
        commands.hand_out(
            lines=[(application.pk, the_cast.acceptor.user_id, application.revision)], by=the_cast.acceptor, now=NOON
        )


@given(
    cases=st.lists(st.integers(0, 99), max_size=30, unique=True),
    loads=st.dictionaries(st.integers(1, 5), st.integers(0, 20), min_size=1, max_size=5),
    barred=st.sets(st.tuples(st.integers(1, 5), st.integers(0, 99)), max_size=40),
)
def test_a_plan_is_even_and_respects_every_reason(cases, loads, barred):
    people = sorted(loads)
    lines = handing.plan(cases, people, loads, lambda person, case: "回避" if (person, case) in barred else "")
    assert [line.case for line in lines] == cases
    assert all((line.person, line.case) not in barred for line in lines)
    assert all(line.person is not None or line.reason for line in lines)
    after = {person: loads[person] + sum(line.person == person for line in lines) for person in people}
    if not barred and cases:
        got = [person for person in people if after[person] > loads[person]]
        assert max(after[person] for person in got) <= min(after.values()) + 1


def test_the_pool_page_hands_out_what_was_planned(desk, at, the_cast, he_the_supervisor):
    application = at("submitted")
    pool = desk.open(he_the_supervisor, "/office/hand-out/")
    assert application.enterprise.name in pool.words and len(pool.statements) <= MOST_STATEMENTS
    to = the_cast.acceptor.user_id
    plan = desk.send(he_the_supervisor, "/office/hand-out/", {"case": [str(application.pk)], "person": [str(to)]})
    assert "确定分派1件" in plan.words and len(plan.statements) <= MOST_STATEMENTS
    line = f"{application.pk}:{to}:{application.revision}"
    done = desk.send(he_the_supervisor, "/office/hand-out/", {"line": [line], "confirm": "1"})
    assert "已经分派1件" in done.words
    assert Application.objects.get(pk=application.pk).claimed_by_id == to


def test_a_comment_and_a_message_are_written_on_one_page(desk, at, the_cast):
    application = at("document_review")
    url = case_url(application, "talk")
    desk.send(the_cast.reviewer, url, {"to": "colleagues", "text": "请看第二项。"})
    desk.send(the_cast.reviewer, url, {"to": "applicant", "text": "请准备好留样记录。"})
    shown = desk.open(the_cast.decider, url)
    assert "请看第二项。" in shown.words and "请准备好留样记录。" in shown.words
    assert len(shown.statements) <= MOST_STATEMENTS
    empty = desk.send(the_cast.reviewer, url, {"to": "applicant", "text": ""})
    assert empty.status == 422


def test_the_case_is_passed_on_from_its_page(desk, at, the_cast, he_the_supervisor):
    application = at("document_review")
    page = desk.open(he_the_supervisor, case_url(application, "hand-over"))
    assert page.status == 200 and "不能接手的同事" in page.words and len(page.statements) <= MOST_STATEMENTS
