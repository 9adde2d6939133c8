"""What the interface says no with: problem details (RFC 9457), a sentence in Chinese, and where the mistake stands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpResponse

from xuke.foundation import request_ids
from xuke.foundation.refusals import Invalid, Refused

PAGE = "/api/v1/"
"""Where each kind of problem is explained."""
MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Kind:
    """A kind of problem: its name in the address that explains it, its status, its title, and what to do."""

    name: str
    status: int
    title: str
    advice: str

    @property
    def uri(self) -> str:
        """Leads to the explanation on the page of the interface."""
        return f"{settings.XUKE_ADDRESS.rstrip('/')}{PAGE}#{self.name}"


UNREADABLE = Kind("unreadable", 400, "请求读不懂", "请核对请求的格式；正文应为UTF-8编码的JSON，嵌套不要太深。")
INVALID_CURSOR = Kind(
    "invalid-cursor", 400, "翻页位置无效", "请原样使用上一页给出的next地址；不能改条件，也不能自己编。"
)
NOT_FOUND = Kind("not-found", 404, "没有找到", "请核对地址和编号；刚刚作出的决定，几秒钟后才会公开。")
METHOD = Kind("method-not-allowed", 405, "这个地址不支持这种方法", "请按Allow头列出的方法请求。")
NO_LENGTH = Kind("length-required", 411, "没有写明长度", "请用Content-Length写明正文的长度，不要分块发送。")
TOO_LARGE = Kind("too-large", 413, "请求太大", "请分几次提交；每次的上限见本页。")
TOO_LONG = Kind("uri-too-long", 414, "地址太长", "请缩短查询条件。")
MEDIA = Kind("unsupported-media-type", 415, "正文的类型不对", "请按接口说明设置Content-Type。")
INVALID = Kind("invalid", 422, "参数或者正文不符合要求", "errors逐条说明哪里不对、应该怎样写。")
TOO_MANY = Kind("too-many-requests", 429, "请求太频繁", "请等Retry-After给出的秒数后再请求。")
ERROR = Kind("server-error", 500, "系统出错", "请稍后再试；反复出现的，请把instance告诉我们。")
UNAVAILABLE = Kind("unavailable", 503, "登记簿暂时查不到", "请等Retry-After给出的秒数后再请求。")
REFUSED = Kind("refused", 409, "没有办成", "detail说明原因。")

KINDS = (
    UNREADABLE,
    INVALID_CURSOR,
    NOT_FOUND,
    METHOD,
    REFUSED,
    NO_LENGTH,
    TOO_LARGE,
    TOO_LONG,
    MEDIA,
    INVALID,
    TOO_MANY,
    ERROR,
    UNAVAILABLE,
)
_BY_STATUS = {kind.status: kind for kind in reversed(KINDS)}


@dataclass(frozen=True)
class Mistake:
    """One thing that is wrong with a request: in a parameter, or at a place in the body (RFC 6901)."""

    detail: str
    parameter: str = ""
    pointer: str | None = None

    def facts(self) -> dict[str, str]:
        """As JSON values, without what does not apply."""
        place = {"parameter": self.parameter} if self.parameter else {}
        return {"detail": self.detail} | place | ({} if self.pointer is None else {"pointer": self.pointer})


class Refusal(Exception):
    """A request that is answered with a problem."""

    def __init__(
        self, kind: Kind, detail: str = "", *mistakes: Mistake, headers: Mapping[str, str] | None = None
    ) -> None:
        self.kind, self.mistakes, self.headers = kind, mistakes, dict(headers or {})
        self.detail = detail or (mistakes[0].detail if len(mistakes) == 1 else kind.advice)
        super().__init__(self.detail)


def invalid(*mistakes: Mistake) -> Refusal:
    """Parameters or a body that cannot be answered."""
    detail = "" if len(mistakes) == 1 else f"有{len(mistakes)}处不符合要求，见errors。"
    return Refusal(INVALID, detail, *mistakes)


def parameter(name: str, sentence: str) -> Refusal:
    """One parameter that cannot be answered."""
    return invalid(Mistake(sentence, parameter=name))


def answer(refusal: Refusal) -> HttpResponse:
    """The answer to a request that is refused. Nobody keeps it."""
    return made(
        refusal.kind,
        refusal.detail,
        errors=[mistake.facts() for mistake in refusal.mistakes],
        headers=refusal.headers,
    )


def of_refused(refused: Refused) -> HttpResponse:
    """What a query or a command said no with."""
    problems = refused.problems if isinstance(refused, Invalid) else ()
    errors = [Mistake(problem.message, parameter=problem.field).facts() for problem in problems]
    return made(kind_of(refused.status), refused.sentence, status=refused.status, errors=errors)


def kind_of(status: int) -> Kind:
    """The kind of problem behind a status that somebody else chose."""
    return _BY_STATUS.get(status, ERROR if status >= 500 else UNREADABLE if status < 404 else REFUSED)


def made(
    kind: Kind,
    detail: str = "",
    *,
    status: int = 0,
    errors: Iterable[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """A problem as an answer."""
    facts: dict[str, Any] = {
        "type": kind.uri,
        "title": kind.title,
        "status": status or kind.status,
        "detail": detail or kind.advice,
    }
    if asked := request_ids.current():
        facts["instance"] = f"urn:xuke:request:{asked}"
    if listed := list(errors):
        facts["errors"] = listed
    body = json.dumps(facts, ensure_ascii=False)
    response = HttpResponse(body, status=facts["status"], content_type=MEDIA_TYPE, headers=dict(headers or {}))
    response.headers.setdefault("Cache-Control", "no-store")
    return response
