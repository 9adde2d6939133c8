"""The list of bans: entering what others decided, finding it, lifting it."""

from __future__ import annotations

import pytest

from xuke.licensing.tests.officer_desk import MOST_STATEMENTS, Desk
from xuke.parties.bans import why_barred
from xuke.parties.models import Ban, Enterprise
from xuke.parties.queries_bans import bans_touching
from xuke.tests.cast import NOON

LIST, NEW = "/office/bans/", "/office/bans/new/"
TODAY = NOON.date()


@pytest.fixture
def desk(client):
    return Desk(client)


def typed(**change):
    known = {"kind": "revoked_food", "from_on": "2026-09-01", "origin": "武汉市市场监督管理局武市监罚〔2026〕1号"}
    return known | change


def test_a_ban_decided_elsewhere_is_entered_with_the_period_of_the_law(desk, the_cast):
    enterprise = Enterprise.objects.get(pk=the_cast.applicant.enterprise_id)
    assert desk.send(the_cast.decider, NEW, typed(uscc=enterprise.uscc)).goes_to == LIST
    ban = Ban.objects.get()
    assert (ban.enterprise_id, str(ban.last_on)) == (enterprise.pk, "2031-09-01")
    assert "食品安全法第一百三十五条" in why_barred(bans_touching(enterprise, on=TODAY), on=TODAY)
    shown = desk.open(the_cast.reviewer, f"{LIST}?q={enterprise.name[2:6]}")
    assert enterprise.name in shown.main and len(shown.statements) <= MOST_STATEMENTS


def test_a_person_is_banned_for_life_by_number_and_the_list_tells_no_number(desk, the_cast):
    number = "11010519491231002X"
    sent = desk.send(the_cast.decider, NEW, typed(kind="food_crime", name="李 某", number=number))
    assert sent.goes_to == LIST
    ban = Ban.objects.get()
    assert (ban.person, ban.number, ban.last_on) == ("李某", number, None)
    shown = desk.open(the_cast.decider, LIST)
    assert "李某" in shown.main and number not in shown.html


def test_what_is_wrong_is_told_at_its_field(desk, the_cast):
    for change, told in (
        ({}, "只填一种"),
        ({"uscc": "91420506MAX000015E", "name": "某人"}, "只填一种"),
        ({"name": "某人", "from_on": "2019-12-01"}, "已经过了"),
        ({"name": "某人", "number": "123"}, "身份证"),
    ):
        sent = desk.send(the_cast.decider, NEW, typed(**change))
        assert sent.status == 422 and told in sent.main, sent.main
    assert not Ban.objects.exists()


def test_a_ban_is_lifted_with_a_reason_and_only_by_who_decides(desk, the_cast, the_yidu_cast):
    desk.send(the_cast.decider, NEW, typed(name="某人"))
    url = f"{LIST}{Ban.objects.get().pk}/lift/"
    assert desk.open(the_cast.reviewer, url).status == 403
    assert desk.send(the_yidu_cast.decider, url, {"reason": "误录。"}).status == 404
    assert desk.send(the_cast.decider, url, {"reason": ""}).status == 422
    assert desk.send(the_cast.decider, url, {"reason": "决定被复议机关撤销。"}).goes_to == LIST
    assert "某人" not in desk.open(the_cast.decider, LIST).main
    assert "已解除" in desk.open(the_cast.decider, f"{LIST}?over=1").main
