"""Particulars of an authority change, an authority is closed and opened again; nothing of its past moves."""

import pytest

from xuke.accounts import commands, queries
from xuke.accounts.models import Authority
from xuke.accounts.officers import Role
from xuke.accounts.tests.posts import YICHANG, YIDU, YILING, appoint, authority, user_of
from xuke.accounts.tests.test_establish_and_add import establish
from xuke.foundation import journal
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import Conflict, Invalid, NotPermitted
from xuke.tests.cast import NOON, told, verbs


def change(code=YILING, by=SYSTEM, reason="换址", **changes):
    return commands.change_authority(authority=authority(code), changes=changes, reason=reason, by=by, now=NOON)


def close(code=YILING, by=SYSTEM, reason="机构改革"):
    return commands.close_authority(authority=authority(code), reason=reason, by=by, now=NOON)


def reopen(code=YILING, by=SYSTEM, reason="撤销有误"):
    return commands.reopen_authority(authority=authority(code), reason=reason, by=by, now=NOON)


@pytest.fixture
def shi_of_yichang(world):
    user = commands.add_user(login_name="shishi", name="石市", password=None, by=SYSTEM, now=NOON)
    appoint(user, code=YICHANG, role=Role.SYSTEM_ADMINISTRATOR)
    return queries.officer(user, today=NOON.date())


def test_shi_corrects_the_telephone(shi_the_system_administrator):
    change(by=shi_the_system_administrator, phone="0717-1", name=" 宜昌市夷陵区市场监管局 ")
    found = authority()
    assert (found.phone, found.name, found.revision) == ("0717-1", "宜昌市夷陵区市场监管局", 2)
    facts = journal.history(found.stream)[-1].facts
    assert facts["reason"] == "换址"
    assert facts["changes"]["机关名称"] == {"from": "宜昌市夷陵区市场监督管理局", "to": "宜昌市夷陵区市场监管局"}


def test_a_mark_that_was_used_is_nobody_elses(world):
    change(abbreviation="夷陵市监")
    assert authority().former_abbreviations == ["夷市监"]
    with pytest.raises(Conflict, match="夷市监由宜昌市夷陵区市场监督管理局用过"):
        change(YIDU, abbreviation="夷市监")
    with pytest.raises(Conflict, match="用过"):
        establish(abbreviation="夷市监")
    change(abbreviation="夷市监")
    assert authority().former_abbreviations == ["夷陵市监"]


def test_what_names_one_authority_names_no_other(world):
    with pytest.raises(Conflict, match=r"统一社会信用代码.*属于宜都市市场监督管理局"):
        change(uscc=authority(YIDU).uscc)
    with pytest.raises(Conflict, match="已由宜都市市场监督管理局使用"):
        change(abbreviation="都市监")


def test_what_does_not_do_is_told(world, shi_the_system_administrator):
    with pytest.raises(Invalid) as refusal:
        change(name="", court="院" * 101, uscc="1")
    assert sorted(told(refusal)) == ["court", "name", "uscc"]
    with pytest.raises(Conflict, match="没有改变"):
        change(phone="12315")
    with pytest.raises(Invalid, match="请写明修改的原因"):
        change(phone="1", reason="", by=shi_the_system_administrator)


def test_a_closed_authority_gets_no_new_applications_and_no_new_people(world, he_the_supervisor):
    close()
    assert queries.authority_of(YILING) is None
    assert queries.officer(user_of(he_the_supervisor), today=NOON.date()).has(Role.SUPERVISOR)
    with pytest.raises(Conflict, match="已经撤销"):
        close()
    assert verbs(authority())[-1] == "authority.closed"


def test_it_opens_again(world):
    close()
    reopen()
    assert queries.authority_of(YILING) == authority()
    with pytest.raises(Conflict, match="没有撤销"):
        reopen()


def test_a_tree_is_closed_from_below_and_opened_from_above(world, shi_of_yichang):
    with pytest.raises(Conflict, match="下面还有2个机关"):
        close(YICHANG)
    with pytest.raises(NotPermitted, match="不归您管理"):
        close("420000", by=shi_of_yichang)
    close(YILING, by=shi_of_yichang)
    close(YIDU, by=shi_of_yichang)
    close(YICHANG, by=shi_of_yichang)
    with pytest.raises(Conflict, match="请先恢复上级机关"):
        reopen(YILING)
    with pytest.raises(Conflict, match="上级机关宜昌市市场监督管理局已经撤销"):
        establish()
    reopen(YICHANG)
    assert reopen(YILING).closed_on is None


def test_the_root_stays(world):
    Authority.objects.exclude(code="420000").update(closed_on=NOON.date())
    with pytest.raises(Conflict, match="最上级的机关不能撤销"):
        close("420000")


@pytest.mark.parametrize("verb", [change, close, reopen])
@pytest.mark.parametrize("name", ["gao_the_administrator", "qian_the_auditor", "liu_the_decider", "wu_the_applicant"])
def test_nobody_else_changes_an_authority(verb, name, request, world):
    with pytest.raises(NotPermitted, match="机构由本机关或者上级机关的系统管理人员维护"):
        verb(by=request.getfixturevalue(name))


@pytest.mark.parametrize("verb", [change, close, reopen])
def test_shi_changes_nothing_elsewhere(verb, shi_the_system_administrator):
    with pytest.raises(NotPermitted, match="不归您管理"):
        verb(YIDU, by=shi_the_system_administrator)
