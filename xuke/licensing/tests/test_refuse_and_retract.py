"""No, with reasons, basis and remedies; and the applicant's own change of mind."""

from datetime import date, timedelta

import pytest

from xuke.certificates.models import Licence
from xuke.foundation import journal
from xuke.foundation.refusals import Invalid, StepNotOpen
from xuke.licensing import clocks, commands
from xuke.licensing.workflow import RETRACTABLE
from xuke.tests.cast import MORNING, NOON, Minutes, notices_about


def refuse(application, by, reason="不具备生产条件。", now=NOON):
    return commands.refuse(application=application, reason=reason, by=by, now=now)


def retract(application, by, reason="暂不生产。", now=NOON):
    return commands.retract(application=application, reason=reason, by=by, now=now)


def test_liu_refuses_everything_applied_for_with_a_reason_each(at, liu_the_decider):
    application = refuse(at("decision_proposed"), liu_the_decider)
    assert (application.state, application.due_on, application.licence_id) == ("refused", None, None)
    assert (application.decided_by_id, application.decided_on) == (liu_the_decider.user_id, date(2026, 9, 7))
    assert [(row["key"], row["reason"]) for row in application.outcome["refused"]] == [
        ("v1", "不具备生产条件。"),
        ("v2", "不具备生产条件。"),
    ]
    assert not Licence.objects.exists()


def test_the_decision_tells_reason_basis_and_remedies(at, liu_the_decider):
    notice = notices_about(refuse(at("decision_proposed"), liu_the_decider))[-1]
    assert (notice.kind, notice.content["reason"]) == ("refusal_decision", "不具备生产条件。")
    assert "食品安全法第三十五条" in notice.content["basis"]
    assert (notice.served_on, notice.reconsideration_until, notice.litigation_until) == (
        date(2026, 9, 7),
        date(2026, 11, 6),
        date(2027, 3, 8),
    )


def test_a_remedy_that_ends_on_a_day_off_ends_on_the_next_working_day(at, liu_the_decider):
    """Sixty days from 3 August 2026 end on 2 October, in the autumn holidays; six months end on 3 February."""
    august = Minutes(MORNING - timedelta(days=35))
    notice = notices_about(refuse(at("decision_proposed", now=august), liu_the_decider, now=august()))[-1]
    assert notice.reconsideration_until == date(2026, 10, 8)
    assert notice.litigation_until == date(2027, 2, 3)


def test_each_variety_keeps_the_reason_of_the_review(at, chen_the_reviewer, liu_the_decider):
    application = commands.propose(
        application=at("verification_done"),
        opinion="一项不合格。",
        results={"v2": "fail"},
        reasons={"v2": "馅料检验不合格。"},
        by=chen_the_reviewer,
        now=NOON,
    )
    outcome = refuse(application, liu_the_decider).outcome
    assert [row["reason"] for row in outcome["refused"]] == ["不具备生产条件。", "馅料检验不合格。"]


@pytest.mark.parametrize(("reason", "sentence"), [(" ", "请写明不予许可的理由"), ("理" * 2001, "最多2000个字")])
def test_nobody_is_refused_without_a_whole_reason(reason, sentence, at, liu_the_decider):
    with pytest.raises(Invalid, match=sentence):
        refuse(at("decision_proposed"), liu_the_decider, reason)


def test_somebody_refused_may_apply_anew(at, liu_the_decider):
    refuse(at("decision_proposed"), liu_the_decider)
    assert at("submitted").state == "submitted"


@pytest.mark.parametrize("state", RETRACTABLE)
def test_wu_takes_the_case_back_and_every_clock_stops(state, at, wu_the_applicant):
    application = retract(at(state), wu_the_applicant)
    assert (application.state, application.due_on, application.due_provisional) == ("retracted", None, False)
    term = clocks.term(journal.history(application.stream), today=date(2026, 12, 1))
    assert term.reading.light == "已办结"
    assert term.reading.used == 0
    assert journal.history(application.stream)[-1].facts == {"reason": "暂不生产。"}


@pytest.mark.parametrize("state", ["granted", "certificate_issued", "refused", "not_accepted", "draft", "retracted"])
def test_what_is_decided_or_closed_is_not_taken_back(state, at, wu_the_applicant):
    with pytest.raises(StepNotOpen, match="不能撤回"):
        retract(at(state), wu_the_applicant)


def test_a_change_of_mind_has_a_reason(at, wu_the_applicant):
    application = at("accepted")
    with pytest.raises(Invalid, match="请写明撤回的原因"):
        retract(application, wu_the_applicant, "\n")
    with pytest.raises(Invalid, match="撤回的原因最多500个字"):
        retract(application, wu_the_applicant, "因" * 501)


def test_after_taking_it_back_wu_may_file_anew(at, wu_the_applicant):
    retract(at("accepted"), wu_the_applicant)
    assert at("submitted").state == "submitted"
