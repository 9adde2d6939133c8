"""Deputising: somebody stands in for an absent colleague, from a day until a day."""

import pytest
from django.db import IntegrityError

from xuke.accounts import queries
from xuke.accounts.models import Posting
from xuke.accounts.officers import Role
from xuke.accounts.tests.posts import (
    TODAY,
    YICHANG,
    appoint,
    authority,
    days,
    deputise,
    dismiss,
    posting_of,
    user_of,
)
from xuke.foundation import journal
from xuke.foundation.refusals import Conflict, Invalid, NotFound, NotPermitted
from xuke.tests.cast import told, verbs


@pytest.fixture
def he(he_the_supervisor):
    return user_of(he_the_supervisor)


@pytest.fixture
def zhouwen(zhouwen_of_two_roles):
    return user_of(zhouwen_of_two_roles)


@pytest.fixture
def chen(chen_the_reviewer):
    return user_of(chen_the_reviewer)


def test_he_stands_in_for_zhouwen_in_both_roles(he, zhouwen, gao_the_administrator):
    postings = deputise(he, zhouwen, by=gao_the_administrator, until=days(10))
    assert [(each.role, each.kind, each.instead_of_id) for each in postings] == [
        (Role.ACCEPTOR, Posting.DEPUTY, zhouwen.pk),
        (Role.REVIEWER, Posting.DEPUTY, zhouwen.pk),
    ]
    officer = queries.officer(he, today=days(10))
    assert officer.roles == {Role.SUPERVISOR, Role.ACCEPTOR, Role.REVIEWER}
    assert officer.stands_in_for == {zhouwen.pk}
    after = queries.officer(he, today=days(11))
    assert (after.roles, after.stands_in_for) == ({Role.SUPERVISOR}, frozenset())


def test_both_histories_tell_it(he, zhouwen):
    deputise(he, zhouwen)
    assert (verbs(he)[-1], verbs(zhouwen)[-1]) == ("user.deputised", "user.represented")
    facts = journal.history(he.stream)[-1].facts
    assert (facts["instead_of"], facts["roles"], facts["reason"]) == ("周文", "受理、审查", "休假")
    assert journal.history(zhouwen.stream)[-1].facts["deputy"] == "何志强"


def test_in_some_of_the_roles_only(he, zhouwen):
    (posting,) = deputise(he, zhouwen, roles=[Role.REVIEWER])
    assert posting.role == Role.REVIEWER
    with pytest.raises(Invalid) as refusal:
        deputise(he, zhouwen, roles=[Role.DECIDER])
    assert told(refusal) == {"roles": "周文在这里不担任决定。"}


def test_a_reviewer_may_deputise_for_a_reviewer(chen, zhouwen):
    (posting,) = deputise(chen, zhouwen, roles=[Role.REVIEWER])
    officer = queries.officer(chen, today=TODAY)
    assert (officer.roles, officer.stands_in_for) == ({Role.REVIEWER}, {zhouwen.pk})
    dismiss(posting)
    assert queries.officer(chen, today=TODAY).roles == {Role.REVIEWER}
    assert queries.officer(chen, today=TODAY).stands_in_for == frozenset()


def test_one_colleague_is_stood_in_for_once_at_a_time_by_one_person(he, zhouwen):
    deputise(he, zhouwen, until=days(5))
    with pytest.raises(Conflict, match="同一时段已经担任"):
        deputise(he, zhouwen, until=days(9))
    assert deputise(he, zhouwen, valid_from=days(6), until=days(9))


def test_what_somebody_left_behind_may_be_finished_for_them(he, chen):
    dismiss(posting_of(chen))
    (posting,) = deputise(he, chen)
    assert (posting.role, posting.instead_of_id) == (Role.REVIEWER, chen.pk)


def test_a_deputy_is_not_stood_in_for_as_a_deputy(he, zhouwen, chen):
    deputise(he, zhouwen)
    (posting,) = deputise(chen, he)
    assert posting.role == Role.SUPERVISOR


def test_nobody_stands_in_for_themselves_or_for_somebody_who_is_not_there(he, zhouwen, yang_of_yidu):
    with pytest.raises(Invalid, match="不能代理自己"):
        deputise(he, he)
    with pytest.raises(NotFound, match="杨帆没有在宜昌市夷陵区市场监督管理局任职"):
        deputise(he, user_of(yang_of_yidu))
    with pytest.raises(IntegrityError, match="posting_kinds"):
        Posting.objects.filter(user=he).update(kind=Posting.DEPUTY, instead_of=he, valid_to=days(3))


def test_a_deputyship_is_not_for_ever(he, zhouwen):
    with pytest.raises(Invalid, match="代理最长一年"):
        deputise(he, zhouwen, until=days(366))
    assert deputise(he, zhouwen, until=days(365))


def test_it_begins_on_the_first_day_of_the_holiday(he, zhouwen):
    deputise(he, zhouwen, valid_from=days(3), until=days(5))
    assert queries.officer(he, today=days(2)).stands_in_for == frozenset()
    assert queries.officer(he, today=days(3)).stands_in_for == {zhouwen.pk}


def test_gao_finds_deputies_in_the_county_only_and_is_none_by_her_own_hand(he, zhouwen, gao_the_administrator):
    wang = appoint(he, code=YICHANG, role=Role.ACCEPTOR).user
    with pytest.raises(NotPermitted, match="不归您管理"):
        deputise(zhouwen, wang, code=YICHANG, by=gao_the_administrator)
    with pytest.raises(NotPermitted, match="自己的岗位"):
        deputise(user_of(gao_the_administrator), zhouwen, by=gao_the_administrator)


def test_an_auditor_stands_in_for_nobody(qian_the_auditor, zhouwen, he):
    with pytest.raises(Conflict, match="审计人员只查看、不办理"):
        deputise(user_of(qian_the_auditor), zhouwen)
    with pytest.raises(Conflict, match="不能兼任其他岗位"):
        deputise(he, user_of(qian_the_auditor))


def test_one_administrator_stands_in_for_no_other(gao_the_administrator, shi_the_system_administrator):
    gao, shi = user_of(gao_the_administrator), user_of(shi_the_system_administrator)
    for deputy, absent in ((gao, shi), (shi, gao)):
        with pytest.raises(Conflict, match="三员分立"):
            deputise(deputy, absent)


def test_the_roles_of_a_deputy_are_those_of_the_authority(he, zhouwen):
    deputise(he, zhouwen)
    assert queries.officer(he, today=TODAY, authority=authority(YICHANG)) is None
