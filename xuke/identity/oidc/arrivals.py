"""Who has come through the platform: its claims as facts. Needs no Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from xuke.foundation.identifiers import credit_code, resident_id
from xuke.identity.oidc.platform import Platform


@dataclass(frozen=True)
class Arrival:
    """A person as the platform vouches for them at this login. Empty where it says nothing that can be used."""

    issuer: str
    subject: str
    name: str = ""
    number: str = ""
    """Resident identity number; only where the platform has proven it."""
    mobile: str = ""
    valid_to: date | None = None
    """The last day of the document by which the platform knows the person, where it tells."""
    credit_code: str = ""
    is_strong: bool = False
    acr: str = ""

    @property
    def is_proven(self) -> bool:
        """Whether it is known who this is: name and number, both."""
        return bool(self.name and self.number)


def arrival_from(claims: Mapping[str, Any], platform: Platform) -> Arrival:
    """The facts in the claims of a checked token."""
    names = platform.claims
    acr = _text(claims, "acr", 128)
    amr = claims.get("amr")
    methods = tuple(method for method in amr if isinstance(method, str)) if isinstance(amr, list) else ()
    number = _text(claims, names.number, 18).upper()
    code = _text(claims, names.credit_code, 18).upper()
    return Arrival(
        issuer=platform.issuer,
        subject=str(claims["sub"]),
        name=_text(claims, names.name, 64),
        number=number if platform.proves(acr) and resident_id.parse(number).valid else "",
        mobile=_text(claims, names.mobile, 20),
        valid_to=_day(_text(claims, names.valid_to, 10)),
        credit_code=code if credit_code.parse(code).valid else "",
        is_strong=platform.is_strong(acr, methods),
        acr=acr,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _text(claims: Mapping[str, Any], name: str, longest: int) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value.isprintable() or len(value.strip()) > longest:
        return ""
    return value.strip()
