"""What each decision was made on: the facts and the editions, kept once and for good; and asking the rules again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from xuke.catalogue import editions
from xuke.catalogue.rulebook import RuleBook
from xuke.foundation.actors import Actor
from xuke.foundation.journal import legal_day
from xuke.licensing import binding, gates
from xuke.licensing.gate_facts import GateFacts
from xuke.licensing.models import Application, DecisionSnapshot
from xuke.licensing.rules import Facts
from xuke.licensing.workflow import LIFE

SAID = ("ground", "days", "until", "reason")
"""What is kept of the words of a decision that no notice decides: an extension, a suspension."""


def take(
    application: Application,
    verb: str,
    *,
    facts: Facts,
    state: str = "",
    said: Mapping[str, Any] | None = None,
    by: Actor,
    now: datetime,
) -> DecisionSnapshot:
    """Keep what a step was decided on, in its transaction. `state` is where the case stood before it.

    The row is written before or after the step moves the case; without `state` it stands there still. `said` is what
    the journal is told.
    """
    snapshot = DecisionSnapshot(
        application=application,
        verb=verb,
        facts={"state": state or application.state, **asdict(facts), **_gates(application), **_words(said or {})},
        editions=binding.effective(application, on=legal_day(now)),
        taken_at=now,
        taken_by=by.label,
        enterprise_id=application.enterprise_id,
        authority_path=application.authority_path,
    )
    snapshot.save(force_insert=True)
    return snapshot


def _gates(application: Application) -> dict[str, Any]:
    """What the gates were asked before this decision, where they were."""
    return {"gates": application.gated.as_json()} if application.gated else {}


def _words(said: Mapping[str, Any]) -> dict[str, Any]:
    """Days as they are written; nothing where the decision said nothing of the kind."""
    words = {name: said[name] for name in SAID if said.get(name)}
    written = {name: str(each) if isinstance(each, date) else each for name, each in words.items()}
    return {"said": written} if written else {}


@dataclass(frozen=True)
class Replay:
    """What the rules answer today to what was decided then."""

    why_not: str
    """The reason the step would not be open, or an empty string: it was open, and it is."""
    changed: tuple[str, ...]
    """Limits that no longer read as they were kept. Editions are immutable, so this is empty, or somebody tampered."""
    closed: tuple[str, ...] = ()
    """What the gates say today to what they were asked then, in sentences; empty where nothing is in the way."""


_MOMENTS = {
    "accept": (gates.ACCEPT,),
    "grant": (gates.DECIDE,),
    "cancel_licence": (gates.DECIDE,),
    "grant_on_commitment": (gates.DECIDE, gates.COMMIT),
}
"""Decisions before which the gates are asked, and when."""


def replay(snapshot: DecisionSnapshot) -> Replay:
    """Ask the rules of the life and the gates again, with nothing but what was kept."""
    kept = dict(snapshot.facts)
    step = LIFE.find(snapshot.verb, kept.pop("state"))
    known = {field.name for field in fields(Facts)}
    facts = Facts(**{name: value for name, value in kept.items() if name in known})
    why_not = step.why_not(facts) if step else "这一步在当时的状态下不能办理。"
    return Replay(why_not, tuple(_changed(editions.book(), snapshot.editions)), tuple(_closed(snapshot)))


def _closed(snapshot: DecisionSnapshot) -> Iterator[str]:
    if kept := snapshot.facts.get("gates"):
        for moment in _MOMENTS.get(snapshot.verb, ()):
            yield from (each.sentence for each in gates.closed(gates_of(kept), moment) if not each.warns)


def gates_of(kept: Mapping[str, Any]) -> GateFacts:
    """What the gates were asked, out of the JSON that was kept. What a later release asks besides has its default."""
    facts: GateFacts = _again(GateFacts, kept)
    return facts


def _again(kind: Any, value: Any) -> Any:
    """A value of a kind, out of JSON: days, dataclasses, tuples of them, or nothing."""
    if value is None:
        return None
    if kind is date:
        return date.fromisoformat(value)
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{name: _again(hints[name], each) for name, each in value.items() if name in hints})
    if get_origin(kind) is tuple:
        return tuple(_again(get_args(kind)[0], each) for each in value)
    if get_origin(kind) is UnionType:
        return _again(next(each for each in get_args(kind) if each is not NoneType), value)
    return value


def _changed(book: RuleBook, kept: dict[str, Any]) -> list[str]:
    found = []
    for id, told in kept.get("limits", {}).items():
        edition = book.edition(told["edition"])
        if edition is None or edition.content["value"] != told["value"]:
            found.append(id)
    return found
