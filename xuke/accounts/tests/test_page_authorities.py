"""The pages of authorities: the tree, one authority, the steps of the system administrator."""

import pytest

from xuke.accounts import commands, queries
from xuke.accounts.models import Authority
from xuke.accounts.officers import Role
from xuke.accounts.tests.posts import HUBEI, YICHANG, YIDU, YILING, appoint, authority
from xuke.accounts.tests.provinces import province
from xuke.accounts.tests.test_import_authorities import ours, rows_of
from xuke.config.demonstration.people import number_of
from xuke.foundation.actors import SYSTEM
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS
from xuke.tests.cast import NOON

TREE = "/office/admin/"
WHY = "机构由本机关或者上级机关的系统管理人员维护。"
SEERS = ["shi_the_system_administrator", "gao_the_administrator", "qian_the_auditor"]


def at(code, verb=""):
    return f"/office/admin/authorities/{code}/" + (f"{verb}/" if verb else "")


@pytest.fixture
def shi_of_hubei(world, shi_the_system_administrator):
    """The system administrator of the province."""
    user = commands.add_user(login_name="shengshi", name="石敬之", password=None, by=SYSTEM, now=NOON)
    appoint(user, code=HUBEI, role=Role.SYSTEM_ADMINISTRATOR)
    return queries.officer(user, today=NOON.date())


@pytest.fixture
def hubei(world):
    commands.import_authorities(rows=rows_of(ours(province())), by=SYSTEM, now=NOON, reason="导入")


@pytest.mark.parametrize("name", SEERS)
def test_whoever_administers_or_audits_sees_the_own_place(name, desk, request):
    page = desk.open(request.getfixturevalue(name), TREE)
    assert page.status == 200
    assert "宜昌市夷陵区市场监督管理局420506 · 夷市监10人" in page.main
    assert "宜都市" not in page.main
    assert "安全管理 高岚" in page.main and "系统管理 石希同" in page.main and "审计 钱慎" in page.main
    assert ("设立机关" in page.main) and ((WHY in page.main) == (name != "shi_the_system_administrator"))


@pytest.mark.parametrize("name", ["zhou_the_acceptor", "he_the_supervisor", "liu_the_decider"])
@pytest.mark.parametrize("url", [TREE, at(YILING), at(YILING, "change"), "/office/admin/new/", "/office/admin/import/"])
def test_whoever_handles_cases_has_no_business_here(name, url, desk, request):
    page = desk.open(request.getfixturevalue(name), url)
    assert page.status == 403
    assert "这个页面由" in page.words


def test_an_applicant_and_a_stranger_have_none_either(desk, wu_the_applicant, client):
    assert desk.open(wu_the_applicant, TREE).status == 403
    client.logout()
    answer = client.get(TREE)
    assert answer.status_code == 303 and answer["Location"].startswith("/login/")


def test_a_province_is_one_page_with_every_authority(hubei, shi_of_hubei, desk):
    page = desk.open(shi_of_hubei, TREE)
    assert "共117个机关" in page.main
    assert page.html.count('href="/office/admin/authorities/') == 117
    assert "恩施土家族苗族自治州" in page.main and "仙桃市" in page.main
    assert len(page.statements) <= MOST_STATEMENTS


@pytest.mark.parametrize("words", ["夷陵", "4205", "夷市监"])
def test_the_tree_is_searched_by_name_code_and_mark(words, hubei, shi_of_hubei, desk):
    page = desk.open(shi_of_hubei, f"{TREE}?q={words}")
    assert "宜昌市夷陵区市场监督管理局" in page.main
    assert "恩施" not in page.main
    assert "没有找到" in desk.open(shi_of_hubei, f"{TREE}?q=火星").main


@pytest.mark.parametrize("name", SEERS)
def test_an_authority_tells_about_itself(name, desk, request):
    page = desk.open(request.getfixturevalue(name), at(YILING))
    for words in ("县级 · 420506", "上级：宜昌市市场监督管理局", "周敏受理", "宜昌市夷陵区人民法院", "设立机关"):
        assert words in page.main, words
    assert len(page.statements) <= MOST_STATEMENTS


@pytest.mark.parametrize("code", [YIDU, YICHANG, HUBEI, "999999"])
def test_an_authority_elsewhere_is_not_found(code, desk, shi_the_system_administrator):
    page = desk.open(shi_the_system_administrator, at(code))
    assert page.status == 404 and "没有找到这个机关" in page.words


def test_shi_corrects_the_particulars(desk, shi_the_system_administrator):
    page = desk.open(shi_the_system_administrator, at(YILING, "change"))
    assert page.value_of("phone") == "12315"
    facts = {name: page.value_of(name) for name in ("name", "abbreviation", "uscc", "reconsideration_body", "court")}
    done = desk.send(
        shi_the_system_administrator, at(YILING, "change"), {**facts, "phone": "0717-1", "reason": "换号码"}
    )
    assert (done.status, done.goes_to) == (303, at(YILING))
    assert "电话由“12315”改为“0717-1”；原因：换号码；石希同" in desk.open(shi_the_system_administrator, at(YILING)).main


def test_what_is_missing_or_the_same_is_told_in_the_form(desk, shi_the_system_administrator):
    page = desk.send(shi_the_system_administrator, at(YILING, "change"), {"name": "x"})
    assert page.status == 422
    assert "请填写文号代字" in page.main and "请填写原因" in page.main
    page = desk.open(shi_the_system_administrator, at(YILING, "change"))
    same = {name: page.value_of(name) for name in ("name", "abbreviation", "uscc", "reconsideration_body", "court")}
    page = desk.send(shi_the_system_administrator, at(YILING, "change"), {**same, "phone": "12315", "reason": "无"})
    assert page.status == 409 and "内容没有改变" in page.main


def test_shi_closes_and_reopens(desk, shi_the_system_administrator):
    assert "过去的申请、文书、证书和日志都留在原处" in desk.open(shi_the_system_administrator, at(YILING, "close")).main
    done = desk.send(shi_the_system_administrator, at(YILING, "close"), {"reason": "机构改革"})
    assert done.goes_to == at(YILING)
    page = desk.open(shi_the_system_administrator, at(YILING))
    assert "已撤销" in page.main and "恢复机关" in page.main and "不再任命人员" not in page.main.partition("人员")[0]
    assert desk.send(shi_the_system_administrator, at(YILING, "reopen"), {"reason": "撤错了"}).goes_to == at(YILING)
    assert authority().closed_on is None


def test_shi_of_hubei_establishes_a_county(desk, shi_of_hubei):
    page = desk.open(shi_of_hubei, f"/office/admin/new/?parent={YICHANG}")
    assert 'value="420500" selected' in page.html
    facts = {
        "parent": YICHANG,
        "level": "county",
        "code": " 420528 ",
        "name": "长阳土家族自治县市场监督管理局",
        "abbreviation": "长市监",
        "uscc": number_of(1, "420528", registrar="11"),
        "reconsideration_body": "长阳土家族自治县人民政府",
        "court": "长阳土家族自治县人民法院",
        "reason": "下放到县",
    }
    assert desk.send(shi_of_hubei, "/office/admin/new/", facts).goes_to == TREE
    assert Authority.objects.get(code="420528").path == "420000/420500/420528/"
    again = desk.send(shi_of_hubei, "/office/admin/new/", facts)
    assert again.status == 409 and "行政区划420528已经设有机关" in again.main
    wrong = desk.send(shi_of_hubei, "/office/admin/new/", {**facts, "parent": YILING, "code": "42"})
    assert wrong.status == 422


@pytest.mark.parametrize("verb", ["change", "close", "reopen"])
def test_nobody_else_takes_a_step(verb, desk, gao_the_administrator, qian_the_auditor, shi_the_system_administrator):
    for officer in (gao_the_administrator, qian_the_auditor):
        assert desk.open(officer, at(YILING, verb)).status == 403
        assert desk.send(officer, at(YILING, verb), {"reason": "x"}).status == 403
    assert desk.open(shi_the_system_administrator, at(YIDU, verb)).status == 404


def test_administrators_begin_here_and_see_no_cases(desk, shi_the_system_administrator, gao_the_administrator):
    for officer in (shi_the_system_administrator, gao_the_administrator):
        assert desk.open(officer, "/start/").goes_to == TREE
        page = desk.open(officer, TREE)
        assert "机构" in page.words and "人员" in page.words and "等我办理" not in page.words
        assert 'action="/office/all/"' not in page.html
        closed = desk.open(officer, "/office/")
        assert closed.status == 403 and "不查看办件" in closed.words and 'href="/office/admin/"' in closed.html
