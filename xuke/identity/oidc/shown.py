"""What pages show of the identity platform."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from xuke.accounts.models import User
from xuke.identity.certificates.models import BoundCertificate
from xuke.identity.models import Passkey
from xuke.identity.oidc import health
from xuke.identity.oidc.models import ExternalIdentity
from xuke.web import frame

Facts = dict[str, Any]


def at_login(request: HttpRequest) -> list[Facts]:
    """The platform on the login page, and whether it is taken to be down."""
    if settings.XUKE_OIDC is None:
        return []
    resting = health.is_resting(settings.XUKE_OIDC, now=frame.stamp(request))
    return [{"title": settings.XUKE_OIDC.title, "resting": resting}]


def of_person(user: User) -> list[Facts]:
    """The accounts on the platform that somebody has linked. Whoever has nothing else is asked for a second way in."""
    linked = list(ExternalIdentity.objects.filter(user=user, ended_at=None).order_by("linked_at"))
    if settings.XUKE_OIDC is None and not linked:
        return []
    title = settings.XUKE_OIDC.title if settings.XUKE_OIDC else "统一身份认证平台"
    alone = bool(linked) and is_alone(user)
    return [{"title": title, "linked": linked, "can_link": settings.XUKE_OIDC is not None, "alone": alone}]


def is_alone(user: User) -> bool:
    """Whether somebody could not come in without the platform: no password, no passkey, no certificate."""
    if user.has_usable_password():
        return False
    ways = (Passkey.objects.filter(user=user), BoundCertificate.objects.filter(user=user, ended_at=None))
    return not any(way.exists() for way in ways)
