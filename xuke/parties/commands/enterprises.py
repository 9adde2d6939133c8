"""Enterprises and sites: entering them, and writing down what the register says."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError

from xuke.foundation import divisions, journal
from xuke.foundation.actors import Actor, System
from xuke.foundation.identifiers import credit_code
from xuke.foundation.refusals import Invalid, Problem
from xuke.foundation.transactions import command
from xuke.parties import names, permissions
from xuke.parties.commands.steps import end_row, lock, note
from xuke.parties.models import Enterprise, Mandate, Site
from xuke.parties.rules import is_same_name


@command
def register_enterprise(
    *,
    uscc: str,
    name: str,
    legal_representative: str,
    domicile: str,
    division_code: str,
    by: Actor,
    now: datetime,
    electronic_service: bool = False,
) -> Enterprise:
    """Enter an enterprise by its unified social credit code.

    `electronic_service` says whether it agreed to electronic service when it registered; the news of it tells.
    """
    permissions.demand_registrar(by, division_code)
    found = credit_code.parse(uscc)
    problems = [Problem("uscc", problem.message) for problem in found.errors]
    for field, label, value, most in (
        ("name", "企业名称", name, 200),
        ("legal_representative", "法定代表人（负责人）", legal_representative, 60),
        ("domicile", "住所", domicile, 200),
    ):
        problems += _why_not_text(field, label, value, most)
    problems += _why_not_division(division_code, now)
    if not problems and Enterprise.objects.filter(uscc=found.normal_form).exists():
        problems.append(_registered())
    if problems:
        raise Invalid(*problems)
    enterprise = Enterprise(
        uscc=found.normal_form,
        name=name.strip(),
        legal_representative=legal_representative.strip(),
        domicile=domicile.strip(),
        division_code=division_code,
        noted_at=None if isinstance(by, System) else now,
    )
    try:
        enterprise.save(force_insert=True)
    except IntegrityError:
        raise Invalid(_registered()) from None  # Somebody registered it a moment ago.
    names.keep([enterprise])
    agreed: dict[str, Any] = {"electronic_service": True} if electronic_service else {}
    journal.record(
        "enterprise.registered", subject=enterprise, by=by, at=now, uscc=enterprise.uscc, name=enterprise.name, **agreed
    )
    return enterprise


def _registered() -> Problem:
    return Problem("uscc", "这家企业已经登记。请联系企业的法定代表人，由其授权您为经办人。")


def _why_not_text(field: str, label: str, value: str, most: int) -> list[Problem]:
    length = len(value.strip())
    if not length:
        return [Problem(field, f"请填写{label}。")]
    return [Problem(field, f"{label}最多{most}个字，现在有{length}个字。")] if length > most else []


def _why_not_division(code: str, now: datetime) -> list[Problem]:
    if divisions.name_of(code, journal.legal_day(now)):
        return []
    return [Problem("division_code", f"现行的行政区划里没有代码{code[:20]}，请重新选择。")]


@command
def add_site(*, enterprise: Enterprise, address: str, division_code: str, by: Actor, now: datetime) -> Site:
    """Note a place where the enterprise produces; noting it again changes nothing."""
    permissions.demand_acting_for(by, enterprise)
    problems = [*_why_not_text("address", "生产地址", address, 200), *_why_not_division(division_code, now)]
    if problems:
        raise Invalid(*problems)
    enterprise = lock(enterprise.pk)
    site, is_new = Site.objects.get_or_create(
        enterprise=enterprise, address=address.strip(), defaults={"division_code": division_code}
    )
    if is_new:
        note(enterprise, "site_added", by=by, now=now, address=site.address)
    return site


@dataclass(frozen=True)
class Registered:
    """What the register of market entities says about an enterprise."""

    name: str
    legal_representative: str
    domicile: str
    division_code: str
    state: str = "in_operation"
    term_ends_on: date | None = None


@command
def note_registration(*, enterprise: Enterprise, registered: Registered, by: Actor, now: datetime) -> Enterprise:
    """Write down what the register says now.

    Whoever headed the enterprise under another name heads it no longer: a change of the legal representative takes
    effect with its registration. Everybody else goes on, because the enterprise let them act, and not one person.
    """
    permissions.demand_registrar(by, registered.division_code)
    problems = [
        problem
        for field, label, value, most in (
            ("name", "企业名称", registered.name, 200),
            ("legal_representative", "法定代表人（负责人）", registered.legal_representative, 60),
            ("domicile", "住所", registered.domicile, 200),
        )
        for problem in _why_not_text(field, label, value, most)
    ]
    problems += _why_not_division(registered.division_code, now)
    if registered.state not in Enterprise.STATES:
        problems.append(Problem("state", "没有这种登记状态。"))
    if problems:
        raise Invalid(*problems)
    enterprise = lock(enterprise.pk)
    permissions.demand_registrar(by, enterprise.division_code)
    changed = {name: value for name, value in asdict(registered).items() if getattr(enterprise, name) != value}
    enterprise.noted_at = now
    for name, value in changed.items():
        setattr(enterprise, name, value)
    enterprise.save(update_fields=["noted_at", *changed])
    if "name" in changed:
        names.keep([enterprise])
    if not changed:
        return enterprise
    told = {name: Enterprise.STATES[value] if name == "state" else value for name, value in changed.items()}
    note(enterprise, "registration_noted", by=by, now=now, changed=told)
    if "legal_representative" in changed:
        _end_former_heads(enterprise, by=by, now=now)
    return enterprise


def _end_former_heads(enterprise: Enterprise, *, by: Actor, now: datetime) -> None:
    heads = Mandate.objects.filter(enterprise=enterprise, capacity=Mandate.LEGAL_REPRESENTATIVE, ended_at=None)
    for mandate in heads.select_related("user").order_by("pk"):
        if not is_same_name(mandate.user.name, enterprise.legal_representative):
            end_row(mandate, by=by, now=now)
            note(enterprise, "mandate_ended", by=by, now=now, person=mandate.user.name, reason="登记的法定代表人已变更")
