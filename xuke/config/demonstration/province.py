"""The demonstration province: everybody and every state, made once by calling commands."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from xuke.accounts.models import Authority, User
from xuke.certificates import tasks as certificates
from xuke.certificates.models import Licence
from xuke.certificates.queries import newest_version
from xuke.config.demonstration import people, proceedings, stories
from xuke.foundation import journal, news
from xuke.foundation.actors import SYSTEM
from xuke.foundation.models import Entry
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import commands
from xuke.licensing.models import Application
from xuke.publication import handlers as publication

LONG_AGO = timedelta(days=120)

PLAN: tuple[tuple[str, int, int, int], ...] = (
    # state, firm, submitted so many working days ago, hours between steps
    ("decision_proposed", 0, 9, 5),
    ("granted", 1, 11, 6),
    ("granted", 3, 25, 8),
    ("draft", 2, 0, 1),
    ("submitted", 4, 1, 4),
    ("submitted", 5, 5, 4),
    ("correcting_on_spot", 6, 1, 4),
    ("correction_requested", 7, 4, 4),
    ("resubmitted", 8, 6, 7),
    ("accepted", 9, 4, 6),
    ("document_review", 10, 6, 6),
    ("verification_assigned", 11, 5, 4),
    ("verification_done", 12, 10, 6),
    ("refused", 13, 14, 8),
    ("not_accepted", 14, 12, 8),
    ("not_required", 15, 9, 4),
    ("not_competent", 16, 8, 4),
    ("granted", 17, 16, 8),
    ("retracted", 20, 7, 6),
    ("decision_proposed", 19, 13, 6),
    ("accepted", 18, 2, 3),
    # They were not accepted, or took it back, and came again: enough decisions for the public figures.
    ("granted", 14, 8, 6),
    ("granted", 20, 5, 4),
)
"""A case for every state of the life. Whoever was granted a licence has its certificate the same day."""


LATER: tuple[tuple[str, str, int, int, int], ...] = (
    # procedure, state, firm, submitted so many working days ago, hours between steps
    ("food.change", "decision_proposed", 1, 4, 4),
    ("food.renewal", "document_review", 14, 1, 4),
    ("food.report", "submitted", 20, 0, 1),
)
"""What holders of these licences asked for afterwards."""

AGAINST: tuple[tuple[str, str, int, int], ...] = (
    # state, kind, firm, begun so many working days ago
    ("record_closed", "withdrawal", 3, 12),
    ("answered", "rescission", 17, 2),
)
"""Cases against licences: one that is over, and one in which the holder is being heard."""


def is_there() -> bool:
    """Whether the province was made already."""
    return Authority.objects.exists()


def make(*, now: datetime) -> None:
    """Make authorities, officers, enterprises and cases. Nothing is written but by commands."""
    then = now - LONG_AGO
    seats = people.seat_authorities(people.SEATS, now=then)
    users: dict[str, User] = {}
    # Credentials of verifiers are numbered through the whole province.
    for seat, (code, staff) in enumerate(people.STAFF.items()):
        for place, person in enumerate(staff, start=1):
            users[person.login_name] = people.hire(person, seats[code], place=100 * seat + place, now=then)
    enterprises = []
    for place, firm in enumerate(people.FIRMS, start=1):
        enterprise, users[firm.login_name] = people.found_firm(firm, place=place, now=then)
        enterprises.append(enterprise)
    # Oldest first, so that the numbers follow the days.
    for state, number, ago, hours in sorted(PLAN, key=lambda case: -case[2]):
        firm = people.FIRMS[number]
        cast = people.cast_of(seats[authority_for(firm)], users, firm, enterprises[number], now=then)
        play(state, cast, submitted=_working_morning(now, ago), hours=hours, now=now)
    for procedure, state, number, ago, hours in LATER:
        firm = people.FIRMS[number]
        cast = people.cast_of(seats[authority_for(firm)], users, firm, enterprises[number], now=then)
        play(state, cast, submitted=_working_morning(now, ago), hours=hours, now=now, procedure=procedure)
    for state, kind, number, ago in AGAINST:
        firm = people.FIRMS[number]
        cast = people.cast_of(seats[authority_for(firm)], users, firm, enterprises[number], now=then)
        with opened_for(EVERYTHING):
            licence = Licence.objects.get(enterprise=enterprises[number], state="in_force")
        proceedings.play(state, licence, cast, kind=kind, now=_working_morning(now, ago))
    publish()


def publish() -> None:
    """Let the public learn of every step when it was taken, as a worker would have seen to: all lies in the past."""
    verbs = [on.verb for on in publication.HANDLERS]
    with opened_for(EVERYTHING):
        rows = Entry.objects.filter(verb__in=verbs).order_by("pk")
        events = [journal.Event(*row) for row in rows.values_list(*journal.Event.__dataclass_fields__)]
    for event in events:
        news.deliver_now(event, handlers=publication.HANDLERS, now=event.at)


def authority_for(firm: people.Firm) -> str:
    """The seat that accepts what this firm applies for."""
    return firm.accepted_by or firm.division


def play(
    state: str, cast: people.Cast, *, submitted: datetime, hours: int, now: datetime, procedure: str = stories.FIRST
) -> None:
    """Play one case in the past: drafted and submitted on one morning, then a step every so many office hours."""
    application = stories.begin(cast, lambda: min(submitted, now), procedure)
    diary = stories.Diary(submitted, hours=hours, latest=now - timedelta(minutes=1))
    for place, name in enumerate(stories.road_to(state, procedure)):
        application = stories.step_to(name, application, cast, diary if place else lambda: min(submitted, now))
    if application.state == "granted":
        issue(application, diary.moment + timedelta(minutes=1))


def issue(application: Application, now: datetime) -> Application:
    """Make the certificate of what was granted and hand it out in the story's own time, as a worker would have.

    Left to the worker of the demonstration, every certificate of the past would be weeks late.
    """
    assert application.licence is not None
    with stories.seeing_everything():
        ordered = newest_version(application.licence)
    certificates.make(ordered.pk, now=now)
    with stories.seeing_everything():
        ordered.refresh_from_db()
    assert ordered.file_id is not None
    return commands.record_certificate(
        application=application, by=SYSTEM, now=now, version=ordered.version, digest=ordered.file_id
    )


def _working_morning(now: datetime, ago: int) -> datetime:
    """Half past nine on the working day so many working days ago; this very moment for none."""
    if not ago:
        return now - timedelta(minutes=30)
    day = journal.legal_day(now)
    calendar = current_calendar()
    while ago:
        day -= timedelta(days=1)
        ago -= calendar.is_working(day)
    return datetime.combine(day, time(9, 30), tzinfo=journal.SHANGHAI)
