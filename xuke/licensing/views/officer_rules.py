"""The rules that apply: today or on any day, with their source; the history of one key; the way to publish."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from xuke.accounts.doors import OfficerRequest, officer_view
from xuke.accounts.officers import Officer
from xuke.catalogue import editions, telling
from xuke.catalogue.permissions import province_of, why_not_publisher
from xuke.catalogue.rulebook import LEVELS, PROVINCE, TOPICS, TRANSITIONS, Edition, Period, RuleBook, places
from xuke.foundation import divisions
from xuke.foundation.calendar import spoken
from xuke.foundation.journal import SHANGHAI
from xuke.foundation.refusals import NotFound
from xuke.licensing.forms_rules import FORMS
from xuke.licensing.models import MovePlan
from xuke.web.buttons import Button
from xuke.web.pages import page
from xuke.web.pieces import Link

NEWEST = 10
"""Publications of the province that the list of rules shows beside it."""

_TERMS = {
    "申请人、利害关系人的期限": (
        "food.renewal_early",
        "food.renewal_apply",
        "food.change_apply",
        "food.report",
        "food.cancel_apply",
        "food.hearing_request",
        "food.third_party_reply",
        "food.statement",
        "food.rescission_statement",
        "food.penalty_statement",
        "food.rectification",
        "remedy.reconsideration",
        "remedy.litigation",
    ),
    "中止和证后检查的期限": (
        "food.suspension",
        "food.visit_suspension",
        "food.first_inspection",
        "food.commitment_check",
        "food.exempt_renewal_check",
    ),
    "有效期和限制申请的年限": ("food.validity", "food.ban_false_materials", "food.ban_fraud", "food.ban_revoked"),
}
"""Terms that are not the authority's time to handle a case."""


@dataclass(frozen=True)
class Row:
    """One rule as the list shows it."""

    title: str
    value: str
    edition: Edition
    url: str
    source: str
    beside: str = ""
    """What the nation says, where the province says something else."""


@dataclass(frozen=True)
class Section:
    """The rules of one topic."""

    topic: str
    title: str
    rows: tuple[Row, ...]


@officer_view
def rules(request: OfficerRequest) -> HttpResponse:
    """What applies in the officer's place on a day, topic by topic."""
    officer = request.actor
    division, on = province_of(officer), _day(request.GET, "on") or request.today
    book = editions.book()
    context = {
        "sections": tuple(_sections(book, division, on)),
        "on": on,
        "is_today": on == request.today,
        "place": officer.authority_name,
        "newest": tuple(_newest(book, division)),
        "buttons": _publishing(officer),
    }
    return page(request, "licensing/officer/rules.html", context)


def _sections(book: RuleBook, division: str, on: date) -> Iterator[Section]:
    for topic, words in TOPICS.items():
        found = ((key, book.find(topic, key, division=division, on=on)) for key in book.keys(topic))
        rows = tuple(_row(book, edition, division, on) for _, edition in found if edition is not None)
        if topic == "time_limit":
            yield from _terms(words, rows)
        elif rows or topic == "gate":
            yield Section(topic, words, rows)


def _terms(words: str, rows: tuple[Row, ...]) -> Iterator[Section]:
    """The terms by who keeps them; what a province added by a name of its own stands with the authority's."""
    others = {key for keys in _TERMS.values() for key in keys}
    yield Section("time_limit", words, tuple(row for row in rows if row.edition.key not in others))
    for number, (title, keys) in enumerate(_TERMS.items(), start=1):
        if found := tuple(row for row in rows if row.edition.key in keys):
            yield Section(f"time_limit-{number}", title, found)


def _row(book: RuleBook, edition: Edition, division: str, on: date) -> Row:
    nation = book.find(edition.topic, edition.key, on=on) if edition.level == PROVINCE else None
    return Row(
        title=telling.title(edition.topic, edition.key, edition),
        value=telling.value(edition),
        edition=edition,
        url=_address(edition.topic, edition.key, division),
        source=source(edition),
        beside=f"国家规定{telling.value(nation)}" if nation else "",
    )


def source(edition: Edition) -> str:
    """Whose rule it is: 国家, or the place of the province it speaks of."""
    if edition.level != PROVINCE:
        return LEVELS[edition.level]
    return divisions.name_of(edition.division, edition.valid_from) or edition.division


def _newest(book: RuleBook, division: str) -> Iterator[tuple[Edition, str, str, str]]:
    """The latest publications of the province, with their names and what they say."""
    own = [each for each in book.editions if each.level == PROVINCE and each.division[:2] == division[:2]]
    for each in own[:NEWEST]:
        name = telling.title(each.topic, each.key, each)
        yield (
            each,
            name,
            "提前结束" if each.ends else telling.value(each),
            _address(each.topic, each.key, each.division),
        )


def _publishing(officer: Officer) -> list[Button]:
    """The ways to publish, with the reason why not."""
    reason = why_not_publisher(officer)
    return [
        Button(form.heading, reverse("rules-publish", args=[what]), reason=reason, needs_form=True)
        for what, form in FORMS.items()
    ]


def _address(topic: str, key: str, division: str) -> str:
    return f"{reverse('rules-history', args=[topic, key])}?{urlencode({'division': division})}"


@officer_view
def history(request: OfficerRequest, topic: str, key: str) -> HttpResponse:
    """Everything that was ever said about one key: for which days, recorded when, by whom, on which basis."""
    officer, book = request.actor, editions.book()
    division = _place(request.GET.get("division", ""), officer)
    if key not in book.keys(topic):
        raise NotFound("没有这一项规则。")
    on, known = _day(request.GET, "on") or request.today, _day(request.GET, "known")
    known_at = datetime.combine(known, time.max, SHANGHAI) if known else None
    answer = book.find(topic, key, division=division, on=on, known_at=known_at)
    said = [each for place in places(division) for each in book.published(topic, key, division=place)]
    said.sort(key=lambda each: (each.recorded_at, each.seq), reverse=True)
    own = book.said(topic, key, division=division, on=request.today) if division else None
    title = telling.title(topic, key, answer or (said[0] if said else None))
    context = {
        "crumbs": (Link("规则", reverse("rules")),),
        "title": title,
        "topic": TOPICS[topic],
        "place": divisions.name_of(division, request.today) or division,
        "division": division,
        "on": on,
        "known": known,
        "answer": answer,
        "answer_value": telling.value(answer),
        "answer_source": source(answer) if answer else "",
        "periods": tuple(_periods(book.timeline(topic, key, division=division), request.today)),
        "said": [
            (each, telling.value(each), source(each), running) for each, running in _running(topic, said, request.today)
        ],
        "buttons": _ending(officer, topic, key, division, own),
        "today": request.today,
    }
    return page(request, "licensing/officer/rule_history.html", context)


def _running(topic: str, said: list[Edition], today: date) -> Iterator[tuple[Edition, str]]:
    """What happens to running cases, edition by edition: by the day that counts, or by the plan for competence."""
    plans: dict[str, MovePlan] = {}
    if topic == "competence":
        numbers = [int(each.id) for each in said if each.id.isdecimal()]
        plans = {str(plan.edition_id): plan for plan in MovePlan.objects.filter(edition__in=numbers)}
    for each in said:
        plan = plans.get(each.id)
        yield each, _of_plan(plan, today) if plan else TRANSITIONS[each.transition]


def _of_plan(plan: MovePlan, today: date) -> str:
    told = MovePlan.CHOICES[plan.choice]
    if plan.choice == MovePlan.STAY:
        return told
    if today < plan.starts_on:
        return f"{told}；{spoken(plan.starts_on, today=today)}起移交"
    if not (plan.moved or plan.left or plan.finished_at):  # The job has not looked at it yet: it does within minutes.
        return f"{told}；正在移交，过一两分钟再看"
    left = f"，还有{plan.left}件等核查或者恢复后移交" if plan.left else ""
    return f"{told}；已移交{plan.moved}件{left}"


def _periods(found: tuple[Period, ...], today: date) -> Iterator[dict[str, Any]]:
    for each in reversed(found):
        yield {
            "period": each,
            "value": telling.value(each.edition),
            "source": source(each.edition) if each.edition else "",
            "is_now": each.holds(today),
        }


def _ending(officer: Officer, topic: str, key: str, division: str, own: Edition | None) -> list[Button]:
    if own is None or own.ends:
        return []
    url = f"{reverse('rules-end', args=[topic, key])}?{urlencode({'division': division})}"
    return [Button("提前结束本省规定", url, reason=why_not_publisher(officer), needs_form=True)]


def _place(asked: str, officer: Officer) -> str:
    """The place that is asked about: inside the officer's province, or the officer's own."""
    own = province_of(officer)
    inside = len(asked) == 6 and asked.isdigit() and asked[:2] == own[:2]
    return asked if inside else own


def _day(query: QueryDict, name: str) -> date | None:
    try:
        return date.fromisoformat(query.get(name, "")[:10])
    except ValueError:
        return None
