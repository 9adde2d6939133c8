"""One step of the application form: what belongs to it, what is wrong in it, what its page shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode

from xuke.accounts.models import Authority
from xuke.accounts.queries import root_division
from xuke.foundation import divisions
from xuke.foundation.refusals import Problem
from xuke.licensing import binding, declared, forms_applicant, gating, queries, terms_in_words
from xuke.licensing.completeness import open_problems
from xuke.licensing.destination import Destination, destination
from xuke.licensing.gates import SUBMIT
from xuke.licensing.judging import visit_need
from xuke.licensing.models import Application, Material
from xuke.licensing.overview import overview
from xuke.licensing.procedures import procedure
from xuke.licensing.procedures.food.changing import categories
from xuke.licensing.procedures.food.comparing import changes
from xuke.licensing.procedures.form import Procedure, Section, VisitNeed
from xuke.licensing.receiving import counted_later, receiver
from xuke.licensing.starting import lateness
from xuke.licensing.workflow import LIFE
from xuke.parties.doors import ApplicantRequest
from xuke.web.pieces import FormStep, Link

NO_AUTHORITY = "这个地方的受理机关还没有开通网上办理，请到当地市场监督管理局窗口办理。"


@dataclass(frozen=True)
class Step:
    """One section of one application's form. Reads each thing once, when it is first asked for."""

    request: ApplicantRequest
    application: Application
    section: Section
    newly: frozenset[str] = frozenset()
    """Places of fields that are asked only since what was typed just now was saved; nobody has missed them yet."""
    has_changed: bool = False
    """Whether what was typed just now changed which fields the step asks."""

    @cached_property
    def which(self) -> Procedure:
        """The procedure."""
        return procedure(self.application.procedure)

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The steps of the form as it stands."""
        return self.which.asked(self.application.form)

    @cached_property
    def worded(self) -> Section:
        """The section with the terms of the law in words, as the page shows it."""
        division = binding.division_of(self.application)
        return terms_in_words.section(self.section, terms_in_words.in_force(self.request.today, division=division))

    @cached_property
    def place(self) -> int:
        """From 0."""
        return next(place for place, each in enumerate(self.sections) if each.name == self.section.name)

    @cached_property
    def need(self) -> VisitNeed:
        """Whether verifiers come to the site, as the form stands."""
        return visit_need(self.application)

    @cached_property
    def is_last(self) -> bool:
        """The last step is for reading over and submitting."""
        return self.place == len(self.sections) - 1

    @cached_property
    def materials(self) -> list[Material]:
        """All files of the application."""
        return queries.materials(self.application)

    @cached_property
    def where(self) -> Destination | None:
        """Where the application goes as it stands."""
        return destination(self.application.form, on=self.request.today)

    @cached_property
    def authority(self) -> Authority | None:
        """The authority that accepts, when the form says enough and there is one."""
        found = receiver(self.application, on=self.request.today)
        return found.authority if found else None

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """Everything open in the whole form."""
        filed = frozenset(material.kind for material in self.materials if material.superseded_at is None)
        found = open_problems(self.application, filed, today=self.request.today)
        return (*found, *self._no_authority(), *self._in_the_way(filed)) if self.is_last else found

    def _in_the_way(self, filed: frozenset[str]) -> Iterable[Problem]:
        """What no typing puts right: told when it is to be signed, and not only then."""
        if self.request.method != "POST":
            return ()
        closed = gating.closed(self.application, SUBMIT, today=self.request.today, filed=filed)
        return gating.problems(closed)

    def _no_authority(self) -> Iterable[Problem]:
        if self.where and self.where.seat and self.authority is None:
            yield Problem("site.division_code", NO_AUTHORITY)

    def problems_in(self, section: Section) -> list[Problem]:
        """What is open in one section."""
        return [problem for problem in self.problems if problem.field.partition(".")[0] == section.name]

    def url(self, section: Section | None = None, *, at: str = "", **query: str) -> str:
        """The address of a step; `at` is a place in it."""
        url = reverse("my-form", args=[self.application.pk, (section or self.section).name])
        question = urlencode({name: value for name, value in query.items() if value})
        return url + (f"?{question}" if question else "") + (f"#id_{at}" if at else "")

    @property
    def before(self) -> Section | None:
        """The step before this one."""
        return self.sections[self.place - 1] if self.place else None

    @property
    def after(self) -> Section | None:
        """The step after this one."""
        return None if self.is_last else self.sections[self.place + 1]

    @property
    def sending(self) -> str:
        """The verb that sends the form: submit the first time, resubmit after a correction."""
        return "submit" if LIFE.find("submit", self.application.state) else "resubmit"


def shown(
    here: Step,
    *,
    check: bool = False,
    more: Sequence[Problem] = (),
    added: str = "",
    opened: str = "",
    q: str = "",
) -> dict[str, Any]:
    """What the fields of a step need: the controls, and where the application goes when products are chosen here.

    With `check` the problems of the step are shown; `more` are those of files that just arrived.
    """
    told = {problem.field for problem in more} | here.newly
    known = here.problems_in(here.section) if check else []
    problems = [*(problem for problem in known if problem.field not in told), *more]
    drawing = forms_applicant.draw(
        here.worded,
        here.application.form.get(here.section.name, {}),
        problems=problems,
        counties=_counties(here),
        materials=here.materials,
        added=added,
        opened=opened,
        q=q,
        only=_categories(here),
    )
    return {
        "here": here,
        "step_url": here.url(),
        "application": here.application,
        "drawing": drawing,
        "problems": problems,
        "check": check,
        "now": here.request.now,
        "today": here.request.today,
        "max_file": settings.XUKE_MAX_FILE,
        "max_megabytes": settings.XUKE_MAX_FILE // 1_000_000,
    }


def whole(here: Step, facts: dict[str, Any]) -> dict[str, Any]:
    """What the page of a step needs besides its fields."""
    count = len(here.sections)
    found = facts | {
        "actor": here.request.actor,
        "crumbs": (Link("我的申请", reverse("my-applications")),),
        "title": here.which.title,
        "steps": _steps(here, shown_here=len(facts["problems"])),
        "summary": f"第{here.place + 1}步，共{count}步：{here.section.title}",
        "counter": f"第{here.place + 1}步，共{count}步",
        "next_url": here.url(here.after) if here.after else "",
        "is_correcting": here.application.state != LIFE.initial,
    }
    if here.is_last:
        found |= {
            "sections": overview(here.application, here.materials, on=here.request.today)[:-1],
            "open": [
                (problem.message, _link_to(here, problem)) for problem in _open_before_sending(here, facts["check"])
            ],
            "can_edit": True,
            "changes": changes(here.application.form),
            "remarks": declared.remarks(here.application, today=here.request.today),
            "late": lateness(here.which, here.application, today=here.request.today),
            "counted": counted_later(here.application, today=here.request.today),
        }
    return found


def _open_before_sending(here: Step, check: bool) -> Iterable[Problem]:
    """What keeps the form from being sent. The promise of the last step is asked for first, and missed only then."""
    asked_now = () if check else here.problems_in(here.section)
    return (problem for problem in here.problems if problem not in asked_now)


def _categories(here: Step) -> frozenset[str]:
    """The categories a report may name: those on the certificate (Measures art. 32). Everything else names any."""
    form = here.application.form
    return frozenset(categories(form["licence"]["product_details"]) if here.which.kind == "report" else ())


def _counties(here: Step) -> forms_applicant.Choices:
    if not any(field.kind == "division" for field in here.section.fields):
        return ()
    return divisions.choices(root_division(), here.request.today)


def _link_to(here: Step, problem: Problem) -> str:
    name = problem.field.partition(".")[0]
    section = next((each for each in here.sections if each.name == name), None)
    return here.url(section, at=problem.field, check="1")


def _steps(here: Step, *, shown_here: int) -> tuple[FormStep, ...]:
    """The list of steps; the current one counts the problems that its page shows."""
    return tuple(_form_step(here, section, shown_here) for section in here.sections)


def _form_step(here: Step, section: Section, shown_here: int) -> FormStep:
    is_current = section.name == here.section.name
    is_begun = _is_begun(here.application, section)
    count = len(here.problems_in(section))
    told = shown_here if is_current else count if is_begun else 0
    return FormStep(
        label=section.title,
        url=here.url(section, check="1" if is_begun and count else ""),
        note=_note(here.application, section),
        problem=f"有{told}处需要修改" if told else "",
        done=is_begun and not count,
        current=is_current,
    )


def _is_begun(application: Application, section: Section) -> bool:
    """Whether somebody saved this step. What the register knew beforehand does not count."""
    values = application.form.get(section.name)
    return values is not None and all(field.name in values for field in section.fields)


def _note(application: Application, section: Section) -> str:
    values = application.form.get(section.name, {})
    if any(field.known for field in section.fields):
        return "已从登记信息取得"
    ticks = [field.label for field in section.fields if field.kind == "tick" and values.get(field.name)]
    if ticks:
        return "、".join(ticks)
    counts = [f"{len(rows)}行{table.label}" for table in section.rows if (rows := values.get(table.name))]
    if products := values.get("varieties"):
        counts.append(f"{len(products)}个品种")
    return "、".join(counts)
