"""Stopping the decision term for what the law names: suspension, tests, expert reviews, the hearing."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from xuke.accounts.models import User
from xuke.accounts.officers import Role
from xuke.config.demonstration.samples import sample
from xuke.documents import commands as documents
from xuke.documents.models import Notice
from xuke.foundation import files, journal
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import Invalid, NotPermitted, StepNotOpen
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import clocks, commands, permissions, rules
from xuke.licensing.models import Application, Interruption, ThirdParty
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS
from xuke.tests.cast import NOON, in_writing

MATTER = "拟不予许可：现场核查得分率低于85%。"


def after(days: int):
    """So many working days after the noon of the story, at noon."""
    day = current_calendar().add(NOON.date(), days).on
    return NOON + timedelta(days=(day - NOON.date()).days)


def used(application, now):
    return clocks.term(journal.history(application.stream), today=journal.legal_day(now)).reading.used


def kinds(application) -> list[str]:
    return list(
        Notice.objects.filter(about=application.stream).order_by("issued_at", "pk").values_list("kind", flat=True)
    )


@pytest.fixture
def suspend(the_cast):
    def do(application, **other):
        words = {"ground": "outage", "reason": "园区停电检修。", "until": after(3).date(), **in_writing()}
        return commands.suspend(application=application, by=the_cast.reviewer, now=NOON, **(words | other))

    return do


@pytest.fixture
def he_the_chair(the_cast):
    return next(one for one in the_cast.others.values() if one.has(Role.SUPERVISOR))


@pytest.fixture
def called(the_cast, he_the_chair):
    """A hearing that the applicant asked for and that was called for the eighth working day."""

    def do(application):
        application = commands.tell_hearing_right(
            application=application, matter=MATTER, by=the_cast.reviewer, now=NOON
        )
        application = commands.request_hearing(
            application=application, reason="已经整改", by=the_cast.applicant, now=after(2)
        )
        return commands.arrange_hearing(
            application=application,
            on=after(10).date(),
            time="09:30",
            place="三楼会议室",
            chair=he_the_chair.user_id,
            by=the_cast.decider,
            now=after(2),
        )

    return do


def conclude(application, chair, now):
    return commands.conclude_hearing(
        application=application,
        attendance="双方到场，核对签字",
        record="申请人说明了整改情况。",
        conclusion="建议复核整改后再决定。",
        paper=files.store([sample("trial_product_report")], "听证笔录.pdf", now=now),
        by=chair,
        now=now,
    )


def test_a_suspension_stops_the_term_until_it_is_resumed(at, the_cast, suspend):
    application = suspend(at("document_review"))
    before = used(application, NOON)
    assert (application.paused_for, application.due_on) == ("suspension", None)
    assert used(application, after(3)) == before
    application = commands.resume(application=application, reason="已经来电。", by=the_cast.reviewer, now=after(3))
    assert application.paused_for == "" and application.due_on is not None
    assert application.due_on == clocks.term(journal.history(application.stream), today=after(3).date()).reading.due_on
    assert kinds(application)[-2:] == ["suspension_notice", "resumption_notice"]
    assert Interruption.objects.get(application=application).ended_on == after(3).date()


def test_while_a_case_is_suspended_nothing_is_decided(at, the_cast, suspend):
    application = suspend(at("decision_proposed"))
    for verb in ("grant", "refuse"):
        why = permissions.why_not(the_cast.decider, verb, application, today=NOON.date())
        assert why.startswith("这件申请正在中止办理")
    with pytest.raises(StepNotOpen):
        commands.grant(application=application, by=the_cast.decider, now=NOON)


def test_a_blackout_lasts_ten_working_days_at_most(at, suspend):
    with pytest.raises(Invalid) as refusal:
        suspend(at("document_review"), until=after(11).date())
    assert "最长10个工作日" in refusal.value.problems[0].message


def test_a_case_that_cannot_go_on_is_ended_with_its_remedies(at, the_cast, suspend):
    application = suspend(at("document_review"), ground="investigation", until=None)
    ended = commands.terminate(application=application, reason="受到限制的处罚。", by=the_cast.decider, now=after(5))
    assert (ended.state, ended.due_on, ended.paused_for) == ("terminated", None, "")
    notice = Notice.objects.get(about=application.stream, kind="termination_notice")
    assert notice.reconsideration_until is not None or notice.served_on is None


def test_an_expert_review_does_not_count_and_says_how_long_it_takes(at, the_cast):
    application = commands.begin_special_time(
        application=at("document_review"),
        kind="expert_review",
        organisation="省食品安全专家库",
        reason="新工艺的安全性",
        until=after(6).date(),
        by=the_cast.reviewer,
        now=NOON,
    )
    notice = Notice.objects.get(about=application.stream, kind="special_time_notice")
    assert notice.content["days"] == 6
    done = commands.end_special_time(application=application, result="可行", by=the_cast.reviewer, now=after(6))
    # The day on which it ends counts again.
    assert used(done, after(6)) == used(application, NOON) + 1


def test_a_third_party_is_told_once_and_heard(at, the_cast):
    words = {"name": "兴禾社区", "interest": "紧邻住宅", "address": "兴禾路1号"}
    application = commands.tell_third_party(application=at("document_review"), **words, by=the_cast.reviewer, now=NOON)
    with pytest.raises(Invalid):
        commands.tell_third_party(application=application, **words, by=the_cast.reviewer, now=NOON)
    party = ThirdParty.objects.get(application=application)
    commands.note_third_party(
        application=application, party=party.pk, answer="没有意见", by=the_cast.reviewer, now=after(1)
    )
    party.refresh_from_db()
    assert (party.answer, party.answered_on) == ("没有意见", after(1).date())


# The hearing ----------------------------------------------------------------------------------------------------------


def test_the_decision_waits_while_a_hearing_may_be_asked_for(at, the_cast):
    application = at("decision_proposed")
    application = commands.tell_hearing_right(application=application, matter=MATTER, by=the_cast.reviewer, now=NOON)
    refuse = {"application": application, "reason": "得分率低于85%。", "by": the_cast.decider}
    with pytest.raises(StepNotOpen, match="第四十七条"):
        commands.refuse(**refuse, now=after(5))
    assert commands.refuse(**refuse, now=after(6)).state == "refused"


def test_the_time_to_ask_begins_when_the_notice_is_served(at, the_cast):
    """The enterprise does not agree to electronic service: the notice is brought three days later."""
    application = at("decision_proposed")
    documents.withdraw_consent(enterprise=application.enterprise, by=the_cast.applicant, now=NOON)
    application = commands.tell_hearing_right(application=application, matter=MATTER, by=the_cast.reviewer, now=NOON)
    assert "还没有送达" in permissions.why_not(the_cast.decider, "refuse", application, today=after(9).date())
    notice = Notice.objects.get(about=application.stream, kind="hearing_right_notice")
    Notice.objects.filter(pk=notice.pk).update(served_on=after(3).date())
    notice.refresh_from_db()
    application = commands.note_told(application=application, notice=notice, by=SYSTEM, now=after(3))
    assert "第四十七条" in permissions.why_not(the_cast.decider, "refuse", application, today=after(8).date())
    assert permissions.why_not(the_cast.decider, "refuse", application, today=after(9).date()) == ""


def test_who_goes_without_a_hearing_is_not_kept_waiting(at, the_cast):
    application = at("decision_proposed")
    application = commands.tell_hearing_right(application=application, matter=MATTER, by=the_cast.reviewer, now=NOON)
    application = commands.waive_hearing(application=application, by=the_cast.applicant, now=NOON)
    refused = commands.refuse(application=application, reason="不符合。", by=the_cast.decider, now=NOON)
    assert refused.state == "refused"


def test_after_five_working_days_it_is_too_late_to_ask(at, the_cast):
    application = commands.tell_hearing_right(
        application=at("document_review"), matter=MATTER, by=the_cast.reviewer, now=NOON
    )
    with pytest.raises(StepNotOpen, match="五个工作日"):
        commands.request_hearing(application=application, reason="", by=the_cast.applicant, now=after(6))


def test_the_hearing_stops_the_term_from_the_request_to_its_end(at, called, he_the_chair):
    application = called(at("decision_proposed"))
    assert (application.paused_for, application.due_on) == ("hearing", None)
    before = used(application, after(2))
    done = conclude(application, he_the_chair, after(10))
    assert done.paused_for == "" and done.due_on is not None
    # Not counted from the day of the request up to the day before its end.
    assert used(done, after(10)) == before + 1


def test_the_decision_follows_the_record_of_the_hearing(at, the_cast, called, he_the_chair):
    application = conclude(called(at("decision_proposed")), he_the_chair, after(10))
    with pytest.raises(StepNotOpen, match="听证笔录"):
        commands.grant(application=application, by=the_cast.decider, now=after(10))
    application = commands.return_to_review(
        application=application, reason="请按听证意见复核", by=the_cast.decider, now=after(10)
    )
    application = commands.propose(
        application=application,
        opinion="根据听证笔录，整改到位。",
        on_record="采纳申请人的说明。",
        by=the_cast.reviewer,
        now=after(11),
    )
    assert commands.grant(application=application, by=the_cast.decider, now=after(11)).state == "granted"


def test_everybody_is_told_seven_working_days_before_the_hearing(at, the_cast, he_the_chair):
    application = commands.tell_hearing_right(
        application=at("document_review"), matter=MATTER, by=the_cast.reviewer, now=NOON
    )
    application = commands.request_hearing(application=application, reason="", by=the_cast.applicant, now=NOON)
    words = {"time": "9:00", "place": "会议室", "chair": he_the_chair.user_id, "by": the_cast.decider, "now": NOON}
    for day, part in ((after(6).date(), "提前7个工作日"), (after(21).date(), "第四十七条")):
        with pytest.raises(Invalid) as refusal:
            commands.arrange_hearing(application=application, on=day, **words)
        assert part in refusal.value.problems[0].message


def test_the_reviewer_does_not_chair_the_hearing(at, the_cast):
    application = commands.tell_hearing_right(
        application=at("document_review"), matter=MATTER, by=the_cast.reviewer, now=NOON
    )
    application = commands.request_hearing(application=application, reason="", by=the_cast.applicant, now=NOON)
    with pytest.raises(Invalid) as refusal:
        commands.arrange_hearing(
            application=application,
            on=after(8).date(),
            time="9:00",
            place="会议室",
            chair=the_cast.reviewer.user_id,
            by=the_cast.decider,
            now=NOON,
        )
    assert refusal.value.problems[0].field == "chair"
    # Nor does a program that forgets to ask: the database says no.
    with pytest.raises(IntegrityError, match="chair_is_not_reviewer"), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(hearing_chair=the_cast.reviewer.user_id)


def test_only_the_chair_ends_the_hearing(at, the_cast, called):
    application = called(at("document_review"))
    with pytest.raises(NotPermitted):
        conclude(application, the_cast.decider, after(10))


def test_a_hearing_within_a_suspension_is_one_pause(at, the_cast, suspend, he_the_chair):
    """Suspended for a blackout, then a hearing asked for: the term runs again when the last of the two is over."""
    application = commands.tell_hearing_right(
        application=at("document_review"), matter=MATTER, by=the_cast.reviewer, now=NOON
    )
    application = suspend(application)
    application = commands.request_hearing(application=application, reason="", by=the_cast.applicant, now=after(1))
    application = commands.resume(application=application, reason="已经来电", by=the_cast.reviewer, now=after(3))
    assert application.paused_for == "hearing" and application.due_on is None
    application = commands.arrange_hearing(
        application=application,
        on=after(11).date(),
        time="9:00",
        place="会议室",
        chair=he_the_chair.user_id,
        by=the_cast.decider,
        now=after(3),
    )
    done = conclude(application, he_the_chair, after(11))
    assert done.paused_for == ""
    pauses = clocks.term(journal.history(done.stream), today=after(11).date()).reading.schedule.pauses
    assert [(pause.first, pause.until) for pause in pauses] == [
        (NOON.date() + timedelta(days=1) if pauses[0].first > NOON.date() else NOON.date(), after(11).date())
    ]


def test_every_interruption_has_its_words():
    assert set(rules.INTERRUPTIONS) == {"suspension", "hearing", "testing", "expert_review"}
    assert isinstance(NOON.date(), date)


def test_nothing_is_decided_on_a_promise_over_the_head_of_who_may_be_heard(at, the_cast):
    facts = rules.Facts(committed=True, hearing="told", undecided="可以要求听证")
    assert rules.is_committed(facts) == "可以要求听证"
    assert rules.is_committed(replace(facts, undecided="")) == ""


def test_a_hearing_that_was_forgotten_is_called_late_all_the_same(at, the_cast, he_the_chair):
    application = commands.tell_hearing_right(
        application=at("document_review"), matter=MATTER, by=the_cast.reviewer, now=NOON
    )
    application = commands.request_hearing(application=application, reason="", by=the_cast.applicant, now=NOON)
    called = commands.arrange_hearing(
        application=application,
        on=after(26).date(),
        time="9:00",
        place="会议室",
        chair=he_the_chair.user_id,
        by=the_cast.decider,
        now=after(18),
    )
    assert called.hearing["standing"] == "arranged"


def test_whoever_asked_for_a_hearing_can_go_without_it(at, the_cast):
    application = commands.tell_hearing_right(
        application=at("document_review"), matter=MATTER, by=the_cast.reviewer, now=NOON
    )
    application = commands.request_hearing(application=application, reason="", by=the_cast.applicant, now=NOON)
    waived = commands.waive_hearing(application=application, by=the_cast.applicant, now=after(2))
    assert waived.paused_for == "" and waived.due_on is not None


def tell(application, cast, now=NOON):
    return commands.tell_third_party(
        application=application, name="兴禾社区", interest="紧邻住宅", address="兴禾路1号", by=cast.reviewer, now=now
    )


def test_nothing_is_decided_while_a_third_party_may_answer(at, the_cast):
    application = tell(at("decision_proposed"), the_cast)
    with pytest.raises(StepNotOpen, match="还没有送达"):
        commands.grant(application=application, by=the_cast.decider, now=NOON)
    notice = Notice.objects.get(about=application.stream, kind="third_party_notice")
    Notice.objects.filter(pk=notice.pk).update(served_on=NOON.date())
    notice.refresh_from_db()
    application = commands.note_told(application=application, notice=notice, by=SYSTEM, now=NOON)
    with pytest.raises(StepNotOpen, match="第三十六条"):
        commands.grant(application=application, by=the_cast.decider, now=after(5))
    party = ThirdParty.objects.get(application=application)
    said = {"party": party.pk, "answer": "没有意见，不要求听证", "waives": True}
    commands.note_third_party(application=application, **said, by=the_cast.reviewer, now=after(1))
    assert commands.grant(application=application, by=the_cast.decider, now=after(1)).state == "granted"


def test_the_applicant_does_not_give_up_the_hearing_of_a_third_party(at, the_cast):
    application = tell(at("document_review"), the_cast)
    application = commands.take_hearing_request(
        application=application,
        party=ThirdParty.objects.get(application=application).pk,
        reason="噪声",
        by=the_cast.reviewer,
        now=NOON,
    )
    with pytest.raises(StepNotOpen, match="不能放弃"):
        commands.waive_hearing(application=application, by=the_cast.applicant, now=NOON)


def test_a_case_taken_back_leaves_no_interruption_open(at, the_cast, suspend):
    application = suspend(at("document_review"))
    gone = commands.retract(application=application, reason="不办了", by=the_cast.applicant, now=after(1))
    assert gone.paused_for == ""
    assert not Interruption.objects.filter(application=gone, ended_on=None).exists()


def test_who_has_to_call_a_hearing_is_told_at_the_top_of_the_inbox(desk, noon, at, the_cast, he_the_chair):
    application = commands.tell_hearing_right(
        application=at("document_review"), matter=MATTER, by=the_cast.reviewer, now=NOON
    )
    commands.request_hearing(application=application, reason="", by=the_cast.applicant, now=NOON)
    page = desk.open(the_cast.decider, "/office/")
    assert "1件要求听证，等您通知时间和地点" in page.words and len(page.statements) <= MOST_STATEMENTS
    listed = desk.open(the_cast.decider, "/office/hearings/")
    assert application.enterprise.name in listed.words and "等待通知" in listed.words
    assert len(listed.statements) <= MOST_STATEMENTS


def test_the_applicant_s_desk_says_until_when_a_hearing_may_be_asked_for(client, noon, at, the_cast):
    application = commands.tell_hearing_right(
        application=at("document_review"), matter=MATTER, by=the_cast.reviewer, now=NOON
    )
    commands.send_message(application=application, text="请看听证告知书。", by=the_cast.reviewer, now=NOON)
    client.force_login(User.objects.get(pk=the_cast.applicant.user_id), "xuke.accounts.backends.PasswordBackend")
    words = client.get("/my/").content.decode()
    assert "之前可以要求听证" in words and "受理机关发来消息" in words


def test_the_applicant_s_desk_says_when_and_where_the_hearing_is(client, noon, at, the_cast, called):
    called(at("document_review"))
    client.force_login(User.objects.get(pk=the_cast.applicant.user_id), "xuke.accounts.backends.PasswordBackend")
    words = client.get("/my/").content.decode()
    assert "参加听证：9月20日（星期日）09:30" in words and "三楼会议室" in words
