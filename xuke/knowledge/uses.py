"""Who uses an article: fields, materials, gates, steps, notices, time limits. The apps above tell what rests on what.

The library stands below everything that rests on it, so it does not go looking: an app above calls `told_by` once, when
it is ready, with a function that lists what it has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from xuke.knowledge import library


@dataclass(frozen=True)
class Use:
    """One thing that rests on articles."""

    kind: str
    """What it is, as a heading: 填报项, 申请材料, 时限."""
    title: str
    basis: str
    """The text that cites the articles."""
    where: str = ""
    """The item it belongs to; empty when it belongs to all."""
    url: str = ""
    """A public page that shows it."""


Source = Callable[[date], Iterable[Use]]
_sources: list[Source] = []


def told_by(source: Source) -> None:
    """Ask this function, too, what rests on articles on a day."""
    if source not in _sources:
        _sources.append(source)


def everything(on: date) -> tuple[Use, ...]:
    """Everything that rests on articles on a day."""
    return tuple(dict.fromkeys(use for source in _sources for use in source(on)))


def of(law: library.Law, key: str, *, on: date) -> tuple[Use, ...]:
    """What rests on an article; with an empty key, what rests on the law as a whole."""
    return tuple(use for use in everything(on) if any(key in _keys(each) for each in _found(use, law, on)))


def counted(law: library.Law, *, on: date) -> dict[str, int]:
    """How many things rest on each article of a law."""
    found: dict[str, int] = defaultdict(int)
    for use in everything(on):
        for key in {key for each in _found(use, law, on) for key in _keys(each)}:
            found[key] += 1
    return dict(found)


def _found(use: Use, law: library.Law, on: date) -> Iterable[library.Reference]:
    return (each for each in library.find(use.basis, on) if each.law is law)


def _keys(reference: library.Reference) -> frozenset[str]:
    return frozenset(each.place.key for each in reference.articles) or frozenset(("",))
