"""Logging in with a password; finding out in one statement whose session it is and which postings they hold."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.http import HttpRequest

from xuke.accounts.models import Posting, User

_POSTINGS = ArraySubquery(
    Posting.objects.filter(user=OuterRef("pk"))
    .order_by("pk")
    .values(
        row=JSONObject(
            role="role",
            valid_from="valid_from",
            valid_to="valid_to",
            authority="authority",
            name="authority__name",
            path="authority__path",
        )
    )
)


class PasswordBackend:
    """Login name and password. An unknown name costs as much time as a wrong password."""

    def authenticate(
        self, request: HttpRequest | None, username: str = "", password: str = "", **_: Any
    ) -> User | None:
        """The user with this name and password, or None."""
        try:
            user = User.objects.get_by_natural_key(username)
        except User.DoesNotExist:
            make_password(password)
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        """The user of a session, with `held_postings` read along."""
        return User.objects.filter(pk=user_id, is_active=True).annotate(held_postings=_POSTINGS).first()
