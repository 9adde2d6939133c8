"""Logging in with a card, through the real signing agent on this machine."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from xuke.accounts.models import RealName, User
from xuke.foundation.pki.algorithms import Family
from xuke.foundation.pki.issuing import Issued, Subject
from xuke.identity.models import Attempt
from xuke.tests import cards, served
from xuke.tests.browser.conftest import AtScreen
from xuke.tests.browser.screens import Screen
from xuke.tests.cards import Authority
from xuke.tests.cast import World, everything
from xuke.tests.tls_proxy import PIN, Files

pytestmark = pytest.mark.browser

PORT = served.free_port()
FIND = "用数字证书登录"


@pytest.fixture(scope="module")
def site(django_db_setup: None) -> Iterator[str]:
    """A site whose pages ask the agent of these tests."""
    with served.site(XUKE_AGENT=f"http://127.0.0.1:{PORT}") as address:
        yield address


@pytest.fixture(params=[Family.RSA, Family.SM2])
def authority(request: pytest.FixtureRequest, site: str) -> Iterator[Authority]:
    with cards.trusted(request.param) as found:
        time.sleep(1.1)  # The site looks at the directory once a second.
        yield found


@pytest.fixture
def card(authority: Authority, committed_db: object, world: World) -> Issued:
    """The card of 吴晓梅."""
    with everything():
        number = RealName.objects.get(user=User.objects.get(login_name="wuxiaomei")).number
    return authority.give(Subject("吴晓梅", "宜昌市夷陵区晓溪糕点厂", resident_number=number))


@contextmanager
def agent(card: Issued, authority: Authority, place: Path, *, origin: str) -> Iterator[None]:
    """`xuke agent`, with a card in it."""
    files = Files.of(card, place, above=authority.issuing.certificate.pem)
    words = ("--key", str(files.key), "--certificate", str(files.certificate), "--origin", origin, "--port", str(PORT))
    process = subprocess.Popen([sys.executable, "-m", "xuke.config.cli", "agent", *words], stdout=subprocess.DEVNULL)
    try:
        _await(process)
        yield
    finally:
        process.terminate()
        process.wait(timeout=served.PATIENCE)


def _await(process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + served.PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, "xuke agent did not start; it said why above"
        with suppress(OSError), socket.create_connection(("127.0.0.1", PORT), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError("xuke agent does not answer")


def choose(screen: Screen, pin: str) -> None:
    screen.button(FIND).click()
    expect(screen.page.locator("[data-certificate-found]")).to_be_visible()
    screen.page.locator("[data-certificate-pin]").fill(pin)


def test_wu_logs_in_with_her_card(
    at_screen: AtScreen, site: str, authority: Authority, card: Issued, tmp_path: Path
) -> None:
    wu = at_screen()
    sent: list[str] = []
    wu.page.on("request", lambda request: sent.append(f"{request.url} {request.post_data or ''}"))
    with agent(card, authority, tmp_path, origin=site):
        wu.open("/login/?next=/my/licences/")
        wu.look("e20-login-with-certificates")
        choose(wu, PIN)
        wu.reads("吴晓梅", card.certificate.family)
        wu.look(f"e20-choose-certificate-{card.certificate.family}")
        wu.press(FIND)
    assert wu.place == "/my/licences/"
    # The PIN went to the agent and nowhere else.
    assert [place.split(" ")[0] for place in sent if PIN in place] == [f"http://127.0.0.1:{PORT}/v1/sign"]
    wu.open("/account/security/")
    wu.reads("数字证书", "吴晓梅", f"{card.certificate.serial:X}")
    wu.look(f"e20-security-with-certificate-{card.certificate.family}")


def test_a_wrong_pin_is_told_and_tried_again(
    at_screen: AtScreen, site: str, authority: Authority, card: Issued, tmp_path: Path
) -> None:
    wu = at_screen()
    with agent(card, authority, tmp_path, origin=site):
        wu.open("/login/")
        choose(wu, "000000")
        wu.button(FIND).click()
        wu.reads("口令不正确，还可以试5次")
        wu.page.locator("[data-certificate-pin]").fill(PIN)
        wu.press(FIND)
    assert wu.place == "/my/"


def test_without_an_agent_the_page_says_what_to_do(
    at_screen: AtScreen, site: str, authority: Authority, card: Issued, tmp_path: Path
) -> None:
    wu = at_screen()
    wu.may_lack_network = True
    wu.open("/login/")
    wu.button(FIND).click()
    wu.reads("没有找到签名助手")
    with agent(card, authority, tmp_path, origin="https://another.example"):
        wu.button(FIND).click()  # The agent serves another site only.
        wu.reads("没有找到签名助手")
    wu.complaints[:] = [each for each in wu.complaints if "CORS" not in each]


def test_a_card_that_was_revoked_is_refused_in_words(
    at_screen: AtScreen, site: str, authority: Authority, card: Issued, tmp_path: Path
) -> None:
    an_hour_ago = timezone.now() - timedelta(hours=1)
    authority.lay_down(cards.trust.place(), revoked=[(card.certificate, an_hour_ago)])
    time.sleep(1.1)
    wu = at_screen()
    with agent(card, authority, tmp_path, origin=site):
        wu.open("/login/")
        choose(wu, PIN)
        wu.press(FIND)
    wu.reads("没有登录。证书已于", "被吊销")
    wu.look("e20-certificate-revoked")
    with everything():
        assert Attempt.objects.filter(accepted=False, means="certificate").count() == 1


def test_wu_binds_the_card_of_the_enterprise_and_ends_it(
    at_screen: AtScreen, site: str, authority: Authority, committed_db: object, world: World, tmp_path: Path
) -> None:
    card = authority.give(Subject("宜昌市夷陵区晓溪糕点厂", "宜昌市夷陵区晓溪糕点厂", credit_code="91330106MA27XK8T66"))
    wu = at_screen("wuxiaomei")
    with agent(card, authority, tmp_path, origin=site):
        wu.open("/account/security/")
        wu.button("绑定数字证书").click()
        wu.page.locator("[data-certificate-pin]").fill(PIN)
        wu.press("绑定数字证书")
        assert wu.place == "/account/security/"
        wu.reads("已绑定", f"{card.certificate.serial:X}")
        again = at_screen()
        again.open("/login/")
        choose(again, PIN)
        again.press(FIND)
        assert again.place == "/my/"
        wu.press("解除绑定", exact=False)
        wu.reads("未绑定")
        other = at_screen()
        other.open("/login/")
        choose(other, PIN)
        other.press(FIND)
        other.reads("没有绑定账号")
