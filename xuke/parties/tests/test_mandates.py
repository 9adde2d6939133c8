"""Who acts for an enterprise: giving, changing, ending. What was given is kept and never rewritten."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from xuke.accounts.models import User
from xuke.foundation import journal
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import Conflict, Invalid, NotPermitted
from xuke.parties import commands, permissions, queries
from xuke.parties.models import Mandate
from xuke.parties.tests.conftest import mandate_of
from xuke.tests.cast import NOON, TOMORROW, told, verbs

TODAY = NOON.date()


def give(enterprise, by=SYSTEM, login_name="wangjie", capacity=Mandate.CASE_CONTACT, now=NOON, **other):
    user = User.objects.get(login_name=login_name)
    return commands.give_mandate(user=user, enterprise=enterprise, capacity=capacity, by=by, now=now, **other)


def acting(login_name, enterprise, today=TODAY):
    return queries.applicant(User.objects.get(login_name=login_name), today=today, enterprise=enterprise)


def test_wang_may_act_for_two(enterprise):
    give(enterprise)
    wang = User.objects.get(login_name="wangjie")
    assert len(queries.mandates(wang, today=TODAY)) == 2
    assert acting("wangjie", enterprise).enterprise_id == enterprise.pk
    assert acting("wangjie", enterprise, TODAY - timedelta(days=1)) is None
    assert verbs(enterprise)[-1] == "enterprise.mandate_given"


def test_a_mandate_covers_what_was_said_for_as_long_as_was_said(enterprise):
    mandate = give(enterprise, powers=["draft"], from_day=date(2026, 9, 8), last_day=date(2026, 9, 10))
    assert (mandate.valid_from, mandate.valid_to, mandate.last_day) == (
        date(2026, 9, 8),
        date(2026, 9, 11),
        date(2026, 9, 10),
    )
    assert acting("wangjie", enterprise) is None
    found = acting("wangjie", enterprise, date(2026, 9, 10))
    assert found.powers == {"draft"}
    assert acting("wangjie", enterprise, date(2026, 9, 11)) is None
    told_of = journal.history(enterprise.stream)[-1].facts
    assert told_of["powers"] == ["填写申请、上传材料"]
    assert told_of["last_day"] == "2026-09-10"


def test_a_mandate_that_ended_is_over_at_once_and_may_be_given_again_the_same_day(enterprise, zheng_the_head):
    ended = commands.end_mandate(mandate=mandate_of("wuxiaomei"), by=zheng_the_head, now=NOON)
    assert (ended.valid_to, ended.last_day, ended.ended_at) == (TODAY, TODAY, NOON)
    assert ended.ended_by == "郑国强（宜昌禾穗坊食品有限公司）"
    assert acting("wuxiaomei", enterprise) is None
    with pytest.raises(Conflict, match="已经结束"):
        commands.end_mandate(mandate=ended, by=zheng_the_head, now=TOMORROW)
    again = give(enterprise, zheng_the_head, "wuxiaomei")
    assert again.given_by_id == zheng_the_head.user_id
    assert acting("wuxiaomei", enterprise) is not None


def test_a_mandate_that_has_not_begun_can_be_ended(enterprise, zheng_the_head):
    mandate = give(enterprise, from_day=date(2026, 10, 1))
    commands.end_mandate(mandate=mandate, by=zheng_the_head, now=NOON)
    assert acting("wangjie", enterprise, date(2026, 10, 2)) is None


def test_a_mandate_is_given_once(enterprise):
    give(enterprise, last_day=date(2027, 1, 1))
    with pytest.raises(Conflict, match="已经可以代表"):
        give(enterprise)
    with pytest.raises(IntegrityError, match="one_mandate_a_day"), transaction.atomic():
        Mandate.objects.create(
            user=User.objects.get(login_name="wangjie"),
            enterprise=enterprise,
            capacity=Mandate.CASE_CONTACT,
            valid_from=TODAY + timedelta(days=9),
        )


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"capacity": "owner"}, "capacity"),
        ({"powers": []}, "powers"),
        ({"powers": ["draft", "everything"]}, "powers"),
        ({"from_day": TODAY - timedelta(days=1)}, "from_day"),
        ({"last_day": TODAY - timedelta(days=1)}, "last_day"),
        ({"last_day": date.max}, "last_day"),
        ({"capacity": "legal_representative"}, "capacity"),
    ],
)
def test_what_is_wrong_is_told(enterprise, terms, field):
    with pytest.raises(Invalid) as refusal:
        give(enterprise, **terms)
    assert list(told(refusal)) == [field]


@pytest.mark.parametrize(
    "name", ["wu_the_applicant", "wang_the_sauce_brewer", "wang_dehai_the_head", "zhou_the_acceptor"]
)
def test_nobody_but_the_head_lets_others_act(name, enterprise, request):
    somebody = request.getfixturevalue(name)
    another = give(enterprise, login_name="malan")
    with pytest.raises(NotPermitted):
        give(enterprise, somebody)
    with pytest.raises(NotPermitted):
        commands.end_mandate(mandate=another, by=somebody, now=NOON)
    with pytest.raises(NotPermitted):
        commands.change_mandate(mandate=another, powers=["sign"], last_day=None, by=somebody, now=NOON)


def test_a_stranger_is_invited_and_not_simply_made_to_act(enterprise, zheng_the_head):
    with pytest.raises(NotPermitted, match="请先邀请"):
        give(enterprise, zheng_the_head, "malan")


def test_the_head_makes_nobody_head(enterprise, zheng_the_head):
    commands.end_mandate(mandate=mandate_of("wuxiaomei"), by=zheng_the_head, now=NOON)
    with pytest.raises(NotPermitted, match="以登记为准"):
        give(enterprise, zheng_the_head, "wuxiaomei", Mandate.LEGAL_REPRESENTATIVE)


def test_whoever_was_head_a_moment_ago_gives_nothing_any_more(enterprise, zheng_the_head):
    """The page was opened as head; in another window the mandate ended."""
    commands.end_mandate(mandate=mandate_of("zhengguoqiang"), by=zheng_the_head, now=NOON)
    with pytest.raises(NotPermitted, match="已经不是这家企业的法定代表人"):
        commands.end_mandate(mandate=mandate_of("wuxiaomei"), by=zheng_the_head, now=NOON)


def test_wu_lays_down_her_own_mandate(enterprise, wu_the_applicant):
    ended = commands.end_mandate(mandate=mandate_of("wuxiaomei"), by=wu_the_applicant, now=NOON)
    assert ended.valid_to == TODAY


def test_other_powers_are_another_mandate_and_the_former_one_is_kept(enterprise, zheng_the_head):
    before = mandate_of("wuxiaomei")
    changed = commands.change_mandate(
        mandate=before, powers=["draft", "receive"], last_day=date(2026, 12, 31), by=zheng_the_head, now=NOON
    )
    assert changed.pk != before.pk
    assert acting("wuxiaomei", enterprise).powers == {"draft", "receive"}
    before.refresh_from_db()
    assert (before.powers, before.ended_at) == (["draft", "sign", "receive"], NOON)
    again = commands.change_mandate(
        mandate=changed, powers=["receive", "draft"], last_day=date(2026, 12, 31), by=zheng_the_head, now=TOMORROW
    )
    assert again == changed
    assert verbs(enterprise)[-1] == "enterprise.mandate_changed"
    with pytest.raises(Conflict, match="已经结束"):
        commands.change_mandate(mandate=before, powers=["sign"], last_day=None, by=zheng_the_head, now=NOON)


def test_the_heads_own_powers_are_not_a_matter_of_choice(zheng_the_head):
    with pytest.raises(NotPermitted, match="可以办理全部事项"):
        commands.change_mandate(
            mandate=mandate_of("zhengguoqiang"), powers=["draft"], last_day=None, by=zheng_the_head, now=NOON
        )


@pytest.mark.parametrize(
    "change",
    ["powers = '{sign}'", "valid_from = '2020-01-01'", "user_id = 1", "enterprise_id = 1", "given_by_id = 1"],
)
def test_no_statement_rewrites_what_was_given(enterprise, change):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(f"UPDATE parties_mandate SET {change}")


@pytest.mark.parametrize("later", [None, date(2027, 1, 2)])
def test_no_statement_prolongs_or_revives_a_mandate(enterprise, later):
    mandate = give(enterprise, last_day=date(2026, 12, 31))
    with pytest.raises(IntegrityError, match="ends once"), transaction.atomic():
        Mandate.objects.filter(pk=mandate.pk).update(valid_to=later)
    Mandate.objects.filter(pk=mandate.pk).update(valid_to=TODAY, ended_at=NOON)
    with pytest.raises(IntegrityError, match="ends once"), transaction.atomic():
        Mandate.objects.filter(pk=mandate.pk).update(valid_to=TODAY)


def test_a_missing_power_is_said_with_whom_to_ask(enterprise, zheng_the_head):
    commands.change_mandate(
        mandate=mandate_of("wuxiaomei"), powers=["draft"], last_day=None, by=zheng_the_head, now=NOON
    )
    wu = acting("wuxiaomei", enterprise)
    permissions.demand_power(wu, "draft")
    with pytest.raises(NotPermitted, match="不包括“签收文书”。请法定代表人郑国强"):
        permissions.demand_power(wu, "receive")
