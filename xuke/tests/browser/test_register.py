"""Somebody looks a licence up, asks about a day, and keeps the signed answer."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from xuke.certificates.models import Licence
from xuke.foundation import journal_keys
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.publication import jose, keys
from xuke.publication.answers import KIND
from xuke.publication.models import PublishedLicence
from xuke.publication.projection import register
from xuke.publication.tests.test_page_search import put
from xuke.tests.browser.conftest import AtScreen
from xuke.tests.cast import Bring

pytestmark = pytest.mark.browser


@pytest.fixture
def published(now_at: Bring) -> PublishedLicence:
    """A licence of today, among others that ended in every way there is."""
    application = now_at("granted")
    with opened_for(EVERYTHING):
        number = Licence.objects.get(pk=application.licence_id).number
        register.publish(number)
    ended = date(2025, 6, 11)
    put("秭归云台岭茶业食品有限公司", 3, division="420527", valid_to=date(2026, 8, 31))
    put("夷陵区雾岭春茶叶食品专业合作社", 15, division="420506", state="cancelled", ended_on=ended)
    put("长阳青禾岭茶业食品有限公司", 12, division="420528", state="rescinded", ended_on=ended, categories=[14, 6])
    for sequence in range(101, 125):
        put(f"宜昌第{sequence}食品有限公司", sequence, division="420582")
    return PublishedLicence.objects.get(number=number)


def test_somebody_finds_a_licence_and_asks_about_a_day(at_screen: AtScreen, published: PublishedLicence) -> None:
    somebody = at_screen()
    somebody.open("/licences/")
    somebody.fill(q="食品 有限", division="宜昌")
    somebody.press("查询")
    somebody.reads("第1–20条，后面还有")
    somebody.look("r02-search-first-page")
    somebody.follow("下一页")
    somebody.reads("第21–")
    somebody.open("/licences/?q=岭茶&state=rescinded&state=expired&category=14&on=2026-10-01")
    somebody.reads("长阳青禾岭茶业食品有限公司", "秭归云台岭茶业食品有限公司", "已撤销", "有效期届满")
    somebody.look("r03-search-on-a-day")
    somebody.open("/licences/?q=SC11442058200018&division=桃花源&on=1900-01-01")
    somebody.look("r05-search-wrong")
    somebody.open(f"/licences/?q={published.number}")
    somebody.follow(published.holder)
    somebody.reads("有效期至", published.uscc[:2], "准予许可，核发许可证")
    facts = somebody.page.locator('script[type="application/ld+json"]').text_content() or ""
    assert published.number in facts
    somebody.fill(on=published.granted_on.isoformat())
    somebody.press("问登记簿")
    somebody.reads("有效。有效期至", "保存签名答复")
    somebody.page.locator("summary").filter(has_text="签名原文").click()
    somebody.look("r07-licence-on-a-day")
    with somebody.page.expect_download() as saved:
        somebody.link("保存签名答复").click()
    signed = saved.value.path().read_text()
    assert jose.verify(signed, keys=journal_keys.public_keys(keys.place()), kind=KIND)["sub"] == published.number
    tomorrow = (published.granted_on + timedelta(days=9)).isoformat()
    somebody.open(f"/licences/{published.number}/?on={tomorrow}")
    expect(somebody.page.locator("#errors")).to_contain_text("不能晚于今天")
    somebody.open("/licences/SC11442058200019/")
    somebody.look("r08-licence-unknown")
