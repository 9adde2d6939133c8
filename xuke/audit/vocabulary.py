"""The words of the journal, collected from the `words` of every app (see `xuke.foundation.words`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module

from django.apps import apps
from django.utils.module_loading import module_has_submodule

_VARIETY = re.compile(r"v(\d+)")


@dataclass(frozen=True)
class Vocabulary:
    """What verbs, subjects and facts are called."""

    words: Mapping[str, str] = field(default_factory=dict)
    subjects: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    looks: tuple[str, ...] = ()
    """Verbs that mean somebody was shown personal data."""

    def verb(self, verb: str) -> str:
        """A verb in words; one that only an older release recorded stays what it is."""
        return self.words.get(verb, verb)

    def subject(self, stream: str) -> str:
        """What kind of thing a stream, or the subject of a verb, is about."""
        kind = re.split(r"[:.]", stream, maxsplit=1)[0]
        return self.subjects.get(kind, kind)

    def fact(self, name: str) -> str:
        """The name of a fact; the varieties of an application are numbered."""
        if found := _VARIETY.fullmatch(name):
            return f"品种{found[1]}"
        return self.facts.get(name, name)

    def value(self, name: str, value: str) -> str:
        """The value of a fact, where it is a code."""
        if found := _VARIETY.fullmatch(value):
            return f"品种{found[1]}"
        return self.values.get(name, {}).get(value, value)

    def groups(self) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
        """The verbs under their subjects, both in words: what a list of choices shows."""
        return tuple(
            (noun, tuple((verb, told) for verb, told in self.words.items() if verb.startswith(f"{kind}.")))
            for kind, noun in self.subjects.items()
        )


@cache
def vocabulary() -> Vocabulary:
    """The words of all installed apps, from the foundation up; a higher app may call a fact by a better name."""
    words: dict[str, str] = {}
    subjects: dict[str, str] = {}
    facts: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    looks: list[str] = []
    for app in apps.get_app_configs():
        if not app.name.startswith("xuke.") or not module_has_submodule(app.module, "words"):
            continue
        told = import_module(f"{app.name}.words")
        words |= getattr(told, "WORDS", {})
        subjects |= getattr(told, "SUBJECTS", {})
        facts |= getattr(told, "FACTS", {})
        for name, meanings in getattr(told, "VALUES", {}).items():
            values.setdefault(name, {}).update(meanings)
        looks += getattr(told, "LOOKS", ())
    return Vocabulary(words, subjects, facts, values, tuple(looks))
