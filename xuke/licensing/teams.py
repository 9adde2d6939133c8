"""Who could go to the site of a case: candidates, what is known about the visit, draw and redraw. Reads only."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from xuke.accounts.models import Authority
from xuke.catalogue import food
from xuke.licensing import permissions
from xuke.licensing.models import Application, TeamDraw, Visit
from xuke.verifiers import configuration, frozen, queries, rules, specialities
from xuke.verifiers.rules import TeamProposal, VerifierFacts, VisitFacts

UNDER_WAY = "verification_assigned"


@dataclass(frozen=True)
class Candidates:
    """The people who could go on a day, and what is known about the visit."""

    people: tuple[VerifierFacts, ...]
    visit: VisitFacts

    def reasons(self) -> dict[str, tuple[str, ...]]:
        """Why somebody cannot go, by id."""
        return {one.id: rules.why_not(one, self.visit) for one in self.people}

    def frozen(self) -> dict[str, Any]:
        """The same as JSON, kept with a draw."""
        return {
            "visit": frozen.frozen_visit(self.visit),
            "people": [frozen.frozen_person(one) for one in self.people],
        }


def candidates(application: Application, *, on: date, authority: int | None = None) -> Candidates:
    """Who serves as a verifier in the authority that visits, with everything the rules ask."""
    place = authority or application.authority_id
    assert place is not None
    people = queries.candidates(place, uscc=application.enterprise.uscc, on=on)
    users = [one.user_id for one in people if one.user_id is not None]
    return Candidates(tuple(people), visit_facts(application, on=on, users=users))


def visit_facts(application: Application, *, on: date, users: list[int]) -> VisitFacts:
    """What is known about the visit, and what else these people have to visit."""
    ahead = (
        Application.objects.filter(state=UNDER_WAY, verified_by__overlap=users)
        .exclude(pk=application.pk)
        .values_list("verified_by", "visit__visit_on")
    )
    counted: Counter[int] = Counter()
    busy: set[int] = set()
    for team, day in ahead if users else ():
        counted.update(team)
        busy |= set(team) if day == on else set()
    settings = configuration.for_visits()
    deciding = {*application.considered_by, application.decided_by_id} - {None}
    return VisitFacts(
        on=on,
        categories=categories_of(application),
        province=application.authority_path[:2],
        receipt=frozenset(permissions.receipt_hands(application)),
        deciding=frozenset(person for person in deciding if person is not None),
        busy=frozenset(busy),
        open_visits=dict(counted),
        lately=_lately(application) if settings.rotation else frozenset(),
        names=specialities.names(),
        settings=settings,
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


def redraws(application: Application) -> list[TeamDraw]:
    """The draws after the first one, oldest first."""
    return list(TeamDraw.objects.filter(application=application).order_by("number"))


def proposal(application: Application, found: Candidates, *, drawn: list[TeamDraw]) -> TeamProposal:
    """The team of the newest draw, from these people on this day."""
    excluded = frozenset(drawn[-1].excluded) if drawn else frozenset()
    return rules.propose_team(found.people, found.visit, seed=seed_of(application, len(drawn)), excluded=excluded)


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
