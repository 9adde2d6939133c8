"""The only writers of enterprises, sites and mandates."""

from __future__ import annotations

from datetime import datetime

from xuke.accounts.models import User
from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.identifiers import credit_code
from xuke.foundation.refusals import Conflict, Invalid, Problem
from xuke.foundation.transactions import command
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
    found = credit_code.parse(uscc)
    problems = [Problem("uscc", problem.message) for problem in found.errors]
    for field, label, value in (
        ("name", "企业名称", name),
        ("legal_representative", "法定代表人（负责人）", legal_representative),
        ("domicile", "住所", domicile),
    ):
        if not value.strip():
            problems.append(Problem(field, f"请填写{label}。"))
    if not problems and Enterprise.objects.filter(uscc=found.normal_form).exists():
        problems.append(Problem("uscc", "这家企业已经登记。请联系企业的法定代表人，由其授权您为经办人。"))
    if problems:
        raise Invalid(*problems)
    enterprise = Enterprise.objects.create(
        uscc=found.normal_form,
        name=name.strip(),
        legal_representative=legal_representative.strip(),
        domicile=domicile.strip(),
        division_code=division_code,
    )
    journal.record(
        "enterprise.registered", subject=enterprise, by=by, at=now, uscc=enterprise.uscc, name=enterprise.name
    )
    return enterprise


@command
def add_site(*, enterprise: Enterprise, address: str, division_code: str, by: Actor, now: datetime) -> Site:
    """Note a place where the enterprise produces; noting it again changes nothing."""
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
    """End a mandate today; the person can no longer act for the enterprise."""
    enterprise = Enterprise.objects.select_for_update(no_key=True).get(pk=mandate.enterprise_id)
    mandate = Mandate.objects.select_related("user").get(pk=mandate.pk)
    if mandate.valid_to is not None:
        raise Conflict("这一授权已经结束。")
    mandate.valid_to = journal.legal_day(now)
    mandate.save(update_fields=["valid_to"])
    enterprise.revision += 1
    enterprise.save(update_fields=["revision"])
    journal.record("enterprise.mandate_ended", subject=enterprise, by=by, at=now, person=mandate.user.name)
    return mandate
