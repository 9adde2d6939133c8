"""TLS client certificates: a proxy that has seen the key vouches for it, and nobody else can."""

from __future__ import annotations

import re
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.utils import timezone

from xuke.accounts.models import RealName, User
from xuke.foundation.pki.issuing import Subject
from xuke.identity.models import Attempt
from xuke.tests import cards, served, tls_proxy
from xuke.tests.cards import Authority
from xuke.tests.cast import everything
from xuke.tests.tls_proxy import PIN, SECRET, Files


class Browser:
    """Speaks TLS to the proxy, with a card or without one."""

    def __init__(self, address: str, authority: Authority, card: Files | None = None) -> None:
        self.address = address
        context = ssl.create_default_context(cadata=authority.root.certificate.pem + authority.issuing.certificate.pem)
        context.check_hostname = False
        if card is not None:
            context.load_cert_chain(card.certificate, card.key, PIN)
        self.cookies = CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=context),
            urllib.request.HTTPCookieProcessor(self.cookies),
            Stay(),
        )

    def ask(self, path: str, fields: dict[str, str] | None = None, **headers: str) -> tuple[int, str, str]:
        """Status, where to, and the page."""
        body = urlencode(fields).encode() if fields is not None else None
        request = urllib.request.Request(self.address + path, body, {"Origin": self.address, **headers})
        try:
            answer = self.opener.open(request, timeout=30)
        except urllib.error.HTTPError as refused:
            answer = refused
        with answer:
            return answer.status, answer.headers.get("Location", ""), answer.read().decode()

    def log_in(self, **headers: str) -> tuple[int, str, str]:
        """The button of the login page."""
        _, _, page = self.ask("/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token
        return self.ask("/login/certificate/tls/", {"csrfmiddlewaretoken": token[1]}, **headers)


class Stay(urllib.request.HTTPRedirectHandler):
    """Does not follow redirects."""

    def redirect_request(self, *_: object) -> None:
        return None


@pytest.fixture(scope="module")
def authority(django_db_setup: None) -> Iterator[Authority]:
    with cards.trusted() as found:
        yield found


@pytest.fixture(scope="module")
def front(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of the proxy, and that of the site behind it."""
    port = served.free_port()
    behind = {
        "XUKE_ADDRESS": f"https://localhost:{port}",
        "XUKE_PROXIES": "127.0.0.1",
        "XUKE_PROXY_SECRET": SECRET,
        "XUKE_BEHIND_PROXY": "1",
        "XUKE_TLS_CERTIFICATES": "1",
    }
    server = Files.of(authority.give(Subject("localhost")), tmp_path_factory.mktemp("server"))
    with served.site(**behind) as site, tls_proxy.running(site, authority, server, port=port) as proxy:
        yield proxy, site


@pytest.fixture
def wus_card(committed_db, world, authority: Authority, tmp_path: Path) -> Files:
    return Files.of(authority.give(Subject("吴晓梅", resident_number=number_of("wuxiaomei"))), tmp_path)


def number_of(login_name: str) -> str:
    with everything():
        return RealName.objects.get(user=User.objects.get(login_name=login_name)).number


def attempts() -> list[tuple[bool, str, str]]:
    with everything():
        rows = Attempt.objects.order_by("at").values_list("accepted", "means", "reason", "address")
        return [row[:3] for row in rows]


def test_wu_comes_in_with_the_card_in_her_browser(front, authority, wus_card):
    wu = Browser(front[0], authority, wus_card)
    status, place, _ = wu.log_in()
    assert (status, place) == (303, "/start/")
    assert wu.ask("/start/")[1] == "/my/"
    assert wu.ask("/my/")[0] == 200
    assert attempts() == [(True, "certificate", "")]


def test_without_a_card_nobody_comes_in(front, authority, wus_card):
    stranger = Browser(front[0], authority)
    status, _, page = stranger.log_in()
    assert status == 422
    assert "浏览器没有出示数字证书" in page
    status, _, page = stranger.log_in(**{"X-SSL-Client-Cert": quote(wus_card.certificate.read_text())})
    assert status == 422  # The proxy says what it saw, whatever the client claims.


def test_a_header_without_the_proxy_is_refused_and_written_down(front, authority, wus_card):
    """Somebody on the inside asks the site itself and claims the card of 吴晓梅."""
    claimed = quote(wus_card.certificate.read_text())
    token = "a" * 32
    for secret in ("", "guessed", SECRET[:-1]):
        thief = Browser(front[1], authority)
        headers = {
            "X-SSL-Client-Cert": claimed,
            "X-Xuke-Proxy": secret,
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": "127.0.0.1",
            "Cookie": f"__Host-csrftoken={token}",
        }
        status, _, page = thief.ask("/login/certificate/tls/", {"csrfmiddlewaretoken": token}, **headers)
        assert status == 403
        assert "不是从本站的安全网关来的" in page
    found = attempts()
    assert len(found) == 3
    assert all(not accepted and "客户端证书不作数" in reason for accepted, _, reason in found)


def test_a_header_through_another_proxy_is_refused(front, authority, wus_card, tmp_path):
    """A proxy that does not know the secret is none of ours, even from the right address."""
    server = Files.of(authority.give(Subject("localhost")), tmp_path / "server")
    port = served.free_port()
    with tls_proxy.running(front[1], authority, server, port=port, secret="another") as address:
        wu = Browser(address, authority, wus_card)
        token = "a" * 32
        headers = {"Cookie": f"__Host-csrftoken={token}", "Origin": address.replace("https", "http")}
        status, _, page = wu.ask("/login/certificate/tls/", {"csrfmiddlewaretoken": token}, **headers)
    assert status == 403
    assert "不是从本站的安全网关来的" in page


def test_a_card_that_was_revoked_an_hour_ago_is_refused_behind_the_proxy_too(
    front, authority, committed_db, world, tmp_path
):
    given = authority.give(Subject("吴晓梅", resident_number=number_of("wuxiaomei")))
    card = Files.of(given, tmp_path)
    authority.lay_down(cards.trust.place(), revoked=[(given.certificate, timezone.now() - timedelta(hours=1))])
    try:
        wait_for_a_look()
        status, _, page = Browser(front[0], authority, card).log_in()
    finally:
        authority.lay_down(cards.trust.place())
    assert status == 403
    assert "被吊销" in page


def wait_for_a_look() -> None:
    """The site looks at the directory once a second."""
    time.sleep(1.2)


def test_the_login_page_offers_it_where_the_proxy_asks_for_cards(front, authority, committed_db, world):
    _, _, page = Browser(front[0], authority).ask("/login/")
    assert "用浏览器里的数字证书登录" in page
