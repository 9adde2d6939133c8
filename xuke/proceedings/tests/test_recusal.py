"""Whoever had a hand in a decision judges in no case whether it was lawful (回避)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from xuke.foundation.refusals import Invalid, NotPermitted
from xuke.licensing.queries import figures_beside
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS, Desk
from xuke.proceedings import commands, turns
from xuke.proceedings.models import Proceeding
from xuke.proceedings.queries import possible_chairs
from xuke.proceedings.tests.conftest import LATER

FACTS = "没有进行现场核查即准予许可。"


@pytest.fixture
def licence_under(at, request):
    """`licence_under("granted")`: a licence after an application that Zhou accepted and Chen reviewed.

    Of one that Liu has not decided yet, the licence is given by hand, so that he is left to decide.
    """

    def licence_under(state):
        case = at(state)
        if case.licence is None:
            case.licence = request.getfixturevalue("licence")
            case.save(update_fields=["licence"])
        return case.licence

    return licence_under


def begin(licence, who, ground="wrong_procedure"):
    return commands.begin(kind="rescission", ground=ground, facts=FACTS, licence=licence, by=who, now=LATER)


def test_chen_begins_no_case_that_calls_his_own_review_unlawful_and_reads_who_can(licence_under, chen_the_reviewer):
    with pytest.raises(NotPermitted) as told:
        begin(licence_under("granted"), chen_the_reviewer)
    said = told.value.sentence
    assert "回避" in said and "行政处罚法第四十三条" in said and "何志强" in said and "陈立新" not in said
    assert not Proceeding.objects.exists()


@pytest.mark.parametrize("ground", ["abuse", "beyond_power", "wrong_procedure", "unqualified", "other"])
def test_every_ground_that_calls_the_decision_unlawful_keeps_its_hands_away(
    ground, licence_under, the_cast, he_the_supervisor
):
    case = begin(licence_under("decision_proposed"), he_the_supervisor, ground)
    hands = {the_cast.acceptor, the_cast.reviewer, *the_cast.verifiers}
    assert {each.user_id for each in hands} <= set(case.kept_away)
    chairs = possible_chairs(case, today=LATER.date())
    assert not {person for person, _ in chairs} & set(case.kept_away) and chairs


def test_the_page_of_such_a_case_says_who_keeps_away_and_who_can_decide(licence_under, he_the_supervisor, client):
    case, desk = begin(licence_under("decision_proposed"), he_the_supervisor), Desk(client)
    page = desk.open(he_the_supervisor, f"/office/proceedings/{case.pk}/")
    assert "应当回避" in page.main and "可以决定的：刘正平" in page.main
    assert len(page.statements) <= MOST_STATEMENTS


def test_fraud_of_the_applicant_keeps_nobody_away(licence_under, chen_the_reviewer):
    assert begin(licence_under("granted"), chen_the_reviewer, "fraud").kept_away == []


def test_where_whoever_decides_here_decided_then_the_authority_above_takes_the_case(
    licence_under, he_the_supervisor, the_cast, world
):
    licence = licence_under("granted")
    with pytest.raises(NotPermitted, match="上级机关"):
        begin(licence, he_the_supervisor)
    above, decider = world.officers["lihongmei"], world.officers["luojianguo"]
    case = begin(licence, above)
    case = commands.notify(proceeding=case, by=above, now=LATER)
    case = commands.waive(proceeding=case, by=the_cast.applicant, now=LATER)
    case = commands.propose(proceeding=case, opinion="撤销。", by=above, now=LATER)
    assert commands.decide(proceeding=case, by=decider, now=LATER).state == "decided"


def test_who_reviewed_takes_nothing_over_and_who_decided_does_not_decide(
    licence_under, chen_the_reviewer, liu_the_decider, he_the_supervisor
):
    case = begin(licence_under("decision_proposed"), he_the_supervisor)
    for_him = replace(chen_the_reviewer, stands_in_for=frozenset({he_the_supervisor.user_id}))
    with pytest.raises(NotPermitted, match="回避"):
        commands.notify(proceeding=case, by=for_him, now=LATER)
    Proceeding.objects.update(state="proposed", kept_away=[*case.kept_away, liu_the_decider.user_id])
    case = Proceeding.objects.get()
    for verb, words in (("decide", {}), ("send_back", {"reason": "请核对。"}), ("drop", {"reason": "不成立。"})):
        with pytest.raises(NotPermitted, match="回避"):
            getattr(commands, verb)(proceeding=case, by=liu_the_decider, now=LATER, **words)
    for officer in (for_him, liu_the_decider):
        assert figures_beside([turns.counted(officer, today=LATER.date())]) == {}


def test_a_colleague_takes_over_what_was_begun_by_somebody_who_has_to_keep_away(
    licence_under, chen_the_reviewer, he_the_supervisor
):
    """A case of before this rule."""
    case = begin(licence_under("decision_proposed"), he_the_supervisor)
    mine = {"investigator_id": chen_the_reviewer.user_id, "investigated_by": [chen_the_reviewer.user_id]}
    Proceeding.objects.update(**mine)
    assert figures_beside([turns.counted(he_the_supervisor, today=LATER.date())]) == {"proceedings.opened": 1}
    case = commands.notify(proceeding=Proceeding.objects.get(), by=he_the_supervisor, now=LATER)
    assert case.investigator_id == he_the_supervisor.user_id


def test_the_chair_is_none_of_those_who_reviewed(licence_under, he_the_supervisor, the_cast):
    case = begin(licence_under("decision_proposed"), he_the_supervisor)
    case = commands.notify(proceeding=case, by=he_the_supervisor, now=LATER)
    case = commands.ask_hearing(proceeding=case, by=the_cast.applicant, now=LATER)
    day = LATER + timedelta(days=20)
    words = {"held_at": day, "place": "听证室", "by": he_the_supervisor, "now": LATER}
    with pytest.raises(Invalid, match="行政许可法第四十八条"):
        commands.set_hearing(proceeding=case, chair=the_cast.verifiers[0].user_id, **words)
