"""Signing what is submitted, as people do: a password without any script, a thumb, a card in the signing agent."""

from __future__ import annotations

import re
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from xuke.accounts.models import RealName, User
from xuke.config.demonstration.people import PASSWORD
from xuke.foundation.pki.algorithms import Family
from xuke.foundation.pki.issuing import Issued, Subject
from xuke.licensing.models import Application
from xuke.signatures.models import Signature
from xuke.tests import cards, served
from xuke.tests.browser.conftest import AtScreen
from xuke.tests.browser.places import CONFIRM, TO_SIGN, case, mine, sign, step, verbs
from xuke.tests.browser.screens import Screen
from xuke.tests.browser.test_ways_in import at_name, device_of
from xuke.tests.browser.test_ways_in_certificate import PORT, agent
from xuke.tests.cards import Authority
from xuke.tests.cast import Bring, World, everything
from xuke.tests.tls_proxy import PIN

pytestmark = pytest.mark.browser

BY_CARD, BY_THUMB = "用数字证书签名", re.compile("指纹、面容")


@pytest.fixture(scope="module")
def site(django_db_setup: None) -> Iterator[str]:
    """A site whose pages ask the agent of these tests."""
    with served.site(XUKE_AGENT=f"http://127.0.0.1:{PORT}") as address:
        yield address


def signature_of(application: Application) -> Signature:
    with everything():
        return Signature.objects.filter(about=application.stream).latest("signed_at")


def to_sign(who: Screen, draft: Application) -> None:
    who.open(step(draft, "declaration"))
    who.press(TO_SIGN)
    who.reads("下面是您将要签名的全部内容", "吴晓梅（经办人）")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_password_confirms_with_and_without_a_script(at_screen: AtScreen, now_at: Bring, javascript: bool) -> None:
    draft, wu = now_at("draft"), at_screen("wuxiaomei", javascript=javascript)
    to_sign(wu, draft)
    wu.page.get_by_text("内容的摘要").click()
    wu.reads("xuke-statement-1")
    if javascript:
        wu.look("n01-sign")
    else:
        expect(wu.button(BY_CARD)).to_have_count(0)
    wu.fill(password="wrong")
    assert wu.press(CONFIRM, exact=False).status == 422
    wu.reads("密码不对")
    sign(wu)
    wu.reads("已提交")
    assert signature_of(draft).means == "confirmation"


def test_a_thumb_is_enough(at_screen: AtScreen, now_at: Bring) -> None:
    draft, wu = now_at("draft"), at_name(at_screen())
    device_of(wu)
    wu.log_in("wuxiaomei", PASSWORD)
    wu.open("/account/security/")
    wu.follow("添加通行密钥")
    wu.fill(name="我的手机")
    wu.press("添加")
    to_sign(wu, draft)
    expect(wu.button(BY_THUMB)).to_be_visible()
    wu.look("n10-sign-with-passkey")
    wu.press(BY_THUMB)
    wu.reads("已提交")
    signature = signature_of(draft)
    assert (signature.means, signature.evidence["rp_id"]) == ("passkey", "localhost")
    wu.open(mine(draft))
    wu.reads("通行密钥", "刚刚核验：签名有效，内容没有改动")
    wu.look("n11-case-signed")
    wu.follow("提交申请", within="main aside")
    wu.reads("核验通过", "签名与设备的公钥、内容相符")
    wu.look("n12-signature")


@pytest.fixture
def authority(site: str) -> Iterator[Authority]:
    with cards.trusted(Family.SM2) as found:
        time.sleep(1.1)  # The site looks at the directory once a second.
        yield found


@pytest.fixture
def card(authority: Authority, committed_db: object, world: World) -> Issued:
    """The card of 吴晓梅, with a key of SM2."""
    with everything():
        number = RealName.objects.get(user=User.objects.get(login_name="wuxiaomei")).number
    return authority.give(Subject("吴晓梅", resident_number=number))


def test_a_card_signs_through_the_agent_and_the_officer_takes_the_package(
    at_screen: AtScreen, site: str, authority: Authority, card: Issued, now_at: Bring, tmp_path: Path
) -> None:
    draft, wu = now_at("draft"), at_screen("wuxiaomei")
    sent: list[str] = []
    wu.page.on("request", lambda request: sent.append(f"{request.url} {request.post_data or ''}"))
    with agent(card, authority, tmp_path, origin=site):
        to_sign(wu, draft)
        wu.button(BY_CARD).click()
        expect(wu.page.locator("[data-certificate-found]")).to_be_visible()
        wu.page.locator("[data-certificate-pin]").fill("000000")
        wu.button("签名并提交").click()
        wu.reads("口令不正确")
        wu.page.locator("[data-certificate-pin]").fill(PIN)
        wu.look("n20-sign-with-card")
        wu.press("签名并提交")
    wu.reads("已提交")
    # The PIN went to the agent and nowhere else.
    assert {place.split(" ")[0] for place in sent if PIN in place} == {f"http://127.0.0.1:{PORT}/v1/sign"}
    assert signature_of(draft).algorithm == "SM2-SM3"
    zhou = at_screen("zhoumin")
    zhou.open(case(draft))
    zhou.reads("数字证书", "刚刚核验：签名有效，内容没有改动")
    zhou.follow("提交申请", within="main aside")
    zhou.reads("核验通过", "签名时证书有效")
    assert "13800005678" not in zhou.page.locator("main").inner_text()
    zhou.look("n21-signature-officer")
    with zhou.page.expect_download() as arriving:
        zhou.button("下载签名包").click()
    arriving.value.save_as(tmp_path / "signed.zip")
    assert "certificate.pem" in zipfile.ZipFile(tmp_path / "signed.zip").namelist()
    assert "application.statement_read" in verbs(draft)


def test_what_changed_meanwhile_is_marked_and_signed_again(at_screen: AtScreen, now_at: Bring) -> None:
    draft, wu, again = now_at("draft"), at_screen("wuxiaomei"), at_screen("wuxiaomei")
    to_sign(wu, draft)
    again.open(step(draft, "site"))
    again.fill(site__area="900")
    again.press("保存并进入下一步")
    wu.fill(password=PASSWORD)
    assert wu.press(CONFIRM, exact=False).status == 409
    wu.reads("您看过之后，内容有了变化：生产场所", "刚刚有变化", "900")
    wu.look("n30-sign-changed")
    sign(wu)
    wu.reads("已提交")
    assert verbs(draft).count("application.submitted") == 1
