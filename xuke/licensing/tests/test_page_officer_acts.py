"""The steps of a case, page by page: what is taken, what comes back to be changed, what is closed and to whom."""

from __future__ import annotations

from datetime import timedelta

import pytest

from xuke.licensing import commands
from xuke.licensing.models import Application
from xuke.licensing.tests.acts import confirmed
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS, case_url
from xuke.tests.cast import NOON, notices_about, verbs

LIST = {
    "items-TOTAL_FORMS": "3",
    "items-INITIAL_FORMS": "0",
    "items-0-item": "食品生产设备布局图",
    "items-0-defect": "内包装间与冷却区未标明隔断",
    "items-0-remedy": "请在图上标明",
    "items-2-item": "食品安全管理制度",
    "items-2-defect": "缺少留样制度",
}


@pytest.fixture
def take(desk):
    """`take(officer, application, slug, **typed)`: open the page of a step and send its form."""

    def open_and_send(officer, application, slug, **typed):
        page = desk.open(officer, case_url(application, slug))
        assert page.status == 200, page.main
        assert len(page.statements) <= MOST_STATEMENTS
        sent = {"revision": page.revision} | {name.replace("__", "."): value for name, value in typed.items()}
        return desk.send(officer, case_url(application, slug), sent)

    return open_and_send


def state_of(application: Application) -> str:
    return Application.objects.get(pk=application.pk).state


# The whole way -------------------------------------------------------------------------------------------------------


def test_a_case_goes_from_receipt_to_licence_through_the_pages(
    desk, take, at, zhou_the_acceptor, chen_the_reviewer, zhao_and_sun_the_verifiers, liu_the_decider
):
    application = at("submitted")
    zhao, sun = zhao_and_sun_the_verifiers
    assert take(zhou_the_acceptor, application, "accept").goes_to == case_url(application)
    begun = desk.open(chen_the_reviewer, case_url(application))
    desk.send(chen_the_reviewer, case_url(application, "begin-review"), {"revision": begun.revision})
    team = {"team": [zhao.user_id, sun.user_id], "leader": zhao.user_id, "visit_on": "2026-09-07"}
    assert take(chen_the_reviewer, application, "assign", **team, observer="何志强").status == 303
    marks = {f"score-{number}": "3" for number in range(1, 34)} | {"score-34": "1"}
    assert desk.send(sun, case_url(application, "visit"), marks | {"shown": "{}"}).status == 303
    assert desk.send(sun, case_url(application, "visit/confirm")).status == 303
    unsigned = {"applicant_signed": "no", "signing_note": "申请人当场没有签字。"}
    assert take(zhao, application, "conclude", **unsigned).status == 303
    opinion = {"opinion": "材料齐全，现场核查通过。", "results__v1": "pass", "results__v2": "pass"}
    assert take(chen_the_reviewer, application, "propose", **opinion).status == 303
    preview = desk.open(liu_the_decider, case_url(application, "grant"))
    for words in ("准予的品种", "热加工糕点", "SC124420506", "2031年9月6日", "最迟9月14日前发证"):
        assert words in preview.main
    assert take(liu_the_decider, application, "grant").status == 303
    assert state_of(application) == "granted"
    assert "许可证编号SC124420506" in desk.open(liu_the_decider, case_url(application)).main


# Handling a receipt --------------------------------------------------------------------------------------------------


def test_accepting_late_tells_that_the_day_of_receipt_counts(desk, at, zhou_the_acceptor, monkeypatch):
    application = at("submitted")
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON + timedelta(days=8))
    page = desk.open(zhou_the_acceptor, case_url(application, "accept"))
    assert "已经超过告知时限，自9月7日起视为受理" in page.main


def test_the_preview_of_acceptance_is_what_happens(desk, take, at, zhou_the_acceptor, monkeypatch):
    application = at("resubmitted")
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON + timedelta(days=3))
    page = desk.open(zhou_the_acceptor, case_url(application, "accept"))
    take(zhou_the_acceptor, application, "accept")
    application = Application.objects.get(pk=application.pk)
    assert (application.accepted_on.day, application.due_on.isoformat()) == (10, "2026-09-23")
    assert "9月10日（星期四）" in page.main
    assert "9月23日（星期三）" in page.main


def test_the_list_is_sent_without_its_empty_rows(take, at, zhou_the_acceptor):
    application = at("submitted")
    assert take(zhou_the_acceptor, application, "ask-correction", **LIST).status == 303
    application = Application.objects.get(pk=application.pk)
    assert [row["item"] for row in application.corrections] == ["食品生产设备布局图", "食品安全管理制度"]


def test_more_rows_come_without_a_script_and_nothing_typed_is_lost(desk, at, zhou_the_acceptor):
    application = at("submitted")
    sent = LIST | {"revision": application.revision, "more": "1"}
    page = desk.send(zhou_the_acceptor, case_url(application, "ask-correction"), sent)
    assert page.status == 200
    assert page.html.count("<fieldset") == 5
    assert page.value_of("items-0-defect") == "内包装间与冷却区未标明隔断"
    assert page.value_of("items-TOTAL_FORMS") == "5"
    assert "需要修改" not in page.main
    assert state_of(application) == "submitted"


def test_a_list_that_claims_a_number_of_rows_beyond_all_counting_comes_back(desk, at, zhou_the_acceptor):
    application = at("submitted")
    sent = LIST | {"revision": application.revision, "items-TOTAL_FORMS": "9" * 5_000}
    assert desk.send(zhou_the_acceptor, case_url(application, "ask-correction"), sent).status == 422
    assert state_of(application) == "submitted"


def test_a_row_half_written_comes_back_with_what_is_missing(take, at, zhou_the_acceptor):
    application = at("submitted")
    page = take(zhou_the_acceptor, application, "ask-correction", **(LIST | {"items-2-defect": ""}))
    assert page.status == 422
    assert "请写明缺什么，或者错在哪里。" in page.main
    assert page.value_of("items-2-item") == "食品安全管理制度"


@pytest.mark.parametrize("mark", ["\u202e", "\u200b", "\x00"], ids=["turning", "zero width", "nul"])
def test_a_character_that_nobody_sees_is_told_at_its_row(take, at, zhou_the_acceptor, mark):
    application = at("submitted")
    page = take(zhou_the_acceptor, application, "ask-correction", **(LIST | {"items-2-defect": f"缺少{mark}留样制度"}))
    assert page.status == 422
    assert f"（U+{ord(mark):04X}），在“缺少”后面" in page.main
    assert page.value_of("items-0-defect") == LIST["items-0-defect"]
    assert state_of(application) == "submitted"


def test_a_reason_that_the_paper_would_print_otherwise_is_not_taken(take, at, zhou_the_acceptor):
    application = at("submitted")
    page = take(zhou_the_acceptor, application, "not-required", reason="初级加工\u202e，不需要许可")
    assert (page.status, "（U+202E），在“初级加工”后面" in page.main) == (422, True)
    assert notices_about(application)[-1].kind == "receipt"


def test_an_empty_list_is_not_sent(take, at, zhou_the_acceptor):
    empty = {"items-TOTAL_FORMS": "3", "items-INITIAL_FORMS": "0"}
    page = take(zhou_the_acceptor, at("submitted"), "ask-correction", **empty)
    assert page.status == 422
    assert "请至少列出一项需要补正的内容。" in page.main


def test_a_second_list_is_closed_with_its_reason(desk, at, zhou_the_acceptor):
    application = at("resubmitted")
    for page in (
        desk.open(zhou_the_acceptor, case_url(application, "ask-correction")),
        desk.send(
            zhou_the_acceptor, case_url(application, "ask-correction"), LIST | {"revision": application.revision}
        ),
    ):
        assert page.status == 409
        assert "不能再发第二份清单" in page.main
    assert "缺少留样制度" in page.html


def test_after_five_silent_working_days_only_acceptance_is_left(desk, at, zhou_the_acceptor, monkeypatch):
    application = at("submitted")
    revision = desk.open(zhou_the_acceptor, case_url(application, "ask-correction")).revision
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON + timedelta(days=8))
    desk.client.cookies.clear()  # A session of another day is over.
    assert "依法自收到之日起即为受理" in desk.open(zhou_the_acceptor, case_url(application)).main
    assert desk.open(zhou_the_acceptor, case_url(application, "ask-correction")).status == 409
    sent = LIST | {"revision": revision}
    assert desk.send(zhou_the_acceptor, case_url(application, "ask-correction"), sent).status == 409
    assert desk.open(zhou_the_acceptor, case_url(application, "accept")).status == 200


def test_small_errors_are_offered_for_correction(desk, take, at, zhou_the_acceptor):
    application = at("submitted")
    page = desk.open(zhou_the_acceptor, case_url(application, "offer-correction"))
    assert "现在：1200" in page.main
    assert "13800005678" not in page.html
    wrong = take(zhou_the_acceptor, application, "offer-correction", site__area="很大", site__surroundings="园区内")
    assert wrong.status == 422
    assert "请填写1到99999的数。" in wrong.main
    assert wrong.value_of("site.surroundings") == "园区内"
    assert take(zhou_the_acceptor, application, "offer-correction", site__area="1250").status == 303
    shown = desk.open(zhou_the_acceptor, case_url(application)).main
    assert "等申请人确认" in shown
    assert "1250" in shown


def test_nothing_to_correct_is_told(take, at, zhou_the_acceptor):
    page = take(zhou_the_acceptor, at("submitted"), "offer-correction")
    assert (page.status, "请至少写一处更正。" in page.main) == (422, True)


def test_not_accepting_names_what_is_still_missing(desk, take, at, zhou_the_acceptor):
    application = at("resubmitted")
    nothing = take(zhou_the_acceptor, application, "decline", reason="仍未补齐")
    assert nothing.status == 422
    assert "请勾选第一份清单里仍然缺少的项目" in nothing.main
    assert nothing.value_of("reason") == "仍未补齐"
    assert "宜昌市夷陵区人民政府，11月6日前" in nothing.main
    assert take(zhou_the_acceptor, application, "decline", missing="1").status == 303
    assert "不予受理，周敏，仍缺：食品安全管理制度" in desk.open(zhou_the_acceptor, case_url(application)).main


@pytest.mark.parametrize(
    ("slug", "typed", "missing", "state"),
    [
        ("not-required", {"reason": "属于食用农产品初级加工。"}, "请填写这一项。", "not_required"),
        (
            "not-competent",
            {"reason": "由市级许可。", "competent": "宜昌市市场监督管理局"},
            "请填写这一项。",
            "not_competent",
        ),
    ],
)
def test_turning_away_needs_its_words(take, at, zhou_the_acceptor, slug, typed, missing, state):
    application = at("submitted")
    page = take(zhou_the_acceptor, application, slug)
    assert (page.status, missing in page.main) == (422, True)
    assert take(zhou_the_acceptor, application, slug, **typed).status == 303
    assert state_of(application) == state


# Review and decision -------------------------------------------------------------------------------------------------


def test_one_verifier_is_no_team_and_the_form_keeps_what_was_chosen(take, at, chen_the_reviewer, zhao_the_leader):
    application = at("document_review")
    page = take(
        chen_the_reviewer,
        application,
        "assign",
        team=[zhao_the_leader.user_id],
        leader=zhao_the_leader.user_id,
        visit_on="2026-09-08",
        opinion="材料符合要求",
    )
    assert page.status == 422
    assert "核查组至少两名核查人员。" in page.main
    assert page.value_of("opinion") == "材料符合要求"
    assert f'value="{zhao_the_leader.user_id}" aria-label="赵海峰参加" checked' in page.html


def test_a_visit_too_late_is_told_with_the_days_allowed(take, at, chen_the_reviewer, zhao_and_sun_the_verifiers):
    team = [person.user_id for person in zhao_and_sun_the_verifiers]
    page = take(chen_the_reviewer, at("document_review"), "assign", team=team, leader=team[0], visit_on="2026-10-20")
    assert page.status == 422
    assert "核查日期" in page.main
    assert "9月14日" in page.main


def test_a_proposal_is_preset_by_the_visit(desk, at, chen_the_reviewer):
    application = at("verification_done")
    page = desk.open(chen_the_reviewer, case_url(application, "propose"))
    assert page.html.count('value="pass" id="id_results.v1_0" checked') == 1
    assert "现场核查：通过，96 / 100分" in page.main


def test_what_failed_on_site_cannot_be_proposed_to_pass(
    desk, take, at, chen_the_reviewer, zhao_and_sun_the_verifiers, liu_the_decider
):
    application = at("verification_assigned")
    zhao, sun = zhao_and_sun_the_verifiers
    marks = {str(number): {"score": "3", "note": ""} for number in range(1, 34)} | {"34": {"score": "1", "note": ""}}
    commands.score(application=application, marks=marks, by=sun, now=NOON)
    failed = {"4": {"score": "0", "note": "车间墙面脱落。"}}
    commands.score(application=application, marks=failed, variety="v2", by=sun, now=NOON)
    confirmed(application)
    commands.conclude_verification(application=application, applicant_signed=True, by=zhao, now=NOON)
    page = desk.open(chen_the_reviewer, case_url(application, "propose"))
    assert 'value="pass" id="id_results.v2' not in page.html
    assert "现场核查不符合要求：1.4车间清洁与构造" in page.value_of("reasons.v2")
    forced = {"opinion": "都通过。", "results__v1": "pass", "results__v2": "pass"}
    assert take(chen_the_reviewer, application, "propose", **forced).status == 422
    fair = {"opinion": "馅料没有通过。", "results__v1": "pass", "results__v2": "fail"}
    assert take(chen_the_reviewer, application, "propose", **fair).status == 303
    preview = desk.open(liu_the_decider, case_url(application, "grant")).main
    assert "建议准予许可：热加工糕点；不予许可1个品种" in preview
    assert "不予许可的品种" in preview


def test_the_decider_asks_back_and_the_reviewer_reads_the_question(desk, take, at, chen_the_reviewer, liu_the_decider):
    application = at("decision_proposed")
    assert take(liu_the_decider, application, "return").status == 422
    assert take(liu_the_decider, application, "return", reason="请核对检验报告的日期。").status == 303
    page = desk.open(chen_the_reviewer, case_url(application)).main
    assert "刘正平退回审查请核对检验报告的日期。" in page.replace(" ", "")
    again = desk.open(chen_the_reviewer, case_url(application, "propose"))
    assert "申请材料齐全" in again.value_of("opinion")


def test_refusing_tells_basis_and_remedies_before_it_is_pressed(desk, take, at, liu_the_decider):
    application = at("decision_proposed")
    page = desk.open(liu_the_decider, case_url(application, "refuse")).main
    for words in ("食品安全法第三十五条", "宜昌市夷陵区人民政府，11月6日前", "宜昌市夷陵区人民法院，2027年3月8日前"):
        assert words in page
    assert take(liu_the_decider, application, "refuse").status == 422
    assert take(liu_the_decider, application, "refuse", reason="不具备生产条件。").status == 303
    assert [notice.kind for notice in notices_about(application)][-1] == "refusal_decision"


# Who may not, what is closed, who was faster -------------------------------------------------------------------------


def test_another_role_is_refused_before_and_after_the_press(desk, at, liu_the_decider):
    application = at("submitted")
    for page in (
        desk.open(liu_the_decider, case_url(application, "accept")),
        desk.send(liu_the_decider, case_url(application, "accept"), {"revision": application.revision}),
    ):
        assert page.status == 403
        assert "这一步由受理人员办理" in page.main
    assert state_of(application) == "submitted"


def test_a_step_that_is_not_open_says_why(desk, at, liu_the_decider, zhou_the_acceptor):
    application = at("accepted")
    assert "审查人员拟定意见之后才能作出决定。" in desk.open(liu_the_decider, case_url(application, "grant")).main
    closed = desk.send(zhou_the_acceptor, case_url(application, "accept"), {"revision": application.revision})
    assert (closed.status, "只有等待受理的申请可以受理。" in closed.main) == (409, True)


def test_two_presses_are_one_decision(desk, at, liu_the_decider):
    application = at("decision_proposed")
    sent = {"revision": desk.open(liu_the_decider, case_url(application, "grant")).revision}
    for _ in range(2):
        assert desk.send(liu_the_decider, case_url(application, "grant"), sent).status == 303
    assert verbs(application).count("application.granted") == 1


def test_the_slower_of_two_officers_reads_who_was_faster(desk, at, zhou_the_acceptor, zhouwen_of_two_roles):
    application = at("submitted")
    old = desk.open(zhou_the_acceptor, case_url(application, "ask-correction")).revision
    commands.accept(application=application, by=zhouwen_of_two_roles, now=NOON)
    page = desk.send(zhou_the_acceptor, case_url(application, "ask-correction"), LIST | {"revision": old})
    assert page.status == 409
    assert "周文（宜昌市夷陵区市场监督管理局）刚刚办理了这件申请" in page.main
    assert "12:00受理" in page.main
    assert "内包装间与冷却区未标明隔断" in page.main
    assert state_of(application) == "accepted"


def test_when_the_step_is_still_open_the_form_can_be_sent_again(desk, at, zhou_the_acceptor, zhouwen_of_two_roles):
    application = at("submitted")
    old = desk.open(zhou_the_acceptor, case_url(application, "not-required")).revision
    commands.claim(application=application, by=zhouwen_of_two_roles, now=NOON)
    commands.release(application=application, by=zhouwen_of_two_roles, now=NOON)
    sent = {"revision": old, "reason": "属于食用农产品初级加工。"}
    page = desk.send(zhou_the_acceptor, case_url(application, "not-required"), sent)
    assert page.status == 409
    assert "看最新情况" in page.main
    assert page.value_of("reason") == sent["reason"]
    assert page.revision > old
    again = desk.send(zhou_the_acceptor, case_url(application, "not-required"), sent | {"revision": page.revision})
    assert again.status == 303
    assert state_of(application) == "not_required"


def test_a_form_without_its_revision_is_not_taken(desk, at, zhou_the_acceptor):
    application = at("submitted")
    assert desk.send(zhou_the_acceptor, case_url(application, "accept")).status == 422
    assert desk.send(zhou_the_acceptor, case_url(application, "claim")).status == 409
    assert state_of(application) == "submitted"


@pytest.mark.parametrize("slug", ["claim", "release", "begin-review", "contact"])
def test_opening_the_address_of_a_button_leads_to_the_case(desk, at, slug, zhou_the_acceptor):
    application = at("submitted")
    page = desk.open(zhou_the_acceptor, case_url(application, slug))
    assert (page.status, page.goes_to) == (302, case_url(application))


def test_a_session_that_ends_in_mid_form_keeps_every_field(client, noon, at, desk, zhou_the_acceptor):
    application = at("submitted")
    revision = desk.open(zhou_the_acceptor, case_url(application, "ask-correction")).revision
    client.logout()
    page = client.post(case_url(application, "ask-correction"), LIST | {"revision": revision})
    assert page.status_code == 401
    assert "填写的内容都在" in page.content.decode()
