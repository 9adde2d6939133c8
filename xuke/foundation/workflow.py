"""Workflow is a table: rows of `Step`, and a small engine that reads them. No Django, no database, no clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, TypeVar

Facts = TypeVar("Facts")


@dataclass(frozen=True)
class State:
    """One state of a life: its name in code, its word on the badge, the badge's tone (ok, warn, bad, off or none)."""

    name: str
    title: str
    tone: str = ""
    final: bool = False


@dataclass(frozen=True)
class Step(Generic[Facts]):
    """One row: in state `source`, `role` may take `verb`, which leads to `target`.

    `clock` is the mark the step leaves on the statutory clock. `when` is a rule over facts that returns the reason why
    not, or an empty string; the page asks the same rule before it draws the button.
    """

    verb: str
    source: str
    target: str
    role: str
    clock: str = ""
    when: Callable[[Facts], str] | None = field(default=None, compare=False)

    def why_not(self, facts: Facts) -> str:
        """The reason this step is closed for these facts, or an empty string."""
        return self.when(facts) if self.when else ""


class NoSuchStep(LookupError):
    """The table has no such verb in this state."""


class Closed(Exception):
    """The step exists, but its rule says no; the message is the reason."""


@dataclass(frozen=True)
class Workflow(Generic[Facts]):
    """The life of one kind of thing."""

    initial: str
    states: tuple[State, ...]
    steps: tuple[Step[Facts], ...]

    def __post_init__(self) -> None:
        names = [state.name for state in self.states]
        if len(names) != len(set(names)):
            raise ValueError("a state is listed twice")
        for step in self.steps:
            if step.source not in names or step.target not in names:
                raise ValueError(f"step {step.verb} names a state that is not listed")
        pairs = [(step.verb, step.source) for step in self.steps]
        if len(pairs) != len(set(pairs)):
            raise ValueError("a verb has two rows in one state")

    @cached_property
    def _by_pair(self) -> dict[tuple[str, str], Step[Facts]]:
        return {(step.verb, step.source): step for step in self.steps}

    @cached_property
    def _by_name(self) -> dict[str, State]:
        return {state.name: state for state in self.states}

    def state(self, name: str) -> State:
        """The state of that name."""
        return self._by_name[name]

    def find(self, verb: str, source: str) -> Step[Facts] | None:
        """The row for this verb in this state, whatever its rule says, or None."""
        return self._by_pair.get((verb, source))

    def step(self, verb: str, source: str, facts: Facts) -> Step[Facts]:
        """The row for this verb in this state; raises `NoSuchStep` or `Closed`."""
        step = self.find(verb, source)
        if step is None:
            raise NoSuchStep(f"{verb} from {source}")
        if reason := step.why_not(facts):
            raise Closed(reason)
        return step

    def open_from(self, source: str) -> tuple[Step[Facts], ...]:
        """All rows that start in this state, in the order of the table."""
        return tuple(step for step in self.steps if step.source == source)

    def sources(self, verb: str) -> tuple[str, ...]:
        """The states in which a verb has a row."""
        return tuple(step.source for step in self.steps if step.verb == verb)

    def unreachable(self) -> set[str]:
        """States that no sequence of steps leads to."""
        seen, edge = {self.initial}, {self.initial}
        while edge:
            edge = {step.target for step in self.steps if step.source in edge} - seen
            seen |= edge
        return set(self._by_name) - seen

    def dead_ends(self) -> set[str]:
        """States that are not final and yet have no way out."""
        sources = {step.source for step in self.steps}
        return {state.name for state in self.states if not state.final and state.name not in sources}

    def mermaid(self, roles: dict[str, str] | None = None) -> str:
        """The table as a Mermaid state diagram."""
        lines = ["stateDiagram-v2"]
        lines += [f"    {state.name}: {state.title}" for state in self.states]
        lines.append(f"    [*] --> {self.initial}")
        for step in self.steps:
            role = (roles or {}).get(step.role, step.role)
            lines.append(f"    {step.source} --> {step.target}: {step.verb}（{role}）")
        lines += [f"    {state.name} --> [*]" for state in self.states if state.final]
        return "\n".join(lines)


def from_each(sources: Iterable[str], make: Callable[[str], Step[Facts]]) -> tuple[Step[Facts], ...]:
    """One row per source, for a verb that is open in many states."""
    return tuple(make(source) for source in sources)
