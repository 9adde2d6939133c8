"""The applicant's desk and the lists behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse

from xuke.certificates.holding import Holding, holdings
from xuke.documents import queries as documents
from xuke.foundation.clock import ClockReading
from xuke.licensing import clocks, progress, starting
from xuke.licensing import queries_applicant as queries
from xuke.licensing.completeness import open_problems
from xuke.licensing.models import Application
from xuke.licensing.procedures import procedure
from xuke.licensing.todos import todos
from xuke.licensing.workflow import LIFE
from xuke.parties.doors import ApplicantRequest, applicant_view
from xuke.parties.permissions import why_not_power
from xuke.parties.rules import DRAFT
from xuke.web import desk as more
from xuke.web.pages import page
from xuke.web.pieces import Stop

PROCEDURE = "food.first"
"""What is applied for first, when there is no licence yet."""
NOTICES_ON_DESK = 5
NOTICES_LISTED = 100


@dataclass(frozen=True)
class Case:
    """One case that is being handled."""

    application: Application
    procedure: str
    clock: ClockReading | None
    stops: tuple[Stop, ...]
    turn: progress.Turn


@dataclass(frozen=True)
class Draft:
    """A form that was begun."""

    application: Application
    title: str
    done: int
    of: int

    @property
    def share(self) -> float:
        """Of the steps that are filled in."""
        return self.done / self.of

    @property
    def words(self) -> str:
        """The same in words, for screen readers."""
        return f"已填{self.done}步，共{self.of}步"


@applicant_view
def desk(request: ApplicantRequest) -> HttpResponse:
    """What waits for me, what is running and whose turn it is, my licence, drafts, the newest notices."""
    applications = queries.of_enterprise(request.actor)
    notices = list(documents.addressed_to(request.actor)[:NOTICES_ON_DESK])
    today = request.today
    licences = holdings(request.actor, today=today)
    running = _running(applications)
    context = {
        "actor": request.actor,
        "todos": [*more.todos(request.actor, today=today), *todos(applications, notices, today=today)],
        "cases": [_case(each, today) for each in running],
        "drafts": [_draft(each) for each in applications if each.state == LIFE.initial],
        "holdings": licences,
        "notices": notices,
        "closed": why_not_power(request.actor, DRAFT) or _why_no_new_one(running, licences),
        "chooses": _holds_one(licences),
        "outlook": "".join(starting.soon_over(held.version.licence, today=today) for held in licences),
        "today": today,
    }
    return page(request, "licensing/applicant/desk.html", context)


def _running(applications: Iterable[Application]) -> list[Application]:
    return [each for each in applications if each.state != LIFE.initial and not each.life_state.final]


def _case(application: Application, today: date) -> Case:
    return Case(
        application=application,
        procedure=procedure(application.procedure).title,
        clock=clocks.of_row(application, today=today),
        stops=progress.stops(application, today=today),
        turn=progress.turn(application, today=today),
    )


def _draft(application: Any) -> Draft:
    """`application` carries `filed`, the kinds of its files."""
    which = procedure(application.procedure)
    wrong = {problem.field.partition(".")[0] for problem in open_problems(application, frozenset(application.filed))}
    sections = [section.name for section in which.asked(application.form)]
    return Draft(application, which.title, sum(name not in wrong for name in sections), len(sections))


def _why_no_new_one(running: Iterable[Application], licences: Iterable[Holding]) -> str:
    """Why a new application could not be submitted, told before anybody fills it in. Of a licence, its page tells."""
    if _holds_one(licences):
        return ""
    if any(each.procedure == PROCEDURE for each in running):
        return "贵企业已有一件同样的申请正在办理。办结或者撤回之后才能再申请。"
    return ""


def _holds_one(licences: Iterable[Holding]) -> bool:
    return any(held.version.licence.state == "in_force" for held in licences)


@applicant_view
def applications(request: ApplicantRequest) -> HttpResponse:
    """All applications of the enterprise, newest first."""
    today = request.today
    found, licences = queries.of_enterprise(request.actor), holdings(request.actor, today=request.today)
    context = {
        "cases": [(each, procedure(each.procedure).title, clocks.of_row(each, today=today)) for each in found],
        "closed": why_not_power(request.actor, DRAFT) or _why_no_new_one(_running(found), licences),
        "chooses": _holds_one(licences),
        "today": today,
    }
    return page(request, "licensing/applicant/applications.html", context)


@applicant_view
def notices(request: ApplicantRequest) -> HttpResponse:
    """The notices addressed to the enterprise, newest first."""
    found = list(documents.addressed_to(request.actor)[:NOTICES_LISTED])
    context = {"notices": found, "is_cut": len(found) == NOTICES_LISTED, "most": NOTICES_LISTED, "today": request.today}
    return page(request, "licensing/applicant/notices.html", context)
