"""The reviewer's opinion: what did not pass the visit cannot be proposed, what fails has a reason."""

import pytest

from xuke.config.demonstration import stories
from xuke.foundation.refusals import Invalid, NotPermitted, StepNotOpen
from xuke.licensing import commands, permissions
from xuke.licensing.tests.acts import confirmed
from xuke.tests.cast import NOON, told


@pytest.fixture
def verified(at, zhao_the_leader):
    """v1 passed the visit, v2 did not."""
    application = at("verification_assigned")
    commands.score(application=application, marks=stories.marks(), by=zhao_the_leader, now=NOON)
    failed = {"5": {"score": "0", "note": "没有馅料间。"}}
    commands.score(application=application, marks=failed, variety="v2", by=zhao_the_leader, now=NOON)
    confirmed(application)
    return commands.conclude_verification(application=application, applicant_signed=True, by=zhao_the_leader, now=NOON)


def propose(application, by, opinion=stories.OPINION, **other):
    return commands.propose(application=application, opinion=opinion, by=by, now=NOON, **other)


def test_chen_proposes_what_the_visit_found(verified, chen_the_reviewer):
    proposal = propose(verified, chen_the_reviewer).proposal
    assert proposal["results"] == {"v1": "pass", "v2": "fail"}
    assert proposal["reasons"] == {"v2": "现场核查不符合要求：1.5库房环境"}
    assert (proposal["by"], proposal["opinion"]) == (chen_the_reviewer.label, stories.OPINION)


def test_chen_may_be_stricter_than_the_visit_with_a_reason(verified, chen_the_reviewer):
    proposal = propose(
        verified, chen_the_reviewer, results={"v1": "fail"}, reasons={"v1": "试制食品检验不合格。"}
    ).proposal
    assert proposal["results"] == {"v1": "fail", "v2": "fail"}
    assert proposal["reasons"]["v1"] == "试制食品检验不合格。"


def test_all_that_is_wrong_with_a_proposal_is_told_at_once(verified, chen_the_reviewer):
    with pytest.raises(Invalid) as refusal:
        propose(verified, chen_the_reviewer, " ", results={"v1": "fail", "v2": "pass", "v9": "pass"})
    wrong = told(refusal)
    assert list(wrong) == ["opinion", "reasons.v1", "results.v2", "results"]
    assert wrong["results.v2"] == "食品馅料（食品馅料：月饼馅料）没有通过现场核查，不能建议准予。"


def test_an_opinion_is_not_cut(verified, chen_the_reviewer):
    with pytest.raises(Invalid, match="审查意见最多2000个字"):
        propose(verified, chen_the_reviewer, "意" * 2001)


def test_nothing_is_proposed_before_the_visit(at, chen_the_reviewer):
    application = at("document_review")
    with pytest.raises(StepNotOpen, match="这件申请须先完成现场核查"):
        propose(application, chen_the_reviewer)
    assert "现场核查" in permissions.why_not(chen_the_reviewer, "propose", application)


def test_another_reviewer_does_not_propose(verified, zhouwen_of_two_roles):
    with pytest.raises(NotPermitted, match="另一位审查人员"):
        propose(verified, zhouwen_of_two_roles)


def test_a_visit_that_was_not_possible_leads_to_a_refusal_only(at, chen_the_reviewer, zhao_the_leader, liu_the_decider):
    application = commands.conclude_verification(
        application=at("verification_assigned"),
        applicant_signed=True,
        not_possible="企业搬走了。",
        by=zhao_the_leader,
        now=NOON,
    )
    application = propose(application, chen_the_reviewer, "建议不予许可。")
    assert application.proposal["results"] == {"v1": "fail", "v2": "fail"}
    with pytest.raises(StepNotOpen, match="只能作出不予许可决定"):
        commands.grant(application=application, by=liu_the_decider, now=NOON)


def test_liu_sends_it_back_with_a_question_and_chen_proposes_again(at, chen_the_reviewer, liu_the_decider):
    application = at("decision_proposed")
    back = commands.return_to_review(application=application, reason="请核对第2项。", by=liu_the_decider, now=NOON)
    assert (back.state, back.due_on) == ("verification_done", application.due_on)
    again = propose(back, chen_the_reviewer, "已核对。")
    assert again.proposal["opinion"] == "已核对。"
    assert commands.grant(application=again, by=liu_the_decider, now=NOON).state == "granted"


def test_a_case_is_not_sent_back_without_a_question(at, liu_the_decider):
    with pytest.raises(Invalid, match="请写明要查清的问题"):
        commands.return_to_review(application=at("decision_proposed"), reason=" ", by=liu_the_decider, now=NOON)
