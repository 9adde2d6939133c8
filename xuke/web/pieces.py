"""The facts that the component templates draw: a page builds these and includes the template; it compares nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Link:
    """A way on."""

    label: str
    url: str
    primary: bool = False
    icon: str = ""


@dataclass(frozen=True)
class Happening:
    """One line of a history (`web/_timeline.html`): when, what in bold, the rest, where to read more."""

    at: date | datetime
    title: str
    text: str = ""
    moved_clock: bool = False
    """An ochre ring: the statutory clock stopped or went on here."""
    latest: bool = False
    links: tuple[Link, ...] = ()

    @property
    def mark(self) -> str:
        """The class of its ring."""
        return "now" if self.latest else "p" if self.moved_clock else ""


@dataclass(frozen=True)
class Stop:
    """One node of a progress path (`web/_path.html`)."""

    label: str
    note: str = ""
    done: bool = False
    current: bool = False

    @property
    def mark(self) -> str:
        """The class of its node."""
        return "done" if self.done else "now" if self.current else ""


@dataclass(frozen=True)
class Seat:
    """One of the three separated functions (`web/_separation.html`): who holds it, and what they did or may do."""

    title: str
    people: tuple[tuple[str, str], ...] = ()
    """Pairs of a name and what stands beside it: 周敏, 9月24日受理."""
    note: str = ""
    """The sentence for a seat nobody holds, or for the reader: 未参与前两个环节，可以决定."""
    current: bool = False


@dataclass(frozen=True)
class FormStep:
    """One step of a form in its list of steps (`web/_steps.html`)."""

    label: str
    url: str = ""
    note: str = ""
    problem: str = ""
    """What is wrong in it: 有2处需要修改."""
    done: bool = False
    current: bool = False

    @property
    def mark(self) -> str:
        """The class of its node."""
        return "now" if self.current else "ok" if self.done else "todo"


@dataclass(frozen=True)
class Figure:
    """One figure in a row of figures (`web/_figures.html`), with its unit and what to compare it with."""

    label: str
    value: str
    unit: str = ""
    note: str = ""
    url: str = ""
    alarm: bool = False
