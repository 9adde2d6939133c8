"""The page that explains the interface to people: what it offers, how to ask, what comes back, how much is allowed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xuke.publication.api import document, front, problems, rates
from xuke.publication.api.root import VERSION
from xuke.publication.api.schemas.base import MOST
from xuke.publication.api.schemas.verification import MOST_NUMBERS, VERDICTS
from xuke.publication.views.shared import for_everybody
from xuke.seals.validation import LARGEST_FILE
from xuke.web.access import public_view
from xuke.web.middleware import outside_the_door
from xuke.web.pages import page


@dataclass(frozen=True, slots=True)
class Offered:
    """One operation, as the page lists it."""

    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[dict[str, Any], ...]
    sends: str
    """What is sent along."""


@public_view
@outside_the_door
@require_safe
def explained(request: HttpRequest) -> HttpResponse:
    """What the interface offers, in Chinese."""
    rate, burst = settings.XUKE_API_RATE
    context = {
        "operations": _offered(),
        "verdicts": [(verdict.value, words) for verdict, words in VERDICTS.items()],
        "kinds": problems.KINDS,
        "address": settings.XUKE_ADDRESS.rstrip("/"),
        "version": VERSION,
        "most": MOST,
        "most_numbers": MOST_NUMBERS,
        "largest_body": front.LARGEST_BODY // 1_000,
        "largest_file": LARGEST_FILE // 1_000_000,
        "rate": f"{rate:g}" if rate else "",
        "burst": f"{burst:g}",
        "bulk": f"{rates.BULK:g}",
        "file": f"{rates.FILE:g}",
    }
    return for_everybody(request, page(request, "publication/api.html", context))


_SENDS = {
    "verifyMany": "正文（application/json）：numbers，编号的数组",
    "verifyFile": "正文（multipart/form-data）：file，电子证书的PDF原件",
}


@cache
def _offered() -> tuple[Offered, ...]:
    return tuple(
        Offered(
            method.upper(),
            path,
            operation["summary"],
            operation["description"],
            tuple(each for each in operation["parameters"] if each["in"] == "query"),
            _SENDS.get(operation["operationId"], ""),
        )
        for path, methods in document.document()["paths"].items()
        for method, operation in methods.items()
    )
