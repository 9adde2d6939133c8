"""The only writers of users, authorities and postings."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from xuke.accounts.models import Authority, Posting, User
from xuke.accounts.officers import Role
from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.identifiers import credit_code
from xuke.foundation.refusals import Conflict, Invalid, Problem
from xuke.foundation.transactions import command


@command
def establish_authority(
    *,
    code: str,
    uscc: str,
    name: str,
    abbreviation: str,
    level: str,
    parent: Authority | None,
    reconsideration_body: str,
    court: str,
    by: Actor,
    now: datetime,
    address: str = "",
    phone: str = "",
) -> Authority:
    """Add a node to the tree of authorities."""
    found = credit_code.parse(uscc)
    if not found.valid:
        raise Invalid(Problem("uscc", found.errors[0].message))
    if Authority.objects.filter(code=code).exists():
        raise Conflict(f"行政区划{code}已经设有机关。")
    authority = Authority.objects.create(
        code=code,
        uscc=found.normal_form,
        name=name,
        abbreviation=abbreviation,
        level=level,
        parent=parent,
        path=f"{parent.path if parent else ''}{code}/",
        reconsideration_body=reconsideration_body,
        court=court,
        address=address,
        phone=phone,
    )
    journal.record("authority.established", subject=authority, by=by, at=now, name=name, level=level)
    return authority


@command
def add_user(*, login_name: str, name: str, password: str, by: Actor, now: datetime) -> User:
    """Add a person who can log in. The password is kept as an Argon2 hash."""
    login_name = login_name.strip().lower()
    problems = []
    if not 4 <= len(login_name) <= 64 or not login_name.isascii() or " " in login_name:
        problems.append(Problem("login_name", "登录名请用4到64个字母、数字或者符号，不含空格。"))
    if not name.strip():
        problems.append(Problem("name", "请填写姓名。"))
    user = User(login_name=login_name, name=name.strip())
    try:
        validate_password(password, user)
    except ValidationError as error:
        problems += [Problem("password", message) for message in error.messages]
    if User.objects.filter(login_name=login_name).exists():
        problems.append(Problem("login_name", "这个登录名已经有人使用，请换一个。"))
    if problems:
        raise Invalid(*problems)
    user.set_password(password)
    user.save(force_insert=True)
    journal.record("user.added", subject=user, by=by, at=now, login_name=login_name)
    return user


@command
def appoint(*, user: User, authority: Authority, role: Role, by: Actor, now: datetime, credential: str = "") -> Posting:
    """Give a person a role in an authority from today on."""
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if Posting.objects.filter(user=user, authority=authority, role=role, valid_to=None).exists():
        raise Conflict(f"{user.name}已经担任{authority.name}的{role.label}。")
    posting = Posting.objects.create(
        user=user, authority=authority, role=role, credential=credential, valid_from=journal.legal_day(now)
    )
    user.revision += 1
    user.save(update_fields=["revision"])
    journal.record("user.appointed", subject=user, by=by, at=now, authority=authority.name, role=role.label)
    return posting


@command
def dismiss(*, posting: Posting, by: Actor, now: datetime) -> Posting:
    """End a posting today. It acts at once: the next request no longer carries the role."""
    user = User.objects.select_for_update(no_key=True).get(pk=posting.user_id)
    posting = Posting.objects.select_related("authority").get(pk=posting.pk)
    if posting.valid_to is not None:
        raise Conflict("这一任职已经结束。")
    posting.valid_to = journal.legal_day(now)
    posting.save(update_fields=["valid_to"])
    user.revision += 1
    user.save(update_fields=["revision"])
    journal.record(
        "user.dismissed", subject=user, by=by, at=now, authority=posting.authority.name, role=Role(posting.role).label
    )
    return posting
