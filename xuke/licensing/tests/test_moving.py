"""A category goes down to the county while cases are open: what is handed over, what stays, what everybody is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import psycopg
import pytest
from django.db import connection
from django.test import RequestFactory

from xuke.accounts.officers import Role
from xuke.accounts.queries import officer
from xuke.catalogue import commands as catalogue
from xuke.catalogue import editions
from xuke.catalogue.models import RuleEdition
from xuke.catalogue.rulebook import PROVINCE, Edition
from xuke.config.demonstration import stories
from xuke.foundation import journal
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import Invalid, NotFound, NotPermitted
from xuke.licensing import clocks, commands, counts, gates, gating, moves, permissions, queries
from xuke.licensing.commands import moving
from xuke.licensing.commands.rebinding import rebind
from xuke.licensing.models import Application, MovedCase
from xuke.licensing.models_moves import MovePlan
from xuke.licensing.moves import MovedAway
from xuke.tests.cast import NOON, YICHANG, YILING, everything, seen_by
from xuke.web import refusals

DAIRY, TODAY = "105", NOON.date()
BASIS = "鄂市监〔2026〕30号"


@pytest.fixture
def move_down(fan_of_the_province):
    """范治国 moves dairy in Yichang to the counties from today on, and the job runs."""

    def move(choice=MovePlan.ALL, *, level="county", now=NOON, **other):
        plan = moving.move_competence(
            key=DAIRY,
            division=YICHANG,
            level=level,
            valid_from=now.date(),
            basis=BASIS,
            choice=choice,
            by=fan_of_the_province,
            now=now,
            **other,
        )
        carry_out(now)
        plan.refresh_from_db()
        return plan

    return move


@pytest.fixture
def take_back(fan_of_the_province):
    """范治国 takes dairy back from tomorrow on, and the job runs then."""

    def take(choice=MovePlan.ALL):
        plan = moving.end_competence(
            key=DAIRY,
            division=YICHANG,
            last_day=TODAY,
            choice=choice,
            reason="区里没有力量。",
            basis="鄂市监〔2026〕31号",
            by=fan_of_the_province,
            now=NOON + timedelta(minutes=1),
        )
        carry_out(NOON + timedelta(days=1))
        plan.refresh_from_db()
        return plan

    return take


def plan_the_move(by) -> None:
    """Fan moves dairy to the counties from today on; the job has not run yet."""
    moving.move_competence(
        key=DAIRY,
        division=YICHANG,
        level="county",
        valid_from=TODAY,
        basis=BASIS,
        choice=MovePlan.ALL,
        by=by,
        now=NOON,
    )


def carry_out(now: datetime) -> None:
    """What the job does, in the transaction of the test."""
    for plan in MovePlan.objects.filter(finished_at=None):
        moving.carry_out(moving.survey(plan, today=now.date()), lambda: now)


@pytest.fixture
def milk(at, the_yichang_cast):
    """A case of the dairy, whose products only the prefecture licensed so far."""
    return lambda state: at(state, cast=the_yichang_cast, products=only_milk(the_yichang_cast))


def only_milk(cast):
    filled = stories.filled_form(cast)["products"]
    rows = [row for row in filled["varieties"] if row["code"] == "0501"]
    return {**filled, "varieties": [{**rows[0], "main": True}]}


def fresh(case) -> Application:
    return Application.objects.select_related("authority").get(pk=case.pk)


def test_an_open_case_goes_with_everything_that_lies_with_it_and_its_clock_runs_on(milk, move_down, zhou_the_acceptor):
    case = milk("submitted")
    assert case.authority.code == YICHANG
    plan = move_down()
    moved = fresh(case)
    assert (moved.authority.code, plan.moved, plan.left) == (YILING, 1, 0) and plan.finished_at
    assert {each.authority_path for each in moved.materials.all()} == {moved.authority_path}
    assert (moved.due_on, moved.receipt_number, moved.state) == (case.due_on, case.receipt_number, case.state)
    with seen_by(zhou_the_acceptor.scope):
        events = journal.history(moved.stream)
        assert [each.verb for each in events][-2:] == ["application.submitted", "application.moved"]
        assert clocks.term(events, today=TODAY, application=moved).reading.due_on == case.due_on
    facts = events[-1].facts
    assert (facts["from_authority"], facts["to_authority"]) == ("宜昌市市场监督管理局", "宜昌市夷陵区市场监督管理局")
    accepted = commands.accept(application=moved, by=zhou_the_acceptor, now=NOON + timedelta(hours=1))
    assert accepted.state == "accepted"


def test_whoever_would_act_in_the_old_place_reads_where_it_went_and_why(milk, move_down, the_yichang_cast):
    case = milk("submitted")
    move_down()
    with pytest.raises(NotPermitted) as refused:
        commands.accept(application=case, by=the_yichang_cast.acceptor, now=NOON)
    for words in ("宜昌市夷陵区市场监督管理局", "乳制品", "县级", BASIS, "第六条"):
        assert words in refused.value.sentence
    assert permissions.why_not(the_yichang_cast.acceptor, "accept", fresh(case)) == refused.value.sentence


def test_moved_up_again_the_county_no_longer_sees_it_and_is_told(milk, move_down, zhou_the_acceptor):
    case = milk("submitted")
    move_down()
    later = NOON + timedelta(days=1)
    move_down(level="prefecture", now=later)
    assert fresh(case).authority.code == YICHANG and MovedCase.objects.count() == 2
    with seen_by(zhou_the_acceptor.scope), pytest.raises(MovedAway, match="移交宜昌市市场监督管理局") as moved:
        queries.get(zhou_the_acceptor, case.pk)
    shown = refusals.answer(RequestFactory().get("/office/"), moved.value)
    assert "已经移交其他机关" in shown.content.decode() and "没有找到" not in shown.content.decode()
    with pytest.raises(MovedAway):
        commands.accept(application=case, by=zhou_the_acceptor, now=later)


def test_a_review_goes_on_with_a_reviewer_of_the_county_and_the_hands_stay_apart(milk, move_down, chen_the_reviewer):
    case = milk("document_review")
    reviewed_by = case.reviewed_by_id
    move_down()
    moved = fresh(case)
    assert moved.reviewed_by_id not in (None, reviewed_by) and reviewed_by in moved.examined_by
    new = officer(moved.reviewed_by, today=TODAY)
    assert new.authority_id == moved.authority_id and new.has(Role.REVIEWER)
    assert permissions.why_not(new, "assign_verification", moved) == ""


def test_a_visit_under_way_is_finished_first(milk, move_down, the_yichang_cast):
    case = milk("verification_assigned")
    plan = move_down()
    assert fresh(case).authority.code == YICHANG
    assert (plan.moved, plan.left, plan.finished_at) == (0, 1, None)
    assert plan.next_at > NOON


@pytest.mark.parametrize(
    ("choice", "state", "place"),
    [("stay", "submitted", YICHANG), ("waiting", "accepted", YICHANG), ("waiting", "submitted", YILING)],
)
def test_what_stays_stays_as_the_plan_says(milk, move_down, choice, state, place):
    case = milk(state)
    plan = move_down(choice)
    assert fresh(case).authority.code == place and plan.finished_at


def test_where_the_plan_leaves_it_the_old_authority_accepts_it_still(milk, move_down, the_yichang_cast):
    case = milk("submitted")
    move_down("stay")
    accepted = commands.accept(application=case, by=the_yichang_cast.acceptor, now=NOON)
    assert (accepted.state, accepted.authority.code) == ("accepted", YICHANG)


def test_the_county_decides_what_was_handed_over_before_the_decision(milk, move_down):
    case = milk("decision_proposed")
    move_down()
    moved = fresh(case)
    assert moved.authority.code == YILING
    for moment in (gates.ACCEPT, gates.DECIDE):
        assert gating.closed(moved, moment, today=TODAY) == ()


def test_a_case_with_another_product_of_the_prefecture_stays(at, the_yichang_cast, move_down):
    case = at("submitted", cast=the_yichang_cast)
    move_down()
    assert fresh(case).authority.code == YICHANG


@pytest.mark.parametrize("code", ["food.renewal", "food.change"])
def test_what_starts_from_a_licence_stays_with_whoever_issued_it(at, the_yichang_cast, move_down, code):
    at("granted", cast=the_yichang_cast, products=only_milk(the_yichang_cast))
    case = at("accepted", cast=the_yichang_cast, procedure=code)
    plan = move_down()
    stayed = fresh(case)
    assert (stayed.authority.code, plan.left, bool(plan.finished_at)) == (YICHANG, 0, True)
    edition = plan.edition.as_edition()
    assert "由发证机关办理" in moves.moving(stayed, edition, editions.book(), on=TODAY).stays
    assert at("granted", application=stayed, cast=the_yichang_cast).licence.pk == case.starts_from_id


def test_bound_anew_a_case_still_tells_the_old_place_where_it_went(
    milk, move_down, the_yichang_cast, he_the_supervisor
):
    moved = milk("submitted")
    move_down()
    kept = fresh(moved).rules
    Application.objects.filter(pk=moved.pk).update(rules={**kept, "limits": {}})
    bound = rebind(application=moved, reason="按现行规则办理。", by=he_the_supervisor, now=NOON)
    assert bound.rules["limits"] and "移交" in moves.why_moved(the_yichang_cast.acceptor, bound)


def test_the_counts_follow_the_case(milk, move_down):
    case = milk("submitted")
    before = Application.objects.filter(authority_path=case.authority_path).count()
    move_down()
    assert before == 1 and counts.repair() == 0


def test_a_plan_needs_a_choice_and_is_made_by_the_province(move_down, he_the_supervisor):
    with pytest.raises(Invalid, match="在办的申请怎么办"):
        move_down("somehow")
    with pytest.raises(NotPermitted):
        moving.move_competence(
            key=DAIRY,
            division=YICHANG,
            level="county",
            valid_from=TODAY,
            basis=BASIS,
            choice="all",
            by=he_the_supervisor,
            now=NOON,
        )
    with pytest.raises(NotFound):
        queries.get(he_the_supervisor, "00000000-0000-0000-0000-000000000000")


def test_taken_back_the_cases_go_back_by_a_plan_of_its_own(milk, move_down, take_back, the_yichang_cast):
    case = milk("submitted")
    move_down()
    plan = take_back()
    back = fresh(case)
    assert (back.authority.code, plan.moved, plan.left, plan.choice) == (YICHANG, 1, 0, "all")
    (told,) = MovedCase.objects.filter(plan=plan).values_list("told", flat=True)
    assert "乳制品的许可权限自9月8日起调整到市级（鄂市监〔2026〕31号" in told
    later = NOON + timedelta(days=1, hours=1)
    assert commands.accept(application=back, by=the_yichang_cast.acceptor, now=later).state == "accepted"


def test_taken_back_with_what_is_running_left_the_county_accepts_it_still(
    milk, move_down, take_back, zhou_the_acceptor, the_yichang_cast
):
    case = milk("submitted")
    move_down()
    plan = take_back("stay")
    assert fresh(case).authority.code == YILING and plan.finished_at
    later = NOON + timedelta(days=1, hours=1)
    assert commands.accept(application=fresh(case), by=zhou_the_acceptor, now=later).state == "accepted"


@pytest.mark.parametrize("valid_to", [TODAY, None])
def test_what_a_file_moved_is_finished_where_it_was_filed(milk, zhou_the_acceptor, valid_to):
    row = Edition(
        id="",
        topic="competence",
        key=DAIRY,
        content={"level": "county", "running": "stay"},
        valid_from=TODAY,
        valid_to=valid_to,
        recorded_at=NOON,
        published_by="湖北省市场监督管理局",
        basis=BASIS,
        level=PROVINCE,
        division=YICHANG,
    )
    how = "stay" if valid_to else "all"  # The page moved it with all that was running; a file has no plan.
    first = replace(row, content={"level": "county", "running": how})
    catalogue.load(wanted=[first], by=SYSTEM, now=NOON - timedelta(hours=6))
    case = milk("submitted")
    if valid_to is None:  # A later file says that it ended today.
        catalogue.load(wanted=[replace(first, valid_to=TODAY)], by=SYSTEM, now=NOON)
    tomorrow = NOON + timedelta(days=1)
    assert fresh(case).authority.code == YILING
    assert gating.closed(fresh(case), gates.ACCEPT, today=tomorrow.date()) == ()
    assert commands.accept(application=fresh(case), by=zhou_the_acceptor, now=tomorrow).state == "accepted"


def test_what_nobody_would_license_any_more_is_not_taken_back(move_down, take_back, fan_of_the_province):
    move_down()
    with everything():
        row = RuleEdition.objects.get(topic="competence", key=DAIRY, level="nation")
        everywhere = RuleEdition.objects.get(topic="competence", key="*", level="nation")
    for each in (row, everywhere):
        each.pk, each.ends, each.valid_from, each.recorded_at = None, True, TODAY, NOON
        each.save(force_insert=True)
    with pytest.raises(Invalid, match="没有规定由哪一级许可"):
        take_back()


def test_the_job_hands_over_in_transactions_of_its_own(committed_db, milk, fan_of_the_province):
    case = milk("submitted")
    moving.move_competence(
        key=DAIRY,
        division=YICHANG,
        level="county",
        valid_from=TODAY,
        basis=BASIS,
        choice="all",
        by=fan_of_the_province,
        now=NOON,
    )
    assert moving.go_on(lambda: NOON) == 1
    assert moving.go_on(lambda: NOON) == 0
    with everything():
        assert fresh(case).authority.code == YILING


def test_a_history_is_read_by_its_own_key_however_many_cases_were_moved(milk, move_down, zhou_the_acceptor):
    case = milk("submitted")
    move_down()
    with seen_by(zhou_the_acceptor.scope), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM foundation_entry WHERE stream = %s", [case.stream])
        assert cursor.fetchone()[0] > 1
        cursor.execute("EXPLAIN (COSTS OFF) SELECT FROM foundation_entry WHERE stream = %s", [case.stream])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "licensing_movedcase" not in plan
    # What lies in one's own place anyway is not asked where it went.
    assert plan.index("starts_with" if "starts_with" in plan else "authority_path") < plan.index("licensing_moved_here")


def test_a_second_worker_leaves_the_plan_to_the_first(committed_db, milk, fan_of_the_province, monkeypatch):
    milk("submitted")
    plan_the_move(fan_of_the_province)
    with psycopg.connect(committed_db.app) as first:
        first.execute("SELECT pg_advisory_lock(%s)", [moving._ONE])
        assert moving.go_on(lambda: NOON) == 0
    with everything():
        plan = MovePlan.objects.get()
        assert (plan.next_at <= NOON, plan.left, plan.finished_at) == (True, 0, None)


def test_a_case_that_cannot_be_moved_keeps_no_other_from_moving(committed_db, milk, fan_of_the_province, monkeypatch):
    milk("submitted")
    plan_the_move(fan_of_the_province)
    monkeypatch.setattr(moving, "_take_along", lambda application, new: 1 / 0)
    assert moving.go_on(lambda: NOON) == 0
    with everything():
        plan = MovePlan.objects.get()
        assert (plan.left, plan.finished_at) == (1, None)
