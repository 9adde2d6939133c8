"""Administrators at their screens: a province from one sheet, posts, a deputy, and a dismissal that acts at once."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from xuke.accounts import commands
from xuke.accounts.models import Authority, User
from xuke.accounts.officers import Role
from xuke.accounts.tests.provinces import as_xlsx, province
from xuke.accounts.tests.test_import_authorities import ours
from xuke.foundation.actors import SYSTEM
from xuke.foundation.journal import legal_day
from xuke.licensing import commands as licensing
from xuke.licensing.models import Application
from xuke.tests.browser.conftest import AtScreen
from xuke.tests.browser.places import case
from xuke.tests.browser.screens import PHONE
from xuke.tests.cast import Bring, Cast, World, everything

pytestmark = pytest.mark.browser


def person(login_name: str, verb: str = "") -> str:
    """The page of a person, or of a step about them."""
    with everything():
        number = User.objects.get(login_name=login_name).pk
    return f"/office/admin/people/{number}/" + (f"{verb}/" if verb else "")


def in_days(number: int) -> str:
    """A day, as a field takes it."""
    return (legal_day(timezone.now()) + timedelta(days=number)).isoformat()


@pytest.fixture
def province_sheet(tmp_path: Path, world: World) -> Path:
    """Hubei as somebody typed it, with the four authorities that are there as they are."""
    with everything():
        rows = ours(province())
    path = tmp_path / "湖北省机构表.xlsx"
    path.write_bytes(as_xlsx(rows))
    return path


@pytest.fixture
def shi_of_hubei(world: World) -> str:
    """A system administrator of the province, by login name."""
    with everything():
        place = Authority.objects.get(code="420000")
    now = timezone.now()
    user = commands.add_user(login_name="shijingzhi", name="石敬之", password=None, by=SYSTEM, now=now)
    commands.appoint(user=user, authority=place, role=Role.SYSTEM_ADMINISTRATOR, by=SYSTEM, now=now)
    return "shijingzhi"


def test_a_province_comes_from_one_sheet(at_screen: AtScreen, shi_of_hubei: str, province_sheet: Path) -> None:
    shi = at_screen(shi_of_hubei)
    shi.open("/start/")
    assert shi.place == "/office/admin/"
    shi.reads("共4个机关", "系统管理 石敬之")
    shi.follow("导入机构表")
    with shi.page.expect_download() as download:
        shi.link("下载机构表").click()
    assert download.value.suggested_filename == "机构表.xlsx"
    shi.look("admin-import")
    shi.field("file").set_input_files(province_sheet)
    shi.press("上传，先看会改什么")
    shi.reads("还没有导入", "新设113行", "不变4行")
    shi.look("admin-import-preview")
    shi.press("导入：新设113个，修改0个")
    shi.reads("共117个机关", "恩施土家族苗族自治州", "仙桃市")
    shi.look("admin-authorities")
    shi.page.locator("main input[name=q]").fill("长阳")
    shi.press("查找")
    shi.reads("找到1个")
    shi.follow(re.compile("长阳土家族自治县"))
    shi.reads("还没有人员", "设立机关", "湖北省机构表.xlsx")
    shi.look("admin-authority-new")


def test_what_is_wrong_in_a_sheet_is_told_row_by_row(
    at_screen: AtScreen, shi_of_hubei: str, tmp_path: Path, world: World
) -> None:
    with everything():
        rows = ours(province())[:12]
    rows[2][5], rows[4][2], rows[5][4] = "1142010", rows[6][2], "429999"
    path = tmp_path / "有错误.xlsx"
    path.write_bytes(as_xlsx(rows))
    shi = at_screen(shi_of_hubei)
    shi.open("/office/admin/import/")
    shi.field("file").set_input_files(path)
    shi.press("上传，先看会改什么")
    shi.reads("一行也没有导入", "没有代码为429999的上级机关", "重复")
    assert not shi.button(re.compile("^导入：")).count()
    shi.look("admin-import-wrong")


def test_gao_adds_appoints_and_lets_a_colleague_stand_in(at_screen: AtScreen, world: World) -> None:
    gao = at_screen("gaolan")
    gao.open("/start/")
    gao.follow("人员", within=".xk-rail")
    gao.look("admin-people")
    gao.follow("新建人员")
    gao.look("admin-person-new")
    gao.fill(name="秦新", login_name="qinxin", reason="公开招录")
    gao.page.get_by_label(re.compile("^受理：")).check()
    gao.press("新建并任命")
    gao.reads("秦新的初始密码", "只显示这一次")
    gao.look("admin-first-password")
    gao.follow("看秦新的岗位")
    gao.reads("还没有改初始密码", "接收申请，告知补正")
    gao.follow("任命")
    gao.page.get_by_label(re.compile("^审计：")).check()
    gao.fill(reason="兼任")
    gao.press("任命")
    gao.reads("审计人员只查看、不办理，不能兼任其他岗位")
    gao.look("admin-appoint-refused")
    gao.page.get_by_label(re.compile("^监督：")).check()
    gao.press("任命")
    gao.reads("查看本辖区的全部办件")
    gao.open(person("zhouwen", "deputy"))
    gao.look("admin-deputy")
    gao.choose(user=gao.page.get_by_role("option", name="秦新").get_attribute("value") or "")
    gao.fill(until=in_days(400), reason="年休假")
    gao.press("安排代理")
    gao.reads("代理最长一年")
    gao.fill(until=in_days(5))
    gao.press("安排代理")
    gao.reads("由同事代理", "由秦新代理", "年休假")


def test_what_an_absent_colleague_claimed_is_in_the_deputys_inbox(
    at_screen: AtScreen, now_at: Bring, the_cast: Cast, world: World
) -> None:
    submitted = now_at("submitted")
    licensing.claim(application=submitted, by=the_cast.acceptor, now=timezone.now())
    gao, he = at_screen("gaolan"), at_screen("hezhiqiang")
    he.open(case(submitted))
    he.reads("周敏")
    gao.open(person("zhoumin", "deputy"))
    gao.choose(user=gao.page.get_by_role("option", name="何志强").get_attribute("value") or "")
    gao.fill(until=in_days(2), reason="外出培训")
    gao.press("安排代理")
    gao.reads("由同事代理", "由何志强代理", "外出培训")
    gao.look("admin-person")
    he.open("/office/")
    he.reads("禾穗坊")
    he.open(case(submitted, "accept"))
    he.press(re.compile("受理"), exact=False)
    with everything():
        assert Application.objects.get(pk=submitted.pk).state == "accepted"


def test_a_dismissal_acts_at_once_on_an_open_page(at_screen: AtScreen, world: World) -> None:
    gao, he = at_screen("gaolan"), at_screen("hezhiqiang", size=PHONE)
    he.open("/office/all/")
    he.reads("本单位在办")
    gao.open(person("hezhiqiang"))
    gao.follow(re.compile("^免职"))
    gao.reads("立即生效")
    gao.look("admin-dismiss")
    gao.press("免职")
    gao.reads("请填写原因")
    gao.fill(reason="调离")
    gao.press("免职")
    gao.reads("现在没有岗位", "免职", "原因：调离")
    he.page.reload()
    expect(he.page.locator("main")).not_to_contain_text("本单位在办")
    he.look("admin-dismissed")
