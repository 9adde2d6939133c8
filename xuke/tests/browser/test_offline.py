"""The score sheet in a workshop without a network: what is marked is kept on the phone and arrives later, once."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from xuke.licensing.models import Application
from xuke.tests.browser.conftest import AtScreen
from xuke.tests.browser.places import case, end_session
from xuke.tests.browser.screens import PHONE, Screen
from xuke.tests.cast import Bring, everything

pytestmark = pytest.mark.browser


def open_sheet(screen: Screen, application: Application) -> None:
    """Open the sheet and wait until the phone has put everything away that it needs without a network."""
    screen.open(case(application, "visit"))
    assert screen.page.evaluate(
        "async () => { const links = [...document.querySelectorAll('[data-variety][href]')];"
        " for (let turn = 0; turn < 100; turn += 1) {"
        "   const kept = await Promise.all(links.map(link => caches.match(link.href)));"
        "   if (navigator.serviceWorker.controller && kept.every(Boolean)) return true;"
        "   await new Promise(go => setTimeout(go, 100)); } }"
    ), "the sheet was not put away"


def mark(screen: Screen, item: int, choice: int, note: str = "") -> None:
    """Tap a mark; 0 is the best."""
    card = screen.page.locator(f'[data-item="{item}"]')
    card.locator("label[for^=s]").nth(choice).click()
    if note:
        card.locator("textarea").fill(note)
        card.locator("textarea").blur()


def marked(application: Application) -> dict[str, str]:
    """The marks on the server."""
    with everything():
        application.refresh_from_db()
        return {number: mark["score"] for number, mark in application.visit.sheet.get("common", {}).items()}


def pull_the_plug(screen: Screen) -> None:
    """No network. What the browser says from now on about requests that fail is no complaint."""
    screen.may_lack_network = True
    screen.context.set_offline(True)


def put_it_back(screen: Screen) -> None:
    """The network is there again."""
    screen.context.set_offline(False)


def test_marks_made_without_a_network_survive_a_reload_and_arrive(at_screen: AtScreen, now_at: Bring) -> None:
    assigned = now_at("verification_assigned")
    sun = at_screen("sunyutong", size=PHONE)
    open_sheet(sun, assigned)
    mark(sun, 1, 0)
    expect(sun.page.locator("[data-last]")).to_contain_text("上次同步")
    pull_the_plug(sun)
    mark(sun, 2, 1, "东侧有积水。")
    mark(sun, 3, 0)
    expect(sun.page.locator("#sync")).to_contain_text("没有网络，照常填写。2项已存在本机，联网后自动同步")
    assert set(marked(assigned)) == {"1"}
    sun.page.reload()
    expect(sun.page.locator("[data-scored]")).to_have_text("3")
    expect(sun.page.locator('[data-item="2"] textarea')).to_have_value("东侧有积水。")
    expect(sun.page.locator("#sync")).to_contain_text("2项已存在本机")
    sun.look("c01-offline")
    mark(sun, 4, 0)
    put_it_back(sun)
    expect(sun.page.locator("[data-unsent]")).to_have_text("0项")
    expect(sun.page.locator("#sync")).to_be_hidden()
    assert set(marked(assigned)) == {"1", "2", "3", "4"}


def test_two_verifiers_do_not_undo_each_other(at_screen: AtScreen, now_at: Bring) -> None:
    assigned = now_at("verification_assigned")
    sun, zhao = at_screen("sunyutong", size=PHONE), at_screen("zhaohaifeng", size=PHONE)
    for person in (sun, zhao):
        open_sheet(person, assigned)
    pull_the_plug(sun)
    mark(sun, 1, 0)
    mark(zhao, 2, 0)
    expect(zhao.page.locator("[data-last]")).to_contain_text("上次同步")
    put_it_back(sun)
    expect(sun.page.locator("[data-unsent]")).to_have_text("0项")
    assert set(marked(assigned)) == {"1", "2"}
    expect(sun.page.locator("[data-scored]")).to_have_text("2")


def test_marks_wait_on_the_phone_while_the_session_is_over(at_screen: AtScreen, now_at: Bring) -> None:
    assigned = now_at("verification_assigned")
    sun = at_screen("sunyutong", size=PHONE)
    open_sheet(sun, assigned)
    end_session("sunyutong")
    mark(sun, 1, 0)
    expect(sun.page.locator("#sync")).to_contain_text("登录已过期，1项还在本机")
    sun.log_in("sunyutong", "Xuke-Demo-2026")
    open_sheet(sun, assigned)
    expect(sun.page.locator("[data-unsent]")).to_have_text("0项")
    assert set(marked(assigned)) == {"1"}


def test_the_sheet_asks_at_once_for_what_the_end_of_the_visit_needs(at_screen: AtScreen, now_at: Bring) -> None:
    assigned, sun = now_at("verification_assigned"), at_screen("sunyutong", size=PHONE)
    open_sheet(sun, assigned)
    for item, choice, word in ((1, 2, "不符合"), (2, 3, "不适用")):
        card = sun.page.locator(f'[data-item="{item}"]')
        mark(sun, item, choice)
        expect(card.locator("[data-demand]")).to_contain_text(f"评为“{word}”的请写明")
        card.locator("textarea").fill("企业没有这个工序。")
        expect(card.locator("[data-demand]")).to_be_hidden()
    expect(sun.page.locator('[data-item="34"] label[for^=s]')).to_have_count(3)  # The trial report always applies.
