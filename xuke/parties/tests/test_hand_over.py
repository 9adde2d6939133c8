"""Somebody leaves: by one act of the enterprise itself."""

from __future__ import annotations

from datetime import date

import pytest

from xuke.accounts.models import User
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import Conflict, Invalid, NotFound, NotPermitted
from xuke.parties import commands, queries
from xuke.parties.models import Mandate
from xuke.parties.tests.conftest import mandate_of
from xuke.tests.cast import NOON, verbs

TODAY = NOON.date()


@pytest.fixture
def ma(enterprise):
    """马兰, who may receive notices until the end of the year."""
    return commands.give_mandate(
        user=User.objects.get(login_name="malan"),
        enterprise=enterprise,
        capacity="case_contact",
        powers=["receive"],
        last_day=date(2026, 12, 31),
        by=SYSTEM,
        now=NOON,
    )


def hand_over(by, successor, leaver="wuxiaomei"):
    return commands.hand_over(leaver=mandate_of(leaver), successor=successor, by=by, now=NOON)


def test_the_leaver_is_out_at_once_and_the_successor_may_do_what_they_might(enterprise, zheng_the_head, ma):
    mandate = hand_over(zheng_the_head, ma)
    assert queries.applicant(User.objects.get(login_name="wuxiaomei"), today=TODAY, enterprise=enterprise) is None
    assert (mandate.user.name, mandate.covers, mandate.valid_to) == ("马兰", {"draft", "sign", "receive"}, None)
    assert verbs(enterprise)[-1] == "enterprise.handed_over"


def test_whoever_may_do_it_all_already_keeps_their_mandate(enterprise, zheng_the_head):
    head = mandate_of("zhengguoqiang")
    assert hand_over(zheng_the_head, head) == head


def test_handing_over_twice_does_it_once(zheng_the_head, ma):
    hand_over(zheng_the_head, ma)
    with pytest.raises(Conflict, match="已经结束"):
        hand_over(zheng_the_head, mandate_of("malan"))


def test_nobody_hands_over_to_themselves_or_to_another_enterprise(zheng_the_head, wang_dehai_the_head):
    with pytest.raises(Invalid, match="接手的人"):
        hand_over(zheng_the_head, mandate_of("wuxiaomei"))
    with pytest.raises(NotFound):
        hand_over(zheng_the_head, mandate_of("wangjie"))


@pytest.mark.parametrize("name", ["wu_the_applicant", "wang_dehai_the_head", "zhou_the_acceptor"])
def test_nobody_but_the_head_hands_over(name, ma, request):
    with pytest.raises(NotPermitted):
        hand_over(request.getfixturevalue(name), ma)


def test_the_heads_office_is_not_handed_over_but_registered(zheng_the_head, ma):
    with pytest.raises(NotPermitted, match="变更登记"):
        hand_over(zheng_the_head, ma, "zhengguoqiang")
    assert Mandate.objects.get(pk=ma.pk).ended_at is None
