"""The month for putting things right runs from the day on which the notice of it was served."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from xuke.config.demonstration.stories import marks
from xuke.documents.models import Notice
from xuke.foundation import journal
from xuke.licensing import commands, handlers
from xuke.licensing.models import Rectification
from xuke.licensing.tests.acts import confirmed
from xuke.tests.cast import NOON, TOMORROW, everything, notices_about, verbs


@pytest.fixture
def weak(at, the_cast):
    """A licence whose visit found a damaged floor."""
    zhao, application = the_cast.verifiers[0], at("verification_assigned")
    found = marks() | {"2": {"score": "1", "note": "地面破损"}}
    commands.score(application=application, marks=found, by=zhao, now=NOON)
    application = commands.conclude_verification(
        application=confirmed(application), applicant_signed=True, by=zhao, now=NOON
    )
    return at("granted", application=application, now=lambda: NOON + timedelta(hours=1))


def served(notice: Notice, on: date, verb: str = "notice.served") -> Rectification:
    """What is to be put right, after everybody who hears of a service has heard of this one, twice."""
    with everything():
        Notice.objects.filter(pk=notice.pk).update(served_on=on)
        event = replace(journal.history(notice.stream)[-1], verb=verb)
        for handler in [each.function for each in handlers.HANDLERS if each.verb == verb] * 2:
            handler(event, TOMORROW)
    return Rectification.objects.get()


def newest_notice(application) -> Notice:
    return [each for each in notices_about(application) if each.kind == "rectification_notice"][-1]


@pytest.mark.parametrize("verb", ["notice.served", "notice.signed_for", "notice.service_corrected"])
def test_a_notice_served_in_november_leaves_time_until_december(weak, verb):
    row = served(newest_notice(weak), date(2026, 11, 20), verb)
    assert row.due_on == date(2026, 12, 21)
    assert verbs(row) == ["rectification.ordered", "rectification.recounted"]


def test_a_new_day_moves_by_as_much_as_its_notice_is_late(weak, the_cast, he_the_supervisor):
    first, row, wu = newest_notice(weak), Rectification.objects.get(), the_cast.applicant
    commands.report_rectification(rectification=row, report="已经改正。", by=wu, now=TOMORROW)
    commands.confirm_rectification(
        rectification=row,
        done=False,
        note="墙边仍有破损。",
        by=he_the_supervisor,
        now=TOMORROW,
        again_by=date(2026, 9, 18),
    )
    again = newest_notice(weak)
    assert served(again, TOMORROW.date()).due_on == date(2026, 9, 18)
    # Ten days were given on September 8: ten there are from September 21 on, the holidays of October not counted.
    assert served(again, date(2026, 9, 21)).due_on == date(2026, 10, 8)
    assert served(first, date(2026, 11, 20)).due_on == date(2026, 10, 8)
