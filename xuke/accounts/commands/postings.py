"""Posts: appointing, seconding, letting somebody deputise, dismissing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from xuke.accounts import permissions, rules
from xuke.accounts.commands.people import LAST_KEEPER
from xuke.accounts.commands.steps import finish, lock_keepers, lock_user, lock_users, why
from xuke.accounts.models import Authority, Posting, User
from xuke.accounts.queries import has_another_keeper, held, places_of
from xuke.accounts.roles import Role
from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.refusals import Conflict, Invalid, NotFound, Problem
from xuke.foundation.transactions import command

_DAY = timedelta(days=1)


@command
def appoint(
    *,
    user: User,
    authority: Authority,
    role: Role,
    by: Actor,
    now: datetime,
    valid_from: date | None = None,
    credential: str = "",
    reason: str = "",
) -> Posting:
    """Give a person a role in an authority from a day on (任命); without one, from today."""
    today = journal.legal_day(now)
    begins = valid_from or today
    _demand_days(begins, today=today)
    user = _appointed(user, authority, by, today)
    wanted = rules.Held(role, authority.pk, begins)
    reason = why(reason, by, what="任命")
    (posting,) = _post(user, authority, [wanted], Posting.REGULAR, credential=credential)
    finish(
        user,
        "user.appointed",
        "serves",
        by=by,
        now=now,
        within=authority.path,
        authority=authority.name,
        role=role.label,
        valid_from=begins if begins != today else None,
        reason=reason,
    )
    return posting


@command
def second(
    *,
    user: User,
    authority: Authority,
    role: Role,
    until: date | None,
    by: Actor,
    now: datetime,
    valid_from: date | None = None,
    credential: str = "",
    reason: str = "",
) -> Posting:
    """Give a person of another authority a role here until a day, which is the last one (借调). It ends by itself."""
    today = journal.legal_day(now)
    begins = valid_from or today
    _demand_days(begins, today=today)
    last = _last_day(begins, until)
    user = _appointed(user, authority, by, today)
    reason = why(reason, by, what="借调")
    wanted = rules.Held(role, authority.pk, begins, last + _DAY)
    (posting,) = _post(user, authority, [wanted], Posting.SECONDMENT, credential=credential)
    finish(
        user,
        "user.seconded",
        "serves",
        by=by,
        now=now,
        within=authority.path,
        authority=authority.name,
        role=role.label,
        valid_from=begins,
        until=last,
        reason=reason,
    )
    return posting


@command
def deputise(
    *,
    user: User,
    instead_of: User,
    authority: Authority,
    until: date | None,
    by: Actor,
    now: datetime,
    roles: Sequence[Role] = (),
    valid_from: date | None = None,
    credential: str = "",
    reason: str = "",
) -> list[Posting]:
    """Let a person stand in for an absent colleague, in the roles held here or in some of them (代理). Ends by itself.

    The deputy goes on with what the colleague has claimed or begun. Three hands of a case stay three persons: whoever
    had one hand in it already has no other as a deputy.
    """
    today = journal.legal_day(now)
    begins = valid_from or today
    _demand_days(begins, today=today)
    last = _last_day(begins, until)
    if too_long := rules.why_not_deputise_so_long(begins, last):
        raise Invalid(Problem("until", too_long))
    if user.pk == instead_of.pk:
        raise Invalid(Problem("user", "不能代理自己，请选择另一位同事。"))
    places = places_of(user, today=today)
    permissions.demand(permissions.why_not_post(by, user.pk, authority.path, places))
    people = lock_users([user.pk, instead_of.pk])
    user, absent = _fit(people[user.pk], authority), people[instead_of.pk]
    reason = why(reason, by, what="代理")
    chosen = _roles_left(absent, authority, roles, today=today)
    wanted = [rules.Held(role, authority.pk, begins, last + _DAY, absent.pk) for role in chosen]
    postings = _post(user, authority, wanted, Posting.DEPUTY, credential=credential, instead_of=absent)
    titles = "、".join(role.label for role in chosen)
    facts = {"authority": authority.name, "roles": titles, "valid_from": begins, "until": last, "reason": reason}
    finish(user, "user.deputised", "serves", by=by, now=now, within=authority.path, instead_of=absent.name, **facts)
    finish(absent, "user.represented", by=by, now=now, within=authority.path, deputy=user.name, **facts)
    return postings


@command
def dismiss(*, posting: Posting, by: Actor, now: datetime, reason: str = "") -> Posting:
    """End a posting today (免职). It acts at once: the next request no longer carries the role.

    A secondment or a deputyship ends early in the same way, and what was to begin later does not begin.
    """
    permissions.demand(permissions.why_not_post(by, posting.user_id, posting.authority.path))
    if posting.role == Role.SECURITY_ADMINISTRATOR:
        lock_keepers()
    user = lock_user(posting.user_id)
    posting = Posting.objects.select_related("authority", "instead_of").get(pk=posting.pk)
    authority = posting.authority
    reason = why(reason, by, what="免职")
    today = journal.legal_day(now)
    if posting.valid_to is not None and posting.valid_to <= max(today, posting.valid_from):
        raise Conflict("这一任职已经结束。")
    keeps = posting.role == Role.SECURITY_ADMINISTRATOR and posting.valid_from <= today
    if keeps and not has_another_keeper(user, today=today):
        raise Conflict(LAST_KEEPER)
    posting.valid_to = max(today, posting.valid_from)
    posting.save(update_fields=["valid_to"])
    finish(
        user,
        "user.dismissed",
        by=by,
        now=now,
        within=authority.path,
        authority=authority.name,
        role=Role(posting.role).label,
        kind=Posting.KINDS[posting.kind] if posting.kind != Posting.REGULAR else "",
        instead_of=posting.instead_of.name if posting.instead_of else "",
        reason=reason,
    )
    return posting


# --- what the verbs ask -----------------------------------------------------------------------------------------------


def _demand_days(begins: date, *, today: date) -> None:
    if reason := rules.why_not_from(begins, today=today):
        raise Invalid(Problem("valid_from", reason))


def _last_day(begins: date, until: date | None) -> date:
    if reason := rules.why_not_until(begins, until):
        raise Invalid(Problem("until", reason))
    assert until is not None
    return until


def _appointed(user: User, authority: Authority, by: Actor, today: date) -> User:
    """The person, locked, if this administrator may give them a post in this authority."""
    places = places_of(user, today=today)
    permissions.demand(permissions.why_not_post(by, user.pk, authority.path, places))
    return _fit(lock_user(user.pk), authority)


def _fit(user: User, authority: Authority) -> User:
    """The person, if there is an account and an authority to be appointed in."""
    if not user.is_active:
        raise Conflict(f"{user.name}的账号已经停用，请先恢复账号。")
    if Authority.objects.filter(pk=authority.pk).exclude(closed_on=None).exists():
        raise Conflict(f"{authority.name}已经撤销，不再任命人员。")
    user.serves = True
    return user


def _roles_left(absent: User, authority: Authority, roles: Iterable[Role], *, today: date) -> tuple[Role, ...]:
    here = [one for one in held(absent) if one.place == authority.pk]
    left = rules.roles_to_deputise(here, today=today)
    if not left:
        raise NotFound(f"{absent.name}没有在{authority.name}任职，不用代理。")
    if strange := [role.label for role in roles if role not in left]:
        raise Invalid(Problem("roles", f"{absent.name}在这里不担任{'、'.join(strange)}。"))
    return tuple(role for role in left if role in roles) if roles else left


def _post(
    user: User,
    authority: Authority,
    wanted: Sequence[rules.Held],
    kind: str,
    *,
    credential: str,
    instead_of: User | None = None,
) -> list[Posting]:
    """Write postings that the rules allow beside those that are there. The person's row is locked."""
    there = held(user)
    for one in wanted:
        if reason := rules.why_not_beside(one, there):
            raise Conflict(f"{user.name}不能担任{authority.name}的{one.role.label}：{reason}")
        there.append(one)
    if len(credential := credential.strip()) > 60:
        raise Invalid(Problem("credential", "证件编号最多60个字。"))
    if not credential and any(one.role == Role.VERIFIER for one in wanted):
        # Shown to the applicant on site (Measures art. 21).
        raise Invalid(Problem("credential", "担任核查的人员要填写核查人员证件编号，现场核查时向申请人出示。"))
    rows = [
        Posting(
            user=user,
            authority=authority,
            role=one.role,
            kind=kind,
            instead_of=instead_of,
            credential=credential if one.role == Role.VERIFIER else "",
            valid_from=one.begins,
            valid_to=one.ends,
        )
        for one in wanted
    ]
    try:
        with transaction.atomic():
            return Posting.objects.bulk_create(rows)
    except IntegrityError:
        # The rules look at the same rows under the same lock; whoever writes past them meets the constraints.
        raise Conflict(f"{user.name}的岗位刚刚有了变化，请看过最新情况再办理。") from None
