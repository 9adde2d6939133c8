"""Bans on enterprises and persons: imposing, lifting, and whom they touch."""

from datetime import date, timedelta

import pytest

from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import Invalid, NotFound, NotPermitted
from xuke.parties import bans, commands, queries_bans
from xuke.parties.bans import Barring
from xuke.parties.models import Ban, Enterprise
from xuke.tests.cast import NOON, seen_by, verbs

TODAY = NOON.date()
NUMBER = "11010519491231002X"


def impose(cast, *, by=None, person=None, kind="revoked_food", years=5, source="proceeding:1"):
    return commands.impose_ban(
        kind=kind,
        enterprise=Enterprise.objects.get(pk=cast.applicant.enterprise_id),
        person=person,
        from_on=TODAY,
        last_on=bans.last_day(TODAY, years),
        origin="夷陵区市场监督管理局吊销决定",
        source=source,
        authority_path=cast.decider.authority_path,
        by=by or cast.decider,
        now=NOON,
    )


def test_a_ban_of_five_years_ends_on_the_same_day_five_years_later():
    assert bans.last_day(date(2026, 9, 7), 5) == date(2031, 9, 7)
    assert bans.last_day(date(2024, 2, 29), 1) == date(2025, 2, 28)


def test_the_reason_names_the_article_and_the_last_day():
    ban = Barring("fraud", "甲公司", "enterprise", TODAY, date(2029, 9, 7), "行政许可法第七十九条")
    told = bans.why_barred([ban], on=TODAY)
    assert "行政许可法第七十九条" in told
    assert "2029年9月7日以前不得申请" in told
    assert bans.why_barred([ban], on=date(2029, 9, 7))
    assert bans.why_barred([ban], on=date(2029, 9, 8)) == ""


def test_a_ban_for_life_says_so_and_never_ends():
    ban = Barring("food_crime", "某人", "head", TODAY, None, "食品安全法第一百三十五条")
    assert "终身不得申请" in bans.why_barred([ban], on=date(2090, 1, 1))


def test_a_contact_who_is_banned_bars_nobody_and_staff_only_where_the_law_keeps_them_from_managing():
    contact = Barring("revoked_food", "某人", "contact", TODAY, None, "")
    liar = Barring("false_materials", "某人", "staff", TODAY, None, "")
    manager = Barring("revoked_food", "某人", "staff", TODAY, None, "")
    assert bans.why_barred([contact, liar], on=TODAY) == ""
    assert "不得从事食品生产管理工作" in bans.why_barred([contact, manager], on=TODAY)


def test_a_banned_enterprise_learns_of_its_ban_and_another_of_nothing(the_cast, the_sauce_cast):
    ban = impose(the_cast)
    assert verbs(ban) == ["ban.imposed"]
    for cast, touched in ((the_cast, 1), (the_sauce_cast, 0)):
        with seen_by(cast.applicant.scope):
            own = queries_bans.bans_touching(cast.applicant.enterprise_id, on=TODAY)
            assert len(own) == touched
            assert not Ban.objects.exists()
    with seen_by(the_sauce_cast.applicant.scope):
        assert queries_bans.bans_touching(the_cast.applicant.enterprise_id, on=TODAY) == ()


def test_a_person_is_found_again_by_number_under_another_enterprise(the_cast, the_sauce_cast):
    """汪洁 acts for the sauce brewery; banned because of the cake factory by her number, she is found there."""
    she = the_sauce_cast.applicant
    firm = Enterprise.objects.get(pk=she.enterprise_id)
    ban = commands.impose_ban(
        kind="revoked_food",
        enterprise=firm,
        person=commands.Banned(name="别名", user_id=she.user_id, duty="直接负责的主管人员"),
        from_on=TODAY,
        last_on=bans.last_day(TODAY, 5),
        origin="吊销决定",
        source="proceeding:2",
        authority_path=the_cast.decider.authority_path,
        by=the_cast.decider,
        now=NOON,
    )
    ban.refresh_from_db()
    assert (ban.person, ban.enterprise_id) == (she.name, None)
    assert bytes(ban.mark) == bytes(ban.marks()["mark"])
    found = queries_bans.bans_touching(firm, on=TODAY)
    assert {(each.role, each.certain) for each in found} == {("contact", True)}
    assert bans.why_barred(found, on=TODAY) == ""
    Enterprise.objects.filter(pk=firm.pk).update(legal_representative=she.name)
    found = queries_bans.bans_touching(firm, on=TODAY)
    assert ("head", True) in {(each.role, each.certain) for each in found}
    assert "法定代表人（负责人）汪洁" in bans.why_barred(found, on=TODAY)


def test_a_namesake_whose_identity_nobody_proved_is_asked_to_prove_it(the_cast, the_yidu_cast):
    """The head of the tea factory has no account; that of the cake factory has proved another number."""
    ours = Enterprise.objects.get(pk=the_cast.applicant.enterprise_id)
    impose(the_cast, person=commands.Banned(name=ours.legal_representative, number=NUMBER), source="proceeding:3")
    assert queries_bans.bans_touching(ours, on=TODAY) == ()
    firm = Enterprise.objects.get(pk=the_yidu_cast.applicant.enterprise_id)
    impose(the_cast, person=commands.Banned(name=firm.legal_representative, number=NUMBER))
    found = queries_bans.bans_touching(firm, on=TODAY)
    assert [(each.role, each.certain) for each in found] == [("head", False)]
    assert "同名" in bans.why_barred(found, on=TODAY)
    with seen_by(the_cast.reviewer.scope):
        assert {ban.number for ban in Ban.objects.all()} == {NUMBER}


def test_another_kind_of_card_or_a_ban_without_number_leaves_the_doubt_and_the_account_is_certain(the_cast):
    """The head proved a resident number: a ban that knows a passport, or a name alone, cannot tell; an account can."""
    ours = Enterprise.objects.get(pk=the_cast.applicant.enterprise_id)
    head = ours.legal_representative
    impose(the_cast, person=commands.Banned(name=head, number=NUMBER), source="proceeding:4")
    Ban.objects.filter(source="proceeding:4").update(document="passport")
    impose(the_cast, person=commands.Banned(name=head), source="proceeding:5")
    found = queries_bans.bans_touching(ours, on=TODAY)
    assert [(each.role, each.certain) for each in found if each.role == "head"] == [("head", False)] * 2
    account = next(each for each in queries_bans.answerable(ours) if each.name == head).user_id
    Ban.objects.filter(source="proceeding:5").update(account=account)
    certain = [each.certain for each in queries_bans.bans_touching(ours, on=TODAY) if each.role == "head"]
    assert sorted(certain) == [False, True]


def test_a_namesake_among_the_staff_is_told_of(the_cast):
    impose(the_cast, person=commands.Banned(name="李某某", number=NUMBER))
    found = queries_bans.bans_touching(the_cast.applicant.enterprise_id, on=TODAY, staff=["李某某", "王某某"])
    assert [(each.role, each.name, each.certain) for each in found] == [("staff", "李某某", False)]


def test_the_same_ban_from_the_same_decision_is_imposed_once(the_cast):
    assert impose(the_cast) == impose(the_cast)
    assert Ban.objects.count() == 1


def test_only_a_decider_or_the_system_bans_and_a_wrong_number_is_told(the_cast):
    for who in (the_cast.reviewer, the_cast.applicant):
        with pytest.raises(NotPermitted):
            impose(the_cast, by=who)
    with pytest.raises(Invalid):
        impose(the_cast, person=commands.Banned(name="某人", number="123"))
    assert impose(the_cast, by=SYSTEM)


def test_a_lifted_ban_touches_nobody_and_another_county_lifts_none(the_cast, the_yidu_cast):
    ban = impose(the_cast)
    with pytest.raises(NotFound):
        commands.lift_ban(ban=ban, reason="误写", by=the_yidu_cast.decider, now=NOON)
    commands.lift_ban(ban=ban, reason="吊销决定被复议机关撤销", by=the_cast.decider, now=NOON)
    assert queries_bans.bans_touching(the_cast.applicant.enterprise_id, on=TODAY) == ()
    assert queries_bans.bans_touching(the_cast.applicant.enterprise_id, on=TODAY - timedelta(days=1)) == ()
    assert verbs(ban) == ["ban.imposed", "ban.lifted"]


def test_an_officer_sees_who_answers_for_an_enterprise_and_an_enterprise_does_not(the_cast, the_sauce_cast):
    with seen_by(the_cast.reviewer.scope):
        found = queries_bans.answerable(the_cast.applicant.enterprise_id)
    assert [(each.name, each.is_proven) for each in found] == [("郑国强", True), (the_cast.applicant.name, True)]
    with seen_by(the_sauce_cast.applicant.scope):
        assert queries_bans.answerable(the_cast.applicant.enterprise_id) == []
