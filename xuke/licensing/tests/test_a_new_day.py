"""After a suspended visit a new day is set and told; until somebody has marked anything, recusal can be asked for."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import Invalid, StepNotOpen
from xuke.licensing import commands
from xuke.licensing.commands.recusing import why_not_recuse
from xuke.licensing.models import Application, Visit
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS, case_url
from xuke.licensing.tests.test_visits import renew
from xuke.tests.cast import NOON, in_writing, notices_about

TUESDAY = date(2026, 9, 8)


def on(days: int):
    """Noon, so many days after the story's Monday."""
    return NOON + timedelta(days=days)


@pytest.fixture
def dark(at, the_cast):
    """A visit planned for Monday, suspended on that day for a blackout."""
    return commands.suspend(
        application=at("verification_assigned"),
        ground="outage",
        reason="停电。",
        until=on(3).date(),
        **in_writing(),
        by=the_cast.reviewer,
        now=NOON,
    )


def resume(application, cast, now, **other):
    return commands.resume(application=application, reason="来电。", by=cast.reviewer, now=now, **other)


def test_a_visit_goes_on_on_a_new_day_that_the_applicant_is_told(dark, the_cast):
    told = len(notices_about(dark))
    with pytest.raises(Invalid, match="请另定"):
        resume(dark, the_cast, on(2))
    for wrong in (on(1), on(12)):
        with pytest.raises(Invalid, match="之间"):
            resume(dark, the_cast, on(2), visit_on=wrong.date())
    application = resume(dark, the_cast, on(2), visit_on=on(3).date())
    visit = Visit.objects.get(application=application)
    assert (visit.visit_on, visit.due_on) == (on(3).date(), date(2026, 9, 16))
    fresh = notices_about(application)[told:]
    assert {each.kind for each in fresh} == {"resumption_notice", "verification_notice"}
    again = next(each for each in fresh if each.kind == "verification_notice")
    assert again.content["visit_on"] == on(3).date().isoformat()
    # The worker finds nothing more to give back.
    assert commands.prolong_visit(application=application, by=SYSTEM, now=on(2)).revision == application.revision


def test_a_visit_whose_day_is_still_to_come_may_keep_it(at, the_cast):
    application = at("verification_assigned")
    Visit.objects.filter(application=application).update(visit_on=on(3).date())
    application = commands.suspend(
        application=application,
        ground="outage",
        reason="停电。",
        until=TUESDAY,
        **in_writing(),
        by=the_cast.reviewer,
        now=NOON,
    )
    told = len(notices_about(application))
    application = resume(application, the_cast, on(1))
    assert Visit.objects.get(application=application).visit_on == on(3).date()
    assert [each.kind for each in notices_about(application)[told:]] == ["resumption_notice"]


def test_a_day_on_which_somebody_of_the_team_cannot_go_is_not_told(dark, the_cast, gao_the_administrator):
    renew("sunyutong", gao_the_administrator, on(2).date())
    with pytest.raises(Invalid, match="孙雨桐证件"):
        resume(dark, the_cast, on(2), visit_on=on(3).date())
    assert resume(dark, the_cast, on(2), visit_on=on(2).date()).paused_for == ""


def test_recusal_is_asked_for_until_the_first_mark(dark, the_cast, zhao_the_leader):
    application = resume(dark, the_cast, on(2), visit_on=on(3).date())

    def why():
        visit = Visit.objects.get(application=application)
        return why_not_recuse(Application.objects.get(pk=application.pk), visit)

    assert why() == ""
    commands.score(application=application, marks={"1": {"score": "3"}}, by=zhao_the_leader, now=on(3))
    assert "已经到场" in why()
    with pytest.raises(StepNotOpen, match="已经到场"):
        commands.request_team_recusal(
            application=application,
            member=zhao_the_leader.user_id,
            ground="dispute",
            text="去年有诉讼。",
            by=the_cast.applicant,
            now=on(3),
        )


def test_the_page_of_going_on_asks_for_the_day_of_the_visit(dark, desk, the_cast):
    shown = desk.open(the_cast.reviewer, case_url(dark, "resume"))
    assert "现场核查的新日期" in shown.main and len(shown.statements) <= MOST_STATEMENTS
    sent = {"reason": "来电。", "visit_on": TUESDAY.isoformat(), "revision": str(dark.revision)}
    assert desk.send(the_cast.reviewer, case_url(dark, "resume"), sent).status == 303
    assert Visit.objects.get(application=dark).visit_on == TUESDAY
