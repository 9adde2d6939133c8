"""Which buttons an officer sees, and why one of them is closed."""

from __future__ import annotations

from datetime import date

import pytest

from xuke.accounts.officers import Officer, Role
from xuke.licensing import buttons
from xuke.licensing.models import Application, Visit

YILING = "420000/420500/420506/"
VARIETIES = {"products": {"varieties": [{"key": "v1"}]}}


def officer(*roles: Role, id: int = 1, authority: int = 6) -> Officer:
    return Officer(id, f"某{id}", authority, "某局", YILING, frozenset(roles))


def case(state: str, **facts) -> Application:
    if state not in ("submitted", "resubmitted", "correction_requested"):
        facts.setdefault("accepted_on", date(2026, 9, 7))
    return Application(state=state, authority_id=6, form=VARIETIES, **facts)


def shown(who: Officer, application: Application, **more) -> dict[str, str]:
    """The labels in order, each with its reason."""
    return {button.label: button.reason for button in buttons.of_case(who, application, **more)}


def test_an_acceptor_may_handle_a_receipt_in_every_way():
    found = shown(officer(Role.ACCEPTOR), case("submitted"))
    assert list(found) == ["受理", "一次告知补正", "当场更正", "不需要许可", "不属于本机关职权", "领取"]
    assert not any(found.values())


def test_there_is_one_blue_button():
    for state, role in (("submitted", Role.ACCEPTOR), ("document_review", Role.REVIEWER), ("accepted", Role.REVIEWER)):
        found = buttons.of_case(officer(role), case(state))
        assert sum(button.kind is buttons.Kind.PRIMARY and not button.reason for button in found) == 1


def test_after_one_list_a_second_one_is_closed_and_stands_last():
    found = shown(officer(Role.ACCEPTOR), case("resubmitted", corrections=[{"item": "布局图"}]))
    assert list(found) == ["受理", "不予受理", "领取", "一次告知补正"]
    assert "不能再发第二份清单" in found["一次告知补正"]


@pytest.mark.parametrize("role", [Role.ACCEPTOR, Role.REVIEWER, Role.DECIDER])
def test_why_nothing_can_be_asked_after_acceptance_is_told_to_everybody_who_handles_it(role):
    found = shown(officer(role), case("document_review"), asked_on=date(2026, 9, 1))
    assert found["一次告知补正"] == "受理后不能再要求补正；本案已于9月1日一次告知。"


def test_a_decider_sees_from_the_start_what_the_decision_waits_for():
    found = shown(officer(Role.DECIDER), case("accepted"))
    assert found["准予许可"] == "审查人员拟定意见之后才能作出决定。"
    assert "领取" not in found


def test_nothing_is_offered_once_the_case_is_closed():
    everybody = officer(*Role)
    for state in ("granted", "refused", "not_accepted", "retracted"):
        assert not shown(everybody, case(state, decided_on=date(2026, 9, 8)))


def test_the_hand_that_accepted_does_not_review_or_decide():
    me = officer(Role.ACCEPTOR, Role.REVIEWER, Role.DECIDER)
    assert shown(me, case("accepted", accepted_by_id=1))["开始审查"] == (
        "您办理过这件申请的受理，受理人员不能再审查（行政许可法第三十四条；三分离要求，待核实）。"
    )
    assert buttons.set_apart(me, case("accepted", accepted_by_id=1)) == "您受理过，不能审查"
    proposed = {"results": {"v1": "pass"}}
    assert buttons.set_apart(me, case("decision_proposed", reviewed_by_id=1, proposal=proposed)) == "您审查过，不能决定"
    assert buttons.set_apart(me, case("decision_proposed", verified_by=[1], proposal=proposed)) == "您核查过，不能决定"
    assert buttons.set_apart(me, case("decision_proposed", reviewed_by_id=2, proposal=proposed)) == ""


def test_a_colleagues_claim_closes_the_steps_and_ones_own_can_be_given_back():
    taken = shown(officer(Role.ACCEPTOR), case("submitted", claimed_by_id=2))
    assert all("已由同事领取" in reason for reason in taken.values())
    assert "领取" not in taken
    assert "退回待领" in shown(officer(Role.ACCEPTOR), case("submitted", claimed_by_id=1))


def test_members_score_and_their_leader_ends_the_visit():
    visited = case("verification_assigned", verified_by=[1, 2])
    visited.visit = Visit(
        team=[{"user_id": 1, "name": "甲", "leader": True}, {"user_id": 2, "name": "乙", "leader": False}]
    )
    assert shown(officer(Role.VERIFIER), visited) == {"现场评分": "", "结束核查": ""}
    assert shown(officer(Role.VERIFIER, id=2), visited)["结束核查"] == "由组长甲结束核查（组长负责制）。"
    stranger = shown(officer(Role.VERIFIER, id=3), visited)
    assert set(stranger.values()) == {"您不在这件申请的核查组里。"}


def test_when_nothing_passed_there_is_nothing_to_grant():
    found = shown(officer(Role.DECIDER), case("decision_proposed", proposal={"results": {"v1": "fail"}}))
    assert "只能作出不予许可决定" in found["准予许可"]
    assert found["不予许可"] == ""


@pytest.mark.parametrize(
    ("state", "turn"),
    [("submitted", "受理"), ("correction_requested", "申请人"), ("verification_assigned", "核查"), ("granted", "")],
)
def test_whose_turn_it_is_in_one_word(state, turn):
    assert buttons.whose_turn(case(state)) == turn
