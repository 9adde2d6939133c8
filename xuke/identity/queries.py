"""Questions about factors, sessions and attempts. Asked in the scope of the person, or of the system at the login."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject

from xuke.accounts.models import Posting, User
from xuke.accounts.queries import done_to, root_division
from xuke.accounts.rules import Done
from xuke.identity import rules
from xuke.identity.certificates.models import BoundCertificate
from xuke.identity.models import Attempt, Passkey, RecoveryCode, Session, TotpDevice
from xuke.identity.oidc.models import ExternalIdentity

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
    cards: int = 0
    """Bound certificates."""
    links: int = 0
    """Accounts on the identity platform."""

    @property
    def count(self) -> int:
        """Recovery codes are not counted: they open the door on the day the others are lost."""
        return (1 if self.totp_added_at else 0) + len(self.passkeys) + self.cards


_PASSKEYS = ArraySubquery(
    Passkey.objects.filter(user=OuterRef("pk"))
    .order_by("added_at")
    .values(row=JSONObject(pk="pk", name="name", rp_id="rp_id", added_at="added_at", used_at="used_at"))
)
_TOTP = Subquery(TotpDevice.objects.filter(user=OuterRef("pk")).values("added_at"))
_CODES = RecoveryCode.objects.filter(user=OuterRef("pk")).order_by().values("user")
_CARDS = BoundCertificate.objects.filter(user=OuterRef("pk"), ended_at=None).order_by().values("user")
_LINKS = ExternalIdentity.objects.filter(user=OuterRef("pk"), ended_at=None).order_by().values("user")


def factors(user_id: int) -> Factors:
    """Everything on the page of one's own security: one statement."""
    rows = User.objects.filter(pk=user_id).values_list(
        _TOTP,
        _PASSKEYS,
        Subquery(_CODES.annotate(made=Count("pk")).values("made")),
        Subquery(_CODES.annotate(left=Count("pk", filter=Q(used_at=None))).values("left")),
        Subquery(_CARDS.annotate(held=Count("pk")).values("held")),
        Subquery(_LINKS.annotate(held=Count("pk")).values("held")),
    )
    for totp_added_at, passkeys, *counts in rows:
        made, left, cards, links = (count or 0 for count in counts)
        return Factors(totp_added_at, tuple(map(_held, passkeys)), left, made, cards, links)
    return Factors(None, (), 0, 0)


def _held(row: dict[str, Any]) -> HeldPasskey:
    used_at = datetime.fromisoformat(row["used_at"]) if row["used_at"] else None
    added_at = datetime.fromisoformat(row["added_at"])
    return HeldPasskey(row["pk"], row["name"], row["rp_id"], added_at, used_at)


def has_factor(user: User, now: datetime, *, besides: str = "") -> bool:
    """Whether a password alone is not enough for this person, or what they came by (`besides`).

    A card is a factor too, and an officer's account on the platform: else the password would be the weaker way into an
    account whose owner never uses it. An officer's card counts even when it has run out, for an administrator can take
    it away; nobody could for other people, so theirs counts while it opens the door.
    """
    cards = BoundCertificate.objects.filter(user=user, ended_at=None)
    ways = (
        TotpDevice.objects.filter(user=user),
        Passkey.objects.filter(user=user),
        cards if user.serves else cards.filter(not_after__gt=now),
    )
    return any(way.exists() for way in ways) or (besides != rules.Means.PLATFORM and _comes_by_platform(user))


def _comes_by_platform(user: User) -> bool:
    """Whether an officer has an account on the platform of this installation."""
    platform = settings.XUKE_OIDC
    if platform is None or not user.serves:
        return False
    return ExternalIdentity.objects.filter(user=user, issuer=platform.issuer, ended_at=None).exists()


def done_by_others(user_id: int) -> tuple[Done, ...]:
    """What administrators did to somebody's ways in, the newest first."""
    return tuple(reversed(done_to(user_id, rules.DONE_BY_OTHERS)))[:SHOWN]


def untold(user_id: int) -> tuple[Done, ...]:
    """What administrators did to somebody's ways in since the person was told last, oldest first."""
    done = done_to(user_id, {*rules.DONE_BY_OTHERS, rules.TOLD})
    read = max((place for place, one in enumerate(done, start=1) if one.verb == rules.TOLD), default=0)
    return done[read:]


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
