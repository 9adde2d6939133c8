"""Whose address it is: what a proxy says is believed of our proxy alone."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from xuke.identity.models import Attempt
from xuke.identity.proxies import TrustedProxy, _warn_of, came_through_proxy, client_of

SECRET = "shared-between-proxy-and-us"


@pytest.fixture
def behind_a_proxy(settings):
    settings.XUKE_PROXIES, settings.XUKE_PROXY_SECRET = ["10.0.0.5", "10.1.0.0/24"], SECRET


def passed(address="10.0.0.5", **headers):
    """The request as views see it."""
    seen = []
    request = RequestFactory().get("/", REMOTE_ADDR=address, headers=headers)
    TrustedProxy(lambda given: seen.append(given) or HttpResponse())(request)
    return seen[0]


def test_our_proxy_says_where_the_client_is(behind_a_proxy):
    request = passed(X_Xuke_Proxy=SECRET, X_Forwarded_For="203.0.113.7")
    assert request.META["REMOTE_ADDR"] == "203.0.113.7"
    assert came_through_proxy(request)
    assert "HTTP_X_XUKE_PROXY" not in request.META


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("203.0.113.9", {"X_Xuke_Proxy": SECRET}),
        ("10.0.0.5", {}),
        ("10.0.0.5", {"X_Xuke_Proxy": "guessed"}),
        ("10.0.0.5", {"X_Xuke_Proxy": ""}),
        ("", {"X_Xuke_Proxy": SECRET}),
        ("nonsense", {"X_Xuke_Proxy": SECRET}),
    ],
)
def test_nobody_else_does(behind_a_proxy, address, headers):
    claims = {"X_Forwarded_For": "198.51.100.1", "X_Forwarded_Proto": "https", "Client_Cert": ":MIIB:"}
    request = passed(address, **headers, **claims, X_SSL_Client_Verify="SUCCESS", X_Client_Cert="x", Forwarded="for=1")
    assert request.META["REMOTE_ADDR"] == address
    assert not came_through_proxy(request)
    assert not [name for name in request.META if "CERT" in name or "SSL" in name or "FORWARDED" in name]


def test_a_proxy_with_the_secret_at_another_address_is_told_of_once(behind_a_proxy, caplog):
    _warn_of.cache_clear()
    for address in ("172.18.0.1", "172.18.0.1", "10.0.0.5"):
        passed(address, X_Xuke_Proxy=SECRET)
    passed("198.51.100.1", X_Xuke_Proxy="guessed")
    assert [record.getMessage() for record in caplog.records if record.name == "xuke.identity.proxies"] == [
        "The secret of the proxy is right, but the proxy at 172.18.0.1 is not trusted: XUKE_PROXIES does not name it."
    ]


def test_without_a_secret_no_proxy_is_believed(settings):
    settings.XUKE_PROXIES, settings.XUKE_PROXY_SECRET = ["10.0.0.5"], ""
    request = passed(X_Xuke_Proxy="", X_Forwarded_For="198.51.100.1", X_Forwarded_Proto="https")
    assert request.META["REMOTE_ADDR"] == "10.0.0.5"
    assert request.META["HTTP_X_FORWARDED_PROTO"] == "https"  # XUKE_BEHIND_PROXY decides about that one.


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("198.51.100.1, 203.0.113.7", "203.0.113.7"),  # The first one is what the client itself claimed.
        ("203.0.113.7, 10.1.0.9", "203.0.113.7"),
        ("203.0.113.7:51234", "203.0.113.7"),
        ("[2001:db8::7]:51234", "2001:db8::7"),
        ("2001:db8::7", "2001:db8::7"),
        ("203.0.113.7, nonsense", ""),
        ("", ""),
        ("10.0.0.5", ""),
    ],
)
def test_the_client_is_the_last_address_that_is_no_proxy_of_ours(behind_a_proxy, forwarded, client):
    assert client_of(forwarded) == client


def test_attempts_are_counted_by_the_clients_own_address(behind_a_proxy, client, world):
    for address in ("203.0.113.7", "203.0.113.8"):
        client.post(
            "/login/",
            {"username": "wuxiaomei", "password": "wrong"},
            REMOTE_ADDR="10.0.0.5",
            headers={"X-Xuke-Proxy": SECRET, "X-Forwarded-For": address},
        )
    assert sorted(Attempt.objects.values_list("address", flat=True)) == ["203.0.113.7", "203.0.113.8"]
