"""Visits as the register of verifiers lets them be: the draw, another team, a second visit, entrusting, recusal."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from xuke.accounts import commands as accounts
from xuke.accounts.models import Posting, User
from xuke.accounts.officers import Role
from xuke.catalogue.score_sheet import ScoreRule
from xuke.config.demonstration.stories import marks
from xuke.documents.models import Notice
from xuke.foundation import files
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import Conflict, Invalid, NotFound, NotPermitted, StepNotOpen
from xuke.licensing import buttons, commands, progress, queries, rules, teams
from xuke.licensing.commands import papers
from xuke.licensing.models import Application, TeamDraw, Visit
from xuke.licensing.sheet import may_be_left_out, plain, rule_items
from xuke.licensing.tests.acts import confirmed
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS, case_url
from xuke.tests.cast import NOON, TOMORROW, in_writing, notices_about, seen_by, tiny_pdf, told, verbs
from xuke.verifiers import commands as register
from xuke.verifiers.models import Verifier

TUESDAY = date(2026, 9, 8)


def of(login_name):
    return Verifier.objects.get(user__login_name=login_name)


def renew(login_name, by, valid_to):
    row = of(login_name)
    register.renew_credential(
        verifier=row,
        credential=row.credential,
        issuer="省局",
        valid_from=date(2025, 1, 1),
        valid_to=valid_to,
        by=by,
        now=NOON,
    )


def assign(application, cast, verb="assign_verification", visit_on=TUESDAY, by=None, now=NOON, **other):
    team = other.pop("team", [each.user_id for each in cast.verifiers])
    return getattr(commands, verb)(
        application=application, team=team, leader=team[0], visit_on=visit_on, by=by or cast.reviewer, now=now, **other
    )


def again(application, cast, **other):
    return assign(application, cast, "reassign_verification", **({"reason": "换人。"} | other))


def test_the_draw_is_kept_with_what_it_was_made_on_and_can_be_made_again(at, the_cast, chen_the_reviewer):
    application = at("document_review")
    drawn = commands.redraw_team(
        application=application, visit_on=TUESDAY, reason="孙雨桐请假", by=chen_the_reviewer, now=NOON
    )
    assert (drawn.number, drawn.seed) == (1, f"{application.pk}/1")
    kept = {"seed": drawn.seed, "facts": drawn.facts, "excluded": drawn.excluded}
    assert list(teams.drawn_again(kept).team) == drawn.team
    application = assign(Application.objects.get(pk=application.pk), the_cast)
    visit = Visit.objects.get(application=application)
    assert list(teams.drawn_again(visit.draw).team) == visit.draw["proposed"]
    assert set(visit.draw["chosen"]) == {str(of(name).pk) for name in ("zhaohaifeng", "sunyutong")}
    assert "application.team_redrawn" in verbs(application)


def test_without_sun_there_is_no_team_and_the_page_says_why(at, the_cast, chen_the_reviewer):
    application = at("document_review")
    found = teams.candidates(application, on=TUESDAY)
    commands.redraw_team(
        application=application,
        visit_on=TUESDAY,
        reason="孙雨桐请假",
        excluded=[str(of("sunyutong").pk)],
        by=chen_the_reviewer,
        now=NOON,
    )
    proposal = teams.proposal(application, teams.candidates(application, on=TUESDAY))
    assert proposal.team == () and "只有1名" in proposal.problems[0]
    assert teams.proposal(application, found).team
    assert TeamDraw.objects.get().reason == "孙雨桐请假"
    twice = {"application": application, "visit_on": TUESDAY, "by": chen_the_reviewer, "now": NOON}
    again = commands.redraw_team(reason="再抽取一次看看", **twice)
    assert again.excluded == [str(of("sunyutong").pk)] and again.team == []
    with pytest.raises(Invalid, match="至少5个字"):
        commands.redraw_team(reason="请假", **twice)


def test_a_credential_that_ends_before_the_visit_keeps_sun_here(at, the_cast, gao_the_administrator):
    application = at("document_review")
    renew("sunyutong", gao_the_administrator, TUESDAY)
    with pytest.raises(Invalid, match=r"孙雨桐不能参加这次核查：证件2026年9月8日到期.*第二十一条"):
        assign(application, the_cast, visit_on=TUESDAY + timedelta(days=1))
    assert assign(application, the_cast).state == "verification_assigned"


def test_a_credential_that_expired_overnight_scores_and_concludes_nothing(
    at, the_cast, gao_the_administrator, zhao_the_leader
):
    application = at("verification_assigned")
    renew("zhaohaifeng", gao_the_administrator, NOON.date())
    with pytest.raises(StepNotOpen, match=r"赵海峰证件2026年9月7日到期.*第二十一条.*换发证件"):
        commands.score(application=application, marks={"1": {"score": "3"}}, by=zhao_the_leader, now=TOMORROW)
    renew("zhaohaifeng", gao_the_administrator, NOON.date() - timedelta(days=1))
    with pytest.raises(StepNotOpen, match="重新派出核查组"):
        commands.conclude_verification(application=application, applicant_signed=True, by=zhao_the_leader, now=TOMORROW)
    renew("zhaohaifeng", gao_the_administrator, date(2027, 1, 1))
    commands.score(application=application, marks={"1": {"score": "3"}}, by=zhao_the_leader, now=TOMORROW)


def test_wu_asks_for_recusal_the_head_decides_and_another_team_goes(
    at, the_cast, wu_the_applicant, wang_the_sauce_brewer, liu_the_decider, chen_the_reviewer, sun_the_verifier
):
    application = at("verification_assigned")
    ask = {
        "application": application,
        "member": sun_the_verifier.user_id,
        "ground": "dispute",
        "text": "去年有诉讼。",
        "now": NOON,
    }
    with pytest.raises(NotPermitted):
        commands.request_team_recusal(by=chen_the_reviewer, **ask)
    asked = commands.request_team_recusal(by=wu_the_applicant, **ask)
    with pytest.raises(Conflict, match="已经申请"):
        commands.request_team_recusal(by=wu_the_applicant, **ask)
    with pytest.raises(StepNotOpen, match="还没有决定"):
        commands.score(application=application, marks={}, by=sun_the_verifier, now=NOON)
    decide = {"application": application, "recusal": asked, "upheld": True, "decision": "属实。", "now": NOON}
    with pytest.raises(NotPermitted, match="机关负责人"):
        commands.decide_team_recusal(by=chen_the_reviewer, **decide)
    commands.decide_team_recusal(by=liu_the_decider, **decide)
    with pytest.raises(Invalid, match="与该企业有纠纷，应当回避"):
        again(application, the_cast)
    assert verbs(application)[-2:] == ["application.recusal_requested", "application.recusal_decided"]


def test_another_team_keeps_the_round_before_and_drops_the_marks_of_who_left(
    at, the_cast, zhao_the_leader, yiling_third
):
    application = at("verification_assigned")
    commands.score(application=application, marks={"1": {"score": "3"}}, by=zhao_the_leader, now=TOMORROW)
    application = Application.objects.get(pk=application.pk)
    sun = the_cast.verifiers[1].user_id
    again(application, the_cast, team=[sun, yiling_third.user_id], reason="赵海峰生病。", now=TOMORROW)
    visit = Visit.objects.get(application=application)
    assert (visit.round, [each["name"] for each in visit.team]) == (2, ["孙雨桐", "何志强"])
    assert visit.earlier[0]["why_again"] == "赵海峰生病。" and visit.earlier[0]["team"][0]["name"] == "赵海峰"
    assert visit.sheet == {}
    assert [notice.kind for notice in notices_about(application)].count("verification_notice") == 2
    with pytest.raises(NotPermitted, match="不在这件申请的核查组里"):
        commands.score(application=application, marks={"1": {"score": "3"}}, by=zhao_the_leader, now=TOMORROW)


@pytest.fixture
def yiling_third(the_cast, gao_the_administrator):
    user = User.objects.get(login_name="hezhiqiang")
    accounts.appoint(
        user=user, authority=the_cast.authority, role=Role.VERIFIER, credential="鄂食核88号", by=SYSTEM, now=NOON
    )
    return register.register_appointed(user=user, by=SYSTEM, now=NOON)


def test_what_could_not_be_verified_is_visited_a_second_time(at, the_cast, zhao_the_leader, chen_the_reviewer):
    application = at("verification_assigned")
    first, second = (row["key"] for row in application.varieties)
    score = {"application": application, "by": zhao_the_leader, "now": TOMORROW}
    commands.score(marks=marks(), **score)
    application = commands.conclude_verification(
        application=confirmed(application),
        applicant_signed=True,
        postponed={second: "生产线检修"},
        by=zhao_the_leader,
        now=TOMORROW,
    )
    with pytest.raises(Invalid):
        commands.propose(application=application, opinion="好。", by=chen_the_reviewer, now=TOMORROW)
    application = again(application, the_cast, visit_on=date(2026, 9, 10), reason="补核", now=TOMORROW)
    visit = Visit.objects.get(application=application)
    assert (visit.round, visit.varieties) == (2, [second])
    later = TOMORROW + timedelta(days=2)
    commands.score(**(score | {"marks": marks(), "now": later}))
    application = commands.conclude_verification(
        application=confirmed(application), applicant_signed=True, by=zhao_the_leader, now=later
    )
    found = Visit.objects.get(application=application).result["varieties"]
    assert {key: one["result"] for key, one in found.items()} == {first: "pass", second: "pass"}
    with pytest.raises(StepNotOpen, match="全部品种都有结论"):
        again(application, the_cast, visit_on=later.date(), now=later)


def test_an_expert_comes_along_and_does_not_count(at, the_cast, gao_the_administrator, zhao_the_leader):
    expert = register.register(
        authority=the_cast.authority,
        name="罗教授",
        qualification="expert",
        credential="专01",
        specialities=["124", "125"],
        by=gao_the_administrator,
        now=NOON,
    )
    application = at("document_review")
    with pytest.raises(Invalid, match="至少两名"):
        assign(application, the_cast, team=[zhao_the_leader.user_id], experts=[str(expert.pk)])
    application = assign(application, the_cast, experts=[str(expert.pk)])
    assert Visit.objects.get(application=application).experts == [{"id": str(expert.pk), "name": "罗教授"}]
    asked = commands.request_team_recusal(
        application=application,
        member=str(expert.pk),
        ground="dispute",
        text="去年有诉讼。",
        by=the_cast.applicant,
        now=NOON,
    )
    assert (asked.verifier_id, asked.name) == (str(expert.pk), "罗教授")


def test_yichang_entrusts_yiling_whose_verifiers_see_and_conclude_the_case(at, the_cast, the_yichang_cast):
    application = at("document_review", cast=the_yichang_cast)
    zhao, sun = the_cast.verifiers
    with pytest.raises(NotFound):
        queries.get(zhao, application.pk)
    with pytest.raises(Invalid) as refusal:
        assign(application, the_yichang_cast, team=[zhao.user_id, sun.user_id], entrusted_to="420000")
    assert "不是本机关的下级机关" in told(refusal)["entrusted_to"]
    application = assign(application, the_yichang_cast, team=[zhao.user_id, sun.user_id], entrusted_to="420506")
    assert application.shared_with == [zhao.authority_path]
    mine = queries.get(zhao, application.pk)
    commands.score(application=mine, marks=marks(), by=zhao, now=TOMORROW)
    confirmed(application)
    done = commands.conclude_verification(
        application=queries.get(zhao, application.pk), applicant_signed=True, by=zhao, now=TOMORROW
    )
    assert done.state == "verification_done"


def test_the_daily_supervision_sends_the_observer_who_is_in_no_team_and_not_kept_away(at, the_cast):
    application, he = at("document_review"), User.objects.get(login_name="hezhiqiang")

    def refused(name, **other):
        with pytest.raises(Invalid) as refusal:
            assign(application, the_cast, observer=name, **other)
        return told(refusal)["observer"]

    assert "请从何志强中选择" in refused("张三丰") and "在核查组里" in refused("孙雨桐")
    accounts.appoint(user=he, authority=the_cast.authority, role=Role.VERIFIER, credential="鄂88", by=SYSTEM, now=NOON)
    register.register_appointed(user=he, by=SYSTEM, now=NOON)
    assert "在核查组里" in refused("何志强", team=[the_cast.verifiers[0].user_id, he.pk])
    register.suspend(verifier=of("hezhiqiang"), reason="调查中", by=SYSTEM, now=NOON)
    assert "何志强不能担任观察员：暂停核查" in refused("何志强")
    register.reinstate(verifier=of("hezhiqiang"), reason="查清了", by=SYSTEM, now=NOON)
    assert assign(application, the_cast, observer="何志强").state == "verification_assigned"


def test_where_the_daily_supervision_has_nobody_somebody_else_is_named(at, the_cast, he_the_supervisor):
    accounts.dismiss(posting=Posting.objects.get(user=he_the_supervisor.user_id), by=SYSTEM, now=NOON)
    application = at("document_review")
    with pytest.raises(Invalid, match="在核查组里"):
        assign(application, the_cast, observer="孙雨桐")
    assign(application, the_cast, observer="小溪塔街道李明")
    assert Visit.objects.get(application=application).observer == "小溪塔街道李明"


def test_a_visit_that_is_taken_back_shows_yiling_the_case_no_longer(at, the_cast, the_yichang_cast):
    zhao, sun = the_cast.verifiers
    application = assign(
        at("document_review", cast=the_yichang_cast),
        the_yichang_cast,
        team=[zhao.user_id, sun.user_id],
        entrusted_to="420506",
    )
    assert again(application, the_yichang_cast, reason="收回委托").shared_with == []
    with seen_by(zhao.scope):
        assert not Application.objects.filter(pk=application.pk).exists()


def test_the_entrusted_team_scores_concludes_and_makes_the_papers_in_its_own_scope(
    at, desk, the_cast, the_yichang_cast, yang_of_yidu
):
    application = at("document_review", cast=the_yichang_cast)
    zhao, sun = the_cast.verifiers
    application = assign(application, the_yichang_cast, team=[zhao.user_id, sun.user_id], entrusted_to="420506")
    with seen_by(zhao.scope):
        commands.score(application=application, marks=marks(), by=zhao, now=TOMORROW)
        commands.confirm_sheet(application=application, by=sun, now=TOMORROW)
        scan = files.store([tiny_pdf("签字页")], "签字页.pdf", now=TOMORROW)
        over = commands.conclude_verification(
            application=application,
            signed_sheet=scan,
            signed_name="签字页.pdf",
            applicant_signed=True,
            by=zhao,
            now=TOMORROW,
        )
        made = commands.file_visit_papers(application=over, by=zhao, now=TOMORROW)
        assert papers.made_of(zhao, over) == made
        assert not Notice.objects.exclude(kind__in=papers.KINDS).filter(about=over.stream).exists()
        # It takes part, and takes nothing away.
        with connection.cursor() as cursor:
            for table in ("licensing_material", "licensing_visit"):
                cursor.execute(f"DELETE FROM {table} WHERE application_id = %s", [over.pk])
                assert cursor.rowcount == 0
            cursor.execute("DELETE FROM licensing_application WHERE id = %s", [over.pk])
            assert cursor.rowcount == 0
        for change in ("form = '{}'", "decided_by_id = accepted_by_id", "authority_path = 'x'", "state = 'granted'"):
            own_part = pytest.raises(DatabaseError, match="its own part")
            with own_part, transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"UPDATE licensing_application SET {change} WHERE id = %s", [over.pk])
    assert {paper.authority_path for paper in made} == {the_yichang_cast.reviewer.authority_path}
    listed = desk.open(zhao, case_url(over, "papers"))
    assert "受理机关的案卷" in listed.main
    for paper in made:
        assert f'href="/notices/{paper.pk}/"' in listed.html
        page = desk.open(zhao, f"/notices/{paper.pk}/")
        assert page.status == 200 and paper.number in page.main and len(page.statements) <= MOST_STATEMENTS
    # What else is on the file, and what belongs to others, stays closed.
    other = Notice.objects.filter(about=over.stream).exclude(kind__in=papers.KINDS).first()
    assert desk.open(zhao, f"/notices/{other.pk}/").status == 404
    assert desk.open(yang_of_yidu, f"/notices/{made[0].pk}/").status == 404
    assert zhao.name in desk.open(the_yichang_cast.reviewer, f"/notices/{made[0].pk}/").main


def test_special_food_is_not_entrusted(at, the_yichang_cast, the_cast):
    application = at("document_review", cast=the_yichang_cast)
    application.form["products"]["varieties"][0]["category_code"] = "129"
    assert "特殊食品" in teams.why_not_entrust(application, the_cast.authority)


def test_nothing_is_verified_while_the_case_is_suspended(at, the_cast, zhao_the_leader, chen_the_reviewer):
    application = commands.suspend(
        application=at("verification_assigned"),
        ground="outage",
        **in_writing(),
        reason="全区停电，申请人书面申请。",
        until=TUESDAY + timedelta(days=3),
        by=chen_the_reviewer,
        now=NOON,
    )
    with pytest.raises(StepNotOpen, match="中止"):
        commands.score(application=application, marks={"1": {"score": "3"}}, by=zhao_the_leader, now=TOMORROW)


@given(st.lists(st.sampled_from(["3", "1", "0", "na", ""]), min_size=34, max_size=34))
def test_a_visit_is_passed_exactly_when_nothing_is_at_zero_and_the_rate_is_there(given_marks):
    """Invariant 9: no item at 0 and at least 85 % of the points of the items that apply, every item marked."""
    items = rule_items()
    marked = {}
    for item, mark in zip(items, given_marks, strict=True):
        allowed = {*map(plain, item.scores), "na", ""}
        marked[item.number] = mark if mark in allowed else plain(item.most)
    scored = rules.score(items, marked, ScoreRule("2022", 85, True, ""))
    counted = [(item, mark) for item in items if (mark := marked[item.number]) not in ("", "na")]
    points, most = sum(Decimal(mark) for _, mark in counted), sum(item.most for item, _ in counted)
    whole = all(marked.values()) and bool(counted)
    expected = whole and all(Decimal(mark) > 0 for _, mark in counted) and points >= most * Decimal("0.85")
    assert scored.passed == expected


def test_of_special_food_what_registration_verified_is_left_out():
    honey = {"key": "v1", "category_code": "126"}
    formula = {"key": "v2", "category_code": "129"}
    assert not may_be_left_out(True, "", [honey, formula])
    assert may_be_left_out(True, "v2", [honey, formula]) and may_be_left_out(True, "", [formula])
    assert may_be_left_out(False, "", [honey])


def test_suspended_days_do_not_count_for_the_visit(at, chen_the_reviewer):
    application = at("verification_assigned")
    before = Visit.objects.get(application=application).due_on
    application = commands.suspend(
        application=application,
        ground="outage",
        **in_writing(),
        reason="停水。",
        until=TUESDAY + timedelta(days=2),
        by=chen_the_reviewer,
        now=NOON,
    )
    later = NOON + timedelta(days=2)
    application = commands.resume(
        application=application, reason="供水恢复。", visit_on=later.date(), by=chen_the_reviewer, now=later
    )
    for _ in range(2):
        commands.prolong_visit(application=application, by=SYSTEM, now=later)
    visit = Visit.objects.get(application=application)
    assert (before, visit.due_on) == (date(2026, 9, 14), date(2026, 9, 16))
    # What was given back with the resumption is not given a second time.
    assert "application.visit_prolonged" not in verbs(application)


def test_a_renewal_that_liu_sends_back_is_visited_after_all(
    at, chen_the_reviewer, liu_the_decider, zhao_the_leader, sun_the_verifier
):
    """It was proposed without a visit; the decider heard of a complaint and wants somebody to go there."""
    back = commands.return_to_review(
        application=at("decision_proposed", procedure="food.renewal"),
        reason="有投诉，请现场核查。",
        by=liu_the_decider,
        now=NOON,
    )
    team = {
        "team": [zhao_the_leader.user_id, sun_the_verifier.user_id],
        "leader": zhao_the_leader.user_id,
        "visit_on": TUESDAY,
        "by": chen_the_reviewer,
        "now": NOON,
    }
    with pytest.raises(StepNotOpen, match="还没有派出过核查组"):
        commands.reassign_verification(application=back, reason="有投诉。", **team)

    sent = commands.assign_verification(application=back, **team)

    assert (sent.state, Visit.objects.get(application=back).round) == ("verification_assigned", 1)
    with pytest.raises(StepNotOpen, match=r"重新派出|不能办理这一步"):
        commands.assign_verification(application=sent, **team)


def test_chen_finds_the_visit_on_the_page_of_a_renewal_sent_back(desk, at, chen_the_reviewer, liu_the_decider):
    back = commands.return_to_review(
        application=at("decision_proposed", procedure="food.renewal"),
        reason="有投诉，请现场核查。",
        by=liu_the_decider,
        now=NOON,
    )
    labels = {button.label: button.reason for button in buttons.of_case(chen_the_reviewer, back, today=NOON.date())}
    assert labels["派出核查组"] == ""
    assert "重新派出核查组" not in labels
    assert desk.open(chen_the_reviewer, case_url(back, "assign")).status == 200
    assert desk.open(chen_the_reviewer, case_url(back, "reassign")).status == 409
    assert "正在补充审查" in progress.turn(back, today=NOON.date()).text
