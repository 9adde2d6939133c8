"""What the pages of a proceeding are made of: the hands, the history, the notices, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from xuke.documents.models import Notice
from xuke.foundation.journal import Event
from xuke.parties.applicants import Applicant
from xuke.proceedings.commands.steps import TOLD
from xuke.proceedings.models import Proceeding
from xuke.web.pieces import Happening, Link, Seat

BACKSTAGE = ("begun", "proposed", "sent_back", "statement_read", "service_noted")
"""What the office does among itself, and is no news to the holder."""


def seats(proceeding: Proceeding) -> tuple[Seat, ...]:
    """Who investigates, who chairs the hearing, who decides."""
    investigator, chair, decider = proceeding.investigator, proceeding.chair, proceeding.decided_by
    told = "没有要求听证" if proceeding.state not in ("opened", "notified", "hearing_requested") else "还没有到这一环节"
    return (
        Seat("调查", ((investigator.name, ""),) if investigator else (), note="" if investigator else "等待接手"),
        Seat("听证主持", ((chair.name, ""),) if chair else (), note="" if chair else told),
        Seat("决定", ((decider.name, ""),) if decider else (), note="" if decider else "不由调查人员决定"),
    )


def happenings(events: Sequence[Event], notices: Iterable[Notice], *, reader: Any) -> tuple[Happening, ...]:
    """The history, newest first: acts with their notices. The holder is told of what concerns them."""
    hidden = BACKSTAGE if isinstance(reader, Applicant) else ("statement_read",)
    lines = [event for event in events if event.verb.partition(".")[2] not in hidden]
    numbered = {notice.number: notice for notice in notices}
    made = [_line(event, numbered, latest=event is lines[-1]) for event in lines]
    return tuple(reversed(made))


def _line(event: Event, notices: dict[str, Notice], *, latest: bool) -> Happening:
    past = event.verb.partition(".")[2]
    notice = notices.get(str(event.facts.get("notice", "")))
    links = (Link(notice.title, reverse("notice", args=[notice.pk])),) if notice else ()
    who, _, _ = event.actor_label.partition("（")
    reason = event.facts.get("reason", "")
    text = "，".join(filter(None, (who, reason)))
    return Happening(event.at, TOLD[past], text, latest=latest, links=links)


@dataclass(frozen=True)
class Said:
    """A statement as a page shows it."""

    text: str
    by: str
    at: datetime
    name: str = ""
    url: str = ""


def statements(proceeding: Proceeding, address: str) -> tuple[Said, ...]:
    """What the holder said, oldest first, with the way to the files."""
    found, place = [], 0
    for row in proceeding.statements:
        url = ""
        if row.get("file"):
            url, place = reverse(address, args=[proceeding.pk, place]), place + 1
        found.append(Said(row["text"], row["by"], datetime.fromisoformat(row["at"]), row.get("name", ""), url))
    return tuple(found)


@dataclass(frozen=True)
class Hearing:
    """The hearing as a page shows it."""

    asked_at: datetime
    asked_by: str
    reason: str
    held_at: datetime | None
    place: str
    chair: str
    closed: bool
    record: str
    given_up: bool


def hearing(proceeding: Proceeding) -> Hearing | None:
    """The hearing, once it was asked for."""
    known = proceeding.hearing
    if not known:
        return None
    held = known.get("held_at", "")
    return Hearing(
        datetime.fromisoformat(known["asked_at"]),
        known["asked_by"],
        known.get("reason", ""),
        datetime.fromisoformat(held) if held else None,
        known.get("place", ""),
        known.get("chair", ""),
        bool(known.get("closed")),
        known.get("record", ""),
        bool(known.get("given_up_at")),
    )


def banned(proceeding: Proceeding) -> tuple[tuple[str, date | None, str], ...]:
    """Whom the decision bars, until when, and by which kind of ban."""
    rows = proceeding.decision.get("bans", ())
    return tuple((row["who"], date.fromisoformat(row["until"]) if row["until"] else None, row["title"]) for row in rows)


def effective_day(proceeding: Proceeding) -> date | None:
    """The day from which the decision took effect."""
    day = proceeding.decision.get("effective_on", "")
    return date.fromisoformat(day) if day else None
