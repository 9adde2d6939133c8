"""The history of a person or an authority in words, for the pages of administrators."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from xuke.accounts.words import WORDS
from xuke.foundation.journal import Event
from xuke.web.formats import day
from xuke.web.pieces import Happening

_OTHER = "更改登录方式"
"""What is told about accounts by the apps above."""


def told(events: Iterable[Event], *, today: date) -> list[Happening]:
    """One line for each entry, in the order given."""
    return [
        Happening(event.at, WORDS.get(event.verb, _OTHER), _text(event, today), latest=place == 0)
        for place, event in enumerate(events)
    ]


def _text(event: Event, today: date) -> str:
    return "；".join((*_facts(event.facts, today), f"{event.actor_label}办理"))


def _facts(facts: dict[str, Any], today: date) -> Iterator[str]:
    if where := " ".join(filter(None, (facts.get("authority"), facts.get("role") or facts.get("roles")))):
        yield where
    for name, words in (("instead_of", "代理{}"), ("deputy", "由{}代理"), ("before", "原名{}"), ("kind", "{}")):
        if facts.get(name):
            yield words.format(facts[name])
    if days := _days(facts, today):
        yield days
    changes = facts.get("changes")
    if isinstance(changes, dict):
        yield from (f"{title}由“{each['from']}”改为“{each['to']}”" for title, each in changes.items())
    if facts.get("reason"):
        yield f"原因：{facts['reason']}"


def _days(facts: dict[str, Any], today: date) -> str:
    begins, until = facts.get("valid_from"), facts.get("until")
    told = f"{_day(begins, today)}起" if begins else ""
    return f"{told}至{_day(until, today)}" if until else told


def _day(text: str, today: date) -> str:
    return day(date.fromisoformat(text), today)
