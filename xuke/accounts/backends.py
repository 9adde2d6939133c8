"""Logging in with a password; finding out in one statement whose session it is and which postings they hold.

Nobody is known yet when these questions are asked, so they go through a function of the database that answers for one
person at a time: the table itself shows nothing to a stranger.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest

from xuke.accounts.models import User

_BY_ID = "SELECT * FROM accounts_person(%s, NULL)"
_BY_NAME = "SELECT * FROM accounts_person(NULL, %s)"


def person(user_id: int) -> User | None:
    """The active user with this number, with `held_postings` read along."""
    return _first(_BY_ID, user_id)


def person_called(login_name: str) -> User | None:
    """The active user with this login name, whatever its case, with `held_postings` read along."""
    return _first(_BY_NAME, login_name.strip().lower())


def _first(question: str, argument: Any) -> User | None:
    for user in User.objects.raw(question, [argument]):
        return user
    return None


class PasswordBackend:
    """Login name and password. An unknown name costs as much time as a wrong password."""

    def authenticate(
        self, request: HttpRequest | None, username: str = "", password: str = "", **_: Any
    ) -> User | None:
        """The user with this name and password, or None."""
        user = person_called(username)
        if user is None:
            make_password(password)
            return None
        # Not User.check_password, which would write: nobody's scope is entered here.
        return user if check_password(password, user.password) else None

    def get_user(self, user_id: int) -> User | None:
        """The user of a session."""
        return person(user_id)
