"""The addresses of the interface, and what is demanded of every question before it is answered."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.views.decorators.csrf import csrf_exempt

from xuke.publication.api import document, problems
from xuke.publication.api.problems import Mistake, Refusal
from xuke.publication.api.root import api
from xuke.web.access import Access, Audience, declare, public_view
from xuke.web.middleware import outside_the_door

View = Callable[..., HttpResponse]
Known = Mapping[str, frozenset[str]]
LISTS = frozenset({"state"})
"""Parameters that may stand there several times."""


def answering() -> list[URLPattern]:
    """The addresses of the routers, each once, for everybody, outside the door: they open the public database alone."""
    patterns: dict[str, URLPattern] = {}
    for pattern in api.urls[0]:
        route = str(pattern.pattern)
        if isinstance(pattern, URLPattern) and pattern.name != "api-root" and route not in patterns:
            path = problems.PAGE + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)
            pattern.callback = _opened(pattern.callback, document.parameters(path))
            patterns[route] = pattern
    return list(patterns.values())


def _opened(view: View, known: Known) -> View:
    """The view for everybody, asked with what it knows and nothing else."""

    @csrf_exempt
    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if wrong := _unknown(request, known.get(request.method or "", None)):
            return problems.answer(problems.invalid(*wrong))
        return view(request, *args, **kwargs)

    return declare(outside_the_door(asked), Access(Audience.PUBLIC))


def _unknown(request: HttpRequest, known: frozenset[str] | None) -> list[Mistake]:
    """Parameters that this address does not know, or that stand there twice."""
    if known is None:
        return []
    those = f"可以用的有{'、'.join(sorted(known))}。" if known else "这个地址没有参数。"
    strange = [name for name in request.GET if name not in known]
    twice = [name for name in known - LISTS if len(request.GET.getlist(name)) > 1]
    return [Mistake(f"不认识参数{name[:60]}。{those}", parameter=name[:60]) for name in strange[:10]] + [
        Mistake(f"参数{name}只能写一次。", parameter=name) for name in twice
    ]


@public_view
@outside_the_door
def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document."""
    if request.method != "GET":
        return problems.answer(Refusal(problems.METHOD, headers={"Allow": "GET, HEAD"}))
    return HttpResponse(document.text(), content_type="application/json; charset=utf-8")


@csrf_exempt
@public_view
@outside_the_door
def unknown(request: HttpRequest, address: str) -> HttpResponse:
    """An address that is none of ours."""
    detail = f"接口里没有这个地址。全部地址见{problems.PAGE}。"
    return problems.answer(Refusal(problems.NOT_FOUND, detail))
