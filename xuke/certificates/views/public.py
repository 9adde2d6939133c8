"""Everybody's pages: the front door, and the verification of a certificate by its file, its code or its number.

They work without a login and hold nothing back for later: an upload is read, answered and gone. They open the database
themselves, so that a signature is still verified while the register cannot be reached.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography import x509
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from xuke.catalogue.limits import time_limit
from xuke.certificates import queries, verdicts
from xuke.certificates.content import CertificateContent
from xuke.certificates.forms import FileForm, NumberForm
from xuke.certificates.models import PublicCertificate
from xuke.certificates.verdicts import Answer, Registered
from xuke.certificates.verification import Verification, verify, verify_code
from xuke.foundation.identifiers.result import Kind
from xuke.seals import pki
from xuke.web import frame
from xuke.web.access import public_view
from xuke.web.middleware import outside_the_door
from xuke.web.pages import page
from xuke.web.pieces import Stop

Find = Callable[[], PublicCertificate | None]


@public_view
@outside_the_door
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The front door: one promise, one search, the doors, the path of a case."""
    today = _today(request)
    return page(request, "certificates/home.html", {"form": NumberForm(), "stops": _stops(today)})


def _stops(today: date) -> tuple[Stop, ...]:
    def days(id: str) -> int:
        return time_limit(id, today).value

    return (
        Stop("提交申请", "即时给出接收凭证"),
        Stop("受理", f"{days('food.acceptance')}个工作日内"),
        Stop("材料审查", "计入决定时限"),
        Stop("现场核查", f"接到任务{days('food.verification')}个工作日内"),
        Stop("作出决定", f"受理之日起{days('food.decision')}个工作日内"),
        Stop("发证", f"决定后{days('food.issue')}个工作日内"),
    )


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
    found = verify_code(code, signers=_signers(settings.XUKE_HOME))
    summary = found.summary
    if summary is None:
        return _reply(request, verdicts.judge_code(found, None))
    registered, reachable = _register(request, lambda: queries.public_version(summary.licence_number, summary.version))
    return _reply(request, verdicts.judge_code(found, registered, reachable=reachable), registered)


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
    found = verify(form.cleaned_data["file"].read(), trust=_roots(settings.XUKE_HOME))
    content = found.content
    if not found.authentic or content is None:
        return _reply(request, verdicts.judge_file(found, None))
    registered, reachable = _register(request, lambda: queries.public_by_identifier(content.e_licence_identifier))
    answer = verdicts.judge_file(found, registered, reachable=reachable)
    return _reply(request, answer, registered, found=found)


def _answer_number(request: HttpRequest) -> HttpResponse:
    form = NumberForm(request.GET)
    if not form.is_valid():
        return _ask(request, number=form)
    number = form.cleaned_data["q"]
    find = queries.public_by_number if form.kind is Kind.FOOD_LICENCE else queries.public_by_identifier
    registered, reachable = _register(request, lambda: find(number))
    return _reply(request, verdicts.judge_number(registered, reachable=reachable), registered)


def _reply(
    request: HttpRequest, answer: Answer, registered: Registered | None = None, *, found: Verification | None = None
) -> HttpResponse:
    context: dict[str, Any] = {
        "answer": answer,
        "registered": registered,
        "certificate": registered.content if registered else found.content if found else None,
        "found": found,
        "now": frame.stamp(request),
    }
    return page(request, "certificates/answer.html", context)


def _register(request: HttpRequest, find: Find) -> tuple[Registered | None, bool]:
    """What the register says, and whether it could be asked at all."""
    try:
        public = find()
    except (OperationalError, InterfaceError):
        return None, False
    return (_registered(public, today=_today(request)) if public else None), True


def _registered(public: PublicCertificate, *, today: date) -> Registered:
    standing, words = queries.standing(public, today=today)
    return Registered(
        content=CertificateContent.from_facts(public.content),
        version=public.version,
        newest=public.newest,
        digest=public.digest or "",
        standing=standing,
        standing_words=words,
        valid_to=public.valid_to,
    )


def _today(request: HttpRequest) -> date:
    frame.stamp(request)
    today = frame.today(request)
    assert today is not None
    return today


@lru_cache(maxsize=2)
def _roots(home: Path) -> tuple[x509.Certificate, ...]:
    """The root under which this installation's certificates are issued."""
    return pki.load_trust(home / pki.PLACE / f"{pki.ROOT}.pem")


@lru_cache(maxsize=2)
def _signers(home: Path) -> tuple[x509.Certificate, ...]:
    """The certificate of the key that signs codes. The key itself is no business of the pages."""
    return pki.load_trust(home / pki.PLACE / f"{pki.SIGNER}.pem")
