"""Between a request and its view: no session beyond its limits, and first what somebody owes their own account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from xuke.identity import sessions
from xuke.web import frame
from xuke.web.pages import go

Answer = Callable[[HttpRequest], HttpResponse]
_WAYS = frozenset(
    {
        "logout",
        "login",
        "login-passkey",
        "login-passkey-options",
        "login-oidc",
        "login-oidc-back",
        "login-certificate",
        "login-certificate-challenge",
        "login-certificate-tls",
        "second-factor",
        "second-factor-options",
    }
)
"""The addresses by which somebody comes in or leaves: open whatever they owe."""
_ENROLMENT = frozenset(
    {
        "account-security",
        "account-confirm",
        "account-confirm-options",
        "account-totp",
        "account-passkey",
        "account-passkey-options",
        "bind-certificate",
        "link-platform",
    }
)
"""Where an officer who owes a second factor adds one."""


class Limits:
    """Ends a session whose time is up. Stands after Django's authentication and before whoever asks who acts."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sessions.keep_limits(request, frame.stamp(request))
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Lead whoever has to take a password of their own, or to add a second factor, to the page for it.

        Until then nothing else opens, were it public: whoever came in by a password that others know must not bind a
        card to the account, nor accept what somebody was invited to (ASVS 5.0, 6.4.1).
        """
        owed = sessions.owes(request)
        name = request.resolver_match.url_name if request.resolver_match else None
        if not owed or name == owed or name in _WAYS or (owed == "account-security" and name in _ENROLMENT):
            return None
        return go(request, owed)
