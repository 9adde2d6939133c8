"""The interface itself: its routers, how it reads and writes JSON, and how it says no."""

from __future__ import annotations

import logging
from typing import Any

import pydantic_core
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from ninja.renderers import JSONRenderer

from xuke.foundation.refusals import Refused
from xuke.publication.api import announcements, problems, progress, register, sentences, verification
from xuke.publication.api.problems import Refusal

_log = logging.getLogger(__name__)
VERSION = "1.0.0"


class Strict(Parser):
    """Reads JSON that is JSON: bounded in depth, no lone surrogates."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body; ninja turns whatever is raised here into a 400."""
        return pydantic_core.from_json(request.body, allow_inf_nan=False)


class Plain(JSONRenderer):
    """Writes JSON in UTF-8, Chinese as Chinese."""

    json_dumps_params = {"ensure_ascii": False, "separators": (",", ":")}


api = NinjaAPI(
    title="许可 · 公开数据接口",
    version=VERSION,
    docs_url=None,
    openapi_url=None,
    urls_namespace="api-v1",
    parser=Strict(),
    renderer=Plain(),
)
for _router in (register.router, verification.router, progress.router, announcements.router):
    api.add_router("", _router)


@api.exception_handler(Refusal)
def _refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return problems.answer(refusal)


@api.exception_handler(Refused)
def _refused(request: HttpRequest, refused: Refused) -> HttpResponse:
    return problems.of_refused(refused)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problems.answer(problems.invalid(*sentences.mistakes(error.errors)))


@api.exception_handler(HttpError)
def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problems.made(problems.kind_of(error.status_code), status=error.status_code)


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problems.made(problems.NOT_FOUND)


@api.exception_handler(OperationalError)
@api.exception_handler(InterfaceError)
def _away(request: HttpRequest, error: Exception) -> HttpResponse:
    """The database is not there, or a question took longer than it may."""
    _log.warning("The public register did not answer: %s %s", request.path, error)
    return problems.made(problems.UNAVAILABLE, headers={"Retry-After": "5"})


@api.exception_handler(Exception)
def _error(request: HttpRequest, error: Exception) -> HttpResponse:
    _log.error("%s %s", request.method, request.path, exc_info=error)
    return problems.made(problems.ERROR)
