"""The pages of rules: what applies, what was said when, and publishing after having seen what it touches."""

from __future__ import annotations

import re
from datetime import date

import pytest

from xuke.catalogue.limits import time_limit
from xuke.catalogue.models import RuleEdition
from xuke.licensing.models_moves import MovePlan
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS, case_url
from xuke.licensing.views import officer_publishing
from xuke.tests.cast import HUBEI, YICHANG, YILING

RULES = "/office/rules/"
NEXT_MONTH = date(2026, 10, 1)
LIMIT = {
    "key": "food.decision",
    "value": "8",
    "division": HUBEI,
    "valid_from": "2026-10-01",
    "basis": "鄂市监〔2026〕15号",
    "transition": "acceptance_day",
}


def history_of(topic, key, division=YILING):
    return f"{RULES}{topic}/{key}/?division={division}"


def test_an_officer_reads_what_applies_with_its_source_and_what_is_uncertain(desk, chen_the_reviewer):
    page = desk.open(chen_the_reviewer, RULES)
    for words in (
        "作出许可决定",
        "10个工作日，可延长5个工作日",
        "待核实",
        "127 保健食品",
        "省级",
        "得分率不低于85%",
        "有效期和限制申请",
        "只供查阅",
    ):
        assert words in page.main
    assert "规则由省级市场监督管理部门发布" in page.main
    assert len(page.statements) <= MOST_STATEMENTS


def test_a_supervisor_of_the_province_sees_what_a_limit_touches_before_publishing_it(desk, at, fan_of_the_province):
    case = at("submitted")
    there = f"{RULES}publish/limit/"
    assert "作出许可决定（法定10个工作日）" in desk.open(fan_of_the_province, there).html
    preview = desk.send(fan_of_the_province, there, LIMIT)
    assert preview.status == 200 and not RuleEdition.objects.filter(level="province").exists()
    for words in (
        "10个工作日，可延长5个工作日 → 8个工作日",
        "涉及的在办申请1件",
        case.enterprise.name,
        case.receipt_number,
    ):
        assert words in preview.main, words
    assert len(preview.statements) <= MOST_STATEMENTS
    done = desk.send(fan_of_the_province, there, LIMIT | {"do": "publish"})
    assert done.status == 303
    assert desk.send(fan_of_the_province, there, LIMIT | {"do": "publish"}).status == 303
    assert RuleEdition.objects.filter(level="province").count() == 1
    promised = time_limit("food.decision", NEXT_MONTH, division=YILING)
    assert promised.value == 8 and promised.text.startswith("本省承诺8个工作日。国家规定：自受理申请之日起")
    told = desk.open(fan_of_the_province, done.goes_to)
    assert "8个工作日" in told.main and "范治国（湖北省市场监督管理局）" in told.main and "湖北省" in told.main
    assert len(told.statements) <= MOST_STATEMENTS
    assert "本省最近发布" in (listed := desk.open(fan_of_the_province, RULES).main) and "范治国" in listed


@pytest.mark.parametrize(
    ("what", "typed", "words"),
    [
        ("limit", LIMIT | {"value": "12"}, "只能短于法定时限10个工作日"),
        ("limit", LIMIT | {"valid_from": "2026-09-01"}, "生效日期不能早于今天"),
        ("limit", LIMIT | {"basis": "", "value": ""}, "请填写依据"),
        (
            "gate",
            {"title": "停", "text": "暂停受理。", "condition": "blocks_category"},
            "没有写明暂停受理的食品类别",
        ),
    ],
)
def test_what_may_not_be_published_is_told_at_the_field(desk, fan_of_the_province, what, typed, words):
    page = desk.send(fan_of_the_province, f"{RULES}publish/{what}/", LIMIT | typed | {"do": "publish"})
    assert page.status == 422 and words in page.main
    assert not RuleEdition.objects.filter(level="province").exists()


def test_competence_is_published_with_the_plan_that_was_shown(desk, at, the_yichang_cast, fan_of_the_province):
    at("submitted", cast=the_yichang_cast)
    there = f"{RULES}publish/competence/"
    typed = LIMIT | {"key": "106", "level": "county", "division": YICHANG, "choice": "all"}
    preview = desk.send(fan_of_the_province, there, typed)
    assert "市级 → 县级" in preview.main and "涉及的在办申请1件，其中移交0件" in preview.main
    assert "由原机关办完" in preview.main
    stays = desk.send(fan_of_the_province, there, typed | {"key": "105", "choice": "stay"})
    assert "涉及的在办申请1件，其中移交0件" in stays.main and "由原机关办完" in stays.main
    assert desk.send(fan_of_the_province, there, typed | {"do": "publish"}).status == 303
    plan = MovePlan.objects.get()
    assert (plan.choice, plan.starts_on, plan.edition.key) == ("all", NEXT_MONTH, "106")
    told = desk.open(fan_of_the_province, history_of("competence", "106", YICHANG))
    assert "在办的全部移交；10月1日起移交" in told.main and len(told.statements) <= MOST_STATEMENTS


def test_taking_competence_back_shows_the_plan_before_anybody_confirms_it(
    desk, at, the_yichang_cast, fan_of_the_province
):
    case = at("submitted", cast=the_yichang_cast)
    move = LIMIT | {"key": "106", "level": "county", "division": YICHANG, "choice": "all", "valid_from": "2026-09-07"}
    assert desk.send(fan_of_the_province, f"{RULES}publish/competence/", move | {"do": "publish"}).status == 303
    end = history_of("competence", "106", YICHANG).replace("/?", "/end/?")
    typed = {"last_day": "2026-09-30", "basis": "鄂市监〔2026〕16号", "reason": "收回。"}
    assert "请选择在办的申请怎么办" in desk.send(fan_of_the_province, end, typed).main
    preview = desk.send(fan_of_the_province, end, typed | {"choice": "all"})
    for words in ("县级 → 市级", "10月1日起", "涉及的在办申请1件，其中移交0件", "由原机关办完", case.receipt_number):
        assert words in preview.main, words
    assert len(preview.statements) <= MOST_STATEMENTS and MovePlan.objects.count() == 1
    assert desk.send(fan_of_the_province, end, typed | {"choice": "all", "do": "publish"}).status == 303
    plan = MovePlan.objects.get(edition__ends=True)
    assert (plan.choice, plan.starts_on) == ("all", NEXT_MONTH)
    told = desk.open(fan_of_the_province, history_of("competence", "106", YICHANG))
    assert "提前结束" in told.main and "在办的全部移交；10月1日起移交" in told.main


def test_a_preview_that_looks_at_the_first_cases_alone_says_so(
    desk, at, the_yichang_cast, fan_of_the_province, monkeypatch
):
    monkeypatch.setattr(officer_publishing, "MOST_COUNTED", 0)
    at("submitted", cast=the_yichang_cast)
    typed = LIMIT | {"key": "106", "level": "county", "division": YICHANG, "choice": "all"}
    preview = desk.send(fan_of_the_province, f"{RULES}publish/competence/", typed)
    assert "涉及的在办申请大约1件，先看了前0件，其中移交0件" in preview.main


def test_the_plan_says_that_a_renewal_stays_with_whoever_issued_the_licence(
    desk, at, the_yichang_cast, fan_of_the_province
):
    at("submitted", cast=the_yichang_cast, procedure="food.renewal")
    typed = LIMIT | {"key": "105", "level": "county", "division": YICHANG, "choice": "all"}
    preview = desk.send(fan_of_the_province, f"{RULES}publish/competence/", typed)
    assert "其中移交0件" in preview.main and "由原机关办完：从许可证开始的申请，由发证机关办理" in preview.main


def test_a_commitment_a_gate_and_a_switch_are_published_and_one_is_ended(desk, fan_of_the_province):
    for what, typed in (
        ("commitment", {"category": "124", "kind": "renewal", "allowed": "yes", "check_days": "20"}),
        (
            "gate",
            {"title": "水质", "text": "须提交水质检测报告。", "condition": "requires_material"}
            | {"material": "水质检测报告", "categories": ["106"]},
        ),
        ("switch", {"key": "food.reissue", "on": "yes"}),
    ):
        sent = {**LIMIT, "valid_from": "2026-09-07", **typed, "do": "publish"}
        assert desk.send(fan_of_the_province, f"{RULES}publish/{what}/", sent).status == 303, what
    page = desk.open(fan_of_the_province, RULES).main
    (gate,) = RuleEdition.objects.filter(topic="gate", level="province").values_list("key", flat=True)
    assert re.fullmatch("local-[0-9a-f]{8}", gate)
    for words in ("适用，许可后20个工作日内检查", "须提交材料：水质检测报告", "补办许可证"):
        assert words in page
    there = history_of("switch", "food.reissue", HUBEI)
    assert "提前结束本省规定" in desk.open(fan_of_the_province, there).main
    end = there.replace("/?", "/end/?")
    typed = {"last_day": "2026-09-30", "basis": "鄂市监〔2026〕16号", "reason": "不再需要。"}
    assert "请填写理由" in desk.send(fan_of_the_province, end, typed | {"reason": ""}).main
    preview = desk.send(fan_of_the_province, end, typed)
    assert "结束之前请核对" in preview.main and "采用 → 不采用" in preview.main
    assert RuleEdition.objects.filter(ends=True).count() == 0
    assert desk.send(fan_of_the_province, end, typed | {"do": "publish"}).status == 303
    told = desk.open(fan_of_the_province, there).main
    assert "提前结束" in told and len(re.findall("10月1日", told)) >= 2


def test_the_history_answers_for_a_day_as_known_on_another(desk, fan_of_the_province):
    desk.send(fan_of_the_province, f"{RULES}publish/limit/", LIMIT | {"do": "publish"})
    there = history_of("time_limit", "food.decision")
    asked = desk.open(fan_of_the_province, f"{there}&on=2026-10-08").main
    assert "8个工作日" in asked.partition("什么时候适用什么")[0]
    before = desk.open(fan_of_the_province, f"{there}&on=2026-10-08&known=2026-09-06").main
    assert "8个工作日" not in before.partition("什么时候适用什么")[0] and "按9月6日当时已经发布的规则回答" in before
    assert desk.open(fan_of_the_province, f"{RULES}time_limit/no.such/").status == 404
    shown = desk.open(fan_of_the_province, history_of("time_limit", "food.publication")).main
    assert "只供查阅决定作出后系统随即公布，不另计时。" in shown


def test_a_county_supervisor_is_told_who_publishes(desk, he_the_supervisor):
    page = desk.open(he_the_supervisor, f"{RULES}publish/limit/")
    assert page.status == 403 and "规则由省级市场监督管理部门发布" in page.main


def test_a_case_says_which_rules_bind_it_and_a_supervisor_binds_it_anew(
    desk, at, chen_the_reviewer, he_the_supervisor, fan_of_the_province
):
    case = at("accepted")
    there = case_url(case, "rules")
    page = desk.open(chen_the_reviewer, there)
    for words in (
        "9月7日提交时适用的规则",
        "10个工作日，可延长5个工作日",
        "2401 热加工糕点",
        "重新适用规则由监督人员决定",
    ):
        assert words in page.main, words
    assert len(page.statements) <= MOST_STATEMENTS
    assert there in desk.open(chen_the_reviewer, case_url(case)).html
    promise = LIMIT | {"valid_from": "2026-09-07", "transition": "filing_day", "do": "publish"}
    desk.send(fan_of_the_province, f"{RULES}publish/limit/", promise)
    revision = desk.open(he_the_supervisor, there).revision
    assert desk.send(he_the_supervisor, there, {"revision": revision}).status == 422
    sent = desk.send(he_the_supervisor, there, {"revision": revision, "reason": "新时限对申请人有利。"})
    assert sent.status == 303 and "8个工作日，可延长5个工作日" in desk.open(chen_the_reviewer, there).main
    assert desk.send(chen_the_reviewer, there, {"revision": revision, "reason": "我也要。"}).status in (403, 409)


@pytest.mark.parametrize("day", ["9999-12-31", "2600-01-01"])
def test_a_hostile_day_is_told_at_its_field_or_kept_and_breaks_no_page(desk, fan_of_the_province, day):
    desk.send(fan_of_the_province, f"{RULES}publish/limit/", LIMIT | {"do": "publish"})
    there = history_of("time_limit", "food.decision", HUBEI)
    ending = {"last_day": day, "basis": "鄂市监〔2026〕16号", "reason": "不再需要。", "do": "publish"}
    sent = desk.send(fan_of_the_province, there.replace("/?", "/end/?"), ending)
    assert sent.status == (422 if day == "9999-12-31" else 303)
    assert day != "9999-12-31" or "请核对年份" in sent.main
    for what, typed in (
        ("limit", {"valid_to": day}),
        ("limit", {"valid_from": day}),
        ("competence", {"choice": "all"}),
    ):
        sent = (
            LIMIT | {"level": "county", "valid_from": "2026-12-01"} | typed | {"key": "food.decision", "do": "publish"}
        )
        sent |= {"key": "105", "valid_from": day} if what == "competence" else {}
        assert desk.send(fan_of_the_province, f"{RULES}publish/{what}/", sent).status == 303, typed
    assert desk.open(fan_of_the_province, there).status == 200
    assert desk.open(fan_of_the_province, RULES).status == 200
