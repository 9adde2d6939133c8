"""Whatever people do wrong, or two at once: a clear sentence, the right status, nothing lost, nothing half done."""

from __future__ import annotations

import re
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from xuke.config.demonstration.people import PASSWORD, number_of
from xuke.tests.browser.conftest import AtScreen
from xuke.tests.browser.places import CONFIRM, TO_SIGN, case, end_session, step, verbs
from xuke.tests.browser.screens import Screen
from xuke.tests.cast import Bring

pytestmark = pytest.mark.browser

TWO_GB = 2 * 1024**3


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_pdf_that_is_none_is_told_at_its_field_and_nothing_else_is_lost(
    at_screen: AtScreen, now_at: Bring, papers: dict[str, Path], tmp_path: Path
) -> None:
    draft, wu = now_at("draft"), at_screen("wuxiaomei")
    false = tmp_path / "工艺流程图.pdf"
    false.write_text("这不是PDF", encoding="utf-8")
    wu.open(step(draft, "products"))
    wu.fill(products__varieties__0__detail="烘烤类糕点：桃酥")
    wu.field("products.process_flow_chart").set_input_files(false)
    wu.field("products.equipment_layout_plan").set_input_files(papers["equipment_layout_plan"])
    assert wu.press("保存并进入下一步").status == 422
    told = wu.page.locator("[id='id_products.process_flow_chart_error']")
    expect(told).to_contain_text("工艺流程图.pdf")
    expect(told).to_contain_text("PDF")
    expect(wu.page.locator("#errors")).to_be_focused()
    expect(wu.field("products.varieties.0.detail")).to_have_value("烘烤类糕点：桃酥")
    wu.look("a01-not-a-pdf")
    assert verbs(draft).count("application.material_filed") == 5


def test_two_gigabytes_are_told_before_they_are_sent(at_screen: AtScreen, now_at: Bring, tmp_path: Path) -> None:
    draft, wu = now_at("draft"), at_screen("wuxiaomei")
    huge = tmp_path / "全部图纸.pdf"
    with huge.open("wb") as file:
        file.truncate(TWO_GB)
    wu.open(step(draft, "products"))
    before = wu.place
    wu.field("products.process_flow_chart").set_input_files(huge)
    wu.reads("全部图纸.pdf 有2147.5 MB，最多50.0 MB，没有上传")
    wu.button("保存并进入下一步").click()
    assert wu.place == before
    wu.look("a02-too-large")


def test_two_gigabytes_are_refused_before_they_are_read(site: str, at_screen: AtScreen) -> None:
    """Somebody whose browser does not ask first."""
    place = urlsplit(site)
    with socket.create_connection((str(place.hostname), place.port or 80), timeout=20) as wire:
        wire.sendall(
            b"POST /verify/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=x\r\n"
            + f"Content-Length: {TWO_GB}\r\n\r\n".encode()
        )
        answer = b""
        while b"</html>" not in answer and (part := wire.recv(65_536)):
            answer += part
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert "一次最多上传55 MB，这次超过了，没有接收。" in answer.decode()


# --- twice, and two at once -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("javascript", [True, False])
def test_a_double_click_submits_once(at_screen: AtScreen, now_at: Bring, javascript: bool) -> None:
    draft, wu = now_at("draft"), at_screen("wuxiaomei", javascript=javascript)
    wu.open(step(draft, "declaration"))
    wu.press(TO_SIGN)
    wu.fill(password=PASSWORD)
    wu.button(CONFIRM).dblclick()
    wu.page.wait_for_url("**/submitted/")
    wu.reads("已提交", "申请已进入宜昌市夷陵区市场监督管理局")
    assert verbs(draft).count("application.submitted") == 1


def test_who_comes_second_reads_who_was_first_and_keeps_what_was_typed(at_screen: AtScreen, now_at: Bring) -> None:
    submitted = now_at("submitted")
    zhou, wen = at_screen("zhoumin"), at_screen("zhouwen")
    zhou.open(case(submitted, "ask-correction"))
    zhou.fill(**{"items-0-item": "食品生产设备布局图", "items-0-defect": "内包装间与冷却区未标明隔断"})
    wen.open(case(submitted, "accept"))
    wen.press("受理，签发受理通知书")
    assert zhou.press("签发补正告知书").status == 409
    zhou.reads("周文", "受理", "409")
    zhou.page.get_by_text("保留我的填写").click()
    zhou.reads("内包装间与冷却区未标明隔断")
    zhou.look("a03-second")
    zhou.follow("看最新情况")
    assert verbs(submitted).count("application.accepted") == 1


def test_who_comes_second_goes_on_where_the_step_is_still_open(at_screen: AtScreen, now_at: Bring) -> None:
    submitted = now_at("submitted")
    zhou, wen = at_screen("zhoumin"), at_screen("zhouwen")
    zhou.open(case(submitted, "not-competent"))
    zhou.fill(competent="宜昌市市场监督管理局", reason="这个类别由设区的市许可。")
    wen.open(case(submitted))
    wen.press("领取")
    wen.press("退回待领")
    assert zhou.press("签发通知书，办结").status == 409
    zhou.reads("周文", "看最新情况（新窗口）")
    expect(zhou.field("reason")).to_have_value("这个类别由设区的市许可。")
    zhou.look("a04-go-on-from-the-newest")
    zhou.press("签发通知书，办结")
    assert verbs(submitted)[-1] == "application.told_not_competent"


# --- where one has no business ----------------------------------------------------------------------------------------


def test_a_step_that_is_not_open_says_why(at_screen: AtScreen, now_at: Bring) -> None:
    submitted, liu = now_at("submitted"), at_screen("liuzhengping")
    answer = liu.open(case(submitted, "grant"))
    assert answer.status == 409
    liu.reads("审查人员拟定意见之后才能作出决定。")
    liu.look("a05-not-open")
    liu.follow("回到等我办理")


def test_somebody_elses_application_is_not_there(at_screen: AtScreen, now_at: Bring) -> None:
    submitted, wang = now_at("submitted"), at_screen("wangjie")
    own = f"/my/applications/{submitted.pk}/"
    for place in (own, f"{own}form/site/", f"{own}content/", f"{own}retract/", "/my/applications/nothing/"):
        assert wang.open(place).status == 404, place
        wang.reads("没有找到")
    wang.open(own)
    assert "禾穗坊" not in wang.page.content()
    wang.look("a06-not-found")
    assert wang.open(case(submitted)).status == 403
    wang.look("a07-not-permitted")


# --- a session that ends ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("javascript", [True, False])
def test_a_session_that_expires_in_mid_form_loses_no_field(
    at_screen: AtScreen, now_at: Bring, javascript: bool
) -> None:
    draft, wu = now_at("draft"), at_screen("wuxiaomei", javascript=javascript)
    wu.open(step(draft, "site"))
    end_session("wuxiaomei")
    wu.fill(site__production_address="小溪塔街道兴禾路16号9幢", site__surroundings="东侧是厂区道路。\n西侧是绿地。")
    assert wu.press("保存并进入下一步").status == 401
    wu.reads("登录已过期，填写的内容都在")
    if javascript:
        wu.look("a08-session-expired")
    wu.press("重新登录")
    wu.reads("您填写的内容都在")
    wu.fill(username="wuxiaomei", password="Xuke-Demo-2026")
    wu.press("登录")
    wu.reads("已登录，填写的内容都在", "小溪塔街道兴禾路16号9幢")
    if javascript:
        wu.look("a09-resume")
    wu.press("接着提交")
    assert wu.place == step(draft, "products")
    wu.open(step(draft, "site"))
    expect(wu.field("site.production_address")).to_have_value("小溪塔街道兴禾路16号9幢")
    expect(wu.field("site.surroundings")).to_have_value("东侧是厂区道路。\n西侧是绿地。")


def test_what_an_officer_wrote_outlives_the_session(at_screen: AtScreen, now_at: Bring) -> None:
    submitted, zhou = now_at("submitted"), at_screen("zhoumin")
    zhou.open(case(submitted, "ask-correction"))
    zhou.fill(**{"items-0-item": "食品安全管理制度", "items-0-defect": "缺少留样制度"})
    end_session("zhoumin")
    assert zhou.press("签发补正告知书").status == 401
    zhou.press("重新登录")
    zhou.fill(username="zhoumin", password="Xuke-Demo-2026")
    zhou.press("登录")
    zhou.reads("缺少留样制度")
    zhou.press("接着提交")
    zhou.reads("待补正", "缺少留样制度")


def test_an_autosave_without_a_session_says_so_in_words(at_screen: AtScreen, now_at: Bring) -> None:
    draft, wu = now_at("draft"), at_screen("wuxiaomei")
    wu.open(step(draft, "site"))
    end_session("wuxiaomei")
    wu.fill(site__area="1300")
    wu.reads("登录已过期，刚才的修改还没有保存。请继续填写并提交")
    expect(wu.field("site.area")).to_have_value("1300")


# --- what is typed ----------------------------------------------------------------------------------------------------


def test_a_wrong_check_digit_is_named_at_registration(at_screen: AtScreen) -> None:
    somebody, right = at_screen(), number_of(7777, "420506")
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    somebody.open("/register/")
    somebody.fill(uscc=wrong, enterprise_name="宜昌某某食品有限公司", password="Gui-Zi-Fang-2026")
    assert somebody.press("登记并登录").status == 422
    somebody.reads("校验")
    expect(somebody.field("enterprise_name")).to_have_value("宜昌某某食品有限公司")
    expect(somebody.page.locator("#errors")).to_be_focused()
    somebody.look("a10-register-wrong")


def test_a_character_that_no_font_has_is_refused_by_name(at_screen: AtScreen, now_at: Bring) -> None:
    draft, wu = now_at("draft"), at_screen("wuxiaomei")
    wu.open(step(draft, "site"))
    wu.fill(site__production_address="小溪塔街道𠮷祥路16号")
    assert wu.press("保存并进入下一步").status == 422
    wu.reads("“𠮷”（U+20BB7）")
    wu.open(step(draft, "declaration"))
    assert wu.press(TO_SIGN).status == 422
    wu.reads("“𠮷”（U+20BB7）")
    wu.look("a11-rare-character")
    assert "application.submitted" not in verbs(draft)


def test_five_wrong_passwords_close_the_door_for_a_while(at_screen: AtScreen) -> None:
    somebody = at_screen()
    for attempt in range(1, 6):
        answer = _try(somebody, "zhoumin", "wrong-password")
        assert answer == (429 if attempt == 5 else 422)
    somebody.reads("密码连续输错5次，这个登录名在这里暂停登录15分钟")
    somebody.look("a12-throttled")
    assert _try(somebody, "zhoumin", "Xuke-Demo-2026") == 429
    assert _try(somebody, "chenlixin", "Xuke-Demo-2026") == 200


def _try(somebody: Screen, login_name: str, password: str) -> int:
    somebody.open("/login/")
    somebody.fill(username=login_name, password=password)
    return somebody.press(re.compile("^登录$")).status
