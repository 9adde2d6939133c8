"""The journal's door for commands: `record` what happened, read it back as a history.

A stream is one subject; the subject's revision is the sequence number, so the subject's row lock serialises the stream
and nothing global does.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from xuke.foundation import request_ids
from xuke.foundation.actors import Actor
from xuke.foundation.models.journal import Entry

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Subject(Protocol):
    """What an entry is about. Its revision was advanced in the same transaction."""

    revision: int

    @property
    def stream(self) -> str: ...
    @property
    def journal_label(self) -> str: ...
    @property
    def journal_authority(self) -> str: ...
    @property
    def journal_enterprise(self) -> str: ...


def legal_day(moment: datetime) -> date:
    """The day in China on which a moment falls."""
    return moment.astimezone(SHANGHAI).date()


_INSERT = (
    "INSERT INTO foundation_entry (stream, seq, verb, at, effective_on, clock, actor, actor_label, subject_label,"
    " authority_path, enterprise_id, facts, request_id) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)


def record(
    verb: str,
    *,
    subject: Subject,
    by: Actor,
    at: datetime,
    clock: str = "",
    effective_on: date | None = None,
    within: str = "",
    **facts: Any,
) -> None:
    """Write down what happened, in the transaction that did it. `facts` must be plain JSON, dates and decimals.

    `within` is the path of the authority whose business it was, where the subject itself belongs to none, as people do.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            [
                subject.stream,
                subject.revision,
                verb,
                at,
                effective_on or legal_day(at),
                clock,
                by.code,
                by.label,
                subject.journal_label,
                within or subject.journal_authority,
                subject.journal_enterprise,
                json.dumps(facts, cls=DjangoJSONEncoder, ensure_ascii=False),
                request_ids.current(),
            ],
        )


@dataclass(frozen=True)
class Happened:
    """What happened to one of many subjects; its revision was advanced in the same transaction."""

    stream: str
    revision: int
    journal_label: str
    journal_authority: str = ""
    journal_enterprise: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


_INSERT_MANY = """
    INSERT INTO foundation_entry (stream, seq, verb, at, effective_on, clock, actor, actor_label, subject_label,
        authority_path, enterprise_id, facts, request_id)
    SELECT stream, seq, %s, %s, %s, '', %s, %s, label, authority, enterprise, facts::jsonb, %s
    FROM unnest(%s::text[], %s::int[], %s::text[], %s::text[], %s::text[], %s::text[])
        AS happened (stream, seq, label, authority, enterprise, facts)
"""


def record_many(verb: str, *, subjects: Sequence[Happened], by: Actor, at: datetime) -> None:
    """Write down that the same happened to many subjects, in one statement: as many entries as subjects.

    Each keeps its own stream and sequence, and is sealed as any other.
    """
    if not subjects:
        return
    written: dict[int, str] = {}
    for each in subjects:  # Many share their facts, which are written out once.
        if id(each.facts) not in written:
            written[id(each.facts)] = json.dumps(each.facts, cls=DjangoJSONEncoder, ensure_ascii=False)
    facts = [written[id(each.facts)] for each in subjects]
    arguments: list[date | str] = [verb, at, legal_day(at), by.code, by.label, request_ids.current()]
    columns = ("stream", "revision", "journal_label", "journal_authority", "journal_enterprise")
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT_MANY, [*arguments, *([getattr(each, name) for each in subjects] for name in columns), facts]
        )


@dataclass(frozen=True)
class Event:
    """An entry as readers see it."""

    id: int
    stream: str
    seq: int
    verb: str
    at: datetime
    effective_on: date
    clock: str
    actor: str
    actor_label: str
    facts: dict[str, Any]
    request_id: str = ""


def history(stream: str) -> tuple[Event, ...]:
    """Everything that happened to one subject, oldest first: one statement."""
    rows = Entry.objects.filter(stream=stream).order_by("seq")
    return tuple(Event(*row) for row in rows.values_list(*Event.__dataclass_fields__))


def histories(streams: Sequence[str]) -> dict[str, list[Event]]:
    """Everything that happened to several subjects, each oldest first: one statement."""
    found: dict[str, list[Event]] = {}
    rows = Entry.objects.filter(stream__in=streams).order_by("stream", "seq")
    for row in rows.values_list(*Event.__dataclass_fields__):
        event = Event(*row)
        found.setdefault(event.stream, []).append(event)
    return found
