"""News that reaches the public: what happened to a licence is on the register a second or two after it was sealed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from xuke.foundation.journal import Event
from xuke.foundation.news import On
from xuke.publication.projection import cases, endings, register


def publish_licence(event: Event, now: datetime) -> None:
    """Something happened to a licence: the register says so."""
    register.publish(event.stream.partition(":")[2])


def publish_ending(event: Event, now: datetime) -> None:
    """A licence was taken away or its record closed: that is announced."""
    endings.publish(event.stream.partition(":")[2], now=now)


def publish_case(event: Event, now: datetime) -> None:
    """A step was taken: how far the case is, and what was decided, is public."""
    cases.publish(UUID(event.stream.partition(":")[2]), now=now)


def publish_terms(event: Event, now: datetime) -> None:
    """The calendar has changed: the days on which terms end are public."""
    cases.renew(event.facts["applications"], event.at)


HANDLERS = (
    On("terms.renewed", publish_terms),
    *(On(verb, publish_licence) for verb in register.VERBS),
    *(On(verb, publish_ending) for verb in endings.VERBS),
    *(On(verb, publish_case) for verb in cases.VERBS),
)
