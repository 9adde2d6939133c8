"""Answers: a page or its fragment, a way on, a download."""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from django.db.models import Model
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.encoding import iri_to_uri

SECONDS = 5
"""A public page that many people look at is made once in this time."""
SANDBOX = "default-src 'none'; sandbox"
"""A file somebody gave us never becomes a page of ours, even where a browser insists on showing it."""


_ENDINGS = {"application/pdf": (".pdf",), "image/png": (".png",), "image/jpeg": (".jpg", ".jpeg")}
_ENDING = re.compile(r"\.[a-z][a-z0-9]{0,7}$", re.IGNORECASE)
"""Looks like an extension: .hta, .bat, .mp4; not the .10 of 2026.10."""
R = TypeVar("R", bound=HttpResponseBase)
_NOT_IN_NAMES = '/\\:*?"<>|'


def wants_fragment(request: HttpRequest) -> bool:
    """Whether HTMX asks for a part of a page. A boosted link and a step back in the history want the whole page."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Boosted") != "true"
        and headers.get("HX-History-Restore-Request") != "true"
    )


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    fragment: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render a page, or only its `fragment` when HTMX asks for it. Rendered at once, inside the transaction."""
    chosen = fragment if fragment and wants_fragment(request) else template
    response = HttpResponse(render_to_string(chosen, dict(context or {}), request=request), status=status)
    patch_vary_headers(response, ("HX-Request",))
    return response


def for_everybody(request: HttpRequest, response: R, *, seconds: int = SECONDS) -> R:
    """Let caches keep an answer for a moment, unless it was made for somebody: a page with a name on it is theirs."""
    kept = f"public, max-age=0, s-maxage={seconds}"
    response.headers["Cache-Control"] = "private, no-cache" if request.COOKIES else kept
    patch_vary_headers(response, ("Cookie",))
    return response


def go(request: HttpRequest, to: Model | str, *args: Any, **kwargs: Any) -> HttpResponse:
    """Lead on to another page after a step was taken: 303, so that going back or reloading does not repeat the step."""
    # What begins with a slash is an address already, and never the name of one.
    url = to if isinstance(to, str) and to.startswith("/") else resolve_url(to, *args, **kwargs)
    if wants_fragment(request):
        return HttpResponse(status=204, headers={"HX-Redirect": iri_to_uri(url)})
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response


def saved_as(name: str, media_type: str) -> str:
    """The name under which a file is saved: one readable line, no folders, the extension of what the file really is."""
    plain = "".join(each for each in name if each.isprintable() and each not in _NOT_IN_NAMES).strip(" .")
    endings = _ENDINGS.get(media_type, ())
    if not endings or plain.lower().endswith(endings):
        return plain or "文件"
    return (_ENDING.sub("", plain) or "文件") + endings[0]


def download(source: Path | BinaryIO | bytes, name: str, media_type: str) -> FileResponse:
    """A file to save under `name`. Always an attachment, never sniffed, and sandboxed if shown after all.

    The name goes out as RFC 5987 says, so Chinese names arrive whole; it ends as files of this kind do, whatever
    whoever sent the file called it.
    """
    if isinstance(source, bytes):
        source = BytesIO(source)
    stream = source.open("rb") if isinstance(source, Path) else source
    response = FileResponse(stream, as_attachment=True, filename=saved_as(name, media_type), content_type=media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    response["Cache-Control"] = "private, no-cache"
    return response
