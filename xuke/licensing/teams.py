"""Who could go to the site of a case: candidates, what is known about the visit, draw and redraw. Reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import connection

from xuke.accounts.models import Authority
from xuke.catalogue import food
from xuke.licensing import permissions
from xuke.licensing.models import Application, Visit
from xuke.verifiers import configuration, frozen, queries, rules, specialities
from xuke.verifiers.rules import TeamProposal, VerifierFacts, VisitFacts


@dataclass(frozen=True)
class Drawn:
    """A draw after the first one: why, by whom, and who was not to be drawn."""

    number: int
    reason: str
    excluded: tuple[str, ...]
    drawn_by: str
    drawn_at: datetime


@dataclass(frozen=True)
class Candidates:
    """The people who could go on a day, and what is known about the visit."""

    people: tuple[VerifierFacts, ...]
    visit: VisitFacts
    experts: tuple[VerifierFacts, ...] = ()
    observers: tuple[VerifierFacts, ...] = ()
    """Officers of the daily supervision, and whoever the register has as observers."""
    drawn: tuple[Drawn, ...] = ()

    def reasons(self) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
        """By id: why somebody cannot go, and why no draw falls on them though they may be chosen."""
        return {
            one.id: (
                rules.why_not(one, self.visit, reasons=rules.FIRM),
                rules.why_not(one, self.visit, reasons=rules.CONVENIENCE),
            )
            for one in self.people
        }

    def watching(self) -> list[tuple[VerifierFacts, tuple[str, ...]]]:
        """Each observer who could be sent, with every reason against it."""
        return [(one, rules.why_not(one, self.visit, reasons=rules.OBSERVING)) for one in self.observers]

    def frozen(self) -> dict[str, Any]:
        """The same as JSON, kept with a draw."""
        return {
            "visit": frozen.frozen_visit(self.visit),
            "people": [frozen.frozen_person(one) for one in self.people],
        }


def candidates(application: Application, *, on: date, authority: Authority | None = None) -> Candidates:
    """Who serves as a verifier in the authority that visits, with everything the rules ask: two statements.

    Whoever holds the office and is not in the register comes without a credential, so that the reason is told.
    """
    place = authority or application.authority
    assert place is not None
    others = _around(application, place, on)
    watching = {row["id"]: VerifierFacts(f"user:{row['id']}", row["name"], row["id"]) for row in others["watching"]}
    found = queries.pool(place.pk, place.path, uscc=application.enterprise.uscc, on=on, watching=list(watching))
    registered = {one.user_id for one in found.observers}
    known = {one.user_id for one in found.verifiers}
    strangers = [
        VerifierFacts(f"user:{row['id']}", row["name"], row["id"]) for row in others["posted"] if row["id"] not in known
    ]
    return Candidates(
        (*found.verifiers, *strangers),
        replace(_visit_facts(application, others["visits"], on=on), place=place.path),
        found.experts,
        (*(one for one in watching.values() if one.user_id not in registered), *found.observers),
        tuple(
            Drawn(row["number"], row["reason"], tuple(row["excluded"]), row["by"], datetime.fromisoformat(row["at"]))
            for row in others["drawn"]
        ),
    )


# One statement for what stands around a visit: who holds the office there, what else they have to visit, which draws
# there were. The page of a step has few statements.
_AROUND = """
WITH posted AS (
    SELECT DISTINCT person.id, person.name FROM accounts_posting AS posting
    JOIN accounts_user AS person ON person.id = posting.user_id AND person.is_active
    WHERE posting.role = 'verifier' AND posting.authority_id = %(place)s AND posting.valid_from <= %(on)s
        AND (posting.valid_to IS NULL OR posting.valid_to > %(on)s)
)
SELECT coalesce((SELECT json_agg(json_build_object('id', id, 'name', name) ORDER BY name, id) FROM posted), '[]'),
    coalesce((
        SELECT json_agg(json_build_object(
            'team', jsonb_path_query_array(visit.team, '$[*].user_id'), 'on', visit.visit_on
        ) ORDER BY ahead.id)
        FROM licensing_application AS ahead JOIN licensing_visit AS visit ON visit.application_id = ahead.id
        WHERE ahead.state = 'verification_assigned' AND ahead.id <> %(case)s
            AND ahead.verified_by && ARRAY(SELECT id FROM posted)
    ), '[]'),
    coalesce((
        SELECT json_agg(json_build_object(
            'number', number, 'reason', reason, 'excluded', excluded, 'by', drawn_by, 'at', drawn_at
        ) ORDER BY number)
        FROM licensing_teamdraw WHERE application_id = %(case)s
    ), '[]'),
    coalesce((
        SELECT json_agg(json_build_object('id', id, 'name', name) ORDER BY name, id) FROM (
            SELECT DISTINCT person.id, person.name FROM accounts_posting AS posting
            JOIN accounts_user AS person ON person.id = posting.user_id AND person.is_active
            WHERE posting.role = 'supervisor' AND posting.valid_from <= %(on)s
                AND (posting.valid_to IS NULL OR posting.valid_to > %(on)s)
                AND posting.authority_id = (
                    SELECT id FROM accounts_authority
                    WHERE (code = ANY(%(near)s) OR id = %(own)s) AND starts_with(path, %(path)s)
                    ORDER BY path DESC LIMIT 1
                )
        ) AS watching
    ), '[]')
"""


def _around(application: Application, place: Authority, on: date) -> dict[str, list[dict[str, Any]]]:
    # The daily supervision is the authority nearest to the site, at or below the one that has the case.
    division = str(application.form.get("site", {}).get("division_code", ""))
    near = [division, f"{division[:4]}00", f"{division[:2]}0000"]
    case: dict[str, Any] = {
        "case": application.pk,
        "near": near,
        "own": application.authority_id,
        "path": application.authority_path,
    }
    with connection.cursor() as cursor:
        cursor.execute(_AROUND, {"place": place.pk, "on": on, **case})
        row = cursor.fetchone()
    return dict(zip(("posted", "visits", "drawn", "watching"), row, strict=True))


def facts_of_case(application: Application, *, on: date) -> VisitFacts:
    """What is known about the visit of a case, apart from whoever could go. No statement."""
    deciding = {*application.considered_by, application.decided_by_id} - {None}
    return VisitFacts(
        on=on,
        categories=categories_of(application),
        province=application.authority_path[:2],
        place=application.authority_path,
        receipt=frozenset(permissions.receipt_hands(application)),
        deciding=frozenset(person for person in deciding if person is not None),
        chair=application.hearing_chair_id,
        names=specialities.names(),
        settings=configuration.for_visits(),
    )


def _visit_facts(application: Application, ahead: Iterable[Mapping[str, Any]], *, on: date) -> VisitFacts:
    """What is known about the visit, and what else these people have to visit."""
    facts = facts_of_case(application, on=on)
    counted = Counter(person for row in ahead for person in row["team"])
    busy = {person for row in ahead if row["on"] == on.isoformat() for person in row["team"]}
    return replace(
        facts,
        busy=frozenset(busy),
        open_visits=dict(counted),
        lately=_lately(application) if facts.settings.rotation else frozenset(),
    )


def categories_of(application: Application) -> frozenset[str]:
    """The three-digit categories of what is applied for."""
    return frozenset(str(row["category_code"]) for row in application.varieties if row.get("category_code"))


def _lately(application: Application) -> frozenset[int]:
    """Who took part in both of the last two visits to the enterprise."""
    teams = [
        {member["user_id"] for member in team}
        for team in Visit.objects.filter(enterprise=application.enterprise_id, concluded_at__isnull=False)
        .exclude(application=application)
        .order_by("-concluded_at")
        .values_list("team", flat=True)[:2]
    ]
    return frozenset(teams[0] & teams[1]) if len(teams) == 2 else frozenset()


# The draw -------------------------------------------------------------------------------------------------------------


def seed_of(application: Application, number: int) -> str:
    """The seed of the n-th draw. It follows from the case, so that nobody can choose it."""
    return f"{application.pk}/{number}"


def proposal(application: Application, found: Candidates) -> TeamProposal:
    """The team of the newest draw, from these people on this day."""
    excluded = frozenset(found.drawn[-1].excluded) if found.drawn else frozenset()
    seed = seed_of(application, len(found.drawn))
    return rules.propose_team(found.people, found.visit, seed=seed, excluded=excluded)


def drawn_again(kept: dict[str, Any]) -> TeamProposal:
    """A draw made again from what was kept with it (handbook 13.3, invariant 13)."""
    return rules.propose_team(
        [frozen.thawed_person(one) for one in kept["facts"]["people"]],
        frozen.thawed_visit(kept["facts"]["visit"]),
        seed=kept["seed"],
        excluded=frozenset(kept["excluded"]),
    )


# Entrusting a lower level ---------------------------------------------------------------------------------------------


def why_not_entrust(application: Application, below: Authority | None) -> str:
    """The reason a visit cannot be left to this lower authority (Measures art. 21), or an empty string."""
    if below is None:
        return "没有找到这个下级机关。"
    inside = below.path.startswith(application.authority_path) and below.path != application.authority_path
    if not inside or below.closed_on is not None:
        return f"只能委托下级机关核查，{below.name}不是本机关的下级机关（{rules.TEAM}）。"
    special = [
        each.name for code in categories_of(application) if (each := food.category(code)) and each.is_special_food
    ]
    if special:
        return f"{'、'.join(sorted(special))}属于特殊食品，原则上不得委托下级机关现场核查（{rules.TEAM}）。"
    return ""


def below(application: Application) -> list[Authority]:
    """The authorities a visit may be entrusted to, by name; none for a county."""
    if application.authority is None or application.authority.level == "county":
        return []
    path = application.authority_path
    rows = Authority.objects.filter(path__gt=path, path__lt=path + "~", closed_on=None)
    return list(rows.order_by("path")[:300])
