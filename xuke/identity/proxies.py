"""What a proxy in front says about the client, believed only when the proxy itself said it.

Two things are asked: the request comes from a configured address (XUKE_PROXIES), and it carries the secret that proxy
and installation share (XUKE_PROXY_SECRET, sent as ``X-Xuke-Proxy``). Of every other request the headers by which a
proxy speaks are taken away, so that nobody can claim an address or a client certificate (RFC 9440) on their own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

_log = logging.getLogger(__name__)

Answer = Callable[[HttpRequest], HttpResponse]
_SECRET = "HTTP_X_XUKE_PROXY"  # noqa: S105 - the name of a header
_FORWARDED = "HTTP_X_FORWARDED_FOR"
_SAID_BY_PROXIES = (
    "HTTP_CLIENT_CERT",
    "HTTP_X_CLIENT_",
    "HTTP_X_SSL_",
    "HTTP_SSL_",
    "HTTP_X_FORWARDED_",
    "HTTP_FORWARDED",
)
"""How the names of headers begin that only a proxy may set."""
_CLAIM_A_CERTIFICATE = ("HTTP_CLIENT_CERT", "HTTP_X_CLIENT_CERT", "HTTP_X_SSL_", "HTTP_SSL_")
_KEPT_WITHOUT_SECRET = "HTTP_X_FORWARDED_PROTO"  # noqa: S105 - the name of a header
"""An installation that has no secret yet may still be told by its proxy that the client speaks TLS."""


class TrustedProxy:
    """Puts the client's own address into REMOTE_ADDR, or takes away what a stranger claims. Stands outermost."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        meta = request.META
        secret = meta.pop(_SECRET, "")
        trusted = is_ours(meta.get("REMOTE_ADDR", ""), secret)
        request.came_through_proxy = trusted  # type: ignore[attr-defined]
        request.pretended = () if trusted else _pretended(meta, secret)  # type: ignore[attr-defined]
        if trusted:
            meta["REMOTE_ADDR"] = client_of(meta.get(_FORWARDED, "")) or meta["REMOTE_ADDR"]
        else:
            for name in [name for name in meta if name.startswith(_SAID_BY_PROXIES)]:
                if name != _KEPT_WITHOUT_SECRET or settings.XUKE_PROXY_SECRET:
                    del meta[name]
        return self.get_response(request)


def is_ours(address: str, secret: str) -> bool:
    """Whether a proxy of ours speaks: it stands where we were told, and knows the secret."""
    if not _is_secret(secret):
        return False
    if not _is_proxy(address):
        _warn_of(address)
        return False
    return True


@lru_cache(maxsize=8)
def _warn_of(address: str) -> None:
    """Say once for each address that somebody with our secret stands where we were not told: a proxy that was moved, or
    is seen through a container's network. Without it all visitors are one and no form is taken, and nobody sees why."""
    _log.warning(
        "The secret of the proxy is right, but the proxy at %s is not trusted: XUKE_PROXIES does not name it.",
        address or "an unknown address",
    )


def _pretended(meta: Mapping[str, Any], secret: str) -> tuple[str, ...]:
    """The headers by which somebody pretends: a client certificate, or a wrong secret of the proxy.

    Those of an ordinary proxy, such as a forwarded address, are no lie, and no proxy sets the others unless it is ours.
    """
    found = [name for name in meta if name.startswith(_CLAIM_A_CERTIFICATE) and meta[name]]
    guessed = [_SECRET] if secret and settings.XUKE_PROXY_SECRET else []
    return tuple(sorted(name.removeprefix("HTTP_").replace("_", "-").title() for name in found + guessed))


def pretended(request: HttpRequest) -> tuple[str, ...]:
    """Headers of this request that were taken away because they pretend; by name, never what they said."""
    return tuple(getattr(request, "pretended", ()))


def came_through_proxy(request: HttpRequest) -> bool:
    """Whether a proxy of ours passed this request on, so that its headers about the client can be believed."""
    return bool(getattr(request, "came_through_proxy", False))


def client_of(forwarded: str) -> str:
    """The client in X-Forwarded-For: the last address that is no proxy of ours. What stands before it is hearsay."""
    for entry in reversed(forwarded.split(",")):
        address = _plain(entry)
        if not address:
            return ""
        if not _is_proxy(address):
            return address
    return ""


def _plain(entry: str) -> str:
    """An address without port and brackets; empty when it is none."""
    text = entry.strip().removeprefix("[")
    text = text.partition("]")[0] if "]" in text else text
    if text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ip_address(text))
    except ValueError:
        return ""


def _is_secret(given: str) -> bool:
    known = settings.XUKE_PROXY_SECRET
    return bool(known) and constant_time_compare(given, known)


def _is_proxy(address: str) -> bool:
    try:
        host = ip_address(address)
    except ValueError:
        return False
    return any(host in network for network in _networks(tuple(settings.XUKE_PROXIES)))


@lru_cache(maxsize=8)
def _networks(entries: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(entry, strict=False) for entry in entries)
