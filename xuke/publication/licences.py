"""One licence as everybody may read it: its facts, its certificate, everything that happened. One statement."""

# ruff: noqa: S608 - constants

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from xuke.certificates.content import CertificateContent
from xuke.publication.asking import TABLE, rows
from xuke.publication.finding import SHOWN, Row
from xuke.publication.rules import BRINGS, Answer, Happened, Standing, standing_on, standing_today

_NUMBER = re.compile(r"SC[0-9]{14}")
_EVENTS = (
    "(SELECT json_agg(json_build_array(seq, effective_on, recorded_at, state, valid_to, verb, version) ORDER BY seq)"
    " FROM publication_publishedevent AS event WHERE event.number = %s)"
)
# The number goes in four times: between the register and the certificates it would be compared in another collation,
# which no index has.
_ONE = f"""
SELECT {", ".join(SHOWN)}, {_EVENTS},
    (SELECT json_agg(json_build_array(version, identifier, made_at) ORDER BY version DESC)
     FROM certificates_public AS made WHERE made.licence_number = %s),
    (SELECT content FROM certificates_public AS made
     WHERE made.licence_number = %s AND made.version = licence.version)
FROM {TABLE} AS licence WHERE number = %s
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history."""

    happened: Happened
    verb: str
    version: int


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the certificate."""

    version: int
    identifier: str
    made_at: datetime | None


@dataclass(frozen=True, slots=True)
class Published:
    """A licence with all that is published of it."""

    row: Row
    history: tuple[Line, ...]
    """Oldest first."""
    versions: tuple[Version, ...]
    """Newest first."""
    content: CertificateContent | None
    """Of the newest version."""

    def present(self, *, on: date) -> Answer:
        """Today's answer, from everything that happened: the head of a page says what it answers for the day."""
        if not self.history:
            return Answer(standing(self.row, on=on), self.row.granted_on, self.row.valid_to, self.row.ended_on)
        return standing_on(self.events, on=on, known_at=max(event.recorded_at for event in self.events))

    @property
    def events(self) -> tuple[Happened, ...]:
        """What the answers about days rest on."""
        return tuple(line.happened for line in self.history)


def find(number: str) -> Published | None:
    """The licence of this number; None when the register has none."""
    if not _NUMBER.fullmatch(number):
        return None
    found = rows(_ONE, [number] * 4)
    if not found:
        return None
    *row, history, versions, content = found[0]
    return Published(
        Row(*row),
        tuple(_line(*each) for each in history or ()),
        tuple(Version(version, identifier, _moment(made)) for version, identifier, made in versions or ()),
        CertificateContent.from_facts(json.loads(content)) if content else None,
    )


def standing(row: Row, *, on: date) -> Standing:
    """The standing of a licence on a day, as its row has it."""
    return standing_today(
        state=row.state, valid_to=row.valid_to, ended_on=row.ended_on, granted_on=row.granted_on, on=on
    )


def _line(seq: int, effective_on: str, recorded_at: str, state: str, valid_to: str, verb: str, version: int) -> Line:
    recorded = datetime.fromisoformat(recorded_at)
    brings = bool(BRINGS.get(verb, state))
    happened = Happened(seq, date.fromisoformat(effective_on), recorded, state, date.fromisoformat(valid_to), brings)
    return Line(happened, verb, version)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def last_recorded(history: Iterable[Line]) -> datetime | None:
    """When the register last learned something."""
    return max((line.happened.recorded_at for line in history), default=None)
