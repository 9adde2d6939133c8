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
_Names = Mapping[str, str]


@dataclass(frozen=True)
class Terms:
    """What one app calls the facts it records, and the values of those that are codes."""

    facts: _Names = field(default_factory=dict)
    values: Mapping[str, _Names] = field(default_factory=dict)


@dataclass(frozen=True)
class Vocabulary:
    """What verbs, subjects and facts are called."""

    words: _Names = field(default_factory=dict)
    subjects: _Names = field(default_factory=dict)
    terms: Terms = field(default_factory=Terms)
    """Of all apps together, for facts that an app records under another's name."""
    own: Mapping[str, Terms] = field(default_factory=dict)
    """By verb, those of the app that records it: a number is a document's here and an identity card's there."""
    looks: tuple[str, ...] = ()
    """Verbs that mean somebody was shown personal data."""

    def verb(self, verb: str) -> str:
        """A verb in words; one that only an older release recorded stays what it is."""
        return self.words.get(verb, verb)

    def subject(self, stream: str) -> str:
        """What kind of thing a stream, or the subject of a verb, is about."""
        kind = re.split(r"[:.]", stream, maxsplit=1)[0]
        return self.subjects.get(kind, kind)

    def fact(self, name: str, verb: str = "") -> str:
        """The name of a fact beside a verb; the varieties of an application are numbered."""
        if found := _VARIETY.fullmatch(name):
            return f"品种{found[1]}"
        return self.own.get(verb, Terms()).facts.get(name) or self.terms.facts.get(name, name)

    def value(self, name: str, value: str, verb: str = "") -> str:
        """The value of a fact, where it is a code."""
        if found := _VARIETY.fullmatch(value):
            return f"品种{found[1]}"
        told = self.own.get(verb, Terms()).values.get(name, {}).get(value)
        return told or self.terms.values.get(name, {}).get(value, value)

    def groups(self) -> tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]:
        """The verbs under their subjects, for a list of choices: how the verbs begin, the noun, the verbs."""
        return tuple(
            (f"{kind}.", noun, verbs)
            for kind, noun in self.subjects.items()
            if (verbs := tuple((verb, told) for verb, told in self.words.items() if verb.startswith(f"{kind}.")))
        )


@cache
def vocabulary() -> Vocabulary:
    """The words of all installed apps, from the foundation up."""
    words: dict[str, str] = {}
    subjects: dict[str, str] = {}
    facts: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    own: dict[str, Terms] = {}
    looks: list[str] = []
    for app in apps.get_app_configs():
        if not app.name.startswith("xuke.") or not module_has_submodule(app.module, "words"):
            continue
        told = import_module(f"{app.name}.words")
        terms = Terms(getattr(told, "FACTS", {}), getattr(told, "VALUES", {}))
        words |= getattr(told, "WORDS", {})
        subjects |= getattr(told, "SUBJECTS", {})
        facts |= terms.facts
        own |= dict.fromkeys(getattr(told, "WORDS", {}), terms)
        looks += getattr(told, "LOOKS", ())
        for name, meanings in terms.values.items():
            values.setdefault(name, {}).update(meanings)
    return Vocabulary(words, subjects, Terms(facts, values), own, tuple(looks))
