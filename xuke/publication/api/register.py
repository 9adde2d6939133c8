"""The register: a list with the filters and the search of the page, one licence with its history."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from xuke.publication import finding, licences, places, searching
from xuke.publication.api import lists
from xuke.publication.api.asking import credit_code, number_in_address, today_of
from xuke.publication.api.problems import NOT_FOUND, Mistake, Refusal, invalid
from xuke.publication.api.schemas.register import (
    Category,
    Event,
    Licence,
    LicenceFilters,
    LicenceList,
    LicenceWithHistory,
    SignedStanding,
    StandingQuestion,
    State,
)
from xuke.publication.finding import Found, Row
from xuke.publication.licences import Line, Published
from xuke.publication.rules import Standing
from xuke.publication.searching import CATEGORIES, Question
from xuke.publication.states import STATES, VERBS
from xuke.publication.views.standing import ask, signed
from xuke.web import frame

router = Router(tags=["register"])


@router.get("/licences", response=LicenceList, url_name="api-licences", operation_id="listLicences", summary="查登记簿")
def search(request: HttpRequest, response: HttpResponse, filters: Query[LicenceFilters]) -> LicenceList:
    """按名称、编号、地区、类别、状态查许可证，与公示页面的查询相同。按编号查的按编号排列，其他的最近有变化的在前；
    不给总数，一页一页往下翻。"""
    today = today_of(request)
    question = _question(filters, today)
    place = lists.Place(f"licences {question.digest} {filters.changed_since or ''}", filters.cursor)
    found = finding.find(
        question, today=today, now=frame.stamp(request), place=_behind(question, place.after()), size=filters.limit
    )
    rows, more = _since(filters.changed_since, question, found)
    last = _position(question, rows[-1]) if more and rows else None
    return LicenceList(
        items=[Licence(**_facts(row, licences.standing(row, on=question.on or today))) for row in rows],
        next=place.next(request, response, last),
        notice=_notice(question, found),
    )


@router.get(
    "/licences/{number}",
    response=LicenceWithHistory,
    url_name="api-licence",
    operation_id="getLicence",
    summary="一张许可证和它的历史",
)
def licence(request: HttpRequest, number: str) -> LicenceWithHistory:
    """登记簿里最新的一版，和从发证起发生过的每一件事。"""
    published = _published(number)
    history = [_event(line) for line in published.history]
    standing = published.present(on=today_of(request)).standing
    return LicenceWithHistory(**_facts(published.row, standing), history=history)


@router.get(
    "/licences/{number}/standing",
    response=SignedStanding,
    url_name="api-standing",
    operation_id="getStanding",
    summary="某一天是不是有效，签名的答复",
)
def standing(request: HttpRequest, number: str, asked: Query[StandingQuestion]) -> SignedStanding:
    """那一天能不能依据这张许可证生产。答复带签名，可以留作证据；每次答复的时刻不同，内容也就不同。"""
    told = ask(request, _published(number))
    return SignedStanding.model_validate({**told.facts(), "jws": signed(told)})


def _published(number: str) -> Published:
    number = number_in_address(number)
    published = licences.find(number)
    if published is None:
        raise Refusal(NOT_FOUND, f"登记簿里没有{number}。请核对是否抄错；刚刚核发的，几秒钟后才会公开。")
    return published


def _question(filters: LicenceFilters, today: date) -> Question:
    """The question as the page reads it from an address, and the credit code beside it."""
    given = {
        "q": [filters.q],
        "division": [filters.division],
        "category": [str(filters.category or "")],
        "state": [state.value for state in filters.state],
        "on": [filters.on.isoformat() if filters.on else ""],
    }
    question = searching.read(given, today=today)
    if question.problems:
        raise invalid(*(Mistake(problem.message, parameter=problem.field) for problem in question.problems))
    if not filters.uscc:
        return question
    if question.number or question.uscc:
        raise invalid(Mistake("q里已经是编号，不能再用uscc。", parameter="uscc"))
    return replace(question, uscc=credit_code("uscc", filters.uscc))


def _behind(question: Question, position: list[str | int] | None) -> finding.Place | None:
    """Where the page begins, in the order of the question."""
    if position is None:
        return None
    values: list[Any] = list(position)
    order = finding.order_of(question)
    if order is finding.NEWEST:
        values[0] = datetime.fromisoformat(values[0])
    if order is finding.BY_GRANT:
        values[0] = date.fromisoformat(values[0])
    return finding.Place(tuple(values))


def _position(question: Question, row: Row) -> list[str]:
    """What a cursor holds of it: texts, since JSON knows neither days nor moments."""
    values = finding.place_of(question, row)
    return [value.isoformat() if isinstance(value, date) else value for value in values]


def _since(moment: datetime | None, question: Question, found: Found) -> tuple[list[Row], bool]:
    """The rows that changed since a moment. Where the newest come first, those behind the first older one are older."""
    if moment is None:
        return list(found.rows), found.more
    rows = [row for row in found.rows if row.changed_at >= moment]
    by_time = finding.order_of(question) is finding.NEWEST
    return rows, found.more and not (by_time and len(rows) < len(found.rows))


def _notice(question: Question, found: Found) -> str | None:
    """What somebody should know who reads the answer."""
    if found.looked:
        return f"只看了登记簿里最近变化的{found.looked}张，没有看完。请再写几个字，或者加上地区、类别。"
    return question.doubt or None


def _facts(row: Row, standing: Standing) -> dict[str, Any]:
    return {
        "number": row.number,
        "state": standing,
        "state_words": STATES[standing].title,
        "holder": row.holder,
        "uscc": row.uscc,
        "categories": [Category(number=number, name=CATEGORIES.get(number, "")) for number in row.categories],
        "products": row.products,
        "division": row.division,
        "place": places.full_name(row.division),
        "authority": row.authority,
        "granted_on": row.granted_on,
        "valid_to": row.valid_to,
        "ended_on": row.ended_on,
        "version": row.version,
        "identifier": row.identifier,
        "changed_at": row.changed_at,
        "page": f"/licences/{row.number}/",
    }


def _event(line: Line) -> Event:
    act, came_of_it = VERBS.get(line.verb, (line.verb, ""))
    return Event(
        seq=line.happened.seq,
        verb=line.verb,
        words="，".join(filter(None, (act, came_of_it.format(version=line.version)))),
        effective_on=line.happened.effective_on,
        recorded_at=line.happened.recorded_at,
        state=State(line.happened.state),
        valid_to=line.happened.valid_to,
        version=line.version,
    )
