"""Answers about a day, signed: for whoever has to prove later what the register said."""

from __future__ import annotations

from datetime import datetime, time
from functools import partial
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from xuke.foundation.calendar import spoken
from xuke.foundation.refusals import Invalid, NotFound, Problem
from xuke.publication import jose, keys, licences
from xuke.publication.answers import KIND, Told
from xuke.publication.licences import Published
from xuke.publication.rules import FIRST_DAY, standing_on
from xuke.publication.searching import LONGEST, read_day
from xuke.publication.views.shared import for_everybody, today
from xuke.web import frame
from xuke.web.access import public_view
from xuke.web.formats import SHANGHAI
from xuke.web.middleware import outside_the_door

AWAY = "登记簿现在查不到，请稍后再试。"
_PRETTY = {"ensure_ascii": False, "indent": 2}
_JSON = partial(JsonResponse, json_dumps_params=_PRETTY)


@public_view
@outside_the_door
@require_safe
def as_json(request: HttpRequest, number: str) -> HttpResponse:
    """The answer with its signature beside it."""
    try:
        told = ask(request, _licence(number))
    except (OperationalError, InterfaceError):
        return _problem(503, [{"field": "", "message": AWAY}])
    except Invalid as refused:
        return _problem(422, [{"field": each.field, "message": each.message} for each in refused.problems])
    except NotFound as refused:
        return _problem(404, [{"field": "number", "message": refused.sentence}])
    return for_everybody(request, _JSON({**told.facts(), "jws": signed(told)}))


@public_view
@outside_the_door
@require_safe
def as_jws(request: HttpRequest, number: str) -> HttpResponse:
    """The signed answer alone: one line (RFC 7515), to keep as a file."""
    try:
        told = ask(request, _licence(number))
    except (OperationalError, InterfaceError):
        return _plain(AWAY, status=503)
    except Invalid as refused:
        return _plain("".join(each.message for each in refused.problems), status=422)
    except NotFound as refused:
        return _plain(refused.sentence, status=404)
    response = HttpResponse(signed(told), content_type="application/jose")
    response["Content-Disposition"] = f'attachment; filename="{number}-{told.on.isoformat()}.jws"'
    return for_everybody(request, response)


@public_view
@outside_the_door
@require_safe
def key_set(request: HttpRequest) -> HttpResponse:
    """The public keys of all times (RFC 7517), by which answers are verified."""
    return for_everybody(request, JsonResponse(keys.published(), content_type="application/jwk-set+json"))


def ask(request: HttpRequest, licence: Published) -> Told:
    """The question in the address, answered; raises `Invalid` for days and moments that cannot be answered for."""
    now, day = frame.stamp(request), today(request)
    problems: list[Problem] = []
    on = read_day(request.GET.get("on", ""), today=day, field="on", what="要问的日期", problems=problems)
    known_at = _known_at(request.GET.get("known_at", ""), now, problems)
    if problems:
        raise Invalid(*problems)
    return Told(
        number=licence.row.number,
        holder=licence.row.holder,
        on=on or day,
        known_at=known_at,
        asked_at=now,
        answer=standing_on(licence.events, on=on or day, known_at=known_at),
        issuer=settings.XUKE_ADDRESS,
        demo=settings.XUKE_DEMO,
    )


def signed(told: Told) -> str:
    """An answer under the register's key."""
    key = keys.answering_key()
    return jose.sign(told.facts(), key=key.private, key_id=key.key_id, kind=KIND)


def _known_at(text: str, now: datetime, problems: list[Problem]) -> datetime:
    """A moment, or a day, which means its end; now when nothing was asked."""
    if not text:
        return now
    try:
        found = datetime.fromisoformat(text[:LONGEST].replace(" ", "+"))
        moment = datetime.combine(found.date(), time.max) if len(text) == 10 else found
        moment = moment.astimezone(SHANGHAI) if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
        is_later, is_too_early = moment > now, moment.date() < FIRST_DAY
    except (ValueError, OverflowError):
        problems.append(Problem("known_at", "问哪个时刻的记载，请写成2025-03-01，或者2025-03-01T12:00:00+08:00。"))
        return now
    if is_too_early:
        problems.append(Problem("known_at", f"没有早于{spoken(FIRST_DAY)}的记载。"))
    if is_later and len(text) == 10 and found.date() == now.astimezone(SHANGHAI).date():
        return now
    if is_later:
        problems.append(Problem("known_at", "登记簿以后会记载什么，现在还不知道。请写今天以前的时刻。"))
    return moment


def _licence(number: str) -> Published:
    found = licences.find(number)
    if found is None:
        raise NotFound(f"登记簿里没有编号为{number[:LONGEST]}的许可证。")
    return found


def _problem(status: int, errors: list[dict[str, Any]]) -> HttpResponse:
    """RFC 9457."""
    title = {404: "没有这张许可证", 422: "问得不对", 503: "登记簿现在查不到"}[status]
    body = {"type": "about:blank", "title": title, "status": status, "errors": errors}
    return _JSON(body, status=status, content_type="application/problem+json")


def _plain(words: str, *, status: int) -> HttpResponse:
    return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
