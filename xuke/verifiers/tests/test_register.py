"""The register is kept by whoever keeps the people, and everybody declares their own recusal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connection

from xuke.accounts import commands as accounts
from xuke.accounts.models import Authority, Posting, User
from xuke.accounts.officers import Role
from xuke.accounts.queries import officer
from xuke.foundation import journal
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import Conflict, Invalid, NotPermitted, Refused
from xuke.licensing import commands as licensing
from xuke.licensing import teams
from xuke.licensing.handlers import tell_unfit_stranger
from xuke.parties.models import Enterprise
from xuke.tests.cast import NOON, at_once, everything, seen_by, told, verbs
from xuke.verifiers import commands, handlers, queries, rules
from xuke.verifiers.models import Recognition, Recusal, Verifier

TODAY = NOON.date()


@pytest.fixture
def zhao(world):
    return Verifier.objects.get(user__login_name="zhaohaifeng")


@pytest.fixture
def yiling(world):
    return Authority.objects.get(code="420506")


def facts(row, uscc="", on=TODAY):
    (found,) = queries.of_users([row.user_id], uscc=uscc, on=on).values()
    return found


def test_gao_keeps_the_register_and_zhao_does_not(zhao, gao_the_administrator, zhao_the_leader):
    with pytest.raises(NotPermitted, match="安全管理人员维护"):
        commands.suspend(verifier=zhao, reason="我自己", by=zhao_the_leader, now=NOON)
    commands.suspend(
        verifier=zhao, reason="投诉核查中", until=TODAY + timedelta(days=3), by=gao_the_administrator, now=NOON
    )
    assert rules.why_not(facts(zhao), rules.VisitFacts(TODAY + timedelta(days=3)))
    assert not rules.why_not(facts(zhao), rules.VisitFacts(TODAY + timedelta(days=4)))
    commands.reinstate(verifier=zhao, reason="查清了", by=gao_the_administrator, now=NOON)
    commands.withdraw(verifier=zhao, reason="退休", by=gao_the_administrator, now=NOON)
    with pytest.raises(Conflict, match="退出名册"):
        commands.suspend(verifier=zhao, reason="再来", by=gao_the_administrator, now=NOON)
    zhao.refresh_from_db()
    assert verbs(zhao)[-3:] == ["verifier.suspended", "verifier.reinstated", "verifier.withdrawn"]


def test_an_administrator_of_yidu_keeps_nobody_of_yiling(zhao, the_yidu_cast, world):
    user = accounts.add_user(login_name="keeper-yidu", name="都管", password="Xuke-Demo-2026", by=SYSTEM, now=NOON)
    accounts.appoint(
        user=user, authority=the_yidu_cast.authority, role=Role.SECURITY_ADMINISTRATOR, by=SYSTEM, now=NOON
    )
    keeper = officer(user, today=TODAY)
    with pytest.raises(NotPermitted, match="不归您的机关管理"):
        commands.withdraw(verifier=zhao, reason="x", by=keeper, now=NOON)


def test_a_credential_that_ended_is_renewed_and_a_number_belongs_to_one(zhao, gao_the_administrator):
    yesterday = TODAY - timedelta(days=1)
    renew = {"verifier": zhao, "issuer": "省局", "by": gao_the_administrator, "now": NOON}
    commands.renew_credential(credential="旧证", valid_from=date(2020, 1, 1), valid_to=yesterday, **renew)
    assert "到期" in rules.why_not(facts(zhao), rules.VisitFacts(TODAY))[0]
    sun = Verifier.objects.get(user__login_name="sunyutong")
    with pytest.raises(Invalid) as refusal:
        commands.renew_credential(credential=sun.credential, valid_from=TODAY, valid_to=None, **renew)
    assert list(told(refusal)) == ["credential"]
    with pytest.raises(Invalid) as refusal:
        commands.renew_credential(credential="", valid_from=TODAY, valid_to=yesterday, **renew)
    assert list(told(refusal)) == ["valid_to", "credential"]
    commands.renew_credential(credential="新证", valid_from=TODAY, valid_to=None, **renew)
    assert not rules.why_not(facts(zhao), rules.VisitFacts(TODAY))


def test_a_verifier_of_hunan_goes_once_the_credential_is_recognised(zhao, gao_the_administrator):
    commands.renew_credential(
        verifier=zhao,
        credential="湘食核1号",
        issuer="湖南省局",
        issuing_province="43",
        valid_from=TODAY,
        valid_to=None,
        by=gao_the_administrator,
        now=NOON,
    )
    visit = rules.VisitFacts(TODAY, province="42", place=zhao.authority_path)
    assert "互认" in rules.why_not(facts(zhao), visit)[0]
    keep = {"document": "湖南省局名册查询", "authority": zhao.authority, "by": gao_the_administrator, "now": NOON}
    commands.recognise(verifier=zhao, **keep)
    assert not rules.why_not(facts(zhao), visit)
    again = commands.recognise(verifier=zhao, until=TODAY, **keep)
    assert Recognition.objects.get(ended_on=None) == again and not rules.why_not(facts(zhao), visit)
    assert "当天无效" in rules.why_not(facts(zhao), replace(visit, on=TODAY + timedelta(days=1)))[0]
    commands.end_recognition(recognition=again, reason="湖南省局已注销证件", by=gao_the_administrator, now=NOON)
    assert "互认" in rules.why_not(facts(zhao), visit)[0]
    assert verbs(again) == ["recognition.recorded", "recognition.ended"]


@pytest.fixture
def hunan(yiling):
    """Another province in the same system, with its own tree."""
    place = {"code": "430000", "path": "430000/", "name": "湖南省市场监督管理局", "abbreviation": "湘市监"}
    kept = {field.attname: getattr(yiling, field.attname) for field in Authority._meta.concrete_fields}
    kept |= place | {"id": None, "parent_id": None, "level": "province", "uscc": "11430000000000000X"}
    return Authority.objects.create(**kept)


def test_somebody_whom_hunan_keeps_is_recognised_by_yiling_and_goes(
    hunan, zhao, at, yiling, the_cast, gao_the_administrator
):
    """Sun is in the register of Hunan, and serves in Yiling for a while."""
    sun = Verifier.objects.get(user__login_name="sunyutong")
    Verifier.objects.filter(pk=sun.pk).update(authority=hunan, authority_path="430000/", issuing_province="43")
    application, on = at("document_review"), TODAY + timedelta(days=1)

    def against():
        return teams.candidates(application, on=on).reasons()[str(sun.pk)][0]

    assert against() == ("证件由外省颁发，还没有登记互认（国市监质监〔2020〕152号）",)
    found = queries.holder(sun.credential, sun.name)
    keep = {"document": "湖南省局名册查询", "by": gao_the_administrator, "now": NOON}
    with pytest.raises(NotPermitted, match="不归您的机关管理"):
        commands.recognise(verifier=found, authority=hunan, **keep)
    with pytest.raises(Conflict, match="不需要互认"):
        commands.recognise(verifier=zhao, authority=yiling, **keep)
    with seen_by(gao_the_administrator.scope):
        made = commands.recognise(verifier=found, authority=yiling, **keep)
    assert against() == ()
    team = [zhao.user_id, sun.user_id]
    application = licensing.assign_verification(
        application=application, team=team, leader=team[0], visit_on=on, by=the_cast.reviewer, now=NOON
    )
    with seen_by(gao_the_administrator.scope):
        commands.end_recognition(recognition=made, reason="不再借调", by=gao_the_administrator, now=NOON)
    tell_unfit_stranger(SimpleNamespace(stream=made.stream), NOON)
    told_of = [event for event in journal.history(application.stream) if event.verb == "application.unfit_told"]
    assert told_of[-1].facts["person"] == sun.name and "互认" in told_of[-1].facts["reason"]


def test_training_and_examinations_add_up(zhao, gao_the_administrator):
    keep = {"verifier": zhao, "by": gao_the_administrator, "now": NOON}
    commands.record_training(day=date(2025, 5, 1), title="审查通则", hours=Decimal("24"), **keep)
    commands.record_training(day=date(2025, 6, 1), title="细则", hours=Decimal("16.5"), **keep)
    failed = commands.record_examination(day=date(2026, 1, 5), title="年度考核", points=Decimal("59"), **keep)
    passed = commands.record_examination(day=date(2026, 3, 5), title="补考", points=Decimal("88"), **keep)
    commands.record_remark(kind="witness", day=date(2026, 3, 6), title="见证评价良好", **keep)
    zhao.refresh_from_db()
    assert (zhao.training, failed.passed, passed.passed) == ({"2025": 40.5}, False, True)
    assert zhao.examined_until == date(2029, 3, 4)
    with pytest.raises(Invalid, match="不能在今天以后"):
        commands.record_training(day=TODAY + timedelta(days=1), title="未来", hours=Decimal(1), **keep)


def test_whoever_fails_an_examination_does_not_verify_until_the_next_one_is_passed(zhao, gao_the_administrator):
    def take(day, points):
        commands.record_examination(
            verifier=zhao, day=day, title="考核", points=Decimal(points), by=gao_the_administrator, now=NOON
        )
        return rules.why_not(facts(zhao), rules.VisitFacts(TODAY))

    assert not take(date(2026, 1, 5), 88)
    assert take(date(2026, 8, 3), 50) == (
        "2026年8月3日考核不合格，重新考核合格以前不能核查（核查人员管理要求，待核实）",
    )
    assert not rules.why_not(facts(zhao), rules.VisitFacts(date(2026, 8, 2))), "before, he was fit"
    assert "8月3日" in take(date(2026, 9, 1), 40)[0]
    assert "8月3日" in take(date(2026, 3, 2), 90)[0], "one from before changes nothing"
    assert not take(date(2026, 9, 3), 75)


def test_zhao_declares_that_he_stays_away_and_only_he_or_the_keeper_may(
    zhao, zhao_the_leader, sun_the_verifier, the_cast
):
    firm = the_cast.applicant
    uscc = Enterprise.objects.get(pk=firm.enterprise_id).uscc
    declare = {
        "verifier": zhao,
        "enterprise_name": "宜昌禾穗坊食品有限公司",
        "ground": "former_employment",
        "now": NOON,
    }
    with pytest.raises(NotPermitted, match="本人申报"):
        commands.declare_recusal(uscc=uscc, by=sun_the_verifier, **declare)
    with pytest.raises(Invalid):
        commands.declare_recusal(uscc="123", by=zhao_the_leader, **declare)
    made = commands.declare_recusal(uscc=uscc, ended_on=date(2024, 1, 1), by=zhao_the_leader, **declare)
    assert "离职不满3年" in rules.why_not(facts(zhao, uscc), rules.VisitFacts(TODAY))[0]
    assert not rules.why_not(facts(zhao, uscc), rules.VisitFacts(date(2027, 1, 2)))
    commands.end_recusal(recusal=made, reason="登记有误", by=zhao_the_leader, now=NOON)
    assert not rules.why_not(facts(zhao, uscc), rules.VisitFacts(TODAY))


def test_what_zhao_declared_is_asked_in_another_prefecture_and_seen_by_no_applicant(
    zhao, zhao_the_leader, the_cast, the_yidu_cast
):
    uscc = Enterprise.objects.get(pk=the_cast.applicant.enterprise_id).uscc
    commands.declare_recusal(
        verifier=zhao, uscc=uscc, enterprise_name="某", ground="shares", by=zhao_the_leader, now=NOON
    )
    with seen_by(the_yidu_cast.reviewer.scope):
        assert facts(zhao, uscc).recusals and not Recusal.objects.exists()
    with seen_by(the_cast.applicant.scope):
        assert not Verifier.objects.exists() and not Recusal.objects.exists()


def test_whoever_is_appointed_enters_the_register_with_what_the_post_tells(the_cast, yiling):
    user = User.objects.get(login_name="hezhiqiang")
    accounts.appoint(user=user, authority=yiling, role=Role.VERIFIER, credential="鄂食核99号", by=SYSTEM, now=NOON)
    for _ in range(2):
        handlers.enter_appointed(SimpleNamespace(stream=user.stream), NOON)
    row = Verifier.objects.get(user=user)
    assert (row.credential, row.is_entered, row.valid_to, row.specialities) == ("鄂食核99号", False, None, None)
    assert not rules.why_not(facts(row), rules.VisitFacts(TODAY, frozenset({"124"})))


def test_an_expert_needs_no_account_and_a_verifier_does(yiling, gao_the_administrator):
    keep = {"authority": yiling, "by": gao_the_administrator, "now": NOON}
    expert = commands.register(name="罗教授", qualification=rules.EXPERT, specialities=["124"], unit="某大学", **keep)
    assert (expert.user_id, expert.may_lead) == (None, False)
    with pytest.raises(Invalid) as refusal:
        commands.register(name="某人", specialities=["999"], **keep)
    assert {"user", "credential", "specialities"} <= told(refusal).keys()


def test_an_upgrade_enters_whoever_verifies_today(world):
    rows = import_module("xuke.verifiers.migrations.0002_walls").ROWS
    Verifier.objects.update(status=rules.WITHDRAWN)
    with connection.cursor() as cursor:
        cursor.execute(rows)
    entered = Verifier.objects.filter(status=rules.ACTIVE)
    found = entered.get(user__login_name="zhaohaifeng")
    assert (found.is_entered, found.valid_to, found.specialities, found.revision) == (False, None, None, 0)
    assert "鄂食核" in found.credential and found.authority.code == "420506"
    assert entered.count() == len(set(Posting.objects.filter(role=Role.VERIFIER).values_list("user_id")))
    commands.withdraw(verifier=found, reason="重复", by=SYSTEM, now=NOON)
    assert verbs(found) == ["verifier.withdrawn"]


def test_zhao_entered_anew_still_stays_away_from_a_relative_s_enterprise(zhao, zhao_the_leader, world):
    uscc = world.casts["wuxiaomei"].applicant.uscc
    commands.declare_recusal(
        verifier=zhao, uscc=uscc, enterprise_name="禾穗坊", ground="relative", by=zhao_the_leader, now=NOON
    )
    before = facts(zhao, uscc).recusals
    commands.withdraw(verifier=zhao, reason="调离", by=SYSTEM, now=NOON)
    anew = commands.register(
        authority=zhao.authority,
        user=zhao.user,
        credential=zhao.credential,
        specialities=zhao.specialities or ["01"],
        valid_from=zhao.valid_from,
        valid_to=zhao.valid_to,
        by=SYSTEM,
        now=NOON,
    )
    assert anew.pk != zhao.pk
    assert facts(anew, uscc).recusals == before != ()


def test_of_two_who_recognise_at_once_one_is_told_to_look_again(committed_db, at, the_cast, gao_the_administrator):
    with everything():
        row = Verifier.objects.select_related("authority")[:1].get()
        Verifier.objects.filter(pk=row.pk).update(issuing_province="43", credential="湘1")
        row.refresh_from_db()
    keep = {"verifier": row, "authority": row.authority, "by": gao_the_administrator, "now": NOON}
    outcomes = at_once(lambda document: commands.recognise(document=document, **keep), ["湘函一", "湘函二"])
    assert sum(isinstance(each, Recognition) for each in outcomes) >= 1
    assert all(isinstance(each, Recognition | Refused) for each in outcomes), outcomes
