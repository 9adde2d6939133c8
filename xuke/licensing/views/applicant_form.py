"""The application form, one topic a step. Every button of a step is a POST of the whole step, so nothing typed is lost.

`do` names the button: next, back, add:list, remove:list.2, pick:2401, category:124, find, upload:kind, submit. Without
one the form saves itself. Each of them first saves the step, right or wrong, with the files that came along.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.http import HttpResponse

from xuke.foundation import files
from xuke.foundation.models import StoredFile
from xuke.foundation.refusals import Invalid, NotFound, Problem, TooLarge
from xuke.licensing import commands, declared, forms_applicant, queries
from xuke.licensing.commands.drafting import EDITABLE
from xuke.licensing.models import Application
from xuke.licensing.procedures import procedure
from xuke.licensing.procedures.form import MaterialKind
from xuke.licensing.views.applicant_step import Step, shown, whole
from xuke.parties.doors import ApplicantRequest, applicant_view
from xuke.web import numbers
from xuke.web.pages import go, page, wants_fragment
from xuke.web.uploads import readable

STEP_FORM = "step"
"""The id of the form element, which HTMX names when the form saves itself."""
TEMPLATES = "licensing/applicant"


@applicant_view
def step(request: ApplicantRequest, pk: UUID, section: str) -> HttpResponse:
    """One step: shown, saved, or left."""
    application = queries.get(request.actor, pk, **declared.along(request.actor))
    found = procedure(application.procedure).step(section, application.form)
    if found is None:
        raise NotFound("这件申请没有这一步。")
    here = Step(request, application, found)
    if request.method == "POST":
        return _take(here)
    if application.state not in EDITABLE:
        return go(request, "my-application", pk)
    asked = request.GET
    return _page(
        here,
        shown(
            here,
            check="check" in asked,
            added=asked.get("add", ""),
            opened=asked.get("category", ""),
            q=asked.get("q", ""),
        )
        | {"asks_more": "more" in asked},
    )


# --- taking what was typed --------------------------------------------------------------------------------------------


def _take(here: Step) -> HttpResponse:
    """Save the step and the files that came along, then do what the button says."""
    request, application = here.request, here.application
    deed, what = _deed(request)
    if deed == "submit" and application.state not in EDITABLE:
        return go(request, "my-submitted", application.pk)
    values = forms_applicant.read(
        here.section,
        request.POST,
        application.form.get(here.section.name, {}),
        without=what if deed == "remove" else "",
    )
    if deed == "pick":
        values = forms_applicant.with_variety(values, what)
    unkept = forms_applicant.unkept(here.section, values)
    if unkept and wants_fragment(request):
        raise Invalid(*unkept)
    uploads = _examine(here, asked_for=what if deed == "upload" else "")
    saved = application if unkept else _save(here, values)
    for kind, file, name in uploads.taken:
        filed = commands.file_material(
            application=saved, kind=kind, file=file, name=name, by=request.actor, now=request.now
        )
        saved = filed.application
    after = _as_it_stands(here, saved)
    if unkept:
        saved.form = {**saved.form, here.section.name: values}  # For the page only: nothing saves it.
    if problems := [*unkept, *uploads.problems]:
        return _page(after, shown(after, check=_checks(request), more=problems), status=uploads.status)
    if deed == "submit":
        return _to_signing(after)
    return _ANSWERS.get(deed, _saved)(after, what)


def _as_it_stands(here: Step, application: Application) -> Step:
    """The step of a form that was saved: what it asks may have changed with what was typed."""
    section = here.which.step(here.section.name, application.form) or here.section
    asked = {field.name for field in here.section.fields}
    newly = frozenset(f"{section.name}.{field.name}" for field in section.fields if field.name not in asked)
    has_changed = asked != {field.name for field in section.fields}
    return replace(here, application=application, section=section, newly=newly, has_changed=has_changed)


def _save(here: Step, values: dict[str, Any]) -> Application:
    request = here.request
    return commands.save_section(
        application=here.application,
        section=here.section.name,
        values=values,
        by=request.actor,
        now=request.now,
        revision=_revision(request),
    )


def _deed(request: ApplicantRequest) -> tuple[str, str]:
    """Which button was pressed. When the form saves itself, none was, whatever was pressed before."""
    if request.headers.get("HX-Trigger") == STEP_FORM:
        return "", ""
    deed, _, what = request.POST.get("do", "").partition(":")
    if deed == "enter":
        # The Enter key searches where something to search for was typed, and goes on everywhere else.
        deed = "find" if request.POST.get("q", "").strip() else "next"
    return deed, what


def _revision(request: ApplicantRequest) -> int | None:
    return numbers.whole(request.POST.get("revision", ""))


def _checks(request: ApplicantRequest) -> bool:
    """Whether the page showed its problems, and goes on showing them."""
    return "check" in request.POST


@dataclass
class _Uploads:
    """What came along: files that were taken, and what was wrong with the others."""

    taken: list[tuple[str, StoredFile, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    status: int = 422


def _examine(here: Step, *, asked_for: str) -> _Uploads:
    """Put the files away. A file that cannot be taken is told at its field and keeps nothing else back.

    Examining a file writes no row, so nothing has to be rolled back when it is refused.
    """
    found = _Uploads()
    for kind in here.section.materials:
        _examine_one(here, kind, found, is_asked_for=asked_for == kind.name)
    return found


def _examine_one(here: Step, kind: MaterialKind, found: _Uploads, *, is_asked_for: bool) -> None:
    at = f"{here.section.name}.{kind.name}"
    upload = here.request.FILES.get(at)
    if upload is None:
        if is_asked_for:
            found.problems.append(Problem(at, f"请先选择{kind.label}的文件。"))
        return
    name = readable(str(upload.name or "")) or kind.label
    try:
        file = files.store(upload.chunks(), name, now=here.request.now, field=at)
    except Invalid as refused:
        found.problems += refused.problems
    except TooLarge as refused:
        found.problems.append(Problem(at, refused.sentence))
        found.status = refused.status
    else:
        found.taken.append((kind.name, file, name))


# --- answers ----------------------------------------------------------------------------------------------------------


def _page(here: Step, facts: dict[str, Any], *, status: int = 200) -> HttpResponse:
    return page(here.request, f"{TEMPLATES}/step.html", whole(here, facts), status=status)


def _saved(here: Step, what: str) -> HttpResponse:
    """The form saved itself; the note says when."""
    if wants_fragment(here.request):
        return page(here.request, f"{TEMPLATES}/_autosaved.html", shown(here, check=_checks(here.request)))
    return go(here.request, here.url())


def _next(here: Step, what: str) -> HttpResponse:
    """On to the next step, unless something is wrong in this one, or what was chosen asks for more."""
    open_here = [problem.field for problem in here.problems_in(here.section)]
    if open_here and here.newly.issuperset(open_here):
        return go(here.request, here.url(at=open_here[0], more="1"))
    if open_here or here.after is None:
        return _page(here, shown(here, check=True), status=422)
    return go(here.request, here.url(here.after))


def _back(here: Step, what: str) -> HttpResponse:
    return go(here.request, here.url(here.before))


def _leave(here: Step, what: str) -> HttpResponse:
    return go(here.request, "my-desk")


def _add(here: Step, what: str) -> HttpResponse:
    """One more empty row. It is on the page only; saved it is once something stands in it."""
    return _fields(here, added=what, at=f"{here.section.name}.{what}")


def _removed(here: Step, what: str) -> HttpResponse:
    return _fields(here, at=f"{here.section.name}.{what.partition('.')[0]}")


def _picked(here: Step, what: str) -> HttpResponse:
    return _fields(here, opened=here.request.POST.get("category", ""), at=f"{here.section.name}.varieties")


def _open_category(here: Step, what: str) -> HttpResponse:
    return _pick_from(here, opened=what)


def _find(here: Step, what: str) -> HttpResponse:
    return _pick_from(here, q=here.request.POST.get("q", ""), opened=here.request.POST.get("category", ""))


def _pick_from(here: Step, *, opened: str = "", q: str = "") -> HttpResponse:
    if wants_fragment(here.request):
        return page(here.request, f"{TEMPLATES}/_picker.html", shown(here, opened=opened, q=q))
    return go(here.request, here.url(at="picker", category=opened, q=q, check=_check_word(here)))


def _fields(here: Step, *, added: str = "", opened: str = "", at: str = "") -> HttpResponse:
    """The fields once more, in place; without a script, the page at the place that changed."""
    if wants_fragment(here.request):
        facts = shown(here, check=_checks(here.request), added=added, opened=opened)
        return page(here.request, f"{TEMPLATES}/_fields_again.html", facts)
    return go(here.request, here.url(at=at, add=added, category=opened, check=_check_word(here)))


def _uploaded(here: Step, what: str) -> HttpResponse:
    return go(here.request, here.url(at=f"{here.section.name}.{what}", check=_check_word(here)))


def _check_word(here: Step) -> str:
    return "1" if _checks(here.request) else ""


def _to_signing(here: Step) -> HttpResponse:
    """On to the page that shows what is signed, once nothing is open. Submitted it is there, with the signature."""
    if here.application.state in EDITABLE and here.problems:
        return _page(here, shown(here, check=True), status=422)
    return go(here.request, "my-sign", here.application.pk)


_ANSWERS: dict[str, Callable[[Step, str], HttpResponse]] = {
    "next": _next,
    "back": _back,
    "leave": _leave,
    "add": _add,
    "remove": _removed,
    "pick": _picked,
    "category": _open_category,
    "find": _find,
    "upload": _uploaded,
}
