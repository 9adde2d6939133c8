"""Accounts of people: adding, renaming, closing them for a while, giving a first password."""

from __future__ import annotations

import re
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from xuke.accounts import permissions
from xuke.accounts.commands.steps import finish, lock_keepers, lock_user, why
from xuke.accounts.models import User
from xuke.accounts.queries import done_to, has_another_keeper, keeps_people, places_of, taken
from xuke.accounts.roles import Role
from xuke.foundation import journal
from xuke.foundation.actors import Actor, System
from xuke.foundation.refusals import Conflict, Invalid, Problem
from xuke.foundation.transactions import command

_LOGIN_NAME = re.compile("[!-~]{4,64}")
LAST_KEEPER = "整个系统只剩这一位安全管理人员，不能免职或者停用。请先任命另一位。"


@command
def add_user(
    *,
    login_name: str,
    name: str,
    password: str | None,
    by: Actor,
    now: datetime,
    must_change_password: bool = False,
) -> User:
    """Add a person who can log in. The password is kept as an Argon2 hash; without one, they log in by other means."""
    if not isinstance(by, System):
        permissions.demand_administrator(by, by.scope.administers, Role.SECURITY_ADMINISTRATOR)
    login_name, name = login_name.strip().lower(), name.strip()
    user = User(
        login_name=login_name,
        name=name,
        serves=not isinstance(by, System),
        added_in=by.scope.administers,
        must_change_password=must_change_password and password is not None,
    )
    problems = [*_name_problems(name), *_password_problems(password, user)]
    if not _LOGIN_NAME.fullmatch(login_name):
        problems.insert(0, Problem("login_name", "登录名请用4到64个字母、数字或者符号，不含空格。"))
    if taken([login_name]):
        problems.append(_taken())
    if problems:
        raise Invalid(*problems)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        raise Invalid(_taken()) from None  # Somebody took the name a moment ago.
    journal.record("user.added", subject=user, by=by, at=now, within=by.scope.administers, login_name=login_name)
    return user


def _taken() -> Problem:
    return Problem("login_name", "这个登录名已经有人使用，请换一个。")


def _name_problems(name: str) -> list[Problem]:
    return [] if 1 <= len(name) <= 64 else [Problem("name", "请填写姓名，最多64个字。")]


def _password_problems(password: str | None, user: User) -> list[Problem]:
    if password is None:
        return []
    try:
        validate_password(password, user)
    except ValidationError as error:
        return [Problem("password", message) for message in error.messages]
    return []


@command
def rename_user(*, user: User, name: str, by: Actor, now: datetime, reason: str = "") -> User:
    """Correct or change a person's name. Decisions and notices keep the name they were signed with."""
    user = _kept(user, by, now)
    reason, name = why(reason, by, what="改名"), name.strip()
    if problems := _name_problems(name):
        raise Invalid(*problems)
    if name == user.name:
        raise Conflict("姓名没有改变。")
    before, user.name = user.name, name
    finish(user, "user.renamed", "name", by=by, now=now, before=before, name=name, reason=reason)
    return user


@command
def disable_user(*, user: User, by: Actor, now: datetime, reason: str = "") -> User:
    """Close an account. It acts at once: whoever is logged in with it is out with the next click. Posts stay."""
    lock_keepers()
    user = _kept(user, by, now)
    reason = why(reason, by, what="停用")
    if not user.is_active:
        raise Conflict("这个账号已经停用。")
    today = journal.legal_day(now)
    if keeps_people(user, today=today) and not has_another_keeper(user, today=today):
        raise Conflict(LAST_KEEPER)
    user.is_active = False
    finish(user, "user.disabled", "is_active", by=by, now=now, reason=reason)
    return user


@command
def enable_user(*, user: User, by: Actor, now: datetime, reason: str = "") -> User:
    """Open an account again that was closed. Its posts are as they were, those that ended meanwhile have ended."""
    user = _kept(user, by, now)
    reason = why(reason, by, what="恢复")
    if user.is_active:
        raise Conflict("这个账号没有停用。")
    user.is_active = True
    finish(user, "user.enabled", "is_active", by=by, now=now, reason=reason)
    return user


@command
def give_password(*, user: User, password: str, by: Actor, now: datetime, reason: str = "") -> User:
    """Give a person a new first password, because they forgot theirs. It is good for one login, at which it changes.

    Not by whoever took their second factors away: the two together are somebody's account.
    """
    user = _kept(user, by, now)
    # Asked under the lock of the row, so that of two such acts at once the second one sees the first.
    permissions.demand(permissions.why_not_give_password(by, done_to(user.pk), now=now))
    reason = why(reason, by, what="重置密码")
    if problems := _password_problems(password, user):
        raise Invalid(*problems)
    user.set_password(password)
    user.must_change_password = True
    finish(user, "user.password_given", "password", "must_change_password", by=by, now=now, reason=reason)
    return user


@command
def change_password(*, user: User, password: str, by: Actor, now: datetime) -> User:
    """Change one's own password. A first one is spent with it."""
    permissions.demand("" if by.scope.user_id == str(user.pk) or isinstance(by, System) else "密码由本人修改。")
    user = lock_user(user.pk)
    problems = _password_problems(password, user)
    if not problems and user.check_password(password):
        problems = [Problem("password", "新密码不能和原来的一样。")]
    if problems:
        raise Invalid(*problems)
    user.set_password(password)
    user.must_change_password = False
    finish(user, "user.password_changed", "password", "must_change_password", by=by, now=now)
    return user


def _kept(user: User, by: Actor, now: datetime) -> User:
    """The person, locked, if it is this administrator who keeps them."""
    permissions.demand(permissions.why_not_keep(by, user, places_of(user, today=journal.legal_day(now))))
    return lock_user(user.pk)
