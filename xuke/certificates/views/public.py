"""Everybody's pages: the verification of a certificate by its file, its code or its number.

They work without a login and hold nothing back for later: an upload is read, answered and gone. They open the database
themselves, so that a signature is still verified while the register cannot be reached.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from xuke.certificates import answering
from xuke.certificates.answering import Answered
from xuke.certificates.forms import FileForm, NumberForm
from xuke.web import frame
from xuke.web.access import public_view
from xuke.web.middleware import outside_the_door
from xuke.web.pages import for_everybody, page


@public_view
@outside_the_door
@require_http_methods(["GET", "HEAD", "POST"])
def verification(request: HttpRequest) -> HttpResponse:
    """Ask for a file or a number, and answer it on the same address."""
    if request.method == "POST":
        return _answer_file(request)
    asked = request.GET.get("q")
    if asked is None:
        return _ask(request)
    if code := _scanned(asked):
        return redirect("verify_code", code=code)
    return _answer_number(request)


@public_view
@outside_the_door
@require_safe
def code(request: HttpRequest, code: str) -> HttpResponse:
    """The address in the QR code of a certificate."""
    return _reply(request, answering.by_code(code, today=_today(request)))


def _scanned(text: str) -> str:
    """The code in the text of a QR code that somebody scanned with another program and pasted here."""
    address, found, code = text.strip().upper().rpartition("/V/")
    return code if found and address and "/" not in code else ""


def _ask(request: HttpRequest, *, number: NumberForm | None = None, file: FileForm | None = None) -> HttpResponse:
    """The page with both forms; with what is wrong in one of them."""
    status = 413 if file and file.too_large else 422 if number or file else 200
    forms = {"number": number or NumberForm(), "file": file or FileForm(), "refused": number or file}
    return page(request, "certificates/verify.html", forms, status=status)


def _answer_file(request: HttpRequest) -> HttpResponse:
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _ask(request, file=form)
    return _reply(request, answering.by_file(form.cleaned_data["file"].read(), today=_today(request)))


def _answer_number(request: HttpRequest) -> HttpResponse:
    form = NumberForm(request.GET)
    if not form.is_valid():
        return _ask(request, number=form)
    return _reply(request, answering.by_number(form.cleaned_data["q"], today=_today(request)))


def _reply(request: HttpRequest, answered: Answered) -> HttpResponse:
    registered, found = answered.registered, answered.found
    context: dict[str, Any] = {
        "answer": answered.answer,
        "registered": registered,
        "certificate": registered.content if registered else found.content if found else None,
        "found": found,
        "now": frame.stamp(request),
    }
    answer = page(request, "certificates/answer.html", context)
    return answer if request.method == "POST" else for_everybody(request, answer)


def _today(request: HttpRequest) -> date:
    frame.stamp(request)
    today = frame.today(request)
    assert today is not None
    return today
