"""Keeping the register: who is in it, with which credential, and who is out of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from xuke.accounts.models import Authority, Posting, User
from xuke.accounts.roles import Role
from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.refusals import Conflict, Invalid, Problem
from xuke.foundation.transactions import command
from xuke.verifiers import permissions
from xuke.verifiers.commands.steps import LEVEL_CHOICES, QUALIFICATION_CHOICES, Words, finish, lock
from xuke.verifiers.models import Verifier
from xuke.verifiers.rules import ACTIVE, SUSPENDED, VERIFIER, WITHDRAWN


@command
def register(
    *,
    authority: Authority,
    by: Actor,
    now: datetime,
    user: User | None = None,
    name: str = "",
    qualification: str = VERIFIER,
    credential: str = "",
    issuer: str = "",
    issuing_province: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
    specialities: Iterable[str] | None = None,
    level: str = "",
    may_lead: bool = True,
    unit: str = "",
) -> Verifier:
    """Enter somebody in the register (核查人员名册). Verifiers have an account; experts and observers need none."""
    permissions.demand(permissions.why_not_keep(by, authority.path))
    words = Words()
    row = Verifier(
        user=user,
        name=words.text("name", name or (user.name if user else ""), label="姓名", missing="请填写姓名。", most=64),
        authority=authority,
        authority_path=authority.path,
        registered_on=journal.legal_day(now),
        status=ACTIVE,
        qualification=words.one_of("qualification", qualification, QUALIFICATION_CHOICES, label="资格"),
        issuing_province=_province(issuing_province, words) or authority.code[:2],
        may_lead=may_lead and qualification == VERIFIER,
        **_credential(credential, issuer, valid_from, valid_to, words),
        **_profile(specialities, level, unit, words),
    )
    _demand_what_a_verifier_has(row, words)
    words.demand()
    _insert(row)
    facts = {name: getattr(row, name) for name in ("qualification", "credential", "issuer", "valid_from", "valid_to")}
    told = {name: fact for name, fact in facts.items() if fact not in ("", None)}
    journal.record("verifier.registered", subject=row, by=by, at=now, specialities=row.specialities, **told)
    return row


def _demand_what_a_verifier_has(row: Verifier, words: Words) -> None:
    if row.qualification != VERIFIER:
        return
    if row.user is None:
        words.wrong("user", "核查人员要有工作人员账号，请先在“人员”里新建并任命。")
    if not row.credential:
        words.wrong("credential", "请填写核查人员证件编号，现场核查时向申请人出示。")
    if row.specialities is None:
        words.wrong("specialities", "请选择专业类别。")


def _insert(row: Verifier) -> None:
    """Nobody is in the register twice, and no credential belongs to two."""
    if row.user_id and Verifier.objects.filter(user=row.user_id).exclude(status=WITHDRAWN).exists():
        raise Conflict(f"{row.name}已经在名册里。")
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Invalid(Problem("credential", f"证件编号{row.credential}已经登记在另一名人员名下。")) from None


@command
def register_appointed(*, user: User, by: Actor, now: datetime) -> Verifier | None:
    """Enter somebody who was appointed as a verifier and is not in the register yet, as far as the posting tells.

    Validity and specialities count as open until somebody enters them; the page says so.
    """
    if Verifier.objects.filter(user=user).exclude(status=WITHDRAWN).exists():
        return None
    posting = (
        Posting.objects.filter(user=user, role=Role.VERIFIER)
        .exclude(credential="")
        .select_related("authority")
        .order_by("-valid_from", "-pk")
        .first()
    )
    if posting is None:
        return None
    taken = Verifier.objects.filter(credential=posting.credential).exclude(status=WITHDRAWN).exists()
    row = Verifier(
        user=user,
        name=user.name,
        authority=posting.authority,
        authority_path=posting.authority.path,
        credential="" if taken else posting.credential,
        issuing_province=posting.authority.code[:2],
        is_entered=False,
        registered_on=journal.legal_day(now),
    )
    row.save(force_insert=True)
    journal.record(
        "verifier.registered", subject=row, by=by, at=now, source="posting", credential=row.credential or None
    )
    return row


@command
def change_verifier(
    *,
    verifier: Verifier,
    by: Actor,
    now: datetime,
    specialities: Iterable[str] | None,
    level: str = "",
    may_lead: bool = True,
    unit: str = "",
) -> Verifier:
    """Change specialities, level and whether somebody may lead a team."""
    verifier = lock(verifier, by=by)
    words = Words()
    profile = _profile(specialities, level, unit, words)
    profile["may_lead"] = may_lead and verifier.qualification == VERIFIER
    if verifier.qualification == VERIFIER and profile["specialities"] is None:
        words.wrong("specialities", "请选择专业类别。")
    words.demand()
    for name, value in profile.items():
        setattr(verifier, name, value)
    return finish(verifier, "changed", *profile, by=by, now=now, **profile)


@command
def renew_credential(
    *,
    verifier: Verifier,
    credential: str,
    issuer: str,
    valid_from: date | None,
    valid_to: date | None,
    by: Actor,
    now: datetime,
    issuing_province: str = "",
) -> Verifier:
    """Enter a new credential, or the validity of the one that is there."""
    verifier = lock(verifier, by=by)
    words = Words()
    given = _credential(credential, issuer, valid_from, valid_to, words)
    if not given["credential"]:
        words.wrong("credential", "请填写证件编号。")
    if not given["issuer"]:
        words.wrong("issuer", "请填写发证机关。")
    if valid_from is None:
        words.wrong("valid_from", "请填写有效期的第一天。")
    province = _province(issuing_province, words) or verifier.issuing_province
    words.demand()
    if Verifier.objects.filter(credential=credential).exclude(status=WITHDRAWN).exclude(pk=verifier.pk).exists():
        raise Invalid(Problem("credential", f"证件编号{credential}已经登记在另一名人员名下。"))
    verifier.issuing_province, verifier.is_entered = province, True
    for name, value in given.items():
        setattr(verifier, name, value)
    fields = (*given, "is_entered", "issuing_province")
    return finish(verifier, "credential_renewed", *fields, by=by, now=now, **given)


@command
def suspend(
    *, verifier: Verifier, reason: str, by: Actor, now: datetime, until: date | None = None, begins: date | None = None
) -> Verifier:
    """Let somebody verify nothing from a day on, today if none is given, perhaps until a day."""
    verifier = lock(verifier, by=by)
    today = journal.legal_day(now)
    words = Words()
    reason = words.text("reason", reason, label="原因", missing="请写明暂停的原因。")
    if until is not None and until < (begins or today):
        words.wrong("until", "最后一天不能早于暂停的第一天。")
    words.demand()
    verifier.status, verifier.status_reason = SUSPENDED, reason
    verifier.status_from, verifier.status_until = begins or today, until
    return finish(verifier, "suspended", *_STATUS, by=by, now=now, reason=reason, until=until)


@command
def reinstate(*, verifier: Verifier, reason: str, by: Actor, now: datetime) -> Verifier:
    """Let a suspended person verify again from today."""
    verifier = lock(verifier, by=by)
    if verifier.status != SUSPENDED:
        raise Conflict(f"{verifier.name}没有被暂停核查。")
    words = Words()
    reason = words.text("reason", reason, label="原因", missing="请写明恢复的原因。")
    words.demand()
    verifier.status, verifier.status_reason = ACTIVE, reason
    verifier.status_from, verifier.status_until = journal.legal_day(now), None
    return finish(verifier, "reinstated", *_STATUS, by=by, now=now, reason=reason)


@command
def withdraw(*, verifier: Verifier, reason: str, by: Actor, now: datetime) -> Verifier:
    """Take somebody out of the register from today. The row stays, for the visits they made."""
    verifier = lock(verifier, by=by)
    words = Words()
    reason = words.text("reason", reason, label="原因", missing="请写明退出的原因。")
    words.demand()
    verifier.status, verifier.status_reason = WITHDRAWN, reason
    verifier.status_from, verifier.status_until = journal.legal_day(now), None
    return finish(verifier, "withdrawn", *_STATUS, by=by, now=now, reason=reason)


_STATUS = ("status", "status_from", "status_until", "status_reason")


def _credential(
    credential: str, issuer: str, valid_from: date | None, valid_to: date | None, words: Words
) -> dict[str, Any]:
    words.term(valid_from, valid_to)
    return {
        "credential": words.text("credential", credential, label="证件编号", most=60),
        "issuer": words.text("issuer", issuer, label="发证机关", most=100),
        "valid_from": valid_from,
        "valid_to": valid_to,
    }


def _profile(specialities: Iterable[str] | None, level: str, unit: str, words: Words) -> dict[str, Any]:
    return {
        "specialities": words.categories(specialities),
        "level": words.one_of("level", level, LEVEL_CHOICES, label="等级"),
        "unit": words.text("unit", unit, label="所在单位", most=100),
    }


def _province(digits: str, words: Words) -> str:
    if digits and not (len(digits) == 2 and digits.isdecimal()):
        words.wrong("issuing_province", "请填写发证省份区划代码的前两位，例如湖北省填42。")
    return digits
