"""Who may verify on a day, and which team goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xuke.verifiers import frozen, rules
from xuke.verifiers.rules import RecognitionFacts, RecusalFacts, Settings, VerifierFacts, VisitFacts

DAY = date(2026, 9, 9)
WEEK = timedelta(days=7)
CAKES, SAUCES = "124", "103"
HUBEI, YILING = "420000/", "420000/420500/420506/"
VISIT = VisitFacts(DAY, frozenset({CAKES}), "42", YILING, names={CAKES: "糕点"})
ZHAO = VerifierFacts(
    "zhao",
    "赵海峰",
    1,
    credential="鄂食核0001号",
    valid_from=date(2024, 1, 1),
    valid_to=date(2027, 1, 1),
    specialities=frozenset({CAKES}),
    province="42",
    registered_on=date(2020, 1, 1),
    training={2025: 40},
)


def only(person: VerifierFacts, visit: VisitFacts = VISIT) -> str:
    (reason,) = rules.why_not(person, visit)
    return reason


def recused(ground: str, state: str = rules.STANDING, ended_on: date | None = None) -> VerifierFacts:
    return replace(ZHAO, recusals=(RecusalFacts(ground, state, DAY, ended_on),))


def test_zhao_may_go():
    assert rules.why_not(ZHAO, VISIT) == ()


@pytest.mark.parametrize(
    ("person", "says", "cites"),
    [
        (replace(ZHAO, valid_to=DAY - timedelta(days=1)), "证件2026年9月8日到期", "第二十一条"),
        (replace(ZHAO, valid_from=DAY + timedelta(days=1)), "起才有效", "第二十一条"),
        (replace(ZHAO, credential=""), "没有登记核查人员证件", "第二十一条"),
        (replace(ZHAO, status=rules.SUSPENDED, status_from=DAY), "暂停核查", "第二十一条"),
        (replace(ZHAO, status=rules.WITHDRAWN), "退出名册", "第二十一条"),
        (replace(ZHAO, holds_post=False), "不担任核查岗位", "第二十一条"),
        (replace(ZHAO, specialities=frozenset({SAUCES})), "专业不包括糕点（124）", "审查通则"),
        (replace(ZHAO, examined_until=DAY - timedelta(days=1)), "考核2026年9月8日到期", "待核实"),
        (replace(ZHAO, training={2025: 39.5}), "2025年培训39.5学时，不满40学时", "待核实"),
        (replace(ZHAO, province="43"), "还没有登记互认", "152号"),
        (
            replace(ZHAO, province="43", recognitions=(RecognitionFacts("420000/420581/", DAY),)),
            "还没有登记互认",
            "152号",
        ),
        (
            replace(ZHAO, province="43", recognitions=(RecognitionFacts(HUBEI, DAY - WEEK, DAY - WEEK),)),
            "核查当天无效",
            "152号",
        ),
        (recused("relative"), "近亲属", "第二十三条"),
        (recused("shares", rules.REQUESTED), "还没有决定", "第二十三条"),
        (recused(rules.FORMER_EMPLOYMENT, ended_on=date(2023, 9, 9)), "离职不满3年", "第二十三条"),
    ],
)
def test_somebody_who_may_not_go_is_told_why_with_the_article(person, says, cites):
    reason = only(person)
    assert says in reason and cites in reason


@pytest.mark.parametrize(
    "person",
    [
        replace(ZHAO, valid_to=DAY),
        replace(
            ZHAO, status=rules.SUSPENDED, status_from=DAY - timedelta(days=9), status_until=DAY - timedelta(days=1)
        ),
        replace(ZHAO, specialities=None),
        replace(ZHAO, province="43", recognitions=(RecognitionFacts(HUBEI, DAY, DAY),)),
        replace(ZHAO, training={}, registered_on=date(2025, 3, 1)),
        recused("relative", rules.DISMISSED),
        recused(rules.FORMER_EMPLOYMENT, ended_on=date(2023, 9, 8)),
    ],
)
def test_what_is_over_or_was_decided_keeps_nobody_away(person):
    assert rules.why_not(person, VISIT) == ()


def test_whoever_received_or_decides_the_case_or_is_busy_stays_here():
    assert "受理了这件申请" in only(ZHAO, replace(VISIT, receipt=frozenset({1})))
    assert "决定" in only(ZHAO, replace(VISIT, deciding=frozenset({1})))
    assert "另一项现场核查" in only(ZHAO, replace(VISIT, busy=frozenset({1})))
    assert "上限5项" in only(ZHAO, replace(VISIT, open_visits={1: 5}))
    assert rules.why_not(ZHAO, replace(VISIT, lately=frozenset({1}))) == ()
    assert "轮换" in only(ZHAO, replace(VISIT, lately=frozenset({1}), settings=Settings(rotation=True)))


def test_a_team_of_one_a_leader_who_may_not_lead_and_a_category_nobody_knows_are_told():
    sun = replace(ZHAO, id="sun", name="孙雨桐", user_id=2, may_lead=False)
    expert = replace(ZHAO, id="expert", name="专家", user_id=None, qualification=rules.EXPERT)
    assert "至少2名" in rules.why_not_team([ZHAO, expert], "zhao", VISIT)[0]
    assert rules.why_not_team([ZHAO, sun], "zhao", VISIT) == ()
    assert "孙雨桐不能担任组长" in rules.why_not_team([ZHAO, sun], "sun", VISIT)[0]
    both = replace(VISIT, categories=frozenset({CAKES, SAUCES}))
    assert "103" in rules.why_not_team([ZHAO, sun], "zhao", both)[0]


# --- any list of people -----------------------------------------------------------------------------------------------

CATEGORIES = ("101", "103", "124", "127")
people = st.lists(
    st.builds(
        VerifierFacts,
        id=st.uuids().map(str),
        name=st.just("某人"),
        user_id=st.integers(1, 40),
        qualification=st.sampled_from([rules.VERIFIER, rules.VERIFIER, rules.VERIFIER, rules.EXPERT]),
        status=st.sampled_from([rules.ACTIVE, rules.ACTIVE, rules.SUSPENDED]),
        credential=st.sampled_from(["证", "证", "证", ""]),
        valid_to=st.sampled_from([None, DAY, DAY + timedelta(days=30), DAY - timedelta(days=1)]),
        specialities=st.none() | st.frozensets(st.sampled_from(CATEGORIES), min_size=1),
        may_lead=st.booleans(),
        recusals=st.lists(
            st.builds(
                RecusalFacts,
                ground=st.sampled_from(sorted(rules.GROUNDS)),
                state=st.sampled_from(sorted(rules.RECUSAL_STATES)),
                since=st.just(DAY),
            ),
            max_size=1,
        ).map(tuple),
    ),
    max_size=12,
    unique_by=(lambda one: one.id, lambda one: one.user_id),
)
visits = st.builds(
    VisitFacts,
    on=st.just(DAY),
    categories=st.frozensets(st.sampled_from(CATEGORIES), max_size=3),
    receipt=st.frozensets(st.integers(1, 40), max_size=2),
    busy=st.frozensets(st.integers(1, 40), max_size=2),
    open_visits=st.dictionaries(st.integers(1, 40), st.integers(0, 6), max_size=6),
)


@given(people, visits, st.text(max_size=8), st.randoms(use_true_random=False))
def test_whatever_people_there_are_a_team_is_whole_or_a_sentence_says_what_is_missing(everybody, visit, seed, random):
    """Invariants 8 and 13: at least two, none recused or expired, every category known; one seed, one team."""
    drawn = rules.propose_team(everybody, visit, seed=seed)
    by_id = {one.id: one for one in everybody}
    team = [by_id[id] for id in drawn.team]
    assert bool(drawn.problems) != bool(team)
    if team:
        assert rules.why_not_team(team, drawn.leader, visit) == ()
        assert not [reason for one in team for reason in rules.why_not(one, visit)]
        assert all(one.valid_to is None or one.valid_to >= DAY for one in team)
    else:
        free = [one for one in everybody if one.qualification == rules.VERIFIER and not rules.why_not(one, visit)]
        missing = rules.uncovered(free, visit)
        assert len(free) < 2 or missing or not any(one.may_lead for one in free)
        assert all(code in "".join(drawn.problems) for code in missing)
    left = dict(drawn.left_out)
    assert all(left.values())
    assert left.keys() == {
        one.id for one in everybody if one.qualification == rules.VERIFIER and rules.why_not(one, visit)
    }
    random.shuffle(everybody)
    again = rules.propose_team(everybody, visit, seed=seed)
    assert (again.team, again.leader) == (drawn.team, drawn.leader)
    kept = [frozen.thawed_person(frozen.frozen_person(one)) for one in everybody]
    from_frozen = rules.propose_team(kept, frozen.thawed_visit(frozen.frozen_visit(visit)), seed=seed)
    assert from_frozen.team == drawn.team


@given(people, visits)
def test_whoever_is_excluded_from_another_draw_does_not_go(everybody, visit):
    first = rules.propose_team(everybody, visit, seed="1")
    excluded = frozenset(first.team[:1])
    assert not excluded & set(rules.propose_team(everybody, visit, seed="2", excluded=excluded).team)
