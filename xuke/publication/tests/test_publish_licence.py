"""A licence reaches the public register, with its history."""

from __future__ import annotations

from datetime import date

from xuke.certificates.models import Licence
from xuke.publication.models import PublishedEvent, PublishedLicence
from xuke.publication.projection import register
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
    def happened(day: int, state: str) -> PublishedEvent:
        return PublishedEvent(effective_on=date(2026, 9, day), state=state)

    history = [happened(1, "in_force"), happened(2, "in_force"), happened(3, "rescinded"), happened(9, "rescinded")]
    assert register._since(history) == date(2026, 9, 3)
    assert register._since(history[:2]) == date(2026, 9, 1)
