"""Imposing and lifting bans."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Q

from xuke.accounts.officers import Officer, Role
from xuke.accounts.queries import number_mark
from xuke.foundation import journal
from xuke.foundation.actors import Actor, System
from xuke.foundation.identifiers import resident_id
from xuke.foundation.refusals import Conflict, Invalid, NotFound, NotPermitted, Problem
from xuke.foundation.transactions import command
from xuke.parties.bans import BY_CODE
from xuke.parties.models import Enterprise
from xuke.parties.models_bans import Ban


@dataclass(frozen=True)
class Banned:
    """A person whom a ban is to bind."""

    name: str
    duty: str = ""
    """What they answered for."""
    user_id: int | None = None
    """Their account, where they act or acted for the enterprise: their proven number is taken from there."""
    number: str = ""
    """Their resident number, where somebody read it from their card."""


@command
def impose_ban(
    *,
    kind: str,
    enterprise: Enterprise | None = None,
    person: Banned | None = None,
    from_on: date,
    last_on: date | None,
    origin: str,
    source: str,
    authority_path: str,
    by: Actor,
    now: datetime,
    scope: str = "food",
) -> Ban:
    """Keep an enterprise, or a person who answers for what happened there, from applying until a day.

    Of a person `enterprise` is where they are known from. The same ban from the same source is imposed once: asking
    again changes nothing.
    """
    _demand_decider(by)
    if enterprise is None and person is None:
        raise Invalid(Problem("subject", "请写明禁止哪家企业或者哪个人申请。"))
    number = _number_of(person)
    mark = number_mark("resident_id", number) if number else b""
    known = Ban.objects.filter(source=source, kind=kind, lifted_at=None).exclude(source="")
    known = known.filter(_same_person(person, mark)) if person else known.filter(enterprise=enterprise)
    if (already := known.first()) is not None:
        return already
    ban = Ban(
        kind=kind,
        scope=scope,
        enterprise=None if person else enterprise,
        person=_name_of(person) if person else "",
        number=number,
        mark=mark,
        account=person.user_id if person else None,
        duty=person.duty if person else "",
        from_on=from_on,
        last_on=last_on,
        basis=BY_CODE[kind].basis,
        origin=origin,
        source=source,
        authority_path=authority_path,
        imposed_at=now,
        imposed_by=by.label,
    )
    ban.save(force_insert=True)
    if person and person.user_id and enterprise and not number:
        _identify(ban, person.user_id, enterprise)
    journal.record(
        "ban.imposed",
        subject=ban,
        by=by,
        at=now,
        ban=BY_CODE[kind].title,
        whom=ban.person or (ban.enterprise.name if ban.enterprise else ""),
        last_day=last_on,
        source=source,
    )
    return ban


@command
def lift_ban(*, ban: Ban, reason: str, by: Actor, now: datetime) -> Ban:
    """Take a ban back, because what it follows from was taken back or corrected."""
    _demand_decider(by)
    if not 1 <= len(reason := reason.strip()) <= 500:
        raise Invalid(Problem("reason", "请写明解除禁止申请的原因，最多500个字。"))
    locked = Ban.objects.select_for_update(no_key=True).filter(pk=ban.pk).first()
    if locked is None:
        raise NotFound("没有找到这条禁止申请的记录。")
    if isinstance(by, Officer) and not locked.authority_path.startswith(by.authority_path):
        raise NotPermitted("禁止申请由作出决定的机关或者它的上级解除。")
    if locked.lifted_at is not None:
        raise Conflict("这条禁止申请的记录已经解除。")
    locked.lifted_at, locked.lifted_by, locked.lift_reason = now, by.label, reason
    locked.revision += 1
    locked.save(update_fields=["lifted_at", "lifted_by", "lift_reason", "revision"])
    journal.record("ban.lifted", subject=locked, by=by, at=now, reason=reason)
    return locked


def _demand_decider(by: Actor) -> None:
    if not isinstance(by, System) and not (isinstance(by, Officer) and by.has(Role.DECIDER)):
        raise NotPermitted("禁止申请随处理决定作出，由决定人员办理。")


def _same_person(person: Banned, mark: bytes) -> Q:
    """Which ban binds this very person: by account, by number, and by the name only where nobody knew either."""
    if person.user_id:
        return Q(account=person.user_id)
    return Q(mark=mark, account=None) if mark else Q(person=_name_of(person), mark=b"", account=None)


def _name_of(person: Banned) -> str:
    return "".join(person.name.split())


def _number_of(person: Banned | None) -> str:
    if person is None:
        return ""
    if not 1 <= len(_name_of(person)) <= 60:
        raise Invalid(Problem("person", "请写明姓名，最多60个字。"))
    if not person.number.strip():
        return ""
    found = resident_id.parse(person.number)
    if found.errors:
        raise Invalid(*(Problem("number", problem.message) for problem in found.errors))
    return found.normal_form


def _identify(ban: Ban, user_id: int, enterprise: Enterprise) -> None:
    """Let the database take over the number that the person proved; without one, the name has to do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT parties_ban_person(%s, %s, %s)", [ban.pk, user_id, enterprise.pk])
    ban.refresh_from_db(fields=["person", "document", "mark"])
