"""What pages show of certificates."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from xuke.accounts.models import User
from xuke.identity.certificates import trust
from xuke.identity.certificates.models import BoundCertificate

Facts = dict[str, Any]


def at_login(request: HttpRequest) -> list[Facts]:
    """Logging in with a certificate, where any is trusted."""
    if not trust.is_open():
        return []
    facts = _asking(request, action=reverse("login-certificate"), use="login")
    return [facts | {"tls": reverse("login-certificate-tls") if settings.XUKE_TLS_CERTIFICATES else ""}]


def of_person(request: HttpRequest, user: User) -> list[Facts]:
    """The certificates that somebody has bound, and the way to bind another."""
    bound = list(BoundCertificate.objects.filter(user=user, ended_at=None).order_by("bound_at"))
    if not bound and not trust.is_open():
        return []
    facts = _asking(request, action=reverse("bind-certificate"), use="bind") if trust.is_open() else {}
    return [facts | {"bound": bound}]


def _asking(request: HttpRequest, *, action: str, use: str) -> Facts:
    """What the script of the page needs to ask the signing agent. The page may talk to it, and to nobody else."""
    request.connects_to = settings.XUKE_AGENT  # type: ignore[attr-defined]
    return {
        "agent": settings.XUKE_AGENT,
        "challenge": reverse("login-certificate-challenge"),
        "action": action,
        "use": use,
    }
