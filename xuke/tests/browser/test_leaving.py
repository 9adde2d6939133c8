"""Somebody leaves a shared computer; the next person presses Back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from xuke.tests.browser.conftest import AtScreen
from xuke.tests.cast import Bring

pytestmark = pytest.mark.browser


def test_back_shows_no_case_after_the_officer_has_left(at_screen: AtScreen, now_at: Bring) -> None:
    application = now_at("submitted")
    zhou = at_screen("zhoumin")
    zhou.open("/office/")
    zhou.open(f"/office/applications/{application.pk}/")
    page = zhou.page
    page.evaluate("() => caches.open('xuke-onsite-1').then(() => {})")
    page.get_by_role("button", name="退出").first.click()
    expect(page.get_by_role("link", name="登录").first).to_be_visible()
    page.wait_for_function("() => caches.keys().then((names) => !names.length)")
    for _ in range(2):
        page.go_back()
        expect(page.get_by_role("heading", name="登录办事")).to_be_visible()
        expect(page.get_by_text(application.receipt_number or "")).to_have_count(0)
