"""The officers' lists, each made of parts that an index gives in order: a page costs a page, however long the list is.

A list is short to say (everything that waits for me) and slow to ask in one condition: PostgreSQL reads what matches in
any order, sorts it and throws nearly all of it away. Each part here is one stretch of one index; the page is merged
from the beginnings of the parts (`xuke.licensing.views.officer_paging`). The parts of a list have no row in common,
and together they are what `queries` says the list is, which a test compares in random lives.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product

from django.db.models import F, Q, QuerySet

from xuke.accounts.officers import Officer, Role
from xuke.foundation import gate
from xuke.foundation.bigrams import plain
from xuke.licensing import places, queries, queries_officer
from xuke.licensing.filters import Filters
from xuke.licensing.listed import BY_DUE_DAY, HANDLED_LAST, NAMED, NEWEST_FIRST, NUMBERED, Listed
from xuke.licensing.models import REVIEWED, Application
from xuke.licensing.queries import OPEN_STATES, WAITING_FOR
from xuke.licensing.workflow import LIFE
from xuke.parties import names

Found = QuerySet[Application]
MOST_PARTS = 12
"""More stretches than this cost more to plan than one condition over all of them costs to read."""
MOST_FOUND = 10_000
"""Cases with one number, or of the enterprises of one name, that are sorted; nobody leafs through more."""
FEW = 3
"""Authorities that are read one by one."""
NEWEST = 2_000
"""In how many of the newest cases is looked for words that very many names have."""


def inbox(officer: Officer, wanted: Filters, *, today: date) -> Listed:
    """What waits for this officer, the oldest term first: as `queries.waiting_for` says."""
    narrowing = wanted.narrowing(officer, today=today) & _inside(wanted, officer)
    if not officer.reads_cases:
        return Listed((), BY_DUE_DAY)
    # Each part names its authority. The territory beside it would be true, and would halve what PostgreSQL expects.
    parts = (Application.objects.filter(part, narrowing) for part in _waiting_parts(officer, wanted.states))
    return Listed(tuple(parts), BY_DUE_DAY)


def _waiting_parts(officer: Officer, asked: tuple[str, ...]) -> Iterator[Q]:
    hands = [officer.user_id, *sorted(officer.stands_in_for)]
    here = Q(authority=officer.authority_id)
    states = [
        state
        for role in (Role.ACCEPTOR, Role.REVIEWER, Role.DECIDER)
        if officer.has(role)
        for state in WAITING_FOR[role]
        if not asked or state in asked
    ]
    pool = [state for state in states if state not in REVIEWED]
    decides, reviews = officer.has(Role.DECIDER), officer.has(Role.REVIEWER)
    here_too = Q() if decides or not reviews else ~queries.ON_PROMISE
    for state in pool:
        yield here & Q(state=state, claimed_by=None) & here_too
    if pool:
        for hand in hands:
            yield here & Q(state__in=pool, claimed_by=hand) & here_too
    if decides and not reviews and (not asked or "accepted" in asked):
        yield here & queries.ON_PROMISE & (Q(claimed_by=None) | Q(claimed_by__in=hands))
    for state, hand in product((state for state in states if state in REVIEWED), hands):
        yield here & Q(state=state, reviewed_by=hand) & (Q(claimed_by=None) | Q(claimed_by__in=hands))
    visit = "verification_assigned"
    if officer.has(Role.VERIFIER) and (not asked or visit in asked):
        yield gate.territory(officer.authority_path) & Q(
            queries.on_team(officer.user_id), state=visit, hands__person=officer.user_id, hands__is_ahead=True
        )


def mine(officer: Officer, wanted: Filters, *, today: date) -> Listed:
    """What this officer has a hand in, newest first: as `queries.handled_by` says; only what is open, unless asked."""
    hand = Q(hands__person=officer.user_id)
    if not wanted.closed:
        hand &= Q(hands__is_open=True)
    found = (
        queries.visible_to(officer)
        .filter(hand)
        .annotate(handled_at=F("hands__submitted_at"), handled_key=F("hands__application_id"))
        .filter(wanted.narrowing(officer, today=today), _inside(wanted, officer), _in_states(wanted.states))
    )
    return Listed((found,), HANDLED_LAST)


def visits(officer: Officer) -> Listed:
    """The visits this officer took part in that are over, the newest application first."""
    return Listed((queries_officer.visits_over(officer),), HANDLED_LAST)


def territory(officer: Officer, wanted: Filters, *, today: date) -> Listed:
    """What is open in the officer's territory, the oldest term first; in the order of submission for a period of it."""
    narrowing = wanted.narrowing(officer, today=today)
    states = tuple(state for state in wanted.states if state in OPEN_STATES) if wanted.states else ()
    closed = tuple(state for state in wanted.states if state not in OPEN_STATES)
    base = Application.objects.exclude(state=LIFE.initial).filter(narrowing)
    if closed or wanted.since or wanted.until:
        chosen = Q(state__in=wanted.states or OPEN_STATES)
        return Listed(tuple(base.filter(chosen, place) for place in _places(officer, wanted)), NEWEST_FIRST)
    stretches = [Q(state=state) for state in states] or [Q(state__in=OPEN_STATES)]
    spots = list(_places(officer, wanted))
    if len(stretches) * len(spots) > MOST_PARTS:
        stretches = [Q(state__in=states or OPEN_STATES)]
    parts = tuple(base.filter(stretch, spot) for stretch, spot in product(stretches, spots))
    return Listed(parts, BY_DUE_DAY)


@dataclass(frozen=True)
class Search:
    """What a search found, and whether it looked everywhere."""

    listed: Listed
    newest_only: bool = False
    """Too many names have these words: only the newest cases were looked through."""


def search(officer: Officer, wanted: Filters, *, today: date) -> Search:
    """Cases of the territory, closed ones too, whose enterprise or number is what was typed; newest first."""
    narrowing = wanted.narrowing(officer, today=today) & _in_states(wanted.states)
    base = Application.objects.exclude(state=LIFE.initial).filter(narrowing)
    if code := queries_officer.begun_code(wanted.q):
        return _newest(base, officer, wanted, (NUMBERED, (code,)))
    number = queries_officer.number_in(wanted.q, officer, today)
    if number is not None:
        return Search(_rare(base.filter(number, _within(wanted, officer))))
    found = names.named(wanted.q)
    if found is not None:
        return Search(_rare(base.filter(_within(wanted, officer), enterprise__in=found)))
    return _newest(base, officer, wanted, (NAMED, (plain(wanted.q),)))


def _newest(base: Found, officer: Officer, wanted: Filters, also: tuple[str, tuple[str, ...]]) -> Search:
    parts = tuple(base.filter(spot) for spot in _places(officer, wanted))
    return Search(Listed(parts, NEWEST_FIRST, among=NEWEST, also=also), newest_only=True)


def _rare(found: Found) -> Listed:
    return Listed((found,), NEWEST_FIRST, among=MOST_FOUND, is_rare=True)


def _in_states(states: tuple[str, ...]) -> Q:
    return Q(state__in=states) if states else Q()


def _inside(wanted: Filters, officer: Officer) -> Q:
    """At and below the authority asked for; no condition where none was, for the gate has set one."""
    return _within(wanted, officer) if wanted.below else Q()


def _within(wanted: Filters, officer: Officer) -> Q:
    """At and below the authority asked for, or the officer's own; nothing for who reads no cases."""
    return gate.territory(wanted.place(officer)) if officer.reads_cases else Q(pk__in=[])


def _places(officer: Officer, wanted: Filters) -> Iterator[Q]:
    """Authority by authority where they are few, because then each has its stretch of an index; else all at once."""
    found = places.below(wanted.place(officer))
    if officer.reads_cases and 0 < len(found) <= FEW:
        for place in found:
            yield Q(authority_path=place.path)
    else:
        yield _within(wanted, officer)


def whole(kind: str, officer: Officer, wanted: Filters, *, today: date) -> QuerySet[Application]:
    """One of the lists from end to end, as an export reads it: ``inbox``, ``mine`` or ``all``, in the list's order."""
    if wanted.q and kind == "all":
        return _all_found(officer, wanted, today).order_by(*NEWEST_FIRST.sorting(backward=False))
    if kind == "mine":
        listed = mine(officer, wanted, today=today)
        return listed.parts[0].order_by(*listed.order.sorting(backward=False))
    narrowing = wanted.narrowing(officer, today=today) & _inside(wanted, officer) & _in_states(wanted.states)
    if kind == "inbox":
        return queries.waiting_for(officer).filter(narrowing)
    only_open = Q() if wanted.states else Q(state__in=OPEN_STATES)
    found = queries.visible_to(officer).filter(narrowing, only_open)
    return found.order_by(*BY_DUE_DAY.sorting(backward=False))


def _all_found(officer: Officer, wanted: Filters, today: date) -> QuerySet[Application]:
    narrowing = wanted.narrowing(officer, today=today) & _in_states(wanted.states) & _inside(wanted, officer)
    number = queries_officer.number_in(wanted.q, officer, today)
    # Whoever exports waits anyway: every name is compared, however many have these words.
    found = queries.visible_to(officer).filter(narrowing)
    if number is not None:
        return found.filter(number)
    # What holds no character that a name could have is found nowhere, as in the list.
    name = plain(wanted.q)
    return found.filter(enterprise__naming__plain__contains=name) if name else found.none()
