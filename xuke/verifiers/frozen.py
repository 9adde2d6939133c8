"""The facts of a draw as JSON and back, so that a draw is kept with what it was made on and can be made again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from xuke.verifiers.rules import RecognitionFacts, RecusalFacts, Settings, VerifierFacts, VisitFacts


def frozen_person(facts: VerifierFacts) -> dict[str, Any]:
    """What the register said about somebody."""
    kept: dict[str, Any] = _plain(asdict(facts))
    return kept


def thawed_person(kept: Mapping[str, Any]) -> VerifierFacts:
    """The facts that were kept."""
    told = dict(kept)
    for name in ("status_from", "status_until", "valid_from", "valid_to", "registered_on"):
        told[name] = _day(told[name])
    told["examined_until"] = _day(told["examined_until"])
    told["failed_on"] = _day(told.get("failed_on"))
    told["specialities"] = None if told["specialities"] is None else frozenset(told["specialities"])
    told["training"] = {int(year): hours for year, hours in told["training"].items()}
    told["recognitions"] = tuple(
        RecognitionFacts(one["path"], date.fromisoformat(one["since"]), _day(one["until"]))
        for one in told["recognitions"]
    )
    told["recusals"] = tuple(
        RecusalFacts(one["ground"], one["state"], date.fromisoformat(one["since"]), _day(one["ended_on"]))
        for one in told["recusals"]
    )
    return VerifierFacts(**told)


def frozen_visit(facts: VisitFacts) -> dict[str, Any]:
    """What was known about the visit."""
    kept: dict[str, Any] = _plain(asdict(facts))
    return kept


def thawed_visit(kept: Mapping[str, Any]) -> VisitFacts:
    """The facts that were kept."""
    told = dict(kept)
    told["on"] = date.fromisoformat(told["on"])
    for name in ("categories", "receipt", "deciding", "busy", "lately"):
        told[name] = frozenset(told[name])
    told["open_visits"] = {int(person): count for person, count in told["open_visits"].items()}
    told["settings"] = Settings(**told["settings"])
    return VisitFacts(**told)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
