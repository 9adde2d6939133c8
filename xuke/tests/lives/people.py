"""Who can do what in a world: everybody there is, found by what they may do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from xuke.accounts.models import User
from xuke.accounts.officers import Officer, Role
from xuke.accounts.queries import officer as officer_of
from xuke.config.demonstration import stories
from xuke.config.demonstration.people import Cast
from xuke.foundation.actors import SYSTEM, Actor
from xuke.foundation.workflow import Step
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import permissions
from xuke.licensing.commands.reviewing import follows_hearing
from xuke.licensing.models import Application, Visit
from xuke.licensing.tests.acts import BY_VERB, OF_SYSTEM, Act
from xuke.licensing.workflow import APPLICANT, CHAIR, JOINT, LIFE
from xuke.licensing.workflow import SYSTEM as BY_LAW
from xuke.tests.cast import NOON, World, in_writing

ACTS: dict[str, Act] = BY_VERB | {act.verb: act for act in OF_SYSTEM}
AHEAD = (
    "submit",
    "accept",
    "record_report",
    "begin_review",
    "assign_verification",
    "conclude_verification",
    "give_joint_opinion",
    "propose",
    "grant",
    "cancel_licence",
    "grant_on_commitment",
    "confirm_correction",
    "resubmit",
    "resume",
    "end_special_time",
    "conclude_hearing",
    "arrange_hearing",
)
"""The steps that lead to an end: of several open ones they are taken more often."""
ORDER = [*AHEAD, *sorted(set(ACTS) - set(AHEAD))]


class People:
    """Everybody in the world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.firms = [world.casts[name] for name in ("wuxiaomei", "wangjie", "malan", "xiangwenjing")]
        self.by_seat = {cast.authority.pk: cast for cast in self.firms}
        found = officer_of(User.objects.get(login_name="fanzhiguo"), today=NOON.date())
        assert found is not None
        self.of_the_province = found
        self.officers = [*{each.user_id: each for each in world.officers.values()}.values(), found]
        self.everybody: list[Any] = [SYSTEM, *(cast.applicant for cast in self.firms), *self.officers]

    def cast(self, case: Application) -> Cast:
        """The officers of the authority that has the case, with the people of the enterprise."""
        firm = next(cast for cast in self.firms if cast.applicant.enterprise_id == case.enterprise_id)
        seat = self.by_seat.get(case.authority_id or 0)
        return firm if seat is None else replace(seat, applicant=firm.applicant, firm=firm.firm)

    def at(self, authority_id: int | None, *roles: str) -> list[Officer]:
        """The officers of an authority who hold one of these roles."""
        return [
            each for each in self.officers if each.authority_id == authority_id and any(map(each.has, roles or Role))
        ]

    def supervisor(self, authority_id: int | None) -> Officer:
        """Who supervises an authority: somebody there, or the province."""
        return next(iter(self.at(authority_id, Role.SUPERVISOR)), self.of_the_province)

    def right(self, step: Step[Any], case: Application, today: date) -> Actor | None:
        """Somebody who may take a step of a case now; nobody when its rule or everybody is against it."""
        return next(
            (who for who in self._asked(step, case) if not permissions.why_not(who, step.verb, case, today=today)), None
        )

    def _asked(self, step: Step[Any], case: Application) -> Iterator[Actor]:
        if step.role == APPLICANT:
            yield self.cast(case).applicant
        elif step.role == BY_LAW:
            yield SYSTEM
        elif step.role in (CHAIR, JOINT):
            yield from self.officers
        else:
            yield from self.at(case.authority_id, step.role)

    def open_steps(self, case: Application, today: date) -> list[tuple[str, Actor]]:
        """The steps of a case that somebody could take now, those first that lead to an end."""
        found = {step.verb: self.right(step, case, today) for step in LIFE.open_from(case.state)}
        return sorted(((verb, who) for verb, who in found.items() if who), key=lambda pair: ORDER.index(pair[0]))

    def leader(self, case: Application) -> Officer | None:
        """Who leads the team that is on its way."""
        visit = Visit.objects.filter(application=case).first()
        leading = next((each["user_id"] for each in visit.team if each["leader"]), None) if visit else None
        return next((each for each in self.officers if each.user_id == leading), None)

    def words(self, verb: str, case: Application, by: Actor, *, today: date, choice: int) -> dict[str, Any]:
        """What a step says where the day or the place matters, or where it can be said in several ways."""
        calendar = current_calendar()
        if verb in ("assign_verification", "reassign_verification"):
            return self._team(case, today, choice)
        if verb == "begin_special_time":
            kind = ("testing", "expert_review")[choice % 2]
            return {"kind": kind, "until": calendar.add(today, 5).on}
        if verb == "prolong_pause":
            return {"until": calendar.add(today, 2 + choice).on}
        if verb == "suspend" and choice % 2:
            return {"ground": "applicant", "until": calendar.add(today, 1 + choice).on, **in_writing()}
        if verb == "arrange_hearing":
            apart = {*case.examined_by, *case.verified_by, case.reviewed_by_id}
            chairs = [each for each in self.at(case.authority_id) if each.user_id not in apart] or self.officers
            return {"on": calendar.add(today, 8).on, "chair": chairs[choice % len(chairs)].user_id}
        if verb == "give_joint_opinion":
            result = "fail" if choice == 5 else "pass"
            asked = case.joint_reviews.filter(given_at=None, authority=getattr(by, "authority_id", 0)).first()
            return {"results": dict.fromkeys(asked.codes if asked else (), result)}
        if verb == "grant" and case.procedure == "food.change" and choice == 4:
            return {"full_term_basis": "国家标准重大变化，重新核查"}
        if verb == "propose":
            heard = {"on_record": "听证意见予以采纳。"} if follows_hearing(case) else {}
            spared = {"opinion": stories.NO_VISIT, "no_visit": stories.NO_VISIT, "nothing_against": True}
            return heard | (spared if case.state == "document_review" else {})
        if verb == "conclude_verification" and choice != 7:
            return {"not_possible": ""}
        return {}

    def _team(self, case: Application, today: date, choice: int) -> dict[str, Any]:
        fit = self.at(case.authority_id, Role.VERIFIER)
        others = fit if choice < 7 else self.officers
        start = choice % len(others)
        team = [each.user_id for each in (*others[start:], *others[:start])][:2]
        return {"team": team, "leader": team[0], "visit_on": today + timedelta(days=choice % 3)}
