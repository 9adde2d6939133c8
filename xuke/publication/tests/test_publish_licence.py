"""A licence reaches the public register, with its history."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from xuke.certificates.models import Licence
from xuke.foundation.calendar import valid_until
from xuke.licensing import commands
from xuke.publication.models import PublishedEvent, PublishedLicence
from xuke.publication.projection import register
from xuke.publication.rules import Standing, row_on, standing_on
from xuke.tests.cast import NOON, everything


def test_a_granted_licence_stands_on_the_register_as_it_was_granted(at):
    application = at("granted")
    with everything():
        licence = Licence.objects.get(pk=application.licence_id)
        register.publish(licence.number)
        register.publish(licence.number)
    found = PublishedLicence.objects.using("public").get(number=licence.number)
    assert (found.state, found.valid_to, found.version) == ("in_force", licence.valid_to, 1)
    assert "s:in_force" in found.tokens and f"d:{found.division[:4]}" in found.tokens
    assert [event.verb for event in PublishedEvent.objects.filter(number=licence.number)] == ["issued"]


def test_a_state_holds_from_the_day_that_brought_it_whatever_was_made_since():
    def happened(day: int, verb: str, state: str) -> PublishedEvent:
        seq, moment = day, datetime(2026, 9, day, 4, tzinfo=UTC)
        last = date(2031, 9, 1)
        return PublishedEvent(
            seq=seq, verb=verb, effective_on=moment.date(), recorded_at=moment, state=state, valid_to=last
        )

    history = [happened(1, "issued", "in_force"), happened(2, "certificate_made", "in_force")]
    history += [happened(3, "expired", "expired"), happened(9, "certificate_made", "expired")]
    rows = [register._happened(event) for event in history]
    assert [row.brings_state for row in rows] == [True, False, True, False]
    assert row_on(rows, on=date(2026, 9, 9)).state == "expired"


def test_a_renewal_after_a_gap_is_on_the_register_from_its_day_on(at, monkeypatch):
    number = at("granted").licence.number
    began, again = date(2026, 9, 7), date(2026, 11, 1)

    def happened(seq: int, day: date, recorded_on: date, valid_to: date) -> PublishedEvent:
        moment = datetime(recorded_on.year, recorded_on.month, recorded_on.day, 4, tzinfo=UTC)
        return PublishedEvent(
            number=number, seq=seq, verb="issued", effective_on=day, recorded_at=moment, state="in_force",
            valid_to=valid_to, version=1,
        )  # fmt: skip

    life = [
        happened(1, began, began, date(2026, 9, 30)),
        happened(2, again, date(2026, 10, 10), date(2031, 10, 31)),
    ]
    monkeypatch.setattr(register, "published_events", lambda licence, history: life)
    with everything():
        register.publish(number)
    row = PublishedLicence.objects.get(number=number)
    assert (row.valid_to, row.next_on) == (date(2026, 9, 30), again)
    assert [register.catch_up(day) for day in (date(2026, 10, 31), again, again)] == [0, 1, 0]
    row.refresh_from_db()
    assert (row.valid_to, row.next_on) == (date(2031, 10, 31), None)


def test_a_renewal_moves_the_end_and_what_was_known_before_it_stays_what_it_was(at, the_cast):
    case = at("decision_proposed", procedure="food.renewal")
    old_end, later = case.starts_from.valid_to, NOON + timedelta(days=300)
    commands.grant(application=case, by=the_cast.decider, now=later)
    with everything():
        register.publish(case.starts_from.number)
        events = PublishedEvent.objects.filter(number=case.starts_from.number).order_by("seq")
        known = [register._happened(event) for event in events]
    assert [event.verb for event in events] == ["issued", "renewed"]
    new_end, after_the_old = valid_until(later.date(), 5), old_end + timedelta(days=1)
    asked = [(after_the_old, NOON), (after_the_old, later), (new_end, later), (new_end + timedelta(days=1), later)]
    found = [standing_on(known, on=on, known_at=known_at).standing for on, known_at in asked]
    assert found == [Standing.EXPIRED, Standing.IN_FORCE, Standing.IN_FORCE, Standing.EXPIRED]
    row = PublishedLicence.objects.get(number=case.starts_from.number)
    assert (row.state, row.valid_to, row.version) == ("in_force", new_end, 2)


def test_what_a_change_and_a_report_print_anew_leaves_the_standing_as_it_is(at):
    for state, procedure, verb in (("granted", "food.change", "amended"), ("recorded", "food.report", "reported")):
        case = at(state, procedure=procedure)
        with everything():
            register.publish(case.starts_from.number)
        last = PublishedEvent.objects.filter(number=case.starts_from.number).latest("seq")
        assert (last.verb, last.state, last.valid_to) == (verb, "in_force", case.starts_from.valid_to)
