"""Reactions to news from below. Two lines each; each can run twice without harm."""

from __future__ import annotations

from datetime import datetime

from xuke.foundation.actors import SYSTEM
from xuke.foundation.journal import Event
from xuke.foundation.news import On
from xuke.licensing import commands
from xuke.licensing.models import Application


def finish_application(event: Event, now: datetime) -> None:
    """The certificate of a licence was made: its application is done."""
    application = Application.objects.filter(licence__number=event.stream.partition(":")[2], state="granted").first()
    if application is not None:
        commands.record_certificate(
            application=application,
            by=SYSTEM,
            now=now,
            version=event.facts["version"],
            digest=event.facts["digest"],
        )


HANDLERS = (On("licence.certificate_made", finish_application),)
