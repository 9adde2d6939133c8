"""The journal: the list with its filters, one history, one entry, and what is taken away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from xuke.accounts.doors import OfficerRequest
from xuke.audit import commands, queries, signs, telling
from xuke.audit.doors import auditor_view
from xuke.audit.forms import ExportForm, SearchForm
from xuke.audit.paging import slice_of
from xuke.audit.telling import Told
from xuke.foundation.journal import SHANGHAI
from xuke.foundation.refusals import Invalid
from xuke.web import refusals
from xuke.web.numbers import whole
from xuke.web.pages import download, page
from xuke.web.pieces import Link

SPAN = timedelta(days=30)
"""How far back the journal is shown when nothing else was asked for."""
MOST_OF_A_HISTORY = 100
"""Entries of a history on one page."""
_NARROWING = ("q", "person", "since", "until")
_JOURNAL = Link("日志", "/office/audit/")


@dataclass(frozen=True)
class Desk:
    """One of the two lists: everything, or only who was shown personal data."""

    title: str
    text: str
    nothing: str
    looks: bool


EVERYTHING = Desk("日志", "谁在什么时候对什么做了什么。只能查看，不能更改。", "这个范围内没有日志。", looks=False)
LOOKS = Desk(
    "谁看过个人信息",
    "页面上平时隐藏的身份证号、手机号等，谁在什么时候查看过；以及日志的导出。",
    "这个范围内没有人查看过隐藏的个人信息。",
    looks=True,
)


@auditor_view
def journal(request: OfficerRequest) -> HttpResponse:
    """Everything that happened, newest first, as far as the filters in the address let through."""
    return _list(request, EVERYTHING)


@auditor_view
def looks(request: OfficerRequest) -> HttpResponse:
    """Who was shown personal data."""
    return _list(request, LOOKS)


def _list(request: OfficerRequest, desk: Desk) -> HttpResponse:
    typed = request.GET.copy()
    if not any(typed.get(name) for name in _NARROWING):
        typed["since"] = (request.today - SPAN).isoformat()
    form = SearchForm(typed, queries.authorities(request.actor), looks=desk.looks)
    is_valid = form.is_valid()
    found = queries.entries(request.actor, form.wanted(), today=request.today)
    part = slice_of(found, request.GET)
    check = signs.last_check()
    context = {
        "today": request.today,
        "desk": desk,
        "form": form,
        "slice": part,
        "days": _by_day(telling.told(part.entries)),
        "is_damaged": bool(check and check.found),
    }
    status = 200 if is_valid else 422
    return page(request, "audit/journal.html", context, fragment="audit/_entries.html", status=status)


@dataclass(frozen=True)
class Day:
    """The entries of one day."""

    on: date
    entries: list[Told]


def _by_day(entries: list[Told]) -> list[Day]:
    days: list[Day] = []
    for entry in entries:
        on = entry.at.astimezone(SHANGHAI).date()
        if not days or days[-1].on != on:
            days.append(Day(on, []))
        days[-1].entries.append(entry)
    return days


@auditor_view
def history(request: OfficerRequest, stream: str) -> HttpResponse:
    """Everything that happened to one subject, newest first, and the form to take it away."""
    return _history(request, stream, ExportForm())


def _history(request: OfficerRequest, stream: str, form: ExportForm, *, status: int = 200) -> HttpResponse:
    before = whole(request.GET.get("before", ""), queries.LAST_SEQ) or queries.LAST_SEQ
    rows = queries.newest_of(stream, before=before, most=MOST_OF_A_HISTORY + 1)
    more, rows = rows[MOST_OF_A_HISTORY:], rows[:MOST_OF_A_HISTORY]
    told = telling.told_rows(rows)
    context = {
        "today": request.today,
        "crumbs": (_JOURNAL,),
        "stream": stream,
        "label": told[0].label,
        "kind": told[0].kind,
        "entries": [(entry, row[-1]) for entry, row in zip(told, rows, strict=True)],
        "older_url": f"?{urlencode({'before': rows[-1][2]})}" if more else "",
        "newer_url": "?" if before < queries.LAST_SEQ else "",
        "case_url": _case_url(told),
        "form": form,
    }
    return page(request, "audit/history.html", context, status=status)


def _case_url(entries: Sequence[Told]) -> str:
    """The page of the case, for subjects that are one or belong to one, such as a signature."""
    key = next((entry.case for entry in entries if entry.case), "")
    try:
        return reverse("officer-case", args=[UUID(key)]) if key else ""
    except ValueError:
        return ""


@auditor_view
def entry(request: OfficerRequest, stream: str, seq: int) -> HttpResponse:
    """One entry with all its facts, and where it lies in the sealed log."""
    row, place = queries.one_of(stream, seq)
    (told,) = telling.told_rows([row])
    return page(request, "audit/entry.html", _entry(request, told, place))


@auditor_view
def show(request: OfficerRequest, stream: str, seq: int) -> HttpResponse:
    """The same with nothing hidden; the journal keeps who saw it."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("audit-entry", args=[stream, seq]))
    told = commands.show_entry(stream=stream, seq=seq, by=request.actor, now=request.now)
    _, place = queries.one_of(stream, seq)
    return page(request, "audit/entry.html", _entry(request, told, place) | {"is_open": True})


def _entry(request: OfficerRequest, told: Told, place: queries.Place | None) -> dict[str, Any]:
    return {
        "today": request.today,
        "crumbs": (_JOURNAL, Link(told.label, reverse("audit-history", args=[told.stream]))),
        "entry": told,
        "place": place,
        "case_url": _case_url([told]),
    }


@auditor_view
def export(request: OfficerRequest, stream: str) -> HttpResponseBase:
    """Take the history away with its proof: a zip, once the reason is given."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("audit-history", args=[stream]))
    form = ExportForm(request.POST)
    try:
        if form.is_valid():
            made = commands.export(stream=stream, by=request.actor, now=request.now, reason=form.cleaned_data["reason"])
            return download(made.as_zip(), made.name, "application/zip")
    except Invalid as refused:
        refusals.onto(form, refused)
    return _history(request, stream, form, status=422)
