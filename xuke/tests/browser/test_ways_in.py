"""Coming in, as people do: a password and a code, a passkey alone, a form that outlives its session; and going out."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest
from django.utils import timezone
from playwright.sync_api import CDPSession, expect

from xuke.accounts.models import User
from xuke.accounts.persons import Person
from xuke.config.demonstration.people import PASSWORD
from xuke.identity.commands import factors
from xuke.identity.models import Passkey
from xuke.tests.browser.conftest import AtScreen
from xuke.tests.browser.places import end_session, step
from xuke.tests.browser.screens import Screen
from xuke.tests.cast import Bring, everything

pytestmark = pytest.mark.browser

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def at_name(screen: Screen) -> Screen:
    """The same site by its name: an address of numbers has no passkeys."""
    screen.address = screen.address.replace("127.0.0.1", "localhost")
    return screen


def device_of(screen: Screen) -> tuple[CDPSession, str]:
    """A phone or laptop that keeps passkeys and knows its owner, played by Chromium."""
    talk = screen.context.new_cdp_session(screen.page)
    talk.send("WebAuthn.enable")
    return talk, str(talk.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"])


def code_after(seconds: int = 0, secret: str = SECRET) -> str:
    """What the app shows in so many seconds: the next code is taken as well, so that no test waits for it."""
    return pyotp.TOTP(secret).at(timezone.now().timestamp() + seconds)


def give_app(login_name: str) -> None:
    """Somebody already has an authenticator app, and used it a while ago."""
    with everything():
        user = User.objects.get(login_name=login_name)
    before = timezone.now() - timedelta(minutes=5)
    code = pyotp.TOTP(SECRET).at(before)
    factors.set_totp(user=user, secret=SECRET, code=code, by=Person(user.pk, user.name), now=before)


def test_an_app_is_added_and_asked_for_at_the_next_login(at_screen: AtScreen) -> None:
    zhou = at_screen()
    zhou.open("/login/")
    zhou.look("i01-login")
    zhou.log_in("zhoumin", PASSWORD)
    zhou.open("/account/security/")
    zhou.reads("第二因素", "未开启", "最近的登录", "已登录")
    zhou.look("i02-security")
    zhou.follow("添加身份验证器")
    zhou.page.get_by_text("扫不了，手工输入密钥").click()
    secret = zhou.page.locator("#secret").inner_text().replace(" ", "")
    zhou.look("i03-totp")
    zhou.fill(code="000000")
    assert zhou.press("添加").status == 422
    zhou.reads("动态口令不对")
    zhou.fill(code=code_after(secret=secret))
    zhou.press("添加")
    zhou.reads("已开启")
    zhou.press("生成恢复码")
    zhou.look("i04-recovery-codes")
    recovery = zhou.page.locator("[data-code]").first.inner_text()
    zhou.page.get_by_role("button", name="退出").first.click()

    zhou.log_in("zhoumin", PASSWORD)
    zhou.reads("第二步验证")
    zhou.look("i05-second")
    zhou.fill(code="000000")
    assert zhou.press("验证").status == 422
    zhou.reads("动态口令不对，或者已经用过")
    zhou.fill(code=code_after(30, secret))
    zhou.press("验证")
    expect(zhou.page).to_have_url(re.compile(r"/office/$"))

    zhou.page.get_by_role("button", name="退出").first.click()
    zhou.log_in("zhoumin", PASSWORD)
    zhou.page.get_by_text("手机不在身边，用恢复码").click()
    zhou.fill(recovery_code=recovery)
    zhou.press("用恢复码登录")
    expect(zhou.page).to_have_url(re.compile(r"/office/$"))


def test_a_passkey_is_added_and_logs_in_alone_and_after_the_password(at_screen: AtScreen) -> None:
    wu = at_name(at_screen())
    device_of(wu)
    wu.log_in("wuxiaomei", PASSWORD)
    wu.open("/account/security/")
    wu.follow("添加通行密钥")
    wu.look("i10-passkey")
    wu.fill(name="办公室的电脑")
    wu.press("添加")
    wu.reads("办公室的电脑", "还没有用过")
    wu.look("i11-security-with-passkey")
    with everything():
        assert Passkey.objects.get().rp_id == "localhost"

    wu.page.get_by_role("button", name="退出").first.click()
    wu.open("/login/?next=/my/licences/")
    wu.press("用通行密钥登录")
    expect(wu.page).to_have_url(re.compile(r"/my/licences/$"))

    wu.page.get_by_role("button", name="退出").first.click()
    wu.log_in("wuxiaomei", PASSWORD)
    wu.reads("第二步验证")
    wu.press("用通行密钥验证")
    expect(wu.page).to_have_url(re.compile(r"/my/$"))

    wu.open("/account/security/")
    wu.follow(re.compile("改名"))
    wu.fill(name="家里的电脑")
    wu.look("i12-rename")
    wu.press("改名")
    wu.reads("家里的电脑")
    wu.press(re.compile(r"移除\s*：家里的电脑"))
    wu.reads("未开启")


def test_a_device_that_does_not_know_its_owner_gets_a_sentence(at_screen: AtScreen) -> None:
    wu = at_name(at_screen())
    talk, device = device_of(wu)
    wu.log_in("wuxiaomei", PASSWORD)
    wu.open("/account/passkeys/")
    wu.press("添加")
    wu.page.get_by_role("button", name="退出").first.click()
    talk.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    wu.open("/login/")
    wu.button("用通行密钥登录").click()
    wu.reads("没有完成，或者取消了。可以再试一次。")
    wu.look("i13-passkey-not-verified")


def test_one_device_logs_the_other_out(at_screen: AtScreen) -> None:
    wu, lost = at_screen(), at_screen()
    for screen in (lost, wu):
        screen.log_in("wuxiaomei", PASSWORD)
    lost.open("/my/licences/")
    wu.open("/account/sessions/")
    expect(wu.page.locator("tbody tr")).to_have_count(2)
    wu.look("i20-sessions")
    wu.press("退出其他设备")
    expect(wu.page.locator("tbody tr")).to_have_count(1)
    lost.page.reload()
    expect(lost.page.get_by_role("heading", name="登录办事")).to_be_visible()
    wu.press("在所有设备上退出")
    expect(wu.page.get_by_role("heading", name="登录办事")).to_be_visible()


def test_a_change_without_a_fresh_proof_waits_for_it(at_screen: AtScreen) -> None:
    wu = at_screen()
    wu.log_in("wuxiaomei", PASSWORD)
    wu.open("/account/confirm/?next=/account/totp/")
    wu.look("i21-confirm")
    wu.fill(password="wrong")
    assert wu.press("用密码验证").status == 422
    wu.fill(password=PASSWORD)
    wu.press("用密码验证")
    wu.reads("添加身份验证器")
    wu.open("/account/password/")
    wu.look("i22-password")


def test_logging_in_again_with_two_factors_keeps_the_form(at_screen: AtScreen, now_at: Bring) -> None:
    draft = now_at("draft")
    give_app("wuxiaomei")
    wu = at_screen("wuxiaomei")
    wu.open(step(draft, "declaration"))
    end_session("wuxiaomei")
    wu.page.locator("main form[method=post] button[type=submit]").last.click()
    wu.reads("登录已过期，填写的内容都在")
    wu.press("重新登录")
    wu.reads("您填写的内容都在")
    wu.fill(username="wuxiaomei", password=PASSWORD)
    wu.press("登录")
    wu.reads("第二步验证")
    wu.fill(code=code_after())
    wu.press("验证")
    wu.reads("已登录，填写的内容都在")


def test_without_a_script_the_code_is_enough(at_screen: AtScreen) -> None:
    give_app("zhoumin")
    zhou = at_screen(javascript=False)
    zhou.open("/login/")
    expect(zhou.page.get_by_text("用通行密钥登录")).to_be_hidden()
    zhou.log_in("zhoumin", PASSWORD)
    zhou.fill(code=code_after())
    zhou.press("验证")
    expect(zhou.page).to_have_url(re.compile(r"/office/$"))
