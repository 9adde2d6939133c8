"""The other ways in, as the login page and the page of one's own security show them.

A way adds a line to `at_login` and to `of_person`: a template and the facts it shows, which it finds as `way.facts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from xuke.accounts.models import User
from xuke.identity.certificates import shown as certificate
from xuke.identity.oidc import shown as oidc


@dataclass(frozen=True)
class Shown:
    """A piece of a page: which template, with which facts."""

    template: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def at_login(request: HttpRequest) -> list[Shown]:
    """The ways in beside password and passkey, in their order on the login page.

    The identity platform comes first, unless it is down: then last, and said so.
    """
    platform, certificates = oidc.at_login(request), certificate.at_login(request)
    is_down = bool(platform and platform[0].get("resting"))
    ways = [
        *(Shown("identity/oidc/_way.html", facts) for facts in platform),
        *(Shown("identity/certificates/_way.html", facts) for facts in certificates),
    ]
    return ways[::-1] if is_down else ways


def of_factors(request: HttpRequest, *, cards: bool, platform: bool) -> list[Shown]:
    """Those of these ways by which somebody proves a second factor, or once more who they are."""
    platforms = oidc.at_login(request) if platform else []
    certificates = certificate.at_login(request) if cards else []
    return [
        *(Shown("identity/oidc/_way.html", facts) for facts in platforms),
        *(Shown("identity/certificates/_way.html", facts) for facts in certificates),
    ]


def of_person(request: HttpRequest, user: User) -> list[Shown]:
    """What of these ways somebody has set up, on the page of their own security; read in their own scope."""
    return [
        *(Shown("identity/oidc/_account.html", facts) for facts in oidc.of_person(user)),
        *(Shown("identity/certificates/_account.html", facts) for facts in certificate.of_person(request, user)),
    ]
