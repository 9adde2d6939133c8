"""The terms of the law in the words of forms, buttons and guides: `{food.change_apply}` reads 10个工作日.

Hints and results name the limit and not its number, so that another edition changes what people read with what counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from xuke.catalogue.hierarchy import UNITS
from xuke.catalogue.limits import TimeLimit, find_limit
from xuke.licensing import binding
from xuke.licensing.models import Application
from xuke.licensing.procedures.form import Procedure, Section

Ask = Callable[[str], TimeLimit | None]
_MARK = re.compile(r"\{([a-z_]+\.[a-z_]+)\}")


def in_force(on: date, *, division: str = "") -> Ask:
    """What applies in a place on a day."""
    return lambda id: find_limit(id, on, division=division)


def of_case(application: Application, *, on: date) -> Ask:
    """What binds a case on a day."""

    def ask(id: str) -> TimeLimit | None:
        try:
            return binding.limit(application, id, on=on)
        except LookupError:
            return None

    return ask


def unknown(id: str) -> TimeLimit | None:
    """Where no day is known."""
    return None


def filled(text: str, ask: Ask) -> str:
    """A text with every limit it names in words; where none is in force, it says that there is one to be kept."""
    return _MARK.sub(lambda mark: _said(ask(mark[1])), text) if "{" in text else text


def _said(limit: TimeLimit | None) -> str:
    return f"{limit.value}{UNITS[limit.unit]}" if limit else "规定的期限"


def section(asked: Section, ask: Ask) -> Section:
    """A step of a form with its hints in words."""
    fields = tuple(replace(field, hint=filled(field.hint, ask)) for field in asked.fields)
    return replace(asked, help=filled(asked.help, ask), fields=fields)


def procedure(which: Procedure, ask: Ask) -> Procedure:
    """An item with its hints and results in words, as a guide shows it."""
    results = tuple(filled(each, ask) for each in which.results)
    return replace(which, results=results, sections=tuple(section(each, ask) for each in which.sections))
