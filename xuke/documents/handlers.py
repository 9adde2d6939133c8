"""Reactions to news from below. Each can run twice without harm."""

from __future__ import annotations

from datetime import datetime

from xuke.documents import commands
from xuke.documents.models import ServiceConsent
from xuke.foundation.actors import SYSTEM
from xuke.foundation.journal import Event
from xuke.foundation.news import On
from xuke.parties.models import Enterprise


def note_consent(event: Event, now: datetime) -> None:
    """An enterprise registered and ticked that it agrees to electronic service: its consent is on record from then."""
    if not event.facts.get("electronic_service"):
        return
    enterprise = Enterprise.objects.get(uscc=event.stream.partition(":")[2])
    # Once: a consent that was withdrawn since does not come back.
    if not ServiceConsent.objects.filter(enterprise=enterprise).exists():
        commands.give_consent(enterprise=enterprise, by=SYSTEM, now=now, note="登记企业时确认")


HANDLERS = (On("enterprise.registered", note_consent),)
