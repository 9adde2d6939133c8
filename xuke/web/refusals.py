"""Refusals into words: each gets its status, one clear sentence and a way on, as a page, a fragment or JSON.

A fragment does not replace what HTMX was aiming at: it appears at the top of the page (`#refusal`), so that the form
somebody was filling in stays as it is.
"""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from inspect import cleandoc
from pathlib import Path
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

from xuke.foundation import request_ids
from xuke.foundation.refusals import Conflict, Invalid, NotFound, NotPermitted, NotReady, Problem, Refused
from xuke.foundation.scope import NOTHING, Scope
from xuke.foundation.transactions import is_away, opened_for
from xuke.web import frame, kept
from xuke.web.formats import SHANGHAI, day
from xuke.web.pieces import Link

_log = logging.getLogger(__name__)
_refused = logging.getLogger("xuke.refused")
"""Who was refused what: for an operator who looks for people trying doors. Can be sent elsewhere by its name."""


@dataclass(frozen=True)
class Trespass:
    """Somebody asked for what is not theirs, or sent what no page of ours sends. Left on the request as
    `request.trespass` for whoever keeps the journal, which is none of the page's business."""

    refusal: str
    """What the refusal is called."""
    status: int
    is_form: bool = False
    """Whether it is a form without its token."""


@dataclass(frozen=True)
class Words:
    """How a refusal reads."""

    title: str
    icon: str
    tone: str = ""
    way_on: str = ""
    """The words of the button that leads back to the page the person came from; empty where that makes no sense."""


_WORDS = {
    400: Words("这个请求读不懂", "help"),
    403: Words("您不能打开这一页", "lock"),
    404: Words("没有找到", "search"),
    405: Words("这一步要从页面上办理", "route"),
    409: Words("这一步没有办成", "users", "ochre", "看最新情况"),
    411: Words("没有接收这次上传", "upload", "ochre", "返回重新选择"),
    413: Words("文件太大，没有接收", "upload", "ochre", "返回重新选择"),
    422: Words("有些内容需要修改", "alert-triangle", "ochre", "返回修改"),
    429: Words("操作太频繁，请稍后再试", "clock", "ochre", "过一会儿再试"),
}
_ACTING = Words("您不能办理这一步", "lock")
_ADVICE = "请看过最新情况再决定是否继续。"
_NOTHING_LOST = "您填写的内容没有丢失，"
_STALE = Words("页面放久了，请再确认一次", "clock", "ochre")
_FOREIGN = Words("没有接收这次提交", "lock")


def answer(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The answer to a request whose command or query refused. Nothing was saved."""
    _note(request, refused)
    return _render(request, describe(request, refused, kept.typed(request)), refused.status)


def _note(request: HttpRequest, refused: Refused) -> None:
    """Somebody asked for what is not theirs, at an address that we have: noted, and a line about it when they are
    logged in. Without the sentence, which may name people. What is not ready yet is theirs."""
    is_trespass = refused.status in (403, 404) and not isinstance(refused, NotReady)
    if not is_trespass or not getattr(request, "resolver_match", None):
        return
    refusal = "NotFound" if refused.status == 404 else "NotPermitted"
    request.trespass = Trespass(refusal, refused.status)  # type: ignore[attr-defined]
    if actor := getattr(request, "actor", None):
        _refused.warning("%s %s %s %s", refused.status, actor.code, request.method, _place(request))


def _place(request: HttpRequest) -> str:
    """The address; where a secret stands in it, as in that of an invitation, the name of the page instead."""
    match = request.resolver_match
    return (match.view_name or "") if match and "code" in match.kwargs else request.path


def turn_away(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The answer to a request whose body must not, or cannot, be read."""
    return _render(request, describe(request, refused, kept.Typed("")), refused.status)


def describe(request: HttpRequest, refused: Refused, content: kept.Typed) -> dict[str, Any]:
    """Everything a page says about a refusal; `content` is what the person had typed."""
    words = _words(request, refused)
    return {
        "words": words,
        "status": refused.status,
        "sentence": _sentence(request, refused, content),
        "basis": refused.basis,
        "problems": refused.problems if isinstance(refused, Invalid) else (),
        "typed": None if content.is_empty else content,
        "ways": _ways(request, words),
    }


def onto(form: Form, refused: Invalid) -> None:
    """Put the problems that a command found onto the form they were typed into."""
    for problem in refused.problems or (Problem("", refused.sentence),):
        form.add_error(problem.field if problem.field in form.fields else None, problem.message)


def _words(request: HttpRequest, refused: Refused) -> Words:
    if refused.title:
        return Words(refused.title, "route")
    if refused.status == 403 and request.method == "POST":
        return _ACTING
    words = _WORDS.get(refused.status, _WORDS[409])
    if isinstance(refused, Conflict) and refused.who:
        return Words(f"{refused.who}刚刚办理了这件申请", words.icon, words.tone, words.way_on)
    return words


def _sentence(request: HttpRequest, refused: Refused, content: kept.Typed) -> str:
    """The sentence under the title. A conflict says what was done when, and that nothing typed is lost."""
    if not isinstance(refused, Conflict):
        return refused.sentence
    happened = f"{_clock(refused.at, request)}{refused.what}。" if refused.what else ""
    is_default = refused.sentence == cleandoc(type(refused).__doc__ or "")
    said = "" if happened and is_default else refused.sentence.removesuffix(_ADVICE)
    return happened + said + ("" if content.is_empty else _NOTHING_LOST) + _ADVICE


def _clock(at: datetime | None, request: HttpRequest) -> str:
    """10:22, and with the day when it was not today."""
    if at is None:
        return ""
    local, today = at.astimezone(SHANGHAI), frame.today(request)
    return f"{local:%H:%M}" if local.date() == today else f"{day(local, today)} {local:%H:%M}"


def _ways(request: HttpRequest, words: Words) -> tuple[Link, ...]:
    label, url = frame.home(request)
    back = kept.origin(request)
    if words.way_on and (request.method == "POST" or back != request.get_full_path()):
        return (Link(words.way_on, back, primary=True), Link(label, url))
    return (Link(label, url),)  # Whoever typed the address of a closed step came from nowhere.


def _render(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    if _wants_json(request):
        problems = [{"field": problem.field, "message": problem.message} for problem in context["problems"]]
        facts = {"status": status, "title": context["words"].title, "detail": context["sentence"], "problems": problems}
        return JsonResponse(facts, status=status, json_dumps_params={"ensure_ascii": False})
    if request.headers.get("HX-Request") == "true":
        response = HttpResponse(render_to_string("web/_refusal.html", context), status=status)
        return _to_the_top(response)
    response = HttpResponse(_page(request, "web/refusal.html", context), status=status)
    patch_vary_headers(response, ("HX-Request", "Accept"))
    return response


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> str:
    """A whole page: in its own frame behind the door, in the bare frame before it (no database, no navigation)."""
    if not hasattr(request, "now"):
        return render_to_string(template, {**context, "layout": frame.BARE})
    with opened_for(scope_of(request)):
        return render_to_string(template, {**context, "layout": frame.layout(request)}, request=request)


def scope_of(request: HttpRequest) -> Scope:
    """What the database shows to the person at the screen; to somebody unknown, nothing."""
    actor = getattr(request, "actor", None)
    return actor.scope if actor else NOTHING


def _to_the_top(response: HttpResponse) -> HttpResponse:
    response["HX-Retarget"], response["HX-Reswap"], response["HX-Push-Url"] = "#refusal", "innerHTML", "false"
    return response


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler for what could not be read (400)."""
    context = {"words": _WORDS[400], "status": 400, "problems": (), "ways": _ways(request, _WORDS[400])}
    context["sentence"] = "请求的内容不完整，或者地址里有不认识的字符。请返回上一页重新操作。"
    return _render(request, context, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler for 403."""
    return answer(request, NotPermitted())


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler for 404. Says the same whether a thing does not exist or belongs to somebody else."""
    return answer(request, NotFound("地址可能写错了，或者案件已经归档。可以用受理号或者企业名称查找。"))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid token: an old page of ours keeps what was typed, a foreign page gets nothing."""
    ours = kept.came_from_us(request)
    if ours and kept.is_carried(request):
        return kept.again(request)
    content = kept.typed(request) if ours else kept.Typed("")
    if not content.is_empty:
        return kept.whole_page(request, "web/stale.html", {"typed": content, "words": _STALE}, status=403)
    request.trespass = Trespass("ForeignForm", 403, is_form=True)  # type: ignore[attr-defined]
    sentence = "它不是从本站的页面发出的，或者浏览器没有保存本站的Cookie。请打开本站页面，重新操作一次。"
    context = {"words": _FOREIGN, "status": 403, "sentence": sentence, "problems": (), "ways": _ways(request, _FOREIGN)}
    return _render(request, context, 403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler for 500: a static page, so that it works without database and templates; with a number to quote.

    While the database is away it says 503, so that a proxy or a program tries again. The statutory clock is a function
    of the journal, so an error of ours never costs anybody a day.
    """
    reference = request_ids.current() or request_ids.new()
    _log.error("Reference %s: %s %s", reference, request.method, _place(request), exc_info=sys.exc_info())
    status = 503 if is_away(sys.exc_info()[1]) else 500
    headers = {"Retry-After": "3"} if status == 503 else {}
    html = _error_page().replace("<!--reference-->", f"，编号 <b>{reference}</b>")
    if request.headers.get("HX-Request") != "true":
        return HttpResponse(html, status=status, headers=headers)
    note = html[html.index("<!--fragment-->") : html.index("<!--/fragment-->")]
    return _to_the_top(HttpResponse(f'<div class="xk-note bad">{note}</div>', status=status, headers=headers))


@cache
def _error_page() -> str:
    return (Path(__file__).parent / "static/xuke/error.html").read_text(encoding="utf-8")
