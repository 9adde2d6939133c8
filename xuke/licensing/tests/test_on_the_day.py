"""The day on which a team is there: it is kept, and everybody who went is asked for it once more."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from xuke.accounts import commands as accounts
from xuke.accounts.models import Posting
from xuke.accounts.officers import Role
from xuke.config.demonstration.stories import marks
from xuke.foundation import journal
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import Invalid, StepNotOpen
from xuke.licensing import commands, handlers
from xuke.licensing.models import Application, Visit
from xuke.licensing.tests.acts import confirmed
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS, case_url
from xuke.tests.cast import NOON, TOMORROW, verbs
from xuke.verifiers import commands as register
from xuke.verifiers.models import Verifier

NEXT_WEEK = NOON + timedelta(days=9)


def of(officer):
    return Verifier.objects.get(user=officer.user_id)


@pytest.fixture
def visited(at, zhao_the_leader):
    """Planned for the 7th; the team was there on the 16th."""
    application = at("verification_assigned")
    commands.score(application=application, marks=marks(), by=zhao_the_leader, now=NEXT_WEEK)
    return Application.objects.get(pk=application.pk)


def conclude(application, by, *, now=NEXT_WEEK, **other):
    application = confirmed(application)
    return commands.conclude_verification(application=application, applicant_signed=True, by=by, now=now, **other)


def test_the_day_of_the_first_mark_is_kept_and_zhao_may_say_another(visited, zhao_the_leader):
    assert Visit.objects.get().visited_on == date(2026, 9, 16)
    for wrong in (date(2026, 9, 6), date(2026, 9, 17)):
        with pytest.raises(Invalid, match="到场核查的日期应当在9月7日到今天之间"):
            conclude(visited, zhao_the_leader, visited_on=wrong)
    conclude(visited, zhao_the_leader, visited_on=date(2026, 9, 15))
    visit = Visit.objects.get()
    assert (visit.visit_on, visit.visited_on) == (date(2026, 9, 7), date(2026, 9, 15))


def test_a_credential_that_was_good_on_the_planned_day_is_asked_for_the_real_one(
    visited, zhao_the_leader, sun_the_verifier, gao_the_administrator
):
    row = of(sun_the_verifier)
    given = {"credential": row.credential, "issuer": "省局", "valid_from": date(2025, 1, 1)}
    register.renew_credential(verifier=row, valid_to=date(2026, 9, 7), by=gao_the_administrator, now=NOON, **given)
    with pytest.raises(StepNotOpen, match="孙雨桐证件2026年9月7日到期"):
        conclude(visited, zhao_the_leader)


def dismiss(officer, now: datetime):
    posting = Posting.objects.get(user=officer.user_id, role=Role.VERIFIER)
    accounts.dismiss(posting=posting, by=SYSTEM, now=now)
    return journal.history(f"user:{officer.user_id}")[-1]


def test_chen_hears_that_sun_was_dismissed_before_the_visit_which_is_then_not_concluded(
    desk, at, zhao_the_leader, sun_the_verifier, chen_the_reviewer
):
    application = at("verification_assigned")
    news = dismiss(sun_the_verifier, NOON)
    for _ in range(2):
        handlers.tell_unfit_person(news, NOON)
    assert verbs(application).count("application.unfit_told") == 1
    told = journal.history(application.stream)[-1]
    assert told.verb == "application.unfit_told" and "孙雨桐核查当天不担任核查岗位" in told.facts["reason"]
    page = desk.open(chen_the_reviewer, case_url(application))
    assert "孙雨桐核查当天不担任核查岗位" in page.main and len(page.statements) <= MOST_STATEMENTS
    application = Application.objects.get(pk=application.pk)
    commands.score(application=application, marks=marks(), by=zhao_the_leader, now=TOMORROW)
    with pytest.raises(StepNotOpen, match="孙雨桐核查当天不担任核查岗位"):
        conclude(Application.objects.get(pk=application.pk), zhao_the_leader, now=TOMORROW)


def test_an_expert_who_left_the_register_is_asked_as_well(
    at, the_cast, gao_the_administrator, zhao_the_leader, chen_the_reviewer
):
    expert = register.register(
        authority=the_cast.authority,
        name="罗教授",
        qualification="expert",
        credential="专01",
        specialities=["124", "125"],
        by=gao_the_administrator,
        now=NOON,
    )
    team = [each.user_id for each in the_cast.verifiers]
    application = commands.assign_verification(
        application=at("document_review"),
        team=team,
        leader=team[0],
        visit_on=NOON.date(),
        experts=[str(expert.pk)],
        by=chen_the_reviewer,
        now=NOON,
    )
    register.withdraw(verifier=expert, reason="退休", by=gao_the_administrator, now=NOON)
    handlers.tell_unfit_verifier(journal.history(expert.stream)[-1], NOON)
    assert verbs(application)[-1] == "application.unfit_told"
    commands.score(application=application, marks=marks(), by=zhao_the_leader, now=NOON)
    with pytest.raises(StepNotOpen, match="罗教授已经退出名册"):
        conclude(Application.objects.get(pk=application.pk), zhao_the_leader, now=NOON)


def test_news_that_changes_nothing_for_a_visit_is_not_told(at, sun_the_verifier, gao_the_administrator):
    application = at("verification_assigned")
    row = of(sun_the_verifier)
    given = {"credential": row.credential, "issuer": "省局", "valid_from": date(2025, 1, 1)}
    register.renew_credential(verifier=row, valid_to=date(2029, 9, 7), by=gao_the_administrator, now=NOON, **given)
    before = verbs(application)
    handlers.tell_unfit_verifier(journal.history(row.stream)[-1], NOON)
    assert verbs(application) == before


def test_who_is_reinstated_goes_on_and_the_case_says_nothing_against_them(
    desk, at, sun_the_verifier, gao_the_administrator, chen_the_reviewer
):
    application, row = at("verification_assigned"), of(sun_the_verifier)
    for act, seen in ((register.suspend, True), (register.reinstate, False)):
        act(verifier=row, reason="核实投诉。", by=gao_the_administrator, now=NOON)
        handlers.tell_unfit_verifier(journal.history(row.stream)[-1], NOON)
        assert ("孙雨桐暂停核查" in desk.open(chen_the_reviewer, case_url(application)).main) is seen
