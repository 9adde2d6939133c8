"""The month for putting things right runs from the day on which the notice of it was served."""

from __future__ import annotations

from datetime import date, timedelta

from xuke.config.demonstration.stories import marks
from xuke.documents.models import Notice
from xuke.foundation import journal
from xuke.licensing import commands, handlers
from xuke.licensing.models import Rectification
from xuke.licensing.tests.acts import confirmed
from xuke.tests.cast import NOON, TOMORROW, everything, notices_about, verbs


def test_a_notice_served_in_november_leaves_time_until_december(at, the_cast):
    zhao, application = the_cast.verifiers[0], at("verification_assigned")
    weak = marks() | {"2": {"score": "1", "note": "地面破损"}}
    commands.score(application=application, marks=weak, by=zhao, now=NOON)
    application = commands.conclude_verification(
        application=confirmed(application), applicant_signed=True, by=zhao, now=NOON
    )
    application = at("granted", application=application, now=lambda: NOON + timedelta(hours=1))
    row = Rectification.objects.get()
    notice = next(each for each in notices_about(application) if each.kind == "rectification_notice")
    with everything():
        Notice.objects.filter(pk=notice.pk).update(served_on=date(2026, 11, 20))
        event = journal.history(notice.stream)[-1]
        for _ in range(2):
            handlers.count_from_service(event, TOMORROW)
    row.refresh_from_db()
    assert row.due_on == date(2026, 12, 21)
    assert verbs(row) == ["rectification.ordered", "rectification.recounted"]
