"""The whole story: an enterprise registers, applies, is visited, gets its certificate, and the public verifies it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import zxingcpp
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from xuke.catalogue import score_sheet
from xuke.config.demonstration.people import PASSWORD, resident_number
from xuke.foundation.identifiers import credit_code
from xuke.foundation.journal import legal_day
from xuke.tests.browser.conftest import AtScreen
from xuke.tests.browser.places import TO_SIGN, sign
from xuke.tests.browser.screens import PHONE, Screen

pytestmark = pytest.mark.browser

FIRM = "宜昌桂子坊食品有限公司"
USCC = credit_code.compose(registrar="91", division="420506", organisation="MAY00001")
HER_PASSWORD = "Gui-Zi-Fang-2026"
EQUIPMENT = (
    ("和面机", "HM-50", "2", "配料"),
    ("隧道烤炉", "SL-12", "1", "烘烤"),
    ("枕式包装机", "BZ-350", "3", "包装"),
)


def test_an_enterprise_applies_and_the_public_verifies_its_certificate(
    at_screen: AtScreen, worker: object, papers: dict[str, Path], tmp_path: Path
) -> None:
    she = at_screen()
    _register(she)
    _fill_in(she, papers)
    case = _submit(she)
    officer = f"/office/applications/{case}/"
    _accept(at_screen(), officer)
    _assign(at_screen("chenlixin"), officer)
    _score(at_screen("sunyutong", size=PHONE), officer)
    _confirm(she, case)
    _conclude(at_screen("zhaohaifeng"), officer)
    _propose(at_screen("chenlixin"), officer)
    _grant(at_screen("liuzhengping"), officer)
    certificate = _download(she, case, tmp_path / "certificate.pdf")
    _verify(at_screen(), certificate)


# --- the applicant ----------------------------------------------------------------------------------------------------


def _register(she: Screen) -> None:
    she.open("/")
    she.look("01-home")
    she.follow("我的申请")
    she.look("02-login")
    she.follow("登记企业")
    she.look("03-register")
    she.fill(
        uscc=USCC,
        enterprise_name=FIRM,
        legal_representative="桂明远",
        domicile="湖北省宜昌市夷陵区小溪塔街道兴禾路20号",
        name="桂小圆",
        number=resident_number(70_001, "420506"),
        mobile="19900070001",
        login_name="guixiaoyuan",
        password=HER_PASSWORD,
        password_again=HER_PASSWORD,
    )
    she.choose(division_code="420506")
    she.choose(capacity="case_contact")
    she.press("登记并登录")
    she.reads(FIRM)
    she.look("04-desk-empty")


def _fill_in(she: Screen, papers: dict[str, Path]) -> None:
    she.press("新的申请")
    she.look("10-form-enterprise")
    she.fill(enterprise__contact_name="桂小圆", enterprise__contact_phone="13800005678")
    she.press("保存并进入下一步")
    she.choose(site__division_code="420506")
    she.fill(
        site__production_address="小溪塔街道兴禾路20号3幢",
        site__area="1500",
        site__surroundings="四周为厂区道路，无污染源。",
    )
    she.look("11-form-site")
    she.press("保存并进入下一步")
    _choose_products(she)
    for kind in ("equipment_layout_plan", "process_flow_chart", "trial_product_report"):
        she.page.locator(f'[name="products.{kind}"]').set_input_files(papers[kind])
    she.press(re.compile(r"上传\s*食品生产设备布局图"))
    she.reads("设备布局图.pdf", "工艺流程图.pdf")
    she.look("12-form-products")
    she.press("保存并进入下一步")
    _list_equipment(she)
    she.look("13-form-equipment")
    she.press("保存并进入下一步")
    she.fill(people__list__0__name="桂小圆", people__list__0__education="本科，食品科学与工程")
    she.choose(people__list__0__duty="both")
    she.page.locator('[name="people.food_safety_rules"]').set_input_files(papers["food_safety_rules"])
    she.look("14-form-people")
    she.press("保存并进入下一步")


def _choose_products(she: Screen) -> None:
    she.page.get_by_label("查找类别").fill("糕点")
    she.button(re.compile(r"添加\s*2401")).click()
    she.fill(products__varieties__0__detail="烘烤类糕点：酥类、松酥类")
    she.page.get_by_role("button", name="饼干").first.click()
    she.button(re.compile(r"添加\s*0801")).click()
    she.fill(products__varieties__1__detail="酥性饼干")
    she.reads("已选2个品种", "由宜昌市夷陵区市场监督管理局受理")


def _list_equipment(she: Screen) -> None:
    for place, row in enumerate(EQUIPMENT):
        if place:
            she.button("再填一行").click()
        for name, text in zip(("name", "model", "quantity", "use"), row, strict=True):
            she.page.locator(f'[name="equipment.list.{place}.{name}"]').fill(text)


def _submit(she: Screen) -> str:
    """The identifier of the case."""
    she.reads("各步都填好了")
    she.page.get_by_label("以上内容真实、合法、有效，由本企业负责").check()
    she.look("15-form-declaration")
    she.press(TO_SIGN)
    she.reads("下面是您将要签名的全部内容", "用哪种方式签名")
    she.look("15a-sign")
    sign(she, HER_PASSWORD)
    she.reads("已提交", "申请已进入宜昌市夷陵区市场监督管理局", "最迟")
    she.look("16-submitted")
    she.follow("查看进度")
    she.look("17-case-submitted")
    return she.place.split("/")[3]


def _download(she: Screen, case: str, target: Path) -> Path:
    she.open("/my/")
    she.look("80-desk-granted")
    she.open(f"/my/applications/{case}/")
    she.look("81-case-granted")
    she.follow("准予许可决定书")
    she.look("82-grant-decision")
    for _ in range(60):
        she.open("/my/licences/")
        if she.link("下载").count():
            break
        she.page.wait_for_timeout(500)
    she.look("83-licences")
    with she.page.expect_download() as arriving:
        she.link("下载").first.click()
    arriving.value.save_as(target)
    return target


# --- officers ---------------------------------------------------------------------------------------------------------


def _accept(zhou: Screen, case: str) -> None:
    zhou.log_in("zhoumin", PASSWORD)
    zhou.reads("等我办理", FIRM)
    zhou.look("20-inbox-acceptor")
    zhou.press(re.compile(rf"领取\s*{FIRM}"))
    zhou.follow(FIRM)
    zhou.look("21-case-submitted")
    zhou.follow("受理")
    zhou.look("22-accept")
    zhou.press("受理，签发受理通知书")
    zhou.reads("已受理")
    zhou.look("23-case-accepted")


def _assign(chen: Screen, case: str) -> None:
    chen.open("/office/")
    chen.look("30-inbox-reviewer")
    chen.open(case)
    chen.press("开始审查")
    chen.follow("派出核查组")
    for name in ("赵海峰", "孙雨桐"):
        chen.page.get_by_label(f"{name}参加").check()
    chen.page.get_by_label("赵海峰任组长").check()
    chen.fill(visit_on=legal_day(timezone.now()).isoformat(), opinion="材料齐全，需要现场核查。")
    chen.choose(observer="何志强")
    chen.look("31-assign")
    chen.press("派出核查组，签发通知书")
    chen.reads("核查中", "孙雨桐")
    chen.look("32-case-assigned")


def _score(sun: Screen, case: str) -> None:
    """34 items, one-handed: the best mark for all but two."""
    sun.open("/office/visits/")
    sun.look("40-visits")
    sun.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    sun.follow("评分")
    items = score_sheet.items()
    for item in items:
        _show_part_of(sun, item.number)
        card = sun.page.locator(f'[data-item="{item.number}"]')
        choice = card.locator("label[for^=s]").nth(1 if item.number in (2, 8) else 0)
        choice.click()
        if item.number == 2:
            card.locator("textarea").fill("东侧地面有一处积水，已要求一周内整改。")
    expect(sun.page.locator("[data-left]")).to_have_text("0")
    expect(sun.page.locator("[data-unsent]")).to_have_text("0项")
    sun.look("41-visit-scored")
    sun.follow("核对并确认评分")
    sun.look("42-confirm-sheet")
    sun.press("核对无误，确认")
    sun.reads("孙雨桐，组员")


def _show_part_of(sun: Screen, number: int) -> None:
    part = sun.page.locator(f'[data-part]:has([data-item="{number}"])')
    if part.is_hidden():
        sun.page.locator(f'[data-tab="{part.get_attribute("data-part")}"]').click()


def _confirm(she: Screen, case: str) -> None:
    """She reads what the team wrote down, and confirms that it is so."""
    she.open(f"/my/applications/{case}/")
    she.follow("核对现场核查评分")
    she.reads("核查组的评分")
    she.look("43-my-sheet")
    she.press("核对无误，确认")
    she.reads("已经确认")


def _conclude(zhao: Screen, case: str) -> None:
    zhao.open(case)
    zhao.look("50-case-verifier")
    zhao.follow("结束核查")
    zhao.page.get_by_label("已签字").check()
    zhao.look("51-conclude")
    zhao.press("结束核查")


def _propose(chen: Screen, case: str) -> None:
    chen.open(case)
    chen.look("60-case-verified")
    chen.follow("拟定审查意见")
    chen.fill(opinion="材料齐全；现场核查通过；试制食品检验合格。建议准予许可。")
    chen.look("61-propose")
    chen.press("交决定人员")


def _grant(liu: Screen, case: str) -> None:
    liu.open("/office/")
    liu.look("70-inbox-decider")
    liu.open(case)
    liu.look("71-case-decider")
    liu.follow("准予许可")
    liu.look("72-grant")
    liu.press("作出准予许可决定")
    liu.reads("准予许可")
    liu.look("73-case-granted")


# --- the public -------------------------------------------------------------------------------------------------------


def _verify(somebody: Screen, certificate: Path) -> None:
    somebody.open("/verify/")
    somebody.look("90-verify")
    somebody.page.locator("[name=file]").set_input_files(certificate)
    somebody.press("上传并核验")
    somebody.reads("真实，现行有效", FIRM)
    somebody.look("91-verified-by-file")
    address = urlsplit(_qr_text(certificate))
    somebody.open(address.path)
    somebody.reads("真实，现行有效", FIRM)
    somebody.look("92-verified-by-code")
    done = subprocess.run(
        [sys.executable, "-m", "xuke.config.cli", "verify", str(certificate)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _qr_text(certificate: Path) -> str:
    """What a phone reads from the printed first page."""
    subprocess.run(
        ["pdftoppm", "-r", "150", "-png", "-singlefile", certificate, certificate.with_suffix("")],
        check=True,
        timeout=60,
    )
    with Image.open(certificate.with_suffix(".png")) as picture:
        found = zxingcpp.read_barcodes(picture)
    assert len(found) == 1
    return str(found[0].text)
