"""Which rules bind a case: the editions that applied when it was filed, accepted or is decided.

On submission the application keeps the editions that were valid on the filing day as known at that moment. Running
cases keep theirs: a later edition takes one over only where its transition says so, and a journalled `rebind` changes
what is kept. Nothing here issues a statement beyond the one cached load of the editions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from xuke.catalogue import commitment, competence, editions, food, gates, limits
from xuke.catalogue.commitment import CommitmentPolicy
from xuke.catalogue.gates import LocalGate
from xuke.catalogue.limits import RuleOver, TimeLimit
from xuke.catalogue.rulebook import NATION, Edition, RuleBook, places
from xuke.catalogue.score_sheet import ScoreRule, rule_of
from xuke.licensing.models import Application, Visit
from xuke.licensing.procedures import procedure
from xuke.licensing.rounds import Round


def division_of(application: Application) -> str:
    """The division where a case produces; whose rules bind it."""
    bound = application.rules.get("division") if application.rules else None
    return str(bound or application.form.get("site", {}).get("division_code", ""))


def bind(application: Application, *, on: date, known_at: datetime) -> dict[str, Any]:
    """The editions that bind a case filed on a day, as known at a moment; with the values of the limits.

    Asks the table afresh: what somebody published a moment ago binds whoever files now.
    """
    book = editions.book(fresh=True)
    division = str(application.form.get("site", {}).get("division_code", ""))
    kind = procedure(application.procedure).kind
    codes = [str(row["code"]) for row in application.varieties]

    def found(topic: str) -> dict[str, Edition]:
        all_of = ((key, book.find(topic, key, division=division, on=on, known_at=known_at)) for key in book.keys(topic))
        return {key: edition for key, edition in all_of if edition is not None}

    decides = {
        code: competence.edition_of(book, code, on=on, division=division, known_at=known_at)
        for code in dict.fromkeys(codes)
    }
    commits = {
        category: commitment.edition_of(book, category, kind, division=division, on=on, known_at=known_at)
        for category in _categories(application)
    }
    return {
        "filed_on": on.isoformat(),
        "known_at": known_at.isoformat(),
        "division": division,
        "limits": {key: _as_bound(edition) for key, edition in found("time_limit").items()},
        "competence": {code: edition.id for code, edition in decides.items() if edition},
        "commitment": {category: edition.id for category, edition in commits.items() if edition},
        "gate": {key: edition.id for key, edition in found("gate").items()},
        "switch": {key: edition.id for key, edition in found("switch").items()},
        "score": {key: edition.id for key, edition in found("score").items()},
    }


def _categories(application: Application) -> list[str]:
    """The three-digit categories a case asks for."""
    known = (food.subcategory(str(row["code"])) for row in application.varieties)
    return list(dict.fromkeys(each.category_code for each in known if each is not None))


def _as_bound(edition: Edition) -> dict[str, Any]:
    kept = {name: edition.content[name] for name in ("value", "unit", "extension") if name in edition.content}
    return {"edition": edition.id, **kept}


def limit(application: Application, id: str, *, on: date) -> TimeLimit:
    """The time limit that binds this case on a day."""
    bound = (application.rules or {}).get("limits", {}).get(id)
    division = division_of(application)
    if bound is None:
        return limits.time_limit(id, on, division=division)
    book = editions.book()
    known = book.edition(bound["edition"])
    if known is None:
        return _remembered(id, bound, application)
    return _limit(book, known.id, division, application.accepted_on, on)


@lru_cache(maxsize=8192)
def _limit(book: RuleBook, bound: str, division: str, accepted_on: date | None, on: date) -> TimeLimit:
    known = book.edition(bound)
    assert known is not None
    edition = book.for_running("time_limit", known.key, known, division=division, accepted_on=accepted_on, on=on)
    edition = edition or known
    nation = None
    if edition.level != NATION:
        nation = book.find("time_limit", edition.key, on=max(edition.valid_from, min(on, edition.valid_to or on)))
    return limits.of_edition(edition, nation)


def _remembered(id: str, bound: dict[str, Any], application: Application) -> TimeLimit:
    """A limit whose edition this installation does not hold, as after a migration: its values were kept."""
    filed_on = date.fromisoformat(application.rules["filed_on"])
    like = limits.time_limit(id, filed_on, division=division_of(application))
    return replace(like, value=bound["value"], unit=bound["unit"], extension=bound.get("extension", like.extension))


def _running(application: Application, topic: str, key: str, *, on: date) -> Edition | None:
    """The edition of any topic that binds a case on a day; what applies in the place while it is a draft."""
    book, division = editions.book(), division_of(application)
    rules = application.rules or {}
    if topic not in rules:
        return book.find(topic, key, division=division, on=on)
    return _taken_over(book, topic, key, str(rules[topic].get(key, "")), division, application.accepted_on, on)


@lru_cache(maxsize=8192)
def _taken_over(
    book: RuleBook, topic: str, key: str, bound: str, division: str, accepted_on: date | None, on: date
) -> Edition | None:
    """What a running case bound to an edition, or to none, rests on for a key on a day."""
    return book.for_running(topic, key, book.edition(bound), division=division, accepted_on=accepted_on, on=on)


def local_gates(application: Application, *, on: date) -> tuple[LocalGate, ...]:
    """The local gates that this case has to pass on a day."""
    found = (_running(application, "gate", key, on=on) for key in editions.book().keys("gate"))
    return tuple(gates.of_edition(each) for each in found if each is not None)


def commitment_policies(application: Application, *, on: date) -> dict[str, CommitmentPolicy]:
    """Whether each category of this case may be licensed on a promise on a day.

    By what bound it when it was filed, or by a later edition that says it takes running cases over.
    """
    return {each: commitment.policy_of(_promise(application, each, on=on)) for each in _categories(application)}


def _promise(application: Application, category: str, *, on: date) -> Edition | None:
    book, rules = editions.book(), application.rules or {}
    kind, division = procedure(application.procedure).kind, division_of(application)
    if "commitment" not in rules:
        return commitment.edition_of(book, category, kind, division=division, on=on)
    bound = book.edition(str(rules["commitment"].get(category, "")))
    filed_on, known_at = date.fromisoformat(rules["filed_on"]), datetime.fromisoformat(rules["known_at"])

    def said(key: str, place: str) -> Edition | None:
        # Of the keys that did not bind it, each keeps what it said when the case was filed.
        then = book.find("commitment", key, division=place, on=filed_on, known_at=known_at)
        if bound and bound.key == key and bound.division in places(place):
            then = bound
        id = then.id if then else ""
        return _taken_over(book, "commitment", key, id, place, application.accepted_on, on)

    return commitment.first_of(said, category, kind, division=division)


def switch(application: Application, name: str, *, on: date) -> bool:
    """Whether a way of handling is on for this case."""
    edition = _running(application, "switch", name, on=on)
    return edition is not None and bool(edition.content["on"])


def score_rule(application: Application, *, on: date) -> ScoreRule:
    """By which sheet a visit of this case is scored, and what passes it."""
    key = procedure(application.procedure).family
    edition = _running(application, "score", key, on=on)
    if edition is None:
        raise RuleOver("现场核查的评分规则已经失效，新的规则还没有公布，现在不能评分。请向省级市场监督管理部门查询。")
    return rule_of(edition)


def rule_of_visit(application: Application, visit: Visit | Round, *, on: date) -> ScoreRule:
    """The rule by which a round of a visit was judged, or would be on a day while it is not over."""
    kept = visit.result.get("rule") if visit.concluded_at else None
    return ScoreRule(**kept) if kept else score_rule(application, on=on)


def effective(application: Application, *, on: date) -> dict[str, Any]:
    """The editions a case rests on today, each by its id: what a decision is made on."""
    rules = application.rules or {}
    book = editions.book()
    bound_limits = {id: limit(application, id, on=on) for id in rules.get("limits", {})}
    return {
        "division": division_of(application),
        "filed_on": rules.get("filed_on", ""),
        "limits": {id: {"edition": each.edition, "value": each.value} for id, each in bound_limits.items()},
        "competence": dict(rules.get("competence", {})),
        "commitment": {
            each: found.id for each in _categories(application) if (found := _promise(application, each, on=on))
        },
        **{topic: dict(_ids(application, book, topic, on)) for topic in ("gate", "switch", "score")},
    }


def _ids(application: Application, book: RuleBook, topic: str, on: date) -> Iterator[tuple[str, str]]:
    for key in book.keys(topic):
        if edition := _running(application, topic, key, on=on):
            yield key, edition.id
