"""Logging in through the identity platform: a certified provider, in the browser."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from xuke.accounts.models import RealName, User
from xuke.foundation.identifiers import resident_id
from xuke.identity.oidc.provider import SEEN_FOR
from xuke.tests import served
from xuke.tests.browser.conftest import AtScreen
from xuke.tests.browser.places import end_session, step
from xuke.tests.browser.screens import Screen
from xuke.tests.cast import NOON, Bring, World, everything
from xuke.tests.oidc import real
from xuke.tests.oidc.real import PASSWORD, Account, Real

pytestmark = pytest.mark.browser

PORT = real.free_port()
TITLE = "湖北省统一身份认证平台"
ENTER = f"用{TITLE}登录"
NEWCOMER = Account(
    "newcomer", "钟新来", resident_id.compose(division="420506", born_on=NOON.date().replace(1988), sequence=77)
)


@pytest.fixture(scope="module")
def site(django_db_setup: None) -> Iterator[str]:
    """A site that people enter through the platform."""
    environ = {
        "XUKE_OIDC_ISSUER": f"http://127.0.0.1:{PORT}",
        "XUKE_OIDC_CLIENT_ID": real.CLIENT,
        "XUKE_OIDC_CLIENT_SECRET": real.SECRET,
        "XUKE_OIDC_TITLE": TITLE,
        "XUKE_OIDC_PATIENCE": "1",
    }
    with served.site(**environ) as address:
        yield address


@pytest.fixture
def platform(site: str, committed_db: object, world: World) -> Iterator[Real]:
    """The platform, which knows 吴晓梅 under her number, and somebody new."""
    with everything():
        known = RealName.objects.get(user=User.objects.get(login_name="wuxiaomei"))
    wu = Account("wu", known.name, known.number, "13800005678")
    running = Real(PORT, [f"{site}/login/oidc/back/"], [wu, NEWCOMER])
    running.start()
    yield running
    running.stop()


def log_in_there(screen: Screen, account: str) -> None:
    """The login page of the platform."""
    screen.page.wait_for_url(f"http://127.0.0.1:{PORT}/**")
    screen.page.get_by_label("账号").fill(account)
    screen.page.get_by_label("密码").fill(PASSWORD)
    screen.page.get_by_role("button", name="登录").click()
    screen.page.wait_for_url(f"{screen.address}/**")


def test_wu_logs_in_through_the_platform(at_screen: AtScreen, platform: Real) -> None:
    wu = at_screen()
    wu.open("/login/?next=/my/licences/")
    wu.look("e10-login-with-platform")
    wu.button(ENTER).click()
    log_in_there(wu, "wu")
    assert wu.place == "/my/licences/"
    wu.open("/account/security/")
    wu.reads(TITLE, "已关联", "证件号码相同")
    wu.look("e10-security-with-platform")
    wu.page.go_back()  # The way back leads to our own pages, not round again.
    assert wu.place == "/my/licences/"


def test_without_scripts_the_way_is_the_same(at_screen: AtScreen, platform: Real) -> None:
    wu = at_screen(javascript=False)
    wu.open("/login/")
    wu.button(ENTER).click()
    log_in_there(wu, "wu")
    assert wu.place == "/my/"


def test_somebody_new_is_asked_for_a_second_way_in(at_screen: AtScreen, platform: Real) -> None:
    newcomer = at_screen()
    newcomer.open("/login/")
    newcomer.button(ENTER).click()
    log_in_there(newcomer, "newcomer")
    assert newcomer.place == "/account/security/"
    newcomer.reads("平台连不上的时候，您就登录不了", "新建账号")
    newcomer.look("e10-security-of-a-newcomer")
    with everything():
        assert RealName.objects.filter(name="钟新来", proven_by="identity_platform").exists()


def test_cancelling_there_comes_back_here(at_screen: AtScreen, platform: Real) -> None:
    wu = at_screen()
    wu.open("/login/")
    wu.button(ENTER).click()
    wu.page.wait_for_url(f"http://127.0.0.1:{PORT}/**")
    wu.page.get_by_role("button", name="取消").click()
    wu.page.wait_for_url(f"{wu.address}/**")
    wu.reads("您在统一身份认证平台上取消了登录")
    wu.look("e10-cancelled-there")


def test_what_was_typed_survives_the_way_through_the_platform(
    at_screen: AtScreen, platform: Real, now_at: Bring
) -> None:
    draft, wu = now_at("draft"), at_screen("wuxiaomei")
    wu.open(step(draft, "site"))
    wu.fill(site__production_address="小溪塔街道兴禾路16号9幢")
    end_session("wuxiaomei")
    assert wu.press("保存并进入下一步").status == 401
    wu.press("重新登录")
    wu.button(ENTER).click()
    log_in_there(wu, "wu")
    wu.reads("已登录，填写的内容都在", "小溪塔街道兴禾路16号9幢")
    wu.look("e10-resumed-after-platform")
    wu.press("接着提交")
    assert wu.place == step(draft, "products")


def test_wu_links_her_account_there_by_herself(at_screen: AtScreen, platform: Real) -> None:
    with everything():
        user = User.objects.get(login_name="wuxiaomei")
        RealName.objects.filter(user=user).delete()
    wu = at_screen("wuxiaomei")
    wu.open("/account/security/")
    wu.reads("未关联")
    wu.button("关联平台账号").click()
    log_in_there(wu, "wu")
    assert wu.place == "/account/security/"
    wu.reads("已关联", "本人关联")
    wu.press("解除关联")
    wu.reads("未关联")


def test_when_the_platform_is_down_the_other_ways_come_first(at_screen: AtScreen, platform: Real) -> None:
    platform.stop()
    time.sleep(SEEN_FOR)
    wu = at_screen()
    for _ in range(3):
        wu.open("/login/?next=/my/licences/")
        assert wu.press(ENTER).status == 503
        wu.reads("统一身份认证平台现在连不上")
    wu.open("/login/?next=/my/licences/")
    wu.reads(f"{TITLE}暂时连不上，请先用别的方式登录")
    wu.look("e10-platform-is-down")
    wu.complaints[:] = [each for each in wu.complaints if "503" not in each]
