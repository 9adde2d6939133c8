"""身份核对: an officer looks at a card, so that a namesake of somebody banned can go on, and the banned one cannot."""

from __future__ import annotations

from datetime import timedelta

import pytest

from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import Conflict, Invalid, NotPermitted
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS, Desk
from xuke.parties import commands
from xuke.parties.bans import why_barred
from xuke.parties.models import Enterprise, IdentityCheck
from xuke.parties.queries_bans import bans_touching
from xuke.tests.cast import NOON, seen_by, told, verbs

TODAY = NOON.date()
BANNED, HIS_OWN = "11010519491231002X", "440524188001010014"
LOOKED = "当面查验身份证原件，出生日期、号码与限制记录都不相同。"
PAGE = "/office/counter/identity/"


@pytest.fixture
def enterprise(the_cast):
    return Enterprise.objects.get(pk=the_cast.applicant.enterprise_id)


@pytest.fixture
def ban(the_cast):
    """Somewhere a 王伟 is banned by his number."""
    return impose(the_cast)


def impose(cast, name="王伟", number=BANNED):
    return commands.impose_ban(
        kind="revoked_food",
        person=commands.Banned(name=name, number=number),
        from_on=TODAY,
        last_on=TODAY + timedelta(days=1826),
        origin="武汉市市场监督管理局吊销决定",
        source="",
        authority_path=cast.decider.authority_path,
        by=SYSTEM,
        now=NOON,
    )


def check(ban, enterprise, cast, **words):
    words = {"name": "王伟", "is_same": False, "number": HIS_OWN, "note": LOOKED, "by": cast.acceptor, **words}
    return commands.check_identity(ban=ban, enterprise=enterprise, now=NOON, **words)


def barred(enterprise, *staff):
    return why_barred(bans_touching(enterprise, on=TODAY, staff=staff), on=TODAY)


def test_the_technician_who_only_shares_a_name_is_cleared_and_the_journal_tells_how(ban, enterprise, the_cast):
    assert "窗口" in barred(enterprise, "王伟") and "身份核对" in barred(enterprise, "王伟")
    checked = check(ban, enterprise, the_cast)
    assert barred(enterprise, "王伟") == ""
    kept = bans_touching(enterprise, on=TODAY, staff=["王伟"])[0]
    assert (kept.cleared, kept.certain) == (True, False) and LOOKED in kept.checked and "周敏" in kept.checked
    assert verbs(checked) == ["identity_check.made"]
    assert HIS_OWN not in str(vars(checked)), "nobody keeps the number of somebody who did nothing"


def test_it_counts_for_this_ban_this_enterprise_and_this_name_only(ban, enterprise, the_cast, the_yidu_cast):
    check(ban, enterprise, the_cast)
    elsewhere = Enterprise.objects.get(pk=the_yidu_cast.applicant.enterprise_id)
    assert barred(elsewhere, "王伟")
    impose(the_cast, name="李强")
    assert barred(enterprise, "李强")
    impose(the_cast, number="110105194912310038")
    assert barred(enterprise, "王伟"), "another 王伟 was banned since"


def test_the_banned_one_is_not_talked_out_of_it(ban, enterprise, the_cast):
    with pytest.raises(Invalid) as refused:
        check(ban, enterprise, the_cast, number=BANNED)
    assert "一致" in told(refused)["number"]
    with pytest.raises(Invalid) as refused:
        check(ban, enterprise, the_cast, number="")
    assert "号码" in told(refused)["number"], "a ban that knows a number is compared with one"
    check(ban, enterprise, the_cast, is_same=True, number=BANNED)
    assert "不得从事食品生产管理工作" in barred(enterprise, "王伟")
    with pytest.raises(Invalid) as refused:
        check(ban, enterprise, the_cast, is_same=True, number=HIS_OWN)
    assert "不一致" in told(refused)["number"]


def test_no_other_document_proves_that_somebody_is_not_the_banned_one(ban, enterprise, the_cast):
    for document, number in (("passport", "X"), ("passport", "E12345678"), ("permit_hk_mo", HIS_OWN)):
        with pytest.raises(Invalid):
            check(ban, enterprise, the_cast, document=document, number=number)
    with pytest.raises(Invalid) as refused:
        check(ban, enterprise, the_cast, document="passport", number="E12345678")
    assert "居民身份证" in told(refused)["document"] and barred(enterprise, "王伟")
    check(ban, enterprise, the_cast, is_same=True, document="passport", number="E12345678")
    assert "不得从事食品生产管理工作" in barred(enterprise, "王伟"), "that it is them, who knows them may say"


def test_a_ban_that_only_knows_a_name_needs_the_officers_account_of_it(enterprise, the_cast):
    ban = impose(the_cast, number="")
    with pytest.raises(Invalid) as refused:
        check(ban, enterprise, the_cast, number="", note=" ")
    assert "note" in told(refused)
    check(ban, enterprise, the_cast, number="", note="向作出决定的机关核实，被限制人员出生于1949年。")
    assert barred(enterprise, "王伟") == ""


def test_only_who_accepts_or_decides_checks_and_only_where_there_is_a_doubt(ban, enterprise, the_cast):
    for who in (the_cast.reviewer, the_cast.applicant):
        with pytest.raises(NotPermitted):
            check(ban, enterprise, the_cast, by=who)
    with pytest.raises(Conflict, match="没有需要核对"):
        check(ban, enterprise, the_cast, name="王五")
    with seen_by(the_cast.decider.scope):
        assert check(ban, enterprise, the_cast, by=the_cast.decider).is_same is False
    with seen_by(the_cast.applicant.scope):
        assert not IdentityCheck.objects.exists()
        assert barred(enterprise, "王伟") == ""


def test_the_next_county_clears_nobody_unless_the_case_lies_there(client, ban, enterprise, the_cast, the_yidu_cast):
    yang, there = the_yidu_cast.acceptor, the_yidu_cast.acceptor.authority_path
    for path in ("", the_cast.acceptor.authority_path):
        with seen_by(yang.scope), pytest.raises(NotPermitted, match="不在您的辖区"):
            check(ban, enterprise, the_cast, by=yang, case_path=path)
    shown = Desk(client).open(yang, f"{PAGE}?uscc={enterprise.uscc}&name=王伟")
    assert "不在您的辖区" in shown.main and "吊销决定" not in shown.main
    assert barred(enterprise, "王伟")
    with seen_by(yang.scope):
        check(ban, enterprise, the_cast, by=yang, case_path=there)
    assert barred(enterprise, "王伟") == ""


def test_at_the_counter_zhou_finds_the_namesake_and_checks(client, ban, enterprise, the_cast):
    desk = Desk(client)
    shown = desk.open(the_cast.acceptor, f"{PAGE}?uscc={enterprise.uscc}&name=王伟")
    assert "武汉市市场监督管理局吊销决定" in shown.main and BANNED not in shown.html
    assert len(shown.statements) <= MOST_STATEMENTS
    typed = {"match": f"{ban.pk}:王伟", "verdict": "different", "document": "resident_id", "number": "", "note": LOOKED}
    where = f"{PAGE}?uscc={enterprise.uscc}&name=王伟"
    assert desk.send(the_cast.acceptor, where, typed).status == 422
    done = desk.send(the_cast.acceptor, where, {**typed, "number": HIS_OWN})
    assert done.status == 302
    after = desk.open(the_cast.acceptor, where)
    assert "不是同一人" in after.main and "周敏" in after.main
    assert "没有这家企业" in desk.open(the_cast.acceptor, f"{PAGE}?uscc=91420506MAX000999E&name=王伟").main
