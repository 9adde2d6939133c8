"""Hands on the keyboard only: every action is reached and pressed, lists are walked, what is wrong is read first."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from xuke.tests.browser.conftest import AtScreen
from xuke.tests.browser.places import case, step, verbs
from xuke.tests.browser.screens import Screen
from xuke.tests.cast import Bring, Cast, World

pytestmark = pytest.mark.browser

MOST_TABS = 120


def focus_on(screen: Screen) -> str:
    """The words of what has the focus."""
    return str(
        screen.page.evaluate(
            "() => { const e = document.activeElement;"
            " return (e.getAttribute('aria-label') || e.labels?.[0]?.innerText || e.innerText || '').trim() }"
        )
    )


def tab_to(screen: Screen, words: str) -> None:
    """Press Tab until something with these words has the focus; on the way nothing takes it without showing so."""
    for _ in range(MOST_TABS):
        screen.page.keyboard.press("Tab")
        assert _shows_focus(screen), f"the focus is not to be seen on {focus_on(screen)!r}"
        if focus_on(screen) == words:
            return
    raise AssertionError(f"{words} is out of reach")


def _shows_focus(screen: Screen) -> bool:
    """Whether the element, or what it is drawn as, has an outline."""
    return bool(
        screen.page.evaluate(
            "() => { const e = document.activeElement, drawn = [e, e.nextElementSibling, e.parentElement];"
            " return e === document.body || drawn.some(x => x && (getComputedStyle(x).outlineStyle !== 'none'"
            " || getComputedStyle(x).boxShadow !== 'none')) }"
        )
    )


def enter(screen: Screen) -> None:
    """Press Enter and wait for the page behind it."""
    with screen.page.expect_navigation():
        screen.page.keyboard.press("Enter")


def test_a_decision_needs_no_mouse(at_screen: AtScreen, now_at: Bring) -> None:
    proposed, liu = now_at("decision_proposed"), at_screen("liuzhengping")
    liu.open("/office/")
    liu.page.keyboard.press("j")
    expect(liu.page.locator("tr.sel")).to_have_count(1)
    enter(liu)
    assert liu.place == case(proposed)
    actions = liu.page.locator(".xk-acts .btn").all_inner_texts()
    assert {"准予许可", "不予许可", "退回审查", "领取", "一次告知补正"} <= set(actions)
    for action in actions:
        liu.page.locator("#main").focus()
        tab_to(liu, action)
    liu.page.keyboard.press("Enter")  # The closed step comes last: it stays where it is, and says why.
    assert liu.place == case(proposed)
    closed = liu.page.locator("[aria-disabled=true]:focus")
    assert "受理后不能再要求补正" in liu.page.locator(f"#{closed.get_attribute('aria-describedby')}").inner_text()
    liu.page.locator("#main").focus()
    tab_to(liu, "准予许可")
    enter(liu)
    tab_to(liu, "作出准予许可决定")
    enter(liu)
    assert "application.granted" in verbs(proposed)


@pytest.mark.parametrize(("who", "place"), [("", "/"), ("", "/login/"), ("wuxiaomei", "/my/"), ("zhoumin", "/office/")])
def test_the_first_tab_skips_to_the_text(at_screen: AtScreen, who: str, place: str) -> None:
    person = at_screen(who)
    person.open(place)
    person.page.keyboard.press("Tab")
    assert focus_on(person) == "跳到正文"
    person.page.keyboard.press("Enter")
    expect(person.page.locator("#main")).to_be_focused()


def test_lists_are_walked_with_single_keys(
    at_screen: AtScreen, now_at: Bring, world: World, the_sauce_cast: Cast
) -> None:
    now_at("submitted")
    now_at("submitted", cast=the_sauce_cast)
    zhou = at_screen("zhoumin")
    zhou.open("/office/")
    keyboard, chosen = zhou.page.keyboard, zhou.page.locator("tr.sel")
    firms = zhou.page.locator("[data-keys] tbody tr:not(.g) th a").all_inner_texts()
    assert len(firms) == 2
    for key, place in (("j", 0), ("j", 1), ("j", 1), ("k", 0)):
        keyboard.press(key)
        expect(chosen.get_by_role("link").first).to_have_text(firms[place])
        assert focus_on(zhou) == firms[place]
    keyboard.press("/")
    expect(zhou.page.locator("[data-search]")).to_be_focused()
    keyboard.type("jk临江禾")
    expect(zhou.page.locator("[data-search]")).to_have_value("jk临江禾")
    zhou.page.locator("[data-search]").fill("临江禾")
    enter(zhou)
    zhou.reads("查找", "宜昌临江禾酿造有限公司")
    zhou.page.locator("#main").focus()
    with zhou.page.expect_navigation():
        keyboard.press("g")
        keyboard.press("i")
    assert zhou.place == "/office/"
    keyboard.press("?")
    expect(zhou.page.locator("#keys")).to_be_visible()
    zhou.page.locator("[data-single-keys]").uncheck()
    keyboard.press("Escape")
    expect(zhou.page.locator("#keys")).to_be_hidden()
    zhou.page.locator("#main").focus()
    keyboard.press("j")
    expect(chosen).to_have_count(0)


def test_what_is_wrong_is_read_first_and_leads_to_its_field(at_screen: AtScreen, now_at: Bring) -> None:
    draft, wu = now_at("draft", site={"division_code": "420506"}), at_screen("wuxiaomei")
    wu.open(step(draft, "site"))
    wu.fill(site__production_address="小溪塔街道兴禾路16号")
    enter(wu)
    expect(wu.page.locator("#errors")).to_be_focused()
    tab_to(wu, "请填写生产场所面积（平方米）。")
    wu.page.keyboard.press("Enter")
    expect(wu.field("site.area")).to_be_focused()
    wu.page.keyboard.type("900")
    expect(wu.page.locator("#saved")).to_have_text(re.compile("已于.*自动保存"))


def test_the_basis_opens_and_closes_without_a_mouse(at_screen: AtScreen, now_at: Bring) -> None:
    submitted, zhou = now_at("submitted"), at_screen("zhoumin")
    zhou.open(case(submitted))
    zhou.page.locator("#main").focus()
    tab_to(zhou, "依据")
    zhou.page.keyboard.press("Enter")
    expect(zhou.page.locator("details.xk-law[open]")).to_have_count(1)
    assert not zhou.axe()
    zhou.page.keyboard.press("Escape")
    expect(zhou.page.locator("details.xk-law[open]")).to_have_count(0)
    assert focus_on(zhou) == "依据"
