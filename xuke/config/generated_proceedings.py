"""What `docs/proceedings.md` draws from the code: the table of a proceeding, its grounds, the bans."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from xuke.foundation.workflow import Step
from xuke.parties.bans import KINDS as BANS
from xuke.proceedings.kinds import KINDS
from xuke.proceedings.rules import Facts
from xuke.proceedings.workflow import LIFE, ROLES

Table = Callable[[Iterable[str], Iterable[Iterable[str]]], str]


def vocabulary() -> Iterator[str]:
    """States, verbs and hands, which the glossary explains."""
    yield from (state.name for state in LIFE.states)
    yield from (step.verb for step in LIFE.steps)
    yield from (kind.code for kind in KINDS)
    yield from (ban.code for ban in BANS)


def blocks(table: Table) -> dict[str, Callable[[], str]]:
    """The blocks by name."""
    return {
        "proceeding-states": lambda: table(("State", "On the badge", ""), _states()),
        "proceeding-steps": lambda: table(("Verb", "In state", "Leads to", "Who", "Only if"), _steps()),
        "proceeding-diagram": lambda: f"```mermaid\n{LIFE.mermaid(ROLES)}\n```",
        "proceeding-grounds": lambda: table(("Kind", "Ground", "", "Basis", "Ban"), _grounds()),
        "bans": lambda: table(("Kind", "", "Time limit", "Basis", "Closes"), _bans()),
    }


def _states() -> Iterator[tuple[str, ...]]:
    return ((f"`{state.name}`", state.title, "end" if state.final else "") for state in LIFE.states)


def _steps() -> Iterator[tuple[str, ...]]:
    rows: dict[tuple[object, ...], list[Step[Facts]]] = {}
    for step in LIFE.steps:
        rows.setdefault((step.verb, step.target, step.role, step.when), []).append(step)
    for same in rows.values():
        one = same[0]
        rule = f"`{one.when.__name__}`: {_first_line(one.when.__doc__)}" if one.when else ""
        sources = ", ".join(f"`{step.source}`" for step in same)
        yield f"`{one.verb}`", sources, f"`{one.target}`", ROLES[one.role], rule


def _first_line(text: str | None) -> str:
    return " ".join((text or "").partition("\n\n")[0].split())


def _grounds() -> Iterator[tuple[str, ...]]:
    for kind in KINDS:
        for ground in kind.grounds:
            ban = f"`{ground.ban}`" if ground.ban else ""
            yield f"`{kind.code}` {kind.title}", f"`{ground.code}`", ground.title, ground.basis, ban


def _bans() -> Iterator[tuple[str, ...]]:
    for ban in BANS:
        limit = f"`{ban.limit}`" if ban.limit else "no end"
        closes = "applying, managing" if ban.binds_managers else ban.closes
        yield f"`{ban.code}`", ban.title, limit, ban.basis, closes
