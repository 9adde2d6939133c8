"""Everything works without a script: from the login to the receipt, and what officers do with it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from xuke.catalogue import score_sheet
from xuke.config.demonstration.people import PASSWORD
from xuke.tests.browser.conftest import AtScreen
from xuke.tests.browser.places import TO_SIGN, case, sign, verbs
from xuke.tests.browser.screens import PHONE, Screen
from xuke.tests.cast import Bring, everything

pytestmark = pytest.mark.browser

FIRM = "宜昌禾穗坊食品有限公司"


def test_an_application_is_filed_and_accepted_without_a_script(at_screen: AtScreen, papers: dict[str, Path]) -> None:
    wu = at_screen(javascript=False)
    wu.log_in("wuxiaomei", PASSWORD)
    wu.press("新的申请")
    wu.fill(enterprise__contact_name="吴晓梅", enterprise__contact_phone="0717-1234567")
    wu.press("保存并进入下一步")
    wu.choose(site__division_code="420506")
    wu.fill(site__production_address="小溪塔街道兴禾路16号", site__area="800", site__surroundings="厂区四周是道路。")
    wu.press("保存并进入下一步")
    _choose_products(wu)
    for kind in ("equipment_layout_plan", "process_flow_chart"):
        wu.field(f"products.{kind}").set_input_files(papers[kind])
    wu.press("保存并进入下一步")
    wu.fill(equipment__list__0__name="烤炉", equipment__list__0__quantity="2")
    wu.press("再填一行")
    wu.fill(equipment__list__1__name="包装机", equipment__list__1__quantity="1")
    wu.press("保存并进入下一步")
    wu.fill(people__list__0__name="吴晓梅")
    wu.choose(people__list__0__duty="both")
    wu.field("people.food_safety_rules").set_input_files(papers["food_safety_rules"])
    wu.press("保存并进入下一步")
    wu.reads("各步都填好了", "烤炉", "包装机")
    wu.field("declaration.truthful").last.check()
    wu.press(TO_SIGN)
    sign(wu)
    wu.reads("已提交", "申请已进入宜昌市夷陵区市场监督管理局")
    _accept(at_screen(javascript=False))


def _choose_products(wu: Screen) -> None:
    wu.fill(q="糕点")
    wu.press("查找")
    wu.press(re.compile(r"添加\s*2401"))
    wu.fill(products__varieties__0__detail="烘烤类糕点：桃酥")
    wu.press(re.compile("粮食加工品"))
    wu.press(re.compile(r"添加\s*0101"))
    wu.fill(products__varieties__1__detail="通用")
    wu.press(re.compile(r"移除\s*0101"))
    wu.reads("已选1个品种", "由宜昌市夷陵区市场监督管理局受理")


def _accept(zhou: Screen) -> None:
    zhou.log_in("zhoumin", PASSWORD)
    zhou.press(re.compile(rf"领取\s*{FIRM}"))
    zhou.follow(FIRM)
    zhou.follow("受理")
    zhou.press("受理，签发受理通知书")
    zhou.reads("已受理")


def test_the_sheet_is_a_form_part_after_part_without_a_script(at_screen: AtScreen, now_at: Bring) -> None:
    assigned = now_at("verification_assigned")
    sun = at_screen("sunyutong", size=PHONE, javascript=False)
    sun.open(case(assigned, "visit"))
    for _ in score_sheet.parts():
        for card in sun.page.locator("[data-part]:not([hidden]) [data-item]").all():
            card.locator("label[for^=s]").first.click()
        sun.press("保存，下一部分", within="body")
    sun.reads("还有0项未评", within="body")
    with everything():
        assigned.refresh_from_db()
        assert len(assigned.visit.sheet["common"]) == len(score_sheet.items())


def test_one_press_without_a_script_is_one_step(at_screen: AtScreen, now_at: Bring) -> None:
    accepted, chen = now_at("accepted"), at_screen("chenlixin", javascript=False)
    chen.open(case(accepted))
    chen.button("开始审查").dblclick()
    chen.page.wait_for_load_state()
    chen.reads("审查中")
    assert verbs(accepted).count("application.review_begun") == 1


@pytest.mark.parametrize("javascript", [True, False])
def test_a_number_is_shown_on_demand_and_that_is_noted(at_screen: AtScreen, now_at: Bring, javascript: bool) -> None:
    submitted, zhou = now_at("submitted"), at_screen("zhoumin", javascript=javascript)
    zhou.open(case(submitted))
    zhou.reads("138****5678")
    zhou.button(re.compile("^显示")).click()
    zhou.reads("13800005678")
    assert verbs(submitted)[-1] == "application.contact_shown"
