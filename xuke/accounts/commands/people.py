"""The only writers of users, authorities and postings."""

from __future__ import annotations

import re
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import Q

from xuke.accounts.models import Authority, Posting, User
from xuke.accounts.officers import Role
from xuke.accounts.permissions import demand_administrator, why_not_together
from xuke.accounts.queries import taken
from xuke.foundation import journal
from xuke.foundation.actors import Actor, System
from xuke.foundation.identifiers import credit_code, division_code
from xuke.foundation.refusals import Conflict, Invalid, Problem
from xuke.foundation.transactions import command

ABOVE = {"nation": (), "province": ("nation",), "prefecture": ("province",), "county": ("prefecture", "province")}
"""The levels that may stand directly above a level; some counties have no prefecture."""
_LOGIN_NAME = re.compile("[!-~]{4,64}")


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
    demand_administrator(by, f"{parent.path if parent else ''}{code}/", Role.SYSTEM_ADMINISTRATOR)
    found = credit_code.parse(uscc)
    problems = [Problem("uscc", problem.message) for problem in found.errors]
    problems += [Problem("code", problem.message) for problem in division_code.parse(code).errors]
    if level not in ABOVE:
        problems.append(Problem("level", "请选择国家、省、市或者县。"))
    elif parent is not None and parent.level not in ABOVE[level]:
        problems.append(Problem("parent", "上级机关的级别应当高于这个机关。"))
    for field, label, value in (
        ("name", "机关名称", name),
        ("abbreviation", "文号代字", abbreviation),
        ("reconsideration_body", "行政复议机关", reconsideration_body),
        ("court", "有管辖权的法院", court),
    ):
        if not 1 <= len(value.strip()) <= 100:
            problems.append(Problem(field, f"请填写{label}，最多100个字。"))
    if problems:
        raise Invalid(*problems)
    _demand_new_authority(code, found.normal_form, abbreviation.strip())
    authority = Authority.objects.create(
        code=code,
        uscc=found.normal_form,
        name=name.strip(),
        abbreviation=abbreviation.strip(),
        level=level,
        parent=parent,
        path=f"{parent.path if parent else ''}{code}/",
        reconsideration_body=reconsideration_body,
        court=court,
        address=address,
        phone=phone,
    )
    journal.record("authority.established", subject=authority, by=by, at=now, name=authority.name, level=level)
    return authority


def _demand_new_authority(code: str, uscc: str, abbreviation: str) -> None:
    """Two authorities with one abbreviation would give the same document number twice."""
    same = Authority.objects.filter(Q(code=code) | Q(uscc=uscc) | Q(abbreviation=abbreviation)).first()
    if same is None:
        return
    if same.code == code:
        raise Conflict(f"行政区划{code}已经设有机关。")
    if same.uscc == uscc:
        raise Conflict(f"统一社会信用代码{uscc}属于{same.name}。")
    raise Conflict(f"文号代字{abbreviation}已由{same.name}使用。")


@command
def add_user(*, login_name: str, name: str, password: str | None, by: Actor, now: datetime) -> User:
    """Add a person who can log in. The password is kept as an Argon2 hash; without one, they log in by other means."""
    if not isinstance(by, System):
        demand_administrator(by, by.scope.administers, Role.SECURITY_ADMINISTRATOR)
    login_name, name = login_name.strip().lower(), name.strip()
    problems = []
    if not _LOGIN_NAME.fullmatch(login_name):
        problems.append(Problem("login_name", "登录名请用4到64个字母、数字或者符号，不含空格。"))
    if not 1 <= len(name) <= 64:
        problems.append(Problem("name", "请填写姓名，最多64个字。"))
    user = User(login_name=login_name, name=name, serves=not isinstance(by, System))
    try:
        validate_password(password, user) if password is not None else None
    except ValidationError as error:
        problems += [Problem("password", message) for message in error.messages]
    if taken([login_name]):
        problems.append(_taken())
    if problems:
        raise Invalid(*problems)
    user.set_password(password)
    try:
        user.save(force_insert=True)
    except IntegrityError:
        raise Invalid(_taken()) from None  # Somebody took the name a moment ago.
    journal.record("user.added", subject=user, by=by, at=now, within=by.scope.administers, login_name=login_name)
    return user


def _taken() -> Problem:
    return Problem("login_name", "这个登录名已经有人使用，请换一个。")


@command
def appoint(*, user: User, authority: Authority, role: Role, by: Actor, now: datetime, credential: str = "") -> Posting:
    """Give a person a role in an authority from today on."""
    demand_administrator(by, authority.path, Role.SECURITY_ADMINISTRATOR)
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    held = Posting.objects.filter(user=user, valid_to=None).values_list("role", "authority")
    if (role, authority.pk) in held:
        raise Conflict(f"{user.name}已经担任{authority.name}的{role.label}。")
    if reason := why_not_together(role, [other for other, _ in held]):
        raise Conflict(reason)
    if len(credential := credential.strip()) > 60:
        raise Invalid(Problem("credential", "证件编号最多60个字。"))
    posting = Posting.objects.create(
        user=user, authority=authority, role=role, credential=credential, valid_from=journal.legal_day(now)
    )
    user.revision += 1
    user.serves = True
    user.save(update_fields=["revision", "serves"])
    journal.record(
        "user.appointed",
        subject=user,
        by=by,
        at=now,
        within=authority.path,
        authority=authority.name,
        role=role.label,
    )
    return posting


@command
def dismiss(*, posting: Posting, by: Actor, now: datetime) -> Posting:
    """End a posting today. It acts at once: the next request no longer carries the role."""
    demand_administrator(by, posting.authority.path, Role.SECURITY_ADMINISTRATOR)
    user = User.objects.select_for_update(no_key=True).get(pk=posting.user_id)
    posting = Posting.objects.select_related("authority").get(pk=posting.pk)
    if posting.valid_to is not None:
        raise Conflict("这一任职已经结束。")
    posting.valid_to = journal.legal_day(now)
    posting.save(update_fields=["valid_to"])
    user.revision += 1
    user.save(update_fields=["revision"])
    journal.record(
        "user.dismissed",
        subject=user,
        by=by,
        at=now,
        within=posting.authority.path,
        authority=posting.authority.name,
        role=Role(posting.role).label,
    )
    return posting
