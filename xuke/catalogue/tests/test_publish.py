"""A province publishes what it says beside the nation: shorter limits, competence, commitment, gates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from xuke.accounts.officers import Role
from xuke.catalogue import commands, commitment, competence, editions, gates, switches
from xuke.catalogue.limits import time_limit
from xuke.catalogue.models import RuleEdition
from xuke.foundation import journal
from xuke.foundation.refusals import Invalid, NotPermitted
from xuke.tests.cast import HUBEI, NOON, YICHANG, YILING, verbs

TODAY = NOON.date()
NEXT_MONTH = date(2026, 10, 1)
DECISION = {"title": "作出许可决定", "unit": "working_day", "starts_from": "受理申请", "text": "全省承诺八个工作日。"}


def published(by, topic="time_limit", key="food.decision", *, division=HUBEI, now=NOON, **other):
    facts = {"valid_from": NEXT_MONTH, "valid_to": None, "basis": "鄂市监〔2026〕15号"} | other
    facts.setdefault("content", DECISION | {"value": 8})
    return commands.publish(topic=topic, key=key, division=division, by=by, now=now, **facts)


def test_a_promise_holds_in_the_province_from_its_day_and_tells_who_published_it(fan_of_the_province):
    edition = published(fan_of_the_province)
    before, after, elsewhere = (
        time_limit("food.decision", day, division=place)
        for day, place in ((TODAY, YILING), (NEXT_MONTH, YILING), (NEXT_MONTH, "110101"))
    )
    assert (before.value, after.value, elsewhere.value) == (10, 8, 10)
    assert (after.is_promise, after.by_law, before.is_promise) == (True, 10, False)
    assert (after.published_by, after.recorded_at) == ("范治国（湖北省市场监督管理局）", NOON)
    assert verbs(edition) == ["rule.published"]
    assert time_limit("food.decision", NEXT_MONTH, division=YILING, known_at=NOON - timedelta(seconds=1)).value == 10


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"content": DECISION | {"value": 12}}, "只能短于法定时限10个工作日"),
        ({"content": DECISION | {"value": 8, "unit": "day"}}, "同一单位"),
        ({"content": DECISION | {"value": 8, "extension": 40}}, "可以延长的天数不能超过法律允许的5个工作日"),
        ({"key": "food.issue", "content": DECISION | {"value": 3, "extension": 1}}, "法律没有规定可以延长"),
        ({"content": DECISION | {"value": 8, "direction": "before"}}, "同一个方向"),
        ({"key": "food.validity", "content": DECISION | {"value": 3, "unit": "year"}}, "省级不能另作承诺"),
        ({"basis": " "}, "请写明依据"),
        ({"valid_from": TODAY - timedelta(days=1)}, "不能早于今天"),
        ({"valid_to": NEXT_MONTH - timedelta(days=1)}, "失效日期早于生效日期"),
        ({"topic": "competence", "key": "127", "content": {"level": "county"}}, "不能下放"),
        ({"topic": "competence", "key": "2701", "content": {"level": "county"}}, "不能下放"),
        ({"topic": "competence", "key": "132", "content": {"level": "county"}}, "没有“132”这个类别"),
        ({"topic": "commitment", "key": "128:*", "content": {"allowed": True}}, "特殊食品不适用告知承诺"),
    ],
)
def test_what_the_nation_does_not_allow_is_refused_with_the_reason(fan_of_the_province, facts, words):
    with pytest.raises(Invalid) as refused:
        published(fan_of_the_province, **facts)
    assert words in "".join(problem.message for problem in refused.value.problems)
    assert not RuleEdition.objects.filter(level="province").exists()


def test_a_promise_that_says_nothing_of_an_extension_takes_none_away(fan_of_the_province):
    published(fan_of_the_province)
    assert time_limit("food.decision", NEXT_MONTH, division=YILING).extension == 5
    published(fan_of_the_province, content=DECISION | {"value": 8, "extension": 0}, now=NOON + timedelta(minutes=1))
    assert time_limit("food.decision", NEXT_MONTH, division=YILING).extension == 0


def test_only_a_supervisor_of_the_province_publishes_and_only_for_it(fan_of_the_province, he_the_supervisor):
    with pytest.raises(NotPermitted, match="省级市场监督管理部门"):
        published(he_the_supervisor)
    with pytest.raises(NotPermitted, match="只能发布本省的规则"):
        published(fan_of_the_province, division="110101")
    with pytest.raises(NotPermitted, match="监督人员"):
        published(replace(fan_of_the_province, roles=frozenset({Role.DECIDER})))


def test_the_later_of_two_publications_on_one_day_counts_and_an_end_gives_way_to_the_nation(fan_of_the_province):
    published(fan_of_the_province)
    published(fan_of_the_province, content=DECISION | {"value": 7}, now=NOON + timedelta(minutes=1))
    assert time_limit("food.decision", NEXT_MONTH, division=YILING).value == 7
    commands.end(
        topic="time_limit",
        key="food.decision",
        division=HUBEI,
        last_day=date(2026, 10, 31),
        reason="人手不足。",
        basis="鄂市监〔2026〕20号",
        by=fan_of_the_province,
        now=NOON + timedelta(minutes=2),
    )
    days = (date(2026, 10, 31), date(2026, 11, 1))
    assert [time_limit("food.decision", day, division=YILING).value for day in days] == [7, 10]
    with pytest.raises(Invalid, match="本来就没有省级规定"):
        commands.end(
            topic="time_limit",
            key="food.decision",
            division=HUBEI,
            last_day=date(2026, 12, 1),
            reason="",
            basis="鄂市监〔2026〕21号",
            by=fan_of_the_province,
            now=NOON + timedelta(minutes=3),
        )


def ended(by, *, last_day, minutes=5, topic="time_limit", key="food.decision"):
    facts = {"topic": topic, "key": key, "division": HUBEI, "reason": "人手不足。", "basis": "鄂市监〔2026〕20号"}
    return commands.end(**facts, last_day=last_day, by=by, now=NOON + timedelta(minutes=minutes))


def test_what_fan_published_for_later_outlives_the_end_of_what_goes_before_it(fan_of_the_province):
    published(fan_of_the_province, content=DECISION | {"value": 7}, valid_to=date(2026, 12, 31))
    published(
        fan_of_the_province,
        content=DECISION | {"value": 5},
        valid_from=date(2027, 1, 1),
        now=NOON + timedelta(minutes=1),
    )
    row = ended(fan_of_the_province, last_day=date(2026, 11, 30))
    days = (date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 31), date(2027, 2, 1))
    assert [time_limit("food.decision", day, division=YILING).value for day in days] == [7, 10, 10, 5]
    assert (row.valid_from, row.valid_to) == (date(2026, 12, 1), date(2026, 12, 31))


def test_the_end_of_a_rule_that_another_replaces_leaves_the_other(fan_of_the_province):
    published(fan_of_the_province, content=DECISION | {"value": 7})
    published(
        fan_of_the_province,
        content=DECISION | {"value": 5},
        valid_from=date(2027, 1, 1),
        now=NOON + timedelta(minutes=1),
    )
    ended(fan_of_the_province, last_day=date(2026, 11, 30))
    days = (date(2026, 12, 31), date(2027, 2, 1))
    assert [time_limit("food.decision", day, division=YILING).value for day in days] == [10, 5]


def test_of_two_publications_the_one_written_later_counts_though_its_clock_was_read_earlier(fan_of_the_province):
    first = published(fan_of_the_province, content=DECISION | {"value": 7}, now=NOON + timedelta(seconds=5))
    second = published(fan_of_the_province, content=DECISION | {"value": 5}, now=NOON + timedelta(seconds=3))
    assert first.recorded_at < second.recorded_at
    assert time_limit("food.decision", NEXT_MONTH, division=YILING).value == 5
    ended(fan_of_the_province, last_day=date(2026, 10, 31), minutes=0)
    assert time_limit("food.decision", date(2026, 11, 1), division=YILING).value == 10


def test_where_the_nation_says_nothing_any_more_the_province_does_not_fall_silent_too(fan_of_the_province):
    published(fan_of_the_province, "switch", "food.reissue", content={"title": "补办许可证", "on": True})
    nation = RuleEdition.objects.get(topic="switch", key="food.reissue", level="nation")
    nation.pk, nation.ends, nation.valid_from, nation.recorded_at = None, True, NEXT_MONTH, NOON
    nation.save(force_insert=True)
    with pytest.raises(Invalid, match="提前结束以后没有规定这一项"):
        ended(fan_of_the_province, topic="switch", key="food.reissue", last_day=date(2026, 10, 31))


def test_a_day_after_which_there_is_no_other_is_no_last_day(fan_of_the_province):
    published(fan_of_the_province)
    with pytest.raises(Invalid, match="最后一天"):
        ended(fan_of_the_province, last_day=date.max)


def test_competence_is_moved_down_to_one_prefecture_and_what_the_law_fixed_stays(fan_of_the_province):
    published(fan_of_the_province, "competence", "103", division=YICHANG, content={"level": "prefecture"})
    published(fan_of_the_province, "competence", "105", division=YICHANG, content={"level": "county"})
    asked = {"on": NEXT_MONTH, "division": YILING}
    assert competence.of(["0501"], **asked).level == "county"
    assert competence.of(["0501"], on=NEXT_MONTH, division="420102").level == "prefecture"
    assert [competence.of([code], **asked).level for code in ("0301", "0306")] == ["prefecture", "province"]
    assert {code: each.level for code, each in competence.levels(["2401", "0306"], **asked).items()} == {
        "2401": "county",
        "0306": "province",
    }


def test_commitment_switches_and_gates_are_asked_by_place_and_day(fan_of_the_province):
    asked = {"division": YILING, "on": NEXT_MONTH}
    assert not commitment.commitment_policy("124", "renewal", **asked).allowed
    published(fan_of_the_province, "commitment", "124:renewal", content={"allowed": True, "check_days": 20})
    found = commitment.commitment_policy("124", "renewal", **asked)
    assert (found.allowed, found.check_days, found.basis) == (True, 20, "鄂市监〔2026〕15号")
    assert "不适用告知承诺" in commitment.commitment_policy("124", "first", **asked).reason
    assert (switches.is_on("food.reissue", **asked), switches.is_on("food.renewal_change", **asked)) == (False, True)
    gate = {
        "title": "水质检测",
        "text": "生产饮料的，须提交水源水质检测报告。",
        "condition": "requires_material",
        "material": "水质检测报告",
        "categories": ["106"],
    }
    published(fan_of_the_province, "gate", "local.water", division=YICHANG, content=gate)
    (water,) = gates.local(YILING, NEXT_MONTH)
    assert gates.local("420102", NEXT_MONTH) == gates.local(YILING, TODAY) == ()
    why = water.why_not(categories=["106"], kind="first", materials=())
    assert why == "生产饮料的，须提交水源水质检测报告（鄂市监〔2026〕15号）。"
    assert water.why_not(categories=["106"], kind="first", materials=["水质检测报告"]) == ""
    assert water.why_not(categories=["124"], kind="first", materials=()) == ""


def test_what_was_published_can_be_read_and_not_changed(fan_of_the_province):
    edition = published(fan_of_the_province)
    for statement in ("UPDATE catalogue_ruleedition SET basis = 'x'", "DELETE FROM catalogue_ruleedition"):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert RuleEdition.objects.get(pk=edition.pk).basis == "鄂市监〔2026〕15号"


def test_what_is_rolled_back_was_never_known(fan_of_the_province):
    assert editions.book().find("time_limit", "food.decision", division=YILING, on=NEXT_MONTH).level == "nation"
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        published(fan_of_the_province)
        assert time_limit("food.decision", NEXT_MONTH, division=YILING).value == 8
        raise ZeroDivisionError
    assert time_limit("food.decision", NEXT_MONTH, division=YILING).value == 10


def test_the_book_is_one_statement_and_asking_it_is_none(world, django_assert_num_queries):
    editions.forget()
    with django_assert_num_queries(1):
        editions.book()
    with django_assert_num_queries(0):
        for day in range(30):
            time_limit("food.decision", TODAY + timedelta(days=day), division=YILING)
            competence.of(["2401", "0501"], on=TODAY, division=YILING)
            gates.local(YILING, TODAY)
    with django_assert_num_queries(1):
        editions.book(fresh=True)


def test_every_limit_of_the_procedures_tells_its_article(world):
    for key in editions.book().keys("time_limit"):
        limit = time_limit(key, TODAY)
        assert limit.basis and limit.text and limit.title, key
        assert limit.recorded_at <= NOON and limit.published_by == "国家规定（随系统发布）"
    assert journal.history("rules:files") == ()
