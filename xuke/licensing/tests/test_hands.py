"""Whoever touched the receipt neither reviews, nor verifies, nor decides: by rule and by constraint."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from xuke.foundation.refusals import NotPermitted
from xuke.licensing import commands
from xuke.licensing.models import Application
from xuke.licensing.tests.acts import signed
from xuke.tests.cast import NOON, TOMORROW

ITEMS = [{"item": "设备布局图", "defect": "未标明隔断", "remedy": "请标明"}]


def test_who_sent_the_list_does_not_review_what_a_colleague_accepted(
    at, zhouwen_of_two_roles, zhou_the_acceptor, wu_the_applicant
):
    asked = commands.ask_correction(application=at("submitted"), items=ITEMS, by=zhouwen_of_two_roles, now=NOON)
    again = signed("resubmit", asked, by=wu_the_applicant, now=NOON)
    accepted = commands.accept(application=again, by=zhou_the_acceptor, now=NOON)
    with pytest.raises(NotPermitted, match="受理人员不能再审查"):
        commands.begin_review(application=accepted, by=zhouwen_of_two_roles, now=NOON)


@pytest.mark.parametrize(
    "values",
    [
        {"decided_by_id": "verifier", "decided_on": NOON.date()},
        {"verified_by": ["acceptor", "verifier"]},
        {"verified_by": ["verifier"]},
        {"verified_by": ["verifier", "verifier"]},
        {"received_by": ["verifier"]},
    ],
)
def test_the_database_keeps_the_hands_of_verifiers_apart(values, at, the_cast):
    people = {"verifier": the_cast.verifiers[0].user_id, "acceptor": the_cast.acceptor.user_id}
    application = at("decision_proposed")
    plain = {
        name: [people[one] for one in value] if isinstance(value, list) else people.get(value, value)
        for name, value in values.items()
    }
    with pytest.raises(IntegrityError, match="hands_are_apart"), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(**plain)


def test_a_supervisor_gives_back_what_an_absent_colleague_holds(at, zhou_the_acceptor, he_the_supervisor):
    held = commands.claim(application=at("submitted"), by=zhou_the_acceptor, now=NOON)
    freed = commands.release(application=held, by=he_the_supervisor, now=TOMORROW)
    assert freed.claimed_by_id is None
