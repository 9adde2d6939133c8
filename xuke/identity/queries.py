"""Questions about factors, sessions and attempts. Asked in the scope of the person, or of the system at the login."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject

from xuke.accounts.models import Posting, User
from xuke.accounts.queries import root_division
from xuke.identity import rules
from xuke.identity.models import Attempt, Passkey, RecoveryCode, Session, TotpDevice

USUAL = timedelta(days=90)
"""How long an address from which somebody came in stays one of theirs."""
SHOWN = 20


@dataclass(frozen=True)
class HeldPasskey:
    """A passkey as its owner sees it."""

    pk: str
    name: str
    rp_id: str
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class Factors:
    """What a person has beside the password."""

    totp_added_at: datetime | None
    passkeys: tuple[HeldPasskey, ...]
    codes_left: int
    codes_made: int

    @property
    def count(self) -> int:
        """Recovery codes are not counted: they open the door on the day the others are lost."""
        return (1 if self.totp_added_at else 0) + len(self.passkeys)


_PASSKEYS = ArraySubquery(
    Passkey.objects.filter(user=OuterRef("pk"))
    .order_by("added_at")
    .values(row=JSONObject(pk="pk", name="name", rp_id="rp_id", added_at="added_at", used_at="used_at"))
)
_TOTP = Subquery(TotpDevice.objects.filter(user=OuterRef("pk")).values("added_at"))
_CODES = RecoveryCode.objects.filter(user=OuterRef("pk")).order_by().values("user")


def factors(user_id: int) -> Factors:
    """Everything on the page of one's own security: one statement."""
    rows = User.objects.filter(pk=user_id).values_list(
        _TOTP,
        _PASSKEYS,
        Subquery(_CODES.annotate(made=Count("pk")).values("made")),
        Subquery(_CODES.annotate(left=Count("pk", filter=Q(used_at=None))).values("left")),
    )
    for totp_added_at, passkeys, made, left in rows:
        return Factors(totp_added_at, tuple(map(_held, passkeys)), codes_left=left or 0, codes_made=made or 0)
    return Factors(None, (), 0, 0)


def _held(row: dict[str, Any]) -> HeldPasskey:
    used_at = datetime.fromisoformat(row["used_at"]) if row["used_at"] else None
    added_at = datetime.fromisoformat(row["added_at"])
    return HeldPasskey(row["pk"], row["name"], row["rp_id"], added_at, used_at)


def has_factor(user: User) -> bool:
    """Whether a password alone is not enough for this person."""
    return TotpDevice.objects.filter(user=user).exists() or Passkey.objects.filter(user=user).exists()


def sessions_of(user_id: int, now: datetime) -> list[Session]:
    """Where somebody is logged in, the newest first."""
    return list(Session.objects.filter(user=user_id, began_at__gt=now - rules.LONGEST).order_by("-seen_at"))


def attempts_of(user_id: int) -> list[Attempt]:
    """The last attempts to come in under somebody's name."""
    return list(Attempt.objects.filter(user=user_id).order_by("-at")[:SHOWN])


def places_of(user_id: int) -> list[str]:
    """The paths of the authorities somebody works in or has worked in, the newest first."""
    postings = Posting.objects.filter(user=user_id).order_by("-pk")
    return list(postings.values_list("authority__path", flat=True))


def place_of(user_id: int | None) -> str:
    """Whose auditors read what a person did with their account: those of the officer's authority; of everybody else,
    those at the root of the tree."""
    places = places_of(user_id) if user_id is not None else []
    if places:
        return places[0]
    return f"{root}/" if (root := root_division()) else ""


# --- guessing ---------------------------------------------------------------------------------------------------------


def why_wait(*, address: str, name_mark: bytes, user_id: int | None, now: datetime) -> str:
    """The reason why a password for this name from this address is not looked at now, or an empty string."""
    wrong = Attempt.objects.filter(wrong=True, means=rules.Means.PASSWORD, at__gt=now - rules.WINDOW)
    usual = Attempt.objects.filter(user=user_id, accepted=True, address=address, at__gt=now - USUAL)
    return rules.why_wait(
        names_from_address=wrong.filter(address=address).values("name_mark").distinct().count(),
        addresses_for_name=wrong.filter(name_mark=name_mark).values("address").distinct().count(),
        is_usual_address=user_id is not None and usual.exists(),
    )


def wrong_factors(user_id: int, now: datetime) -> int:
    """How often a factor of this person was guessed wrongly a moment ago, by somebody who had the first one."""
    wrong = Attempt.objects.filter(user=user_id, wrong=True, at__gt=now - rules.WINDOW)
    return wrong.exclude(means=rules.Means.PASSWORD).count()


def wrong_passwords(user_id: int, address: str, now: datetime) -> int:
    """How often the password of somebody was guessed wrongly at one place a moment ago."""
    wrong = Attempt.objects.filter(user=user_id, wrong=True, address=address, at__gt=now - rules.WINDOW)
    return wrong.filter(means=rules.Means.PASSWORD).count()
