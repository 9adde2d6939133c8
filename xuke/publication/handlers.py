"""News that reaches the public: what happened to a licence is on the register a second or two after it was sealed."""

from __future__ import annotations

from datetime import datetime

from xuke.foundation.journal import Event
from xuke.foundation.news import On
from xuke.publication.projection import register


def publish_licence(event: Event, now: datetime) -> None:
    """Something happened to a licence: the register says so."""
    register.publish(event.stream.partition(":")[2])


HANDLERS = tuple(On(verb, publish_licence) for verb in register.VERBS)
