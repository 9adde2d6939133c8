"""Seconding: a person of another authority helps out until a day."""

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
    dismiss,
    keeper_of,
    posting_of,
    second,
    user_of,
)
from xuke.foundation import journal
from xuke.foundation.refusals import Conflict, Invalid, NotPermitted
from xuke.tests.cast import told, verbs


@pytest.fixture
def yang(yang_of_yidu):
    return user_of(yang_of_yidu)


def test_yang_helps_in_yiling_until_the_last_day(yang):
    posting = second(yang, role=Role.ACCEPTOR, until=days(3), by=keeper_of(YICHANG))
    assert (posting.kind, posting.valid_from, posting.valid_to) == (Posting.SECONDMENT, TODAY, days(4))
    yiling = authority()
    assert queries.officer(yang, today=days(3), authority=yiling).roles == {Role.ACCEPTOR}
    assert queries.officer(yang, today=days(4), authority=yiling) is None
    assert queries.officer(yang, today=TODAY).authority_path == "420000/420500/420581/"
    assert verbs(yang)[-1] == "user.seconded"
    facts = journal.history(yang.stream)[-1].facts
    assert (facts["until"], facts["reason"]) == (days(3).isoformat(), "支援")


def test_one_may_be_seconded_again_from_the_day_after(yang):
    second(yang, until=days(3))
    with pytest.raises(Conflict, match="同一时段已经担任"):
        second(yang, valid_from=days(3), until=days(9))
    assert second(yang, valid_from=days(4), until=days(9)).valid_from == days(4)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"until": None}, "until"),
        ({"until": days(-1)}, "until"),
        ({"valid_from": days(5), "until": days(4)}, "until"),
        ({"valid_from": days(-1)}, "valid_from"),
    ],
)
def test_the_days_are_told_when_they_do_not_do(facts, field, yang):
    with pytest.raises(Invalid) as refusal:
        second(yang, **facts)
    assert list(told(refusal)) == [field]


def test_one_day_is_enough(yang):
    second(yang, until=TODAY)
    assert queries.officer(yang, today=TODAY, authority=authority()).has(Role.REVIEWER)


def test_gao_seconds_to_nowhere_else(yang, gao_the_administrator):
    with pytest.raises(NotPermitted, match="不归您管理"):
        second(yang, code=YICHANG, by=gao_the_administrator)


def test_gao_does_not_reach_for_the_people_of_a_neighbour(yang, gao_the_administrator):
    """Else she would also take away the neighbour's power over the account."""
    for verb in (second, appoint):
        with pytest.raises(NotPermitted, match="由管理两个机关的上级机关安全管理人员办理"):
            verb(yang, by=gao_the_administrator)
    dismiss(posting_of(yang))
    with pytest.raises(NotPermitted, match="上级机关"):
        appoint(yang, by=gao_the_administrator)
    assert appoint(yang, by=keeper_of(YICHANG))


def test_a_secondment_without_a_last_day_is_none(yang):
    second(yang)
    with pytest.raises(IntegrityError, match="posting_kinds"):
        Posting.objects.filter(pk=posting_of(yang).pk).update(valid_to=None)
