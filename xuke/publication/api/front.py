"""The way in and out of `/api/v1`: bounded before anything is read, without cookies, and every refusal a problem.

Stands before uploads, sessions and transactions. What is not under `/api/v1/`, and the page that explains the
interface to people, pass untouched.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from math import ceil

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

from xuke.publication.api import problems, rates
from xuke.publication.api.problems import Refusal
from xuke.seals.validation import LARGEST_FILE

Answer = Callable[[HttpRequest], HttpResponse]

ROOT = problems.PAGE
LONGEST_QUERY = 100_000
LARGEST_BODY = 256_000
"""Of a list of numbers: a thousand of the longest fit."""
LARGEST_FORM = LARGEST_FILE + 20_000
"""One file and the form around it."""
JSON, FORM = "application/json", "multipart/form-data"
KEPT = "public, max-age=0, s-maxage=5"
METHODS = "GET, HEAD, OPTIONS, POST"
_BODIES = {f"{ROOT}verification": (JSON, LARGEST_BODY), f"{ROOT}verification/file": (FORM, LARGEST_FORM)}
"""Where something may be sent, as what, and how large."""
_EXPOSED = "ETag, Link, Retry-After, RateLimit, RateLimit-Policy, X-Request-ID"


class Front:
    """The door of the interface."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(ROOT) or request.path_info == ROOT:
            return self.get_response(request)
        _forget_who_asks(request)
        taken = rates.take(request)
        response = self._answer(request, taken)
        if taken.policy:
            response["RateLimit-Policy"] = taken.policy
            if "s-maxage" not in response.get("Cache-Control", ""):
                response["RateLimit"] = taken.left
        return _open_to_all(response)

    def _answer(self, request: HttpRequest, taken: rates.Taken) -> HttpResponse:
        if request.method == "OPTIONS":
            return _without_body(HttpResponse(status=204, headers={"Allow": METHODS}))
        try:
            _demand_patience(taken)
            _demand_bounds(request)
        except Refusal as refusal:
            return problems.answer(refusal)
        is_head = request.method == "HEAD"
        if is_head:
            request.method = "GET"
        response = _as_problem(self.get_response(request))
        response = _unless_known(request, response)
        if is_head:
            response["Content-Length"] = str(len(response.content))
            response.content = b""
        return response


def _forget_who_asks(request: HttpRequest) -> None:
    """The answer is the same for everybody: no session is looked up, whatever cookie a browser sends along, and what
    strangers pretend in headers is not worth a line in the journal."""
    request.META.pop("HTTP_COOKIE", None)
    request.COOKIES = {}
    request.pretended = ()  # type: ignore[attr-defined]


def _demand_patience(taken: rates.Taken) -> None:
    if taken.wait:
        seconds = str(ceil(taken.wait))
        raise Refusal(problems.TOO_MANY, f"请求太频繁，请{seconds}秒后再试。", headers={"Retry-After": seconds})


def _demand_bounds(request: HttpRequest) -> None:
    """Nothing is read of what is too long, of a type we do not take, or sent where nothing can be sent."""
    if len(request.META.get("QUERY_STRING", "")) > LONGEST_QUERY:
        raise Refusal(problems.TOO_LONG)
    if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        raise Refusal(problems.NO_LENGTH)
    media, largest = _BODIES.get(request.path_info, ("", 0)) if request.method == "POST" else ("", 0)
    if _length(request) > max(largest, 1_000):
        raise Refusal(
            problems.TOO_LARGE, f"正文最多{_size(largest)}，没有接收。" if largest else "这个地址不接收正文。"
        )
    if media and request.content_type != media:
        raise Refusal(problems.MEDIA, f"Content-Type应为{media}。")


def _length(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or "0"
    try:
        return int(text[:20])
    except ValueError:
        raise Refusal(problems.UNREADABLE, "Content-Length应为整数。") from None


def _size(largest: int) -> str:
    return f"{largest // 1_000_000} MB" if largest >= 1_000_000 else f"{largest // 1_000} kB"


def _as_problem(response: HttpResponseBase) -> HttpResponse:
    """A refusal of the layers behind, made for browsers, as a problem with the same status and sentence."""
    assert isinstance(response, HttpResponse)
    if response.status_code < 400 or response["Content-Type"] == problems.MEDIA_TYPE:
        return response
    kept = {name: response[name] for name in ("Allow", "Retry-After") if name in response}
    if "Allow" in kept:
        kept["Allow"] = ", ".join(("OPTIONS", *(["HEAD"] if "GET" in kept["Allow"] else []), kept["Allow"]))
    kind = problems.kind_of(response.status_code)
    return problems.made(kind, _sentence(response), status=response.status_code, headers=kept)


def _sentence(response: HttpResponse) -> str:
    """What the layers behind said, when they said it in JSON."""
    try:
        return str(json.loads(response.content)["detail"])
    except (ValueError, KeyError, TypeError):
        return ""


def _unless_known(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """304 to whoever has this answer already. The tag is made of the content, so it is strong."""
    if request.method != "GET" or response.status_code != 200:
        response.headers.setdefault("Cache-Control", "no-store")
        return response
    response.headers.setdefault("Cache-Control", KEPT)
    response.headers.setdefault("ETag", f'"{hashlib.sha256(response.content).hexdigest()[:32]}"')
    etag = response["ETag"]
    asked = [each.removeprefix("W/") for each in parse_etags(request.headers.get("If-None-Match", "")[:2_000])]
    if etag not in asked and "*" not in asked:
        return response
    known = HttpResponse(status=304)
    for name in ("ETag", "Cache-Control", "Link", "Vary"):
        if name in response:
            known[name] = response[name]
    return _without_body(known)


def _without_body(response: HttpResponse) -> HttpResponse:
    del response["Content-Type"]
    return response


def _open_to_all(response: HttpResponse) -> HttpResponse:
    """Public data: any page may read it, nobody's cookie is set, and what is kept fits everybody."""
    response.cookies.clear()
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = METHODS
    response["Access-Control-Allow-Headers"] = "Content-Type, If-None-Match"
    response["Access-Control-Expose-Headers"] = _EXPOSED
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    if "Vary" in response:
        del response["Vary"]
    patch_vary_headers(response, ("Accept-Encoding",))
    return response
