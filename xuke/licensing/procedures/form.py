"""What a procedure is made of: sections, fields, materials, and what follows from them. Data that pages draw and
`checking` reads. No Django.

Parts that are asked only in some cases say `when`; `Procedure.asked` gives the form as one application has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as each_its_own
from typing import Any

from xuke.foundation.refusals import Problem

Values = Mapping[str, Any]
"""A form: by section, what was typed. ``licence`` holds what the certificate said that the application starts from."""
When = Callable[[Values], bool]
"""Whether a part is asked, by what the form says elsewhere."""


def always(form: Values) -> bool:
    """Asked in every application."""
    return True


def never(form: Values) -> bool:
    """Never asked: known from the licence, and shown."""
    return False


@dataclass(frozen=True)
class Law:
    """Why something is asked (依据): the article, and what it says in our words."""

    title: str
    text: str


@dataclass(frozen=True)
class Field:
    """One thing that is asked.

    `check` returns a sentence when a non-empty value is wrong, else an empty string. `known` names the enterprise's
    attribute the value is taken from, so that nobody types it twice.
    """

    name: str
    label: str
    kind: str = "text"
    """text, long, phone, uscc, division, number, date, choice, tick (a box that may stay empty), yes (a promise)."""
    hint: str = ""
    example: str = ""
    """What one might write, for the guide; empty where the guide has one for its name or kind."""
    optional: bool = False
    most: int = 200
    known: str = ""
    fixed: bool = False
    """Shown, and not typed: it stays what the register or the licence says."""
    choices: tuple[tuple[str, str], ...] = ()
    preset: str = ""
    """What is chosen on the page until somebody chooses."""
    law: Law | None = None
    check: Callable[[str], str] | None = None
    when: When = always


@dataclass(frozen=True)
class Rows:
    """A table that the applicant fills row by row, such as the list of equipment."""

    name: str
    label: str
    fields: tuple[Field, ...]
    least: int = 1
    most: int = 100
    hint: str = ""
    law: Law | None = None
    when: When = always


@dataclass(frozen=True)
class MaterialKind:
    """A file that must (or may) be filed, and why."""

    name: str
    label: str
    hint: str = ""
    optional: bool = False
    law: Law | None = None
    when: When = always


@dataclass(frozen=True)
class Section:
    """One step of the form: one topic."""

    name: str
    title: str
    help: str = ""
    fields: tuple[Field, ...] = ()
    rows: tuple[Rows, ...] = ()
    varieties: bool = False
    """Whether the category picker stands in this section."""
    materials: tuple[MaterialKind, ...] = ()
    when: When = always
    law: Law | None = None
    """Why those fields are asked that name no article of their own, and the category picker."""

    def asked(self, form: Values) -> Section:
        """The section with the parts that are asked in this application."""
        return replace(
            self,
            fields=tuple(each for each in self.fields if each.when(form)),
            rows=tuple(each for each in self.rows if each.when(form)),
            materials=tuple(each for each in self.materials if each.when(form)),
        )


REQUIRED, OPTIONAL, NONE = "required", "optional", "none"


@dataclass(frozen=True)
class VisitFacts:
    """What decides whether somebody goes to the site."""

    form: Values = each_its_own(default_factory=dict)
    committed: bool = False
    """Whether it is decided at once on a letter of commitment, and checked afterwards (告知承诺)."""


@dataclass(frozen=True)
class VisitNeed:
    """Whether an on-site verification is due, why, and by which article."""

    need: str
    """required; optional: the reviewer sends verifiers, or says why not; none: there is nothing to see on site."""
    reason: str
    law: Law

    @property
    def is_required(self) -> bool:
        """Whether there is no decision without it."""
        return self.need == REQUIRED

    @property
    def is_optional(self) -> bool:
        """Whether the reviewer decides about it."""
        return self.need == OPTIONAL


@dataclass(frozen=True)
class Window:
    """Until when one has to apply (`catalogue.limits`): so long before or after a day that the form names."""

    limit: str
    day: str
    """The place of the day in the form, such as ``changes.since``."""


def in_words_of(act: str, text: str) -> str:
    """Our words for what is granted or refused, in those of an act: 准予延续."""
    return text.replace("准予许可", f"准予{act}").replace("不予许可", f"不予{act}")


Check = Callable[[Values], Iterable[Problem]]
"""What is wrong between the sections of a form."""


@dataclass(frozen=True)
class Procedure:
    """A kind of application: its form, its materials, its checks, and what a decision on it does."""

    code: str
    title: str
    kind: str
    """first, change, report, renewal, renewal_change, cancellation or reissue (handbook 2.2)."""
    summary: str
    """When one applies for this, in a sentence for the page where people choose."""
    law: Law
    sections: tuple[Section, ...]
    visit: Callable[[VisitFacts], VisitNeed]
    check_varieties: Callable[[list[dict[str, Any]]], tuple[Problem, ...]]
    act: str = "许可"
    """What is granted or refused, as buttons and notices name it: 准予延续, 不予变更."""
    checks: tuple[Check, ...] = ()
    """What is checked besides the single fields."""
    judges: Callable[[Values], bool] = always
    """Whether the decision goes variety by variety; else the application is granted or refused as a whole."""
    decision_notice: str = "grant_decision"
    """The kind of notice that a favourable decision is served as."""
    basis: str = ""
    """The articles that the decision rests on."""
    needs_licence: bool = False
    """Whether it starts from a licence in force, of which the certificate fills in the form."""
    window: Window | None = None
    switch: str = ""
    """The switch of the province (`catalogue`, topic ``switch``) that has to be on; empty where the law offers it."""
    conditions: tuple[Law, ...] = ()
    """What an applicant has to have, for the guide; empty for those of the family."""
    results: tuple[str, ...] = ()
    """What one gets in the end, for the guide."""

    @property
    def family(self) -> str:
        """What is licensed: the part of the code before the point, such as food."""
        return self.code.partition(".")[0]

    def in_words(self, text: str) -> str:
        """Our words for what is granted or refused, in those of this procedure: 准予延续."""
        return in_words_of(self.act, text)

    @property
    def is_recorded(self) -> bool:
        """Whether it is recorded without a decision (报告)."""
        return self.kind == "report"

    @property
    def visit_needed(self) -> bool:
        """Whether an ordinary application of this kind needs a visit, for whoever reads before applying."""
        return self.visit(VisitFacts()).need == REQUIRED

    def asked(self, form: Values) -> tuple[Section, ...]:
        """The form as one application has it: the sections and the parts of them that are asked."""
        return tuple(each.asked(form) for each in self.sections if each.when(form))

    def step(self, name: str, form: Values) -> Section | None:
        """The section of that name as it is asked in one application, or None when it is not."""
        return next((section for section in self.asked(form) if section.name == name), None)

    def section(self, name: str) -> Section | None:
        """The section of that name with everything it may ask, or None."""
        return next((section for section in self.sections if section.name == name), None)

    @property
    def materials(self) -> tuple[MaterialKind, ...]:
        """All files of the procedure, in the order of the form."""
        return tuple(kind for section in self.sections for kind in section.materials)

    def material(self, name: str) -> MaterialKind | None:
        """The material of that name, or None."""
        return next((kind for kind in self.materials if kind.name == name), None)
