"""Progress by receipt number (进度查询): where a case is, whose turn it is, how many days; never whose case it is."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xuke.foundation.refusals import Invalid
from xuke.licensing.procedures import procedure
from xuke.publication import progress
from xuke.publication.views.shared import for_everybody, today
from xuke.web.access import public_view
from xuke.web.middleware import outside_the_door
from xuke.web.pages import page


@public_view
@outside_the_door
@require_safe
def by_receipt(request: HttpRequest) -> HttpResponse:
    """Ask for a receipt number, or answer one that was given, on the same address."""
    typed = request.GET.get("receipt")
    if typed is None:
        return _answer(request, {})
    context = {"typed": typed[: progress.LONGEST]}
    try:
        number = progress.normal_form(typed)
    except Invalid as refused:
        return _answer(request, context | {"problem": refused.problems[0].message}, status=422)
    row = progress.find(number)
    if row is None:
        return _answer(request, context | {"unknown": number}, status=404)
    shown = progress.shown(row, today=today(request))
    return _answer(request, context | {"shown": shown, "typed": row.receipt_number})


@public_view
@outside_the_door
@require_safe
def hearings(request: HttpRequest) -> HttpResponse:
    """The hearings that are held in public (Administrative Permit Law art. 48): when, where, about what."""
    rows = [(row, procedure(row.procedure).title) for row in progress.hearings(today=today(request))]
    return for_everybody(request, page(request, "publication/hearings.html", {"rows": rows}))


def _answer(request: HttpRequest, context: Mapping[str, object], *, status: int = 200) -> HttpResponse:
    facts = {"typed": "", "looks_like": progress.LOOKS_LIKE, "example": progress.EXAMPLE, **context}
    return for_everybody(request, page(request, "publication/progress.html", facts, status=status))
