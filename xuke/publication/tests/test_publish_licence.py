"""A licence reaches the public register, with its history."""

from __future__ import annotations

from datetime import UTC, date, datetime

from xuke.certificates.models import Licence
from xuke.publication.models import PublishedEvent, PublishedLicence
from xuke.publication.projection import register
from xuke.publication.rules import row_on
from xuke.tests.cast import everything


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
