"""Reactions to news, from below and from here. Two lines each; each can run twice without harm."""

from __future__ import annotations

from datetime import datetime

from xuke.foundation.actors import SYSTEM
from xuke.foundation.journal import Event
from xuke.foundation.news import On
from xuke.licensing import commands
from xuke.licensing.models import Application
from xuke.parties import commands as parties


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


def note_site(event: Event, now: datetime) -> None:
    """A licence was granted: the place where the enterprise produces is known from now on."""
    application = Application.objects.select_related("enterprise").get(pk=event.stream.partition(":")[2])
    site = application.form["site"]
    parties.add_site(
        enterprise=application.enterprise,
        address=site["production_address"],
        division_code=site["division_code"],
        by=SYSTEM,
        now=now,
    )


HANDLERS = (On("licence.certificate_made", finish_application), On("application.granted", note_site))
