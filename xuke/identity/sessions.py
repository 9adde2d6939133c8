"""Sessions in our own table (Django's session framework asks through `SessionStore`), and how strong one is.

A session is read before anybody's scope is known, so reading and writing go through functions of the database that
answer for one digest at a time; the table itself shows everybody their own rows and nobody else's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import VALID_KEY_CHARS, SessionBase, UpdateError
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import get_random_string

from xuke.accounts.models import User
from xuke.foundation.identity import new_id
from xuke.foundation.journal import legal_day
from xuke.identity import rules

BACKEND = "xuke.accounts.backends.PasswordBackend"
"""Who reads the user of a session again, by whatever means the session began."""
_PROOF = "proof"
_UNTOLD = "untold"
_KEY_LENGTH = 32
"""Letters and digits of a key: 165 random bits, so none is ever made twice."""
_WRITE = "SELECT identity_session_write(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"


class Strength(StrEnum):
    """How much stands behind a session."""

    NONE = "none"
    SINGLE = "single"
    STRONG = "strong"


@dataclass(frozen=True)
class Proof:
    """When and how somebody proved who they are. Stands in the signed part of the session."""

    means: str
    strong: bool
    began: str
    """When this person's session began, through every change of key."""
    at: str
    """When they proved it last."""
    address: str = ""
    agent: str = ""

    @property
    def began_at(self) -> datetime:
        """The moment from which the absolute limit counts."""
        return datetime.fromisoformat(self.began)

    @property
    def proved_at(self) -> datetime:
        """The moment from which a proof grows stale."""
        return datetime.fromisoformat(self.at)


class SessionStore(SessionBase):
    """A session, known by the digest of its key. Its data are signed together with the key: they fit no other row."""

    seen_at: datetime | None = None
    """When it was used last, as the database knew it."""
    begun_at: datetime | None = None

    @property
    def key_salt(self) -> str:
        return f"xuke.identity.session:{self.session_key}"

    def load(self) -> dict[str, Any]:
        """What the database knows of this key; of a key it does not know, nothing, and the key is dropped."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM identity_session_read(%s)", [_digest(self.session_key)])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        data, self.begun_at, self.seen_at = row
        return self.decode(data)

    def exists(self, session_key: str) -> bool:
        """Whether there is a session of this key."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM identity_session_read(%s)", [_digest(session_key)])
            return cursor.fetchone() is not None

    def create(self) -> None:
        """Begin a session under a new key. A key that somebody brings along is never taken."""
        self._session_key = self._get_new_session_key()
        self.save(must_create=True)
        self.modified = True

    def _get_new_session_key(self) -> str:
        return get_random_string(_KEY_LENGTH, VALID_KEY_CHARS)

    def save(self, must_create: bool = False) -> None:
        """Write the session. One that was ended meanwhile stays ended."""
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        # Django saves a session after the answer is made, where nobody is left to hand in the time.
        proof, user, now = proof_in(data), data.get(SESSION_KEY), timezone.now()
        arguments = (
            proof.proved_at if proof else None,
            proof.means if proof else "",
            bool(proof and proof.strong),
            proof.address if proof else "",
            proof.agent if proof else "",
        )
        with connection.cursor() as cursor:
            made = new_id() if must_create else None
            values = [made, _digest(self.session_key), self.encode(data), user and int(user)]
            cursor.execute(_WRITE, [*values, proof.began_at if proof else now, now, *arguments])
            if not cursor.fetchone()[0]:
                raise UpdateError
        self.seen_at = now

    def delete(self, session_key: str | None = None) -> None:
        """End the session of this key, or this one."""
        key = session_key or self.session_key
        if key is not None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT identity_session_end(%s)", [_digest(key)])

    def touch(self, now: datetime) -> None:
        """Note that it is used, at most once a minute."""
        if self.session_key and self.seen_at and now - self.seen_at >= rules.SEEN_EVERY:
            with connection.cursor() as cursor:
                cursor.execute("SELECT identity_session_seen(%s, %s)", [_digest(self.session_key), now])
            self.seen_at = now


def digest_of(request: HttpRequest) -> bytes:
    """By which the database knows the session of a request."""
    return _digest(request.session.session_key)


def _digest(key: str | None) -> bytes:
    return hashlib.sha256((key or "").encode()).digest()


# --- what stands in a session -----------------------------------------------------------------------------------------


def proof_in(data: Any) -> Proof | None:
    """The proof in a session, or in its data."""
    facts = data.get(_PROOF)
    return Proof(**facts) if facts else None


def prove(request: HttpRequest, *, means: str, strong: bool, now: datetime) -> None:
    """Write into the session that somebody just proved who they are. What was proven before still counts."""
    before = proof_in(request.session)
    stamp = now.isoformat()
    proof = Proof(
        means="+".join(dict.fromkeys([*(before.means.split("+") if before else ()), *means.split("+")])),
        strong=strong or bool(before and before.strong),
        began=before.began if before else stamp,
        at=stamp,
        address=address(request),
        agent=agent(request),
    )
    request.session[_PROOF] = asdict(proof)


def begin(user: User, *, means: str, strong: bool, now: datetime, address: str = "", agent: str = "") -> SessionStore:
    """A session of somebody who has just come in by these means, written down: for tests and measurements."""
    session = SessionStore()
    stamp = now.isoformat()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[_PROOF] = asdict(Proof(means, strong, stamp, stamp, address, agent))
    session.save()
    return session


def is_fresh(request: HttpRequest, now: datetime) -> bool:
    """Whether the person at the screen proved who they are within the last ten minutes."""
    proof = proof_in(request.session)
    return proof is not None and rules.is_fresh(proof.proved_at, now)


def strength(request: HttpRequest) -> Strength:
    """How much stands behind the session of a request."""
    if not isinstance(request.user, User):
        return Strength.NONE
    proof = proof_in(request.session)
    return Strength.STRONG if proof and proof.strong else Strength.SINGLE


def note_untold(request: HttpRequest) -> None:
    """Write into the session that somebody comes in for the first time after others changed their ways in."""
    request.session[_UNTOLD] = True


def note_told(request: HttpRequest) -> None:
    """Write into the session that they have read it."""
    request.session.pop(_UNTOLD, None)


def owes_reading(request: HttpRequest) -> bool:
    """Whether somebody has not yet read what others did to their ways in."""
    return _UNTOLD in request.session


def owes_factor(request: HttpRequest) -> bool:
    """Whether this is an officer's session on one factor where officers need two: it opens their own account only."""
    if not settings.XUKE_OFFICERS_SECOND_FACTOR or strength(request) is not Strength.SINGLE:
        return False
    return bool(roles_held(request.user, request))


def owes_password(request: HttpRequest) -> bool:
    """Whether somebody came in by a first password, which is good for taking one of their own and nothing else."""
    proof = proof_in(request.session) if getattr(request.user, "must_change_password", False) else None
    return proof is not None and rules.Means.PASSWORD in proof.means.split("+")


def owes(request: HttpRequest) -> str:
    """The page of their own account that somebody has to visit before any other, by its name; or an empty string."""
    if owes_reading(request):
        return "account-changes"
    if owes_password(request):
        return "account-password"
    return "account-security" if owes_factor(request) else ""


def roles_held(user: Any, request: HttpRequest) -> frozenset[str]:
    """The roles a user holds today, in any authority, as they were read with the session."""
    today = legal_day(request.now).isoformat()  # type: ignore[attr-defined]
    return roles_on(user, today)


def roles_on(user: Any, day: str) -> frozenset[str]:
    """The roles a user holds on a day (ISO)."""
    rows: Collection[Any] = getattr(user, "held_postings", None) or ()
    return frozenset(
        str(row["role"])
        for row in rows
        if row["valid_from"] <= day and (row["valid_to"] is None or row["valid_to"] > day)
    )


def limits_for(request: HttpRequest) -> rules.Limits:
    """How long the session of a request may last, by the roles its user holds today."""
    return rules.limits_of(roles_held(request.user, request), demonstration=settings.XUKE_LONG_SESSIONS)


def keep_limits(request: HttpRequest, now: datetime) -> None:
    """End the session of a request when its time is up; else note that it is used."""
    session = request.session
    if not isinstance(request.user, User) or not isinstance(session, SessionStore):
        return
    limits = limits_for(request)
    proof = proof_in(session)
    began_at = proof.began_at if proof else session.begun_at or now
    if rules.is_over(limits, began_at=began_at, seen_at=session.seen_at or now, now=now):
        session.flush()
        request.user = AnonymousUser()
        return
    session.touch(now)


# --- where a request comes from ---------------------------------------------------------------------------------------


def address(request: HttpRequest) -> str:
    """The network address of the browser."""
    return str(request.META.get("REMOTE_ADDR", ""))[:45]


def agent(request: HttpRequest) -> str:
    """How the browser describes itself."""
    return rules.legible(request.headers.get("User-Agent", ""))
