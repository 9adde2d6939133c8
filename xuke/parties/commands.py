"""The only writers of enterprises, sites and mandates."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError

from xuke.accounts.models import User
from xuke.foundation import divisions, journal
from xuke.foundation.actors import Actor
from xuke.foundation.identifiers import credit_code
from xuke.foundation.refusals import Conflict, Invalid, Problem
from xuke.foundation.transactions import command
from xuke.parties import permissions
from xuke.parties.models import Enterprise, Mandate, Site


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
) -> Enterprise:
    """Enter an enterprise by its unified social credit code."""
    permissions.demand_system(by)
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
    )
    try:
        enterprise.save(force_insert=True)
    except IntegrityError:
        raise Invalid(_registered()) from None  # Somebody registered it a moment ago.
    journal.record(
        "enterprise.registered", subject=enterprise, by=by, at=now, uscc=enterprise.uscc, name=enterprise.name
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
    enterprise = Enterprise.objects.select_for_update(no_key=True).get(pk=enterprise.pk)
    site, is_new = Site.objects.get_or_create(
        enterprise=enterprise, address=address.strip(), defaults={"division_code": division_code}
    )
    if is_new:
        enterprise.revision += 1
        enterprise.save(update_fields=["revision"])
        journal.record("enterprise.site_added", subject=enterprise, by=by, at=now, address=site.address)
    return site


@command
def give_mandate(*, user: User, enterprise: Enterprise, capacity: str, by: Actor, now: datetime) -> Mandate:
    """Let a person act for an enterprise from today on."""
    permissions.demand_heading(by, enterprise)
    if capacity not in Mandate.CAPACITIES:
        raise Invalid(Problem("capacity", "请选择法定代表人或者经办人。"))
    enterprise = Enterprise.objects.select_for_update(no_key=True).get(pk=enterprise.pk)
    if Mandate.objects.filter(user=user, enterprise=enterprise, valid_to=None).exists():
        raise Conflict(f"{user.name}已经可以代表{enterprise.name}办事。")
    mandate = Mandate.objects.create(
        user=user, enterprise=enterprise, capacity=capacity, valid_from=journal.legal_day(now)
    )
    enterprise.revision += 1
    enterprise.save(update_fields=["revision"])
    journal.record(
        "enterprise.mandate_given",
        subject=enterprise,
        by=by,
        at=now,
        person=user.name,
        capacity=Mandate.CAPACITIES[capacity],
    )
    return mandate


@command
def end_mandate(*, mandate: Mandate, by: Actor, now: datetime) -> Mandate:
    """End a mandate today; the person can no longer act for the enterprise. Anybody may lay down their own."""
    enterprise = Enterprise.objects.select_for_update(no_key=True).get(pk=mandate.enterprise_id)
    if not permissions.is_oneself(by, mandate):
        permissions.demand_heading(by, enterprise)
    mandate = Mandate.objects.select_related("user").get(pk=mandate.pk)
    if mandate.valid_to is not None:
        raise Conflict("这一授权已经结束。")
    mandate.valid_to = journal.legal_day(now)
    mandate.save(update_fields=["valid_to"])
    enterprise.revision += 1
    enterprise.save(update_fields=["revision"])
    journal.record("enterprise.mandate_ended", subject=enterprise, by=by, at=now, person=mandate.user.name)
    return mandate
