"""Three administrators that no person combines (三员分立): by rule, by constraint, and when two act at once."""

import pytest
from django.db import IntegrityError
from hypothesis import given
from hypothesis import strategies as st

from xuke.accounts import commands
from xuke.accounts.models import Posting
from xuke.accounts.officers import ADMINISTRATORS, HANDS, THREE_ADMINISTRATORS, Role
from xuke.accounts.rules import Held, why_not_beside
from xuke.accounts.tests.posts import (
    TODAY,
    YICHANG,
    appoint,
    authority,
    days,
    deputise,
    dismiss,
    posting_of,
    second,
    user_of,
)
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import Conflict
from xuke.tests.cast import NOON, at_once, everything

THREE = sorted(THREE_ADMINISTRATORS)
PAIRS = [(one, other) for one in THREE for other in THREE if one != other]


@pytest.fixture
def newcomer(world):
    return commands.add_user(login_name="xinren", name="新任", password=None, by=SYSTEM, now=NOON)


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_nobody_is_two_of_the_three(one, other, newcomer):
    appoint(newcomer, role=one)
    for code in ("420506", YICHANG):
        with pytest.raises(Conflict, match="三员分立"):
            appoint(newcomer, code=code, role=other)
    dismiss(posting_of(newcomer)) if one != Role.SECURITY_ADMINISTRATOR else None


def test_one_after_the_other_is_no_combination(newcomer):
    dismiss(appoint(newcomer, role=Role.SYSTEM_ADMINISTRATOR))
    assert appoint(newcomer, role=Role.AUDITOR).role == Role.AUDITOR


def test_days_to_come_count_as_well(newcomer):
    appoint(newcomer, role=Role.AUDITOR, valid_from=days(9))
    with pytest.raises(Conflict, match="三员分立"):
        appoint(newcomer, role=Role.SYSTEM_ADMINISTRATOR)
    with pytest.raises(Conflict, match="不能兼任其他岗位"):
        appoint(newcomer, role=Role.ACCEPTOR)


def test_an_administrator_serves_one_authority_as_such(newcomer):
    appoint(newcomer, role=Role.AUDITOR)
    with pytest.raises(Conflict, match="一个人只在一个机关担任"):
        appoint(newcomer, code=YICHANG, role=Role.AUDITOR)


def test_who_audits_does_nothing_else(newcomer, he_the_supervisor):
    appoint(newcomer, role=Role.AUDITOR)
    with pytest.raises(Conflict, match="审计人员只查看、不办理，不能兼任其他岗位"):
        appoint(newcomer, role=Role.ACCEPTOR)
    with pytest.raises(Conflict, match="不能兼任其他岗位"):
        appoint(user_of(he_the_supervisor), role=Role.AUDITOR)


HANDLED = [(keeper, hand) for keeper in sorted(ADMINISTRATORS) for hand in sorted(HANDS)]
NO_HAND = "系统管理、安全管理人员不经办许可，不能兼任受理、审查、核查、决定、监督"


@pytest.mark.parametrize(("keeper", "hand"), HANDLED)
def test_whoever_keeps_the_system_or_its_people_has_no_hand_in_a_case(keeper, hand, newcomer):
    first = appoint(newcomer, role=keeper, valid_from=days(5))
    for code in ("420506", YICHANG):
        with pytest.raises(Conflict, match=NO_HAND):
            appoint(newcomer, code=code, role=hand)
    with pytest.raises(Conflict, match=NO_HAND):
        second(newcomer, role=hand, until=days(5))
    assert second(newcomer, role=hand, until=days(4))
    dismiss(first)
    with pytest.raises(Conflict, match=NO_HAND):
        appoint(newcomer, role=keeper)
    assert appoint(newcomer, role=keeper, valid_from=days(5))


def test_nobody_with_a_hand_deputises_for_an_administrator(he_the_supervisor, gao_the_administrator, newcomer):
    with pytest.raises(Conflict, match=NO_HAND):
        deputise(user_of(he_the_supervisor), user_of(gao_the_administrator))
    assert deputise(newcomer, user_of(gao_the_administrator))


# --- the database -----------------------------------------------------------------------------------------------------


def insert(user, role, begins=TODAY, ends=None, code="420506"):
    return Posting.objects.create(
        user=user, authority=authority(code), role=role, valid_from=begins, valid_to=ends, kind=Posting.REGULAR
    )


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_the_database_knows_it_too(one, other, newcomer):
    insert(newcomer, one, ends=days(10))
    with pytest.raises(IntegrityError, match="administrators_hold_nothing_else"):
        insert(newcomer, other, begins=days(9))


@pytest.mark.parametrize("three", THREE)
@pytest.mark.parametrize("turned", [False, True])
def test_the_database_keeps_the_three_from_everything_else(three, turned, newcomer):
    one, other = (three, Role.ACCEPTOR) if turned else (Role.ACCEPTOR, three)
    insert(newcomer, one, ends=days(10))
    insert(newcomer, other, begins=days(10), ends=days(20))
    with pytest.raises(IntegrityError, match="administrators_hold_nothing_else"):
        insert(newcomer, other, begins=days(9), ends=days(10), code=YICHANG)


def test_the_database_lets_other_roles_meet(newcomer):
    insert(newcomer, Role.ACCEPTOR)
    insert(newcomer, Role.REVIEWER)
    assert insert(newcomer, Role.SUPERVISOR)


def test_two_administrators_make_one_person_two_of_the_three(committed_db, world):
    user = commands.add_user(login_name="xinren", name="新任", password=None, by=SYSTEM, now=NOON)
    with everything():
        place = authority()

    def give(role):
        return commands.appoint(user=user, authority=place, role=role, by=SYSTEM, now=NOON)

    outcomes = at_once(give, [Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR])
    assert sorted(type(each).__name__ for each in outcomes) == ["Conflict", "Posting"]
    (refused,) = [each for each in outcomes if isinstance(each, Conflict)]
    assert "三员分立" in refused.sentence
    with everything():
        assert Posting.objects.filter(user=user).count() == 1


# --- whatever posts there are -----------------------------------------------------------------------------------------


def helds(role):
    return st.builds(
        lambda begins, length, place: Held(
            role, place, days(begins), None if length is None else days(begins + length)
        ),
        st.integers(0, 8),
        st.one_of(st.none(), st.integers(0, 8)),
        st.integers(1, 2),
    )


ANY = st.sampled_from(list(Role)).flatmap(helds)


@given(st.lists(ANY, max_size=12))
def test_what_the_rule_lets_pass_never_combines_on_any_day(wanted):
    """Whatever is asked for in whatever order: on no day is anybody one of the three and anything more."""
    there = []
    for one in wanted:
        if not why_not_beside(one, there):
            there.append(one)
    for number in range(20):
        day = days(number)
        roles = [one.role for one in there if one.begins <= day and (one.ends is None or one.ends > day)]
        assert not THREE_ADMINISTRATORS & set(roles) or len(roles) == 1
