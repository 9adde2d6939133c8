"""Where each enterprise sits and what it makes, drawn for all at once, so that numbers can be given in order without
those who write the rows talking to each other."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from xuke.config.bench.million.offers import WEIGHTS
from xuke.config.bench.million.places import Place
from xuke.config.bench.million.shape import Shape, has_closed_case, holds_one_in_force

CATEGORIES = tuple(WEIGHTS)
_HIGHEST = 9_999


@dataclass(frozen=True)
class Draws:
    """By the place of an enterprise in the whole."""

    county: bytearray
    category: bytearray
    expired: array[int]
    """The sequence in the number of the licence that has expired."""
    in_force: array[int]
    """The same of the one in force; 0 for none."""
    case: array[int]
    """The serial of its cases at its authority; it has one or two, or none."""
    licences: dict[str, int]
    """How many numbers were given, by the counter's key."""
    cases: tuple[int, ...]
    """How many serials, by county."""


def draw(shape: Shape, places: Sequence[Place]) -> Draws:
    """The same for the same shape: about a second for a million licences."""
    random = Random(shape.seed)  # noqa: S311 - invented data, the same at every call
    weights = [place.weight * WEIGHTS[code] for place in places for code in CATEGORIES]
    cells = random.choices(range(len(weights)), cum_weights=list(accumulate(weights)), k=shape.enterprises)
    county = bytearray(cell // len(CATEGORIES) for cell in cells)
    category = bytearray(cell % len(CATEGORIES) for cell in cells)
    given, serials = [0] * len(weights), [0] * len(places)
    expired, in_force, case = array("H"), array("H"), array("I")
    for place, cell in enumerate(cells):
        given[cell] += 1
        expired.append(given[cell])
        holds = holds_one_in_force(place)
        given[cell] += holds
        in_force.append(given[cell] if holds else 0)
        cases = (not holds) + has_closed_case(place)
        case.append(serials[county[place]] + 1 if cases else 0)
        serials[county[place]] += cases
    if max(given) > _HIGHEST:
        raise ValueError("a category of a county would need more than 9,999 numbers")
    licences = {
        f"licence:SC{CATEGORIES[cell % len(CATEGORIES)]}{places[cell // len(CATEGORIES)].code}": count
        for cell, count in enumerate(given)
        if count
    }
    return Draws(county, category, expired, in_force, case, licences, tuple(serials))
