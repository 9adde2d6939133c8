"""Rounds of a visit: each has its own team, its own marks, its own papers, and its findings last."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from xuke.accounts import commands as accounts
from xuke.accounts.models import User
from xuke.accounts.officers import Role
from xuke.accounts.queries import officer as officer_of
from xuke.config.demonstration.stories import marks
from xuke.documents.models import Notice
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import Conflict, Invalid, NotPermitted, StepNotOpen
from xuke.licensing import binding, commands, lists, queries, queries_officer, teams
from xuke.licensing.filters import Filters
from xuke.licensing.models import Application, PostIssueCheck, Rectification, Visit
from xuke.licensing.rounds import rounds
from xuke.licensing.tests.acts import confirmed
from xuke.licensing.tests.officer_desk import case_url
from xuke.tests.cast import NOON, TOMORROW
from xuke.verifiers import commands as register
from xuke.verifiers.models import Verifier

LATER = TOMORROW + timedelta(days=2)
FIRST, SECOND = "v1", "v2"


@pytest.fixture
def he_the_third(the_cast):
    """何志强 verifies as well."""
    user = User.objects.get(login_name="hezhiqiang")
    accounts.appoint(
        user=user, authority=the_cast.authority, role=Role.VERIFIER, credential="鄂食核88号", by=SYSTEM, now=NOON
    )
    register.register_appointed(user=user, by=SYSTEM, now=NOON)
    return officer_of(user, today=NOON.date())


def item(number, mark, note=""):
    return {str(number): {"score": mark, "note": note}}


def score(application, by, given, *, now=TOMORROW, **other):
    return commands.score(application=application, marks=given, by=by, now=now, **other)


def conclude(application, by, *, now=TOMORROW, **other):
    newest = confirmed(application)
    return commands.conclude_verification(application=newest, applicant_signed=True, by=by, now=now, **other)


@pytest.fixture
def second_round(at, the_cast, zhao_the_leader, sun_the_verifier, he_the_third):
    """Zhao and Sun passed the cakes with an item half in order; Sun and He go for the fillings."""
    application = at("verification_assigned")
    score(application, zhao_the_leader, marks() | item(2, "1", "地面破损"))
    application = conclude(application, zhao_the_leader, postponed={SECOND: "生产线检修"})
    return commands.reassign_verification(
        application=application,
        team=[sun_the_verifier.user_id, he_the_third.user_id],
        leader=sun_the_verifier.user_id,
        visit_on=date(2026, 9, 10),
        reason="补核",
        by=the_cast.reviewer,
        now=TOMORROW,
    )


def test_what_each_round_found_is_put_right_for_what_it_was_found_at(
    second_round, at, sun_the_verifier, he_the_third, zhao_the_leader
):
    score(second_round, sun_the_verifier, marks() | item(5, "1", "馅料间没有通风"), now=LATER)
    application = conclude(second_round, sun_the_verifier, now=LATER)
    application = at("granted", application=application, now=lambda: LATER + timedelta(hours=1))
    names = {row["key"]: row["name"] for row in application.varieties}
    expected = [(2, "地面破损", names[FIRST]), (5, "馅料间没有通风", names[SECOND])]
    for rows in (Rectification.objects.get().items, PostIssueCheck.objects.get().focus):
        assert [(row["number"], row["note"], row["of"]) for row in rows] == expected


def test_who_went_the_first_time_does_not_mark_the_second(desk, second_round, zhao_the_leader):
    with pytest.raises(NotPermitted, match="不在这次的核查组里"):
        score(second_round, zhao_the_leader, item(1, "0", "不在组里的人写的"), now=LATER)
    assert "不在这次的核查组里" in desk.open(zhao_the_leader, case_url(second_round, "visit")).main


def test_who_went_the_first_time_is_busy_with_it_no_more(
    at, desk, second_round, the_cast, zhao_the_leader, he_the_third
):
    """Zhao still decides nothing in this case; but it waits for Sun and He, and he is free to go elsewhere."""
    assert zhao_the_leader.user_id in second_round.verified_by
    for person, goes in ((zhao_the_leader, False), (he_the_third, True)):
        assert (second_round in queries.waiting_for(person)) is goes
        assert queries.tally(person).visits == goes
        assert (second_round in lists.inbox(person, Filters(), today=LATER.date()).parts[0]) is goes
        assert (second_round in queries_officer.visits_ahead(person)) is goes
        assert (second_round in lists.visits(person).parts[0]) is not goes
    assert "已结束" in desk.open(zhao_the_leader, "/office/visits/").main
    around = teams.candidates(at("draft"), on=date(2026, 9, 10), authority=the_cast.authority).visit
    assert zhao_the_leader.user_id not in {*around.busy, *around.open_visits}
    assert he_the_third.user_id in around.busy and around.open_visits[he_the_third.user_id] == 1
    recusal = register.declare_recusal(
        verifier=Verifier.objects.get(user=zhao_the_leader.user_id),
        uscc=second_round.enterprise.uscc,
        enterprise_name="某某食品有限公司",
        ground="relative",
        text="妹妹是质检员。",
        by=zhao_the_leader,
        now=TOMORROW,
    )
    assert commands.tell_recusal(recusal=recusal, by=SYSTEM, now=TOMORROW) == 0


def test_nothing_passes_unseen_in_a_later_round(second_round, sun_the_verifier):
    assert Visit.objects.get().sheet == {}
    with pytest.raises(Invalid, match="还有34项没有评分"):
        conclude(second_round, sun_the_verifier, now=LATER)
    with pytest.raises(Invalid, match="以前已经核查"):
        score(second_round, sun_the_verifier, item(1, "0", "再看一次"), variety=FIRST, now=LATER)


def test_a_second_round_is_shown_by_the_rule_it_is_judged_by(second_round):
    visit, day = Visit.objects.get(), LATER.date()
    for result in (visit.result, visit.earlier[0]["result"]):
        result["rule"]["pass_percent"] = 60
    assert binding.rule_of_visit(second_round, visit, on=day) == binding.score_rule(second_round, on=day)
    assert binding.rule_of_visit(second_round, rounds(visit)[0], on=day).pass_percent == 60


def test_a_namesake_does_not_keep_the_marks_of_who_left(at, the_cast, zhao_the_leader, sun_the_verifier, he_the_third):
    application = at("verification_assigned")
    score(application, zhao_the_leader, item(1, "3"))
    score(application, sun_the_verifier, item(2, "3"))
    Verifier.objects.filter(user=he_the_third.user_id).update(name=zhao_the_leader.name)
    commands.reassign_verification(
        application=Application.objects.get(pk=application.pk),
        team=[sun_the_verifier.user_id, he_the_third.user_id],
        leader=sun_the_verifier.user_id,
        visit_on=date(2026, 9, 9),
        reason="换人",
        by=the_cast.reviewer,
        now=TOMORROW,
    )
    assert list(Visit.objects.get().sheet["common"]) == ["2"]


def test_a_page_from_before_the_team_was_replaced_confirms_nothing(
    at, the_cast, zhao_the_leader, sun_the_verifier, he_the_third
):
    application = at("verification_assigned")
    score(application, sun_the_verifier, item(2, "3"))
    read = score(application, zhao_the_leader, {key: mark for key, mark in marks().items() if key != "2"})
    commands.reassign_verification(
        application=Application.objects.get(pk=application.pk),
        team=[sun_the_verifier.user_id, he_the_third.user_id],
        leader=he_the_third.user_id,
        visit_on=date(2026, 9, 9),
        reason="换人",
        by=the_cast.reviewer,
        now=TOMORROW,
    )
    assert list(Visit.objects.get().sheet["common"]) == ["2"]
    for person in (sun_the_verifier, the_cast.applicant):
        with pytest.raises(Conflict, match="评分刚刚有了变化"):
            commands.confirm_sheet(application=application, by=person, now=LATER, shown=read.sheet_revision)


def test_every_round_has_its_papers_whenever_they_are_made(
    second_round, zhao_the_leader, sun_the_verifier, chen_the_reviewer, desk
):
    first = commands.file_visit_papers(application=second_round, by=zhao_the_leader, now=LATER)
    with pytest.raises(StepNotOpen, match="已经出具"):
        commands.file_visit_papers(application=second_round, by=chen_the_reviewer, now=LATER)
    score(second_round, sun_the_verifier, marks(), now=LATER)
    over = conclude(second_round, sun_the_verifier, now=LATER)
    second = commands.file_visit_papers(application=over, by=chen_the_reviewer, now=LATER)
    assert [said(paper) for paper in (report(first), report(second))] == [
        (1, "2026-09-08", ["赵海峰", "孙雨桐"], ["通过", "推迟核查"]),
        (2, "2026-09-10", ["孙雨桐", "何志强"], ["通过"]),
    ]
    sheets = [paper.content["variety"] for paper in (*first, *second) if paper.kind == "score_record"]
    assert [name.split("（")[0] for name in sheets] == ["2401 热加工糕点", "2403 食品馅料"]
    assert "第1次核查" in desk.open(chen_the_reviewer, case_url(over, "papers")).main


def report(papers: list[Notice]) -> Notice:
    return next(paper for paper in papers if paper.kind == "verification_report")


def said(paper: Notice):
    told = paper.content
    return (
        told["round"],
        told["visit_on"],
        [member["name"] for member in told["team"]],
        [row["result"] for row in told["varieties"]],
    )
