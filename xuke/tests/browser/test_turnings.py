"""The turnings of the road: correction, non-acceptance, partial grant, refusal, taking an application back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from xuke.licensing.models import Application
from xuke.tests.browser.conftest import AtScreen
from xuke.tests.browser.places import TO_SIGN_AGAIN, case, mine, sign, step, verbs
from xuke.tests.browser.screens import PHONE, Screen
from xuke.tests.cast import Bring, everything

pytestmark = pytest.mark.browser

TWO_MISSING = {
    "items-0-item": "食品生产设备布局图",
    "items-0-defect": "内包装间与冷却区未标明隔断",
    "items-0-remedy": "请在图上标明隔断位置",
    "items-1-item": "食品安全管理制度",
    "items-1-defect": "缺少留样制度",
}


def test_everything_missing_is_told_once_put_right_and_accepted(
    at_screen: AtScreen, now_at: Bring, papers: dict[str, Path]
) -> None:
    submitted = now_at("submitted")
    zhou, wu = at_screen("zhoumin"), at_screen("wuxiaomei")
    zhou.open(case(submitted, "ask-correction"))
    zhou.fill(**TWO_MISSING)
    zhou.button("再加两项").click()
    expect(zhou.page.locator("#rows fieldset")).to_have_count(5)
    zhou.look("b01-ask-correction")
    zhou.press("签发补正告知书")
    zhou.reads("待补正", "缺少留样制度")
    wu.open("/my/")
    wu.reads("补正")
    wu.look("b02-desk-correction")
    wu.open(mine(submitted))
    wu.reads("需要补正2项", "内包装间与冷却区未标明隔断", "全部列明，不会再有第二份清单")
    wu.look("b03-case-correction")
    wu.follow("去补正")
    wu.open(step(submitted, "products"))
    wu.look("b04-form-correction")
    wu.field("products.equipment_layout_plan").set_input_files(papers["equipment_layout_plan"])
    wu.press(re.compile(r"替换\s*食品生产设备布局图"))
    wu.open(step(submitted, "people"))
    wu.field("people.food_safety_rules").set_input_files(papers["food_safety_rules"])
    wu.press("保存并进入下一步")
    wu.press(TO_SIGN_AGAIN)
    wu.reads("一次告知的补正内容")
    wu.look("b04a-sign-correction")
    sign(wu)
    wu.reads("补正后已重新提交")
    wu.look("b05-resubmitted")
    zhou.open("/office/")
    zhou.reads("补正后重新提交")
    zhou.open(case(submitted))
    zhou.look("b06-case-resubmitted")
    zhou.follow("受理")
    zhou.reads("第一份清单", "缺少留样制度")
    zhou.look("b07-accept-corrected")
    zhou.press("受理，签发受理通知书")
    zhou.reads("已受理")
    assert "application.accepted" in verbs(submitted)


def test_what_is_still_missing_ends_in_a_non_acceptance_that_names_it(at_screen: AtScreen, now_at: Bring) -> None:
    resubmitted = now_at("resubmitted")
    zhou, wu = at_screen("zhoumin"), at_screen("wuxiaomei")
    zhou.open(case(resubmitted))
    assert zhou.link("一次告知补正").count() == 0
    zhou.follow("不予受理")
    zhou.look("b10-decline")
    assert zhou.press("签发不予受理通知书").status == 422
    zhou.reads("请勾选第一份清单里仍然缺少的项目")
    zhou.page.get_by_role("checkbox").first.check()
    zhou.press("签发不予受理通知书")
    zhou.reads("不予受理")
    wu.open(mine(resubmitted))
    wu.look("b11-case-not-accepted")
    wu.follow("不予受理通知书")
    wu.reads("内包装间与冷却区未标明隔断", "行政复议", "行政诉讼")
    assert "缺少留样制度" not in wu.page.locator("main").inner_text()
    wu.look("b12-non-acceptance-notice")


def test_a_small_error_is_corrected_on_the_spot(at_screen: AtScreen, now_at: Bring) -> None:
    submitted = now_at("submitted")
    zhou, wu = at_screen("zhoumin"), at_screen("wuxiaomei")
    zhou.open(case(submitted, "offer-correction"))
    zhou.page.get_by_label("生产场所面积").first.fill("1250")
    zhou.look("b20-offer-correction")
    zhou.press("请申请人确认")
    wu.open(mine(submitted))
    wu.reads("确认当场更正", "1250")
    wu.look("b21-spot-correction")
    wu.press("同意，去签名")
    wu.reads("同意按上表当场更正")
    wu.look("b21a-sign-spot-correction")
    sign(wu)
    with everything():
        submitted.refresh_from_db()
    assert (submitted.state, submitted.form["site"]["area"]) == ("submitted", "1250")


def test_one_variety_fails_on_site_and_the_rest_is_granted(at_screen: AtScreen, worker: object, now_at: Bring) -> None:
    assigned = now_at("verification_assigned")
    _score_one_variety_apart(at_screen("sunyutong", size=PHONE), assigned)
    wu = at_screen("wuxiaomei")
    wu.open(f"{mine(assigned)}sheet/")
    wu.press("核对无误，确认")
    zhao = at_screen("zhaohaifeng")
    zhao.open(case(assigned, "conclude"))
    zhao.reads("没有通过", "通过现场核查", "核对确认")
    zhao.choose(applicant_signed="yes")
    zhao.look("b30-conclude-partly")
    zhao.press("结束核查")
    chen = at_screen("chenlixin")
    chen.open(case(assigned, "propose"))
    expect(chen.page.get_by_label("建议不予许可")).to_have_count(2)
    expect(chen.page.get_by_label("建议准予许可")).to_have_count(1)
    chen.fill(opinion="食品馅料没有通过现场核查，其余通过。")
    chen.look("b31-propose-partly")
    chen.press("交决定人员")
    liu = at_screen("liuzhengping")
    liu.open(case(assigned, "grant"))
    liu.reads("准予的品种", "不予许可的品种", "食品馅料")
    liu.look("b32-grant-partly")
    liu.press("作出准予许可决定")
    liu.reads("准予许可")
    wu.open("/my/licences/")
    wu.reads("糕点", "SC")
    wu.open(mine(assigned))
    wu.follow("准予许可决定书")
    wu.reads("热加工糕点", "食品馅料", "行政复议")
    wu.look("b33-grant-decision-partly")


def _score_one_variety_apart(sun: Screen, application: Application) -> None:
    """Everything conforms, except one item for the fillings."""
    sun.open(case(application, "visit"))
    sun.page.evaluate(
        "() => document.querySelectorAll('[data-item]').forEach(card => card.querySelector('[type=radio]').click())"
    )
    expect(sun.page.locator("[data-left]")).to_have_text("0")
    expect(sun.page.locator("[data-unsent]")).to_have_text("0项")
    sun.page.get_by_role("link", name=re.compile("食品馅料")).click()
    card = sun.page.locator('[data-item="1"]')
    card.locator("label", has_text="不符合").first.click()
    expect(card.locator("[data-demand]")).to_be_visible()
    card.locator("textarea").fill("馅料间没有与烘烤间分开，有异味。")
    expect(card.locator("[data-demand]")).to_be_hidden()
    card.locator("textarea").blur()
    expect(sun.page.locator("[data-unsent]")).to_have_text("0项")
    sun.look("b29-visit-one-variety")
    sun.follow("核对并确认评分")
    sun.press("核对无误，确认")


def test_a_refusal_tells_its_reason_and_the_remedies(at_screen: AtScreen, now_at: Bring) -> None:
    proposed = now_at("decision_proposed")
    liu, wu = at_screen("liuzhengping"), at_screen("wuxiaomei")
    liu.open(case(proposed))
    liu.follow("不予许可")
    assert liu.press("作出不予许可决定").status == 422
    liu.fill(reason="现场核查后发现生产场所已经改作他用。")
    liu.look("b40-refuse")
    liu.press("作出不予许可决定")
    liu.look("b41-case-refused")
    wu.open("/my/")
    wu.open(mine(proposed))
    wu.look("b42-case-refused")
    wu.follow("不予许可决定书")
    wu.reads("生产场所已经改作他用", "行政复议", "行政诉讼", "还剩")
    wu.look("b43-refusal-decision")
    wu.press("签收")
    wu.reads("签收")
    assert wu.button("签收").count() == 0
    wu.look("b44-signed")


def test_the_decider_sends_a_case_back_with_a_question(at_screen: AtScreen, now_at: Bring) -> None:
    proposed = now_at("decision_proposed")
    liu, chen = at_screen("liuzhengping"), at_screen("chenlixin")
    liu.open(case(proposed, "return"))
    liu.fill(reason="请查清检验报告的样品批号。")
    liu.look("b50-return")
    liu.press("退回审查人员")
    chen.open(case(proposed))
    chen.reads("请查清检验报告的样品批号。")
    chen.look("b51-case-returned")


def test_an_application_is_taken_back(at_screen: AtScreen, now_at: Bring) -> None:
    accepted, wu = now_at("accepted"), at_screen("wuxiaomei")
    wu.open(mine(accepted))
    wu.follow("撤回申请")
    wu.look("b60-retract")
    assert wu.press("撤回申请").status == 422
    wu.reads("请写明撤回的原因")
    wu.fill(reason="投资计划调整，暂不生产。")
    wu.press("撤回申请")
    wu.reads("已撤回")
    wu.look("b61-retracted")
    assert verbs(accepted)[-1] == "application.retracted"
    wu.open("/my/")
    wu.button("新的申请").is_enabled()
