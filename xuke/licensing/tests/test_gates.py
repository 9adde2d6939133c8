"""Gates as pure functions: what each says, which article it cites, at which moment, and how little all of them cost."""

from dataclasses import replace
from datetime import date, timedelta
from time import perf_counter

import pytest

from xuke.licensing import gates
from xuke.licensing.gates import (
    ACCEPT,
    COMMIT,
    DECIDE,
    START,
    SUBMIT,
    CategoryFacts,
    CommitmentFacts,
    GateFacts,
    LicenceFacts,
    LocalGate,
    OtherCase,
    Registration,
    Subject,
    Window,
    closed,
)
from xuke.parties.bans import Barring

TODAY = date(2026, 9, 7)
HELD = LicenceFacts("SC12442050600012", "in_force", "有效", date(2026, 12, 31), "420506")
CAKES = CategoryFacts("2401", "热加工糕点", "124", level="county", level_filed="county", seat="420506")
HEALTH = CategoryFacts("2701", "片剂", "127", is_special=True, level="province", level_filed="province")
FIRST = GateFacts("first", TODAY, Subject("某公司"), categories=(CAKES,), division="420506")
RENEWAL = replace(FIRST, kind="renewal", held=HELD, starts_from=HELD, window=Window(date(2026, 11, 19), 30))


def told(facts: GateFacts, moment: str) -> dict[str, str]:
    return {each.code: each.sentence for each in closed(facts, moment)}


@pytest.mark.parametrize("moment", gates.MOMENTS)
def test_nothing_is_in_the_way_of_an_ordinary_application(moment):
    assert closed(FIRST, moment) == closed(RENEWAL, moment) == ()


def test_renewing_one_day_late_is_told_with_the_last_day_and_the_article_and_holds_nobody_up():
    late = replace(RENEWAL, today=date(2026, 11, 20), filed_on=date(2026, 11, 20))
    (found,) = closed(late, SUBMIT)
    assert (found.code, found.warns, found.uncertain) == ("renewal_late", True, True)
    assert "最迟应当在2026年11月19日提出，11月20日提出已经晚了" in found.sentence
    assert "第三十四条" in found.sentence
    assert closed(replace(late, today=date(2026, 11, 19), filed_on=date(2026, 11, 19)), SUBMIT) == ()


def test_renewing_years_before_the_end_is_told_and_holds_nobody_up():
    window = Window(date(2026, 11, 19), 30, first_on=date(2026, 7, 1))
    early = replace(RENEWAL, today=date(2026, 6, 30), filed_on=date(2026, 6, 30), window=window)
    for moment in (START, SUBMIT, ACCEPT):
        (found,) = closed(early, moment)
        assert (found.code, found.warns, found.uncertain) == ("renewal_early", True, True)
        assert "从2026年7月1日起" in found.sentence and "新的有效期从决定之日起算" in found.sentence
    assert closed(replace(early, today=date(2026, 7, 1), filed_on=date(2026, 7, 1)), SUBMIT) == ()
    assert closed(early, DECIDE) == ()


def test_where_the_province_takes_no_late_renewals_it_is_closed():
    window = Window(date(2026, 11, 19), 30, late_is_taken=False)
    (found,) = closed(replace(RENEWAL, today=date(2026, 11, 20), window=window), SUBMIT)
    assert (found.code, found.warns) == ("renewal_too_late", False)


def test_the_day_after_the_licence_ended_there_is_nothing_to_renew():
    ended = replace(HELD, standing="expired", standing_title="有效期届满")
    found = told(replace(RENEWAL, today=date(2027, 1, 1), starts_from=ended, held=None), START)
    assert "已于2026年12月31日届满" in found["licence_in_force"]
    assert "请重新申请" in found["licence_in_force"]


def test_a_renewal_filed_in_time_is_not_closed_by_the_end_of_its_licence():
    ended = replace(HELD, standing="expired", standing_title="有效期届满", kept=True)
    filed = replace(RENEWAL, today=date(2027, 1, 4), filed_on=date(2026, 9, 7), starts_from=ended, held=None)
    assert closed(filed, DECIDE) == closed(filed, ACCEPT) == ()
    assert "已于2026年12月31日届满" in told(filed, SUBMIT)["licence_in_force"], "a correction comes before the end"


@pytest.mark.parametrize(
    ("filed_on", "why"),
    [(date(2026, 11, 20), "11月20日才提出"), (date(2026, 9, 7), "等待申请人补正")],
)
def test_a_licence_that_ended_in_spite_of_a_renewal_says_why_silence_does_not_renew_it(filed_on, why):
    ended = replace(HELD, standing="expired", standing_title="有效期届满")
    facts = replace(RENEWAL, today=date(2027, 1, 4), filed_on=filed_on, starts_from=ended, held=None)
    for moment in (ACCEPT, DECIDE):
        sentence = told(facts, moment)["licence_in_force"]
        assert why in sentence and "行政许可法第五十条" in sentence and "重新申请" in sentence


def test_an_edition_that_ended_yesterday_is_not_applied_today():
    over = replace(CAKES, level="", ended_on=TODAY - timedelta(days=1), ended_basis="某省许可权限目录")
    found = told(replace(FIRST, categories=(over,)), SUBMIT)["edition_over"]
    assert "某省许可权限目录" in found
    assert "适用到2026年9月6日为止" in found
    assert "第六条" in found


def test_a_category_that_moved_to_the_county_is_not_accepted_by_the_prefecture_any_more():
    moved = replace(CAKES, level="county", level_filed="prefecture", since=TODAY, basis="鄂市监发〔2026〕1号")
    here = replace(FIRST, categories=(moved,), seat="420500", seat_name="宜昌市市场监督管理局", filed_on=TODAY)
    found = told(here, ACCEPT)["competence"]
    assert "自2026年9月7日起在县级" in found
    assert "宜昌市市场监督管理局没有这一类别的许可权限" in found
    assert "鄂市监发〔2026〕1号" in found
    assert closed(here, DECIDE) == ()  # Who accepted lawfully decides, unless the case is handed over.


def test_of_several_levels_one_accepts_and_asks_the_others():
    milk = CategoryFacts("0501", "巴氏杀菌乳", "105", level="prefecture")
    both = replace(FIRST, categories=(CAKES, milk), seat="420506", joint=True)
    assert closed(both, ACCEPT) == ()
    assert "competence" in told(replace(both, seat="420000"), ACCEPT)


def test_nobody_licenses_for_a_level_that_the_nation_named_and_that_cannot_be_asked():
    health = replace(HEALTH, basis="食品生产许可管理办法（2020年）第七条", is_fixed=True)
    both = replace(FIRST, categories=(CAKES, health), joint=True)
    chosen = replace(both, seat="420506")
    assert [closed(each, moment) for each in (both, chosen) for moment in (SUBMIT, ACCEPT, DECIDE)] == [()] * 6
    gone = replace(health, is_absent=True)
    for facts in (replace(both, categories=(CAKES, gone)), replace(chosen, categories=(CAKES, gone))):
        for moment in (SUBMIT, ACCEPT, DECIDE):
            found = told(facts, moment)["joint_impossible"]
            assert "不能由别的机关代为许可" in found
            assert "第七条" in found and "第十八条" in found
    # The province itself accepts: nobody else has to be asked.
    assert "joint_impossible" not in told(replace(chosen, seat="420000", categories=(CAKES, gone)), ACCEPT)


@pytest.mark.parametrize("kind", ["first", "renewal"])
@pytest.mark.parametrize("role", ["enterprise", "head"])
def test_a_banned_enterprise_or_person_does_not_apply(kind, role):
    ban = Barring("revoked_food", "郑国强", role, date(2025, 1, 1), date(2030, 1, 1), "食品安全法第一百三十五条")
    facts = replace(FIRST if kind == "first" else RENEWAL, bans=(ban,))
    for moment in (START, SUBMIT, ACCEPT, DECIDE):
        assert "食品安全法第一百三十五条" in told(facts, moment)["banned"]
    assert "banned" not in told(replace(facts, today=date(2030, 1, 2)), SUBMIT)
    assert "banned" not in told(replace(facts, kind="cancellation"), SUBMIT)


def test_a_namesake_is_asked_who_they_are_and_not_refused_for_it():
    ban = Barring("fraud", "王伟", "head", date(2025, 1, 1), date(2028, 1, 1), "行政许可法第七十九条", certain=False)
    for moment in (START, SUBMIT, ACCEPT, DECIDE):
        assert "身份核对" in told(replace(FIRST, bans=(ban,)), moment)["namesake"]
    cleared = replace(ban, cleared=True, checked="周敏：出生日期不同。")
    assert closed(replace(FIRST, bans=(cleared,)), DECIDE) == ()
    same = replace(ban, certain=True, checked="周敏：号码一致。")
    assert "2028年1月1日以前不得申请" in told(replace(FIRST, bans=(same,)), DECIDE)["banned"]


def test_the_subject_stands_before_the_licence():
    gone = replace(FIRST, subject=Subject("某公司", "deregistered", "注销"))
    assert "第十条" in told(gone, SUBMIT)["subject"]
    over = replace(FIRST, subject=Subject("某公司", term_ends_on=TODAY - timedelta(days=1)))
    assert "营业期限已于2026年9月6日届满" in told(over, DECIDE)["subject"]
    assert closed(replace(gone, kind="cancellation"), SUBMIT) == ()


def test_one_enterprise_holds_one_certificate_and_may_move():
    assert "第四条" in told(replace(FIRST, held=HELD), SUBMIT)["one_certificate"]
    assert closed(replace(FIRST, held=HELD, starts_from=HELD, division="420581"), SUBMIT) == ()
    assert "重新申请" in told(replace(RENEWAL, division="420581"), SUBMIT)["site_moves"]


def test_what_is_under_way_about_a_licence_is_finished_first():
    change = OtherCase("change", "食品生产许可变更", "20260901-420506-0001", HELD.number)
    assert "延续并变更" in told(replace(RENEWAL, others=(change,)), SUBMIT)["another_case"]
    assert closed(replace(RENEWAL, others=(replace(change, kind="report"),)), SUBMIT) == ()


def test_a_special_food_is_made_under_a_registration_in_force():
    old = Registration("某片", "国食健注G20200001", TODAY - timedelta(days=1))
    assert "2026年9月6日到期" in told(replace(FIRST, registrations=(old,)), DECIDE)["registration_over"]


ASKED = CommitmentFacts(allowed=True, asked=True, basis="省级告知承诺规定")


@pytest.mark.parametrize("moment", [SUBMIT, COMMIT])
def test_nobody_whom_the_law_does_not_trust_is_decided_on_a_promise(moment):
    promise = replace(RENEWAL, commitment=ASKED)
    assert closed(promise, moment) == ()
    listed = Barring("severe_dishonesty", "某公司", "enterprise", date(2025, 1, 1), None, "某办法第十五条")
    assert "严重违法失信名单" in told(replace(promise, bans=(listed,)), moment)["commitment"]
    assert "banned" not in told(replace(promise, bans=(listed,)), moment)
    liar = Barring("untrue_commitment", "某公司", "enterprise", date(2025, 1, 1), None, "国办发〔2020〕42号")
    assert "曾经作出不实承诺" in told(replace(promise, bans=(liar,)), moment)["commitment"]
    assert "特殊食品" in told(replace(promise, categories=(HEALTH,)), moment)["commitment"]


def test_a_promise_that_was_possible_until_yesterday_is_possible_no_more():
    over = replace(ASKED, allowed=False, ended_on=TODAY - timedelta(days=1))
    found = told(replace(RENEWAL, commitment=over), SUBMIT)["commitment"]
    assert "适用到2026年9月6日为止" in found
    assert "省级告知承诺规定" in found


def test_a_province_has_its_own_gates():
    local = LocalGate("salt", "食盐定点", "食盐生产企业应当先取得定点资格。", "食盐专营办法第九条", met=False)
    assert told(replace(FIRST, local=(local,)), SUBMIT)["salt"].endswith("（食盐专营办法第九条）。")
    assert closed(replace(FIRST, local=(replace(local, met=True),)), SUBMIT) == ()


def test_everything_is_told_at_once_and_every_sentence_cites_its_article():
    ban = Barring("fraud", "某公司", "enterprise", TODAY, date(2029, 9, 7), "行政许可法第七十九条")
    facts = replace(
        FIRST,
        subject=Subject("某公司", "revoked", "吊销"),
        held=HELD,
        bans=(ban,),
        commitment=replace(ASKED, allowed=False),
        registrations=(Registration("某片", "国食健注G20200001", date(2026, 1, 1)),),
    )
    found = closed(facts, SUBMIT)
    assert [each.code for each in found] == ["subject", "banned", "one_certificate", "registration_over", "commitment"]
    for each in found:
        assert each.sentence.endswith("。")
        assert "第" in each.sentence or "规定" in each.sentence
    assert facts.as_json()["bans"][0]["last_on"] == "2029-09-07"


def test_all_gates_of_one_application_cost_next_to_nothing():
    facts = replace(RENEWAL, categories=(CAKES,) * 200, commitment=ASKED)
    began = perf_counter()
    for _ in range(20):
        for moment in gates.MOMENTS:
            closed(facts, moment)
    assert (perf_counter() - began) / 20 < 0.05  # Ten times the promise, for the slowest of machines.
