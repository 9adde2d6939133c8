"""Consent to electronic service: the enterprise gives it and takes it back."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from xuke.documents.commands.issuing import SERVED_FIELDS, serve_electronically
from xuke.documents.kinds import RECORDS
from xuke.documents.models import Notice, ServiceConsent
from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.refusals import StepNotOpen
from xuke.foundation.transactions import command
from xuke.parties.models import Enterprise
from xuke.parties.permissions import demand_acting_for, demand_power
from xuke.parties.rules import SIGN


@command
def give_consent(*, enterprise: Enterprise, by: Actor, now: datetime, note: str = "") -> ServiceConsent:
    """The enterprise agrees to be served through this platform. What waited for service is served by that.

    Giving it again changes nothing.
    """
    demand_acting_for(by, enterprise)
    demand_power(by, SIGN)
    consent = ServiceConsent(enterprise=enterprise, given_at=now, given_by=by.label, note=note)
    try:
        with transaction.atomic():
            consent.save(force_insert=True)
    except IntegrityError:
        return ServiceConsent.objects.get(enterprise=enterprise, withdrawn_at=None)
    journal.record("consent.given", subject=consent, by=by, at=now, note=note)
    _serve_what_waits(enterprise, by=by, now=now)
    return consent


def _serve_what_waits(enterprise: Enterprise, *, by: Actor, now: datetime) -> None:
    waiting = Notice.objects.filter(enterprise=enterprise, served_on=None).exclude(kind__in=RECORDS)
    for notice in waiting.exclude(content__has_key="recipient").select_for_update(no_key=True).order_by("pk"):
        serve_electronically(notice, now=now)
        notice.revision += 1
        notice.save(update_fields=[*SERVED_FIELDS, "revision"])
        journal.record(
            "notice.served", subject=notice, by=by, at=now, channel=notice.channel, served_on=notice.served_on
        )


@command
def withdraw_consent(*, enterprise: Enterprise, by: Actor, now: datetime) -> ServiceConsent:
    """From now on notices are served on paper. What was served already stays served."""
    demand_acting_for(by, enterprise)
    demand_power(by, SIGN)
    open_one = ServiceConsent.objects.select_for_update(no_key=True).filter(enterprise=enterprise, withdrawn_at=None)
    consent = open_one.first()
    if consent is None:
        raise StepNotOpen("贵企业现在没有同意电子送达，不需要撤回。")
    consent.withdrawn_at, consent.withdrawn_by = now, by.label
    consent.revision += 1
    consent.save(update_fields=["withdrawn_at", "withdrawn_by", "revision"])
    journal.record("consent.withdrawn", subject=consent, by=by, at=now)
    return consent
