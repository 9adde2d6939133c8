"""An officer's exports: asking for one, watching it, taking it; and a list streamed at once."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from xuke.exports import commands, queries
from xuke.exports.reading import Reading
from xuke.exports.streaming import CsvStream
from xuke.licensing import filters, lists
from xuke.parties.doors import OfficerRequest, officer_view
from xuke.web.pages import SANDBOX, download, go, page, saved_as, wants_fragment

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@officer_view
def exports(request: OfficerRequest) -> HttpResponse:
    """My exports, the newest first."""
    context = {"today": request.today, "exports": queries.of(request.actor)}
    return page(request, "exports/exports.html", context)


@officer_view
@require_POST
def ask(request: OfficerRequest) -> HttpResponse:
    """Order the list I am looking at as a file."""
    asked = {name: str(value) for name, value in QueryDict(request.POST.get("asked", "")[:2_000]).items() if value}
    commands.ask_export(
        kind=request.POST.get("kind", ""),
        asked=asked,
        form=request.POST.get("form", ""),
        by=request.actor,
        now=request.now,
    )
    return go(request, "exports")


@officer_view
def one(request: OfficerRequest, id: UUID) -> HttpResponse:
    """How far one export is: the row that a page asks for again while it is being made."""
    found = queries.get(request.actor, id)
    if not wants_fragment(request):
        return go(request, "exports")
    return page(request, "exports/_export.html", {"export": found, "today": request.today})


@officer_view
def file(request: OfficerRequest, id: UUID) -> FileResponse:
    """The file, for whoever asked for it, in the same post."""
    made = commands.take_export(export=id, by=request.actor, now=request.now)
    return download(made.path, made.name, _TYPES[made.form])


@officer_view
@require_POST
def cancel(request: OfficerRequest, id: UUID) -> HttpResponse:
    """Take back what I ordered."""
    commands.cancel_export(export=id, by=request.actor, now=request.now)
    return go(request, "exports")


@officer_view
def at_once(request: OfficerRequest, kind: str) -> HttpResponseBase:
    """A list with the filters of the address, as CSV that begins at once."""
    officer = request.actor
    wanted = filters.read(request.GET, officer)
    found = lists.whole(kind, officer, wanted, today=request.today)
    made = commands.note_streamed(kind=kind, asked=wanted.as_address(), by=officer, now=request.now)
    stream = CsvStream(Reading(found, officer.scope), officer)
    answer = StreamingHttpResponse(stream, content_type=_TYPES["csv"])
    answer["Content-Disposition"] = content_disposition_header(True, saved_as(made.name, _TYPES["csv"]))
    answer["X-Accel-Buffering"] = "no"  # It leaves as it is read.
    answer["X-Export"] = str(made.pk)
    answer["Content-Security-Policy"] = SANDBOX
    answer["Cache-Control"] = "private, no-store"
    return answer
