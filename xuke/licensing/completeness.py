"""What still has to be put right before a form can be submitted; its pages and `submit` ask the same question."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.conf import settings

from xuke.documents.fonts import missing_characters
from xuke.foundation.refusals import Problem
from xuke.licensing.models import Application
from xuke.licensing.procedures import procedure
from xuke.licensing.procedures.checking import check_form, day_at, texts


def open_problems(application: Application, filed: frozenset[str], *, today: date | None = None) -> tuple[Problem, ...]:
    """Everything that is wrong or missing, in the order of the form; `filed` holds the kinds of files that are there.

    A problem's field is its place in the form: ``section.field`` or ``section.rows.0.field``. With `today`, days that
    are still to come are found too.
    """
    which = procedure(application.procedure)
    problems = [*check_form(which, application.form, filed), *_unprintable(application), *_to_come(application, today)]
    told = {problem.field for problem in problems}
    problems += [problem for problem in _unlike_the_register(application) if problem.field not in told]
    order = [section.name for section in which.sections]
    return tuple(sorted(problems, key=lambda problem: order.index(problem.field.partition(".")[0])))


def _to_come(application: Application, today: date | None) -> Iterator[Problem]:
    """What is said to have happened has happened: a day to come is a slip, and no period runs from it."""
    if today is None:
        return
    for section in procedure(application.procedure).asked(application.form):
        for field in section.fields:
            day = day_at(application.form, f"{section.name}.{field.name}") if field.kind == "date" else None
            if day and day > today:
                yield Problem(
                    f"{section.name}.{field.name}", f"{field.label}还没有到。请填写已经发生的日期，或者不填。"
                )


def _unlike_the_register(application: Application) -> list[Problem]:
    """What is known from the register stands in the form as it is registered: nobody is licensed under another name."""
    found = []
    for section in procedure(application.procedure).asked(application.form):
        for field in section.fields:
            typed = str(application.form.get(section.name, {}).get(field.name, "")).strip()
            registered = str(getattr(application.enterprise, field.known)) if field.known else typed
            if typed != registered:
                sentence = f"{field.label}与登记信息不一致，登记的是“{registered}”。登记有误的，先到登记机关更正。"
                found.append(Problem(f"{section.name}.{field.name}", sentence))
    return found


def _unprintable(application: Application) -> list[Problem]:
    """Characters that no installed font has: what cannot be printed on the certificate is told now, not then."""
    found = ((place, why_not_printable(text)) for place, text in texts(application.form))
    return [Problem(place, sentence) for place, sentence in found if sentence]


def why_not_printable(text: str) -> str:
    """The characters of a text that no installed font has, as a sentence, or an empty string."""
    rare = missing_characters(text, font_dir=settings.XUKE_HOME / "fonts")
    names = "、".join(f"“{character}”（U+{ord(character):04X}）" for character in rare)
    return f"字库里没有{names}，证书上印不出来。请改用营业执照上的规范字，或者联系受理机关处理。" if rare else ""
