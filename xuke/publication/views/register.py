"""The register of licences (许可查询): the search, and a page for each licence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from xuke.foundation.refusals import Problem
from xuke.publication import cursors, finding, licences, places, searching
from xuke.publication.cursors import Page
from xuke.publication.finding import Found, Row
from xuke.publication.highlighting import marked
from xuke.publication.rules import FIRST_DAY, Standing
from xuke.publication.searching import CATEGORIES, Question
from xuke.publication.states import HELD, STATES, State
from xuke.publication.views.shared import for_everybody, today
from xuke.web import frame
from xuke.web.access import public_view
from xuke.web.formats import wan
from xuke.web.middleware import outside_the_door
from xuke.web.pages import page
from xuke.web.pieces import Link

_CANCELED = "57014"
"""statement_timeout."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One licence in the list."""

    row: Row
    name: SafeString
    state: State
    place: str
    note: str = ""


@public_view
@outside_the_door
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Ask and answer on one address, which can be sent to somebody."""
    day = today(request)
    given = {name: request.GET.getlist(name) for name in searching.FIELDS}
    question = searching.read(given, today=day)
    context = _form(request, question, day)
    if question.problems:
        return _answer(request, context | {"problems": question.problems}, status=422)
    cursor = request.GET.get("after", "")
    beginning = cursors.read(question, cursor) if cursor else Page()
    begins_anew = beginning is None
    beginning = beginning or Page()
    try:
        found = finding.find(question, today=day, now=frame.stamp(request), place=beginning.place)
    except OperationalError as error:
        return _not_found_out(request, context, error)
    except InterfaceError as error:
        return _not_found_out(request, context, error)
    context |= _listed(request, question, found, beginning, question.on or day)
    return _answer(request, context | {"begins_anew": begins_anew, "partly": _partly(question, found)})


def _answer(request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    return for_everybody(request, page(request, "publication/search.html", context, status=status))


def _not_found_out(request: HttpRequest, context: dict[str, Any], error: Exception) -> HttpResponse:
    """The register took too long: said in words, with what was typed still there. Or it cannot be reached."""
    if getattr(error.__cause__, "sqlstate", "") == _CANCELED:
        problem = Problem("q", "这样查要看的许可证太多，没有查完。请再写几个字，或者加上地区、类别。")
        return _answer(request, context | {"problems": (problem,)}, status=422)
    return page(request, "publication/away.html", status=503)


def _form(request: HttpRequest, question: Question, day: date) -> dict[str, Any]:
    """The form as it was filled in."""
    asked_for = set(request.GET.getlist("state"))
    province = places.province_of(str(settings.XUKE_PROVINCE))
    return {
        "question": question,
        "text": question.text,
        "division": request.GET.get("division", "")[: places.LONGEST],
        "category": str(question.category or ""),
        "categories": _categories(),
        "on": request.GET.get("on", "")[:20] if not question.on else question.on.isoformat(),
        "states": [(state.value, STATES[state].title, state in asked_for) for state in HELD],
        "offered": _offered(province),
        "first_day": FIRST_DAY.isoformat(),
        "last_day": day.isoformat(),
        "conditions": "、".join(_conditions(question)),
    }


@cache
def _categories() -> tuple[tuple[str, str], ...]:
    return tuple((str(number), f"{number:02}　{name}") for number, name in CATEGORIES.items())


@cache
def _offered(province: str) -> SafeString:
    """The divisions to choose from, as options: the same on every page, so made once."""
    shown = ((name, code) for name, code in places.offered(province))
    return SafeString("".join(f'<option value="{name}（{code}）"></option>' for name, code in shown))


def _conditions(question: Question) -> list[str]:
    """What the answer was narrowed by, in words."""
    said = []
    if question.place:
        said.append(question.place.name)
    if question.category:
        said.append(CATEGORIES[question.category])
    said += [STATES[state].title for state in question.states]
    if question.on:
        said.append(f"{question.on:%Y}年{question.on.month}月{question.on.day}日")
    return said


def _listed(request: HttpRequest, question: Question, found: Found, beginning: Page, day: date) -> dict[str, Any]:
    """The rows, where one stands among them, and the ways on."""
    backwards = beginning.place is not None and beginning.place.backwards
    before = max(beginning.before - len(found.rows), 0) if backwards else beginning.before
    has_next = backwards or found.more
    has_previous = found.more if backwards else beginning.place is not None
    last = before + len(found.rows)
    return {
        "rows": [_shown(row, question, day) for row in found.rows],
        "range": f"第{before + 1}–{last}条" if found.rows else "",
        "next_url": _url(request, question, found.rows[-1], last) if has_next and found.rows else "",
        "previous_url": _url(request, question, found.rows[0], before, backwards=True)
        if has_previous and found.rows
        else "",
        "ways": _ways(request, question),
        "advice": _advice(question),
        "as_of": question.on,
    }


def _url(request: HttpRequest, question: Question, row: Row, before: int, *, backwards: bool = False) -> str:
    values = finding.place_of(question, row)
    after = cursors.write(question, values, before=before, backwards=backwards)
    asked = [(name, value) for name in searching.FIELDS for value in request.GET.getlist(name) if value]
    return f"?{urlencode([*asked, ('after', after)])}"


def _shown(row: Row, question: Question, day: date) -> Shown:
    standing = licences.standing(row, on=day)
    note = ""
    if standing not in (Standing.IN_FORCE, Standing.EXPIRED) and row.ended_on:
        ended = row.ended_on
        note = f"{ended.year}年{ended.month}月{ended.day}日起{STATES[standing].title}"
    elif standing is Standing.IN_FORCE and (row.valid_to - day).days < _SOON and question.on is None:
        note = f"还有{(row.valid_to - day).days + 1}天"
    return Shown(row, marked(row.holder, question.words), STATES[standing], places.in_two_parts(row.division), note)


_SOON = 60
"""Days before the end of a validity from which a list says how many are left."""


def _ways(request: HttpRequest, question: Question) -> list[Link]:
    """Where to go when nothing was found."""
    ways = []
    if question.filters and question.text:
        ways.append(Link("去掉筛选条件再查", f"?{urlencode({'q': question.text})}", primary=True))
    if question.number or question.uscc:
        ways.append(Link("核验证书", "/verify/"))
    ways.append(Link("看全部许可证", request.path))
    return ways


def _partly(question: Question, found: Found) -> str:
    """A sentence where it was not the whole register that was looked through."""
    if not found.looked:
        return ""
    if question.number or question.uscc:
        return f"编号只写了开头几位，加上条件以后，只在其中的前{wan(found.looked)}张里找。请多写几位。"
    return f"只写一个字时，只在最近有变动的{wan(found.looked)}张里找。请再写一个字，就能查全部。"


def _advice(question: Question) -> str:
    """What else to try."""
    if question.number or question.uscc:
        return "请核对编号有没有抄错、抄漏，或者换成企业名称再查。登记簿里没有的编号，请不要采信。"
    if question.filters:
        return "请去掉几个条件再查。企业名称写几个相邻的字就可以，不用写全。"
    return "请少写几个字，或者换成许可证编号、统一社会信用代码。名称以营业执照为准，简称和商标可能查不到。"
