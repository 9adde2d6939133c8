"""`xuke load-rules`: tell every fault of a file, tell the difference, load it once."""

from __future__ import annotations

import json
from contextlib import nullcontext
from datetime import date

import pytest
from django.db import ProgrammingError

from xuke.catalogue import commands, rulefile
from xuke.catalogue.limits import time_limit
from xuke.catalogue.models import RuleEdition
from xuke.config import cli, cli_load_rules
from xuke.foundation import journal
from xuke.foundation.actors import System
from xuke.foundation.refusals import Invalid
from xuke.tests.cast import NOON

ROW = {
    "key": "food.decision",
    "valid_from": "2020-03-01",
    "valid_to": None,
    "basis": "食品生产许可管理办法（2020年）第二十二条",
    "title": "作出许可决定",
    "value": 10,
    "unit": "working_day",
    "starts_from": "受理申请",
    "text": "十个工作日。",
}


@pytest.fixture
def write(tmp_path):
    def write(*rows, name="limits.json", **meta):
        file = tmp_path / name
        file.write_text(json.dumps({"meta": {"topic": "time_limit"} | meta, "rows": rows}, ensure_ascii=False), "utf-8")
        return file

    return write


def faults(path) -> list[str]:
    found = rulefile.read(path)
    assert found.editions == ()
    return [fault.sentence for fault in found.faults]


def test_every_fault_is_told_with_file_row_and_reason(write, tmp_path, capsys):
    file = write(
        ROW | {"valid_to": "2026-12-31"},
        ROW | {"valid_from": "2026-06-01", "value": 8},
        ROW | {"key": "food.issue", "basis": " ", "value": "ten"},
        ROW | {"key": "food.report", "valid_from": "2026-06-01", "valid_to": "2026-05-01"},
        ROW | {"key": "food.validity", "valid_from": "soon", "transition": "never"},
        "food.decision",
    )
    told = faults(file)
    assert told == [
        "limits.json 第3条：没有写明依据（basis）：每条规则都要有法律、文件和条款作依据。",
        "limits.json 第3条：时限（value）应当是0至10000的整数，现为“ten”。",
        "limits.json 第4条：日期次序颠倒：失效日期2026-05-01早于生效日期2026-06-01。",
        "limits.json 第5条：transition应当是filing_day、acceptance_day、decision_day之一，现为“never”。",
        "limits.json 第5条：生效日期（valid_from）应当写成2026-03-01这样，现为“soon”。",
        "limits.json 第6条：应当是一个对象。",
        "limits.json 第2条：“food.decision”的有效期和第1条重叠：2026-06-01至长期与2020-03-01至2026-12-31。",
    ]
    assert cli.main(["load-rules", str(file)]) == 2
    assert capsys.readouterr().err.splitlines() == [*told, "共7处有误，没有加载任何规则。"]


@pytest.mark.parametrize(
    ("topic", "wrong", "reason"),
    [
        ("time_limit", {"value": 10**30}, "应当是0至10000的整数"),
        ("time_limit", {"value": 2_000, "unit": "year"}, "应当是0至100的整数"),
        ("time_limit", {"unit": []}, "单位（unit）"),
        ("time_limit", {"transition": []}, "transition应当是"),
        ("time_limit", {"confidence": {}}, "confidence应当是"),
        ("time_limit", {"text": "十个\0工作日"}, "不能保存的字符"),
        ("commitment", {"key": "*:first", "allowed": True, "check_days": 10**9}, "check_days"),
        ("gate", {"condition": []}, "条件（condition）"),
        ("gate", {"condition": "blocks_category", "categories": 5}, "应当是一个列表"),
        ("gate", {"condition": "blocks_category", "categories": [[]]}, "没有“[]”这个类别"),
        ("gate", {"condition": "blocks_category", "categories": ["0101"], "kinds": [[]]}, "申请种类"),
        ([], {}, "topic应当是"),
    ],
)
def test_whatever_fan_of_the_province_writes_into_a_file_is_told_with_file_row_and_reason(write, topic, wrong, reason):
    told = [each for each in faults(write(ROW | wrong, topic=topic)) if reason in each]
    assert told and all(each.startswith("limits.json") for each in told)


COUNTY = {"key": "103", "valid_from": "2027-01-01", "basis": "鄂市监〔2026〕1号", "level": "county"}
PROVINCIAL = {"level": "province", "division": "420000", "published_by": "湖北省市场监督管理局"}


@pytest.mark.parametrize(
    ("row", "meta", "reason"),
    [
        (ROW | {"key": "food.decisoin"}, {}, "没有“food.decisoin”这一项，写了也不会起作用，是不是“food.decision”"),
        (ROW | {"valid_untill": "2026-12-31"}, {}, "不认识“valid_untill”，是不是“valid_to”"),
        (ROW | {"extention": 5}, {}, "不认识“extention”，是不是“extension”"),
        (ROW | {"keys": ["food.issue"]}, {}, "key和keys只写一个"),
        (COUNTY | {"runing": "stay"}, {"topic": "competence", **PROVINCIAL}, "是不是“running”"),
        (COUNTY | {"running": "all"}, {"topic": "competence", **PROVINCIAL}, "先看移交方案再发布"),
        (ROW, {"divison": "420000"}, "不认识“divison”，是不是“division”"),
    ],
)
def test_what_fan_misspells_is_told_instead_of_passed_over(write, row, meta, reason):
    told = [each for each in faults(write(row, **meta)) if reason in each]
    assert len(told) == 1 and told[0].startswith("limits.json" if "divison" in meta else "limits.json 第1条：")


def test_of_a_name_that_is_given_twice_neither_counts(write, tmp_path):
    file = write(ROW)
    file.write_text(file.read_text("utf-8").replace('"value": 10', '"value": 10, "value": 3'), "utf-8")
    assert faults(file) == ["limits.json 第1条：“value”写了两次，不知道以哪一个为准。"]
    file.write_text('{"meta": {"topic": "gate", "topic": "gate"}, "rows": []}', "utf-8")
    assert faults(file) == ["limits.json：“topic”写了两次，不知道以哪一个为准。"]


def test_a_file_about_competence_leaves_what_is_running_where_it_is(write):
    (edition,) = rulefile.read(write(COUNTY, topic="competence", **PROVINCIAL)).editions
    assert edition.content == {"level": "county", "running": "stay"}


@pytest.mark.parametrize(
    ("row", "meta", "reason"),
    [
        (ROW | {"value": 8}, PROVINCIAL | {"division": "990000"}, "没有行政区划代码“990000”"),
        (ROW | {"value": 8, "extension": 40}, PROVINCIAL, "不能超过法律允许的5个工作日"),
        (COUNTY | {"key": "127"}, {"topic": "competence", **PROVINCIAL}, "不能下放"),
    ],
)
def test_what_only_the_other_rules_can_tell_is_told_with_file_and_row(db, write, row, meta, reason):
    wanted = rulefile.read(write(row, **meta)).editions
    with pytest.raises(Invalid, match=reason) as refused:
        commands.load(wanted=wanted, by=System("load-rules"), now=NOON)
    assert refused.value.sentence.startswith("limits.json 第1条：")
    assert not RuleEdition.objects.filter(level="province").exists()


@pytest.mark.parametrize(
    ("rows", "since"),
    [
        ([{"valid_to": "2026-12-31"}], "2027-01-01"),
        ([{"valid_to": "2026-09-06"}], "2026-09-07"),
        ([{"valid_from": "2027-01-01"}], "2026-09-07"),
        ([{"valid_to": "2026-12-31"}, {"valid_from": "2027-01-02"}], "2027-01-01"),
    ],
)
def test_nothing_that_is_asked_for_every_day_is_left_without_an_answer(db, write, rows, since):
    wanted = rulefile.read(write(*(ROW | row for row in rows))).editions
    with pytest.raises(Invalid, match=f"“作出许可决定”（food.decision）自{since}起没有规定了") as refused:
        commands.load(wanted=wanted, by=System("load-rules"), now=NOON)
    assert refused.value.sentence.startswith(f"limits.json 第{len(rows)}条：")


def test_what_is_only_shown_may_end(db, write):
    row = ROW | {"key": "food.joint_handling", "valid_to": "2026-12-31", "shown_only": "不计时。"}
    assert commands.changes_of(rulefile.read(write(row)).editions, today=NOON.date())


@pytest.mark.parametrize("content", ["[" * 100_000, "9" * 5_000])
def test_a_file_that_nobody_can_read_is_told_and_breaks_nothing(tmp_path, content):
    (tmp_path / "limits.json").write_text(content, "utf-8")
    assert faults(tmp_path / "limits.json") == ["limits.json：不是合格的JSON：有过长的数，或者层次过深。"]


def test_an_unknown_category_and_broken_files_are_told(write, tmp_path):
    row = {"keys": ["132", "124"], "valid_from": "2026-01-01", "basis": "鄂市监〔2026〕1号", "level": "village"}
    told = faults(write(row, topic="competence"))
    assert told == [
        "limits.json 第1条：食品生产许可分类目录里没有“132”这个类别。",
        "limits.json 第1条：许可权限（level）应当是province、prefecture、county之一，现为“village”。",
    ]
    (tmp_path / "limits.json").write_text('{"meta": {},\n "rows": [}', "utf-8")
    assert faults(tmp_path / "limits.json") == ["limits.json：不是合格的JSON：第2行第11列附近写法有误。"]
    (tmp_path / "empty").mkdir()
    assert "没有规则文件" in faults(tmp_path / "empty")[0]
    assert "读不出文件" in faults(tmp_path / "missing.json")[0]
    assert "division" in faults(write(ROW, level="province"))[0]
    assert "topic" in faults(write(ROW, topic="weather"))[0]


def test_the_shipped_rules_are_loaded_once_and_changing_nothing_changes_nothing(db, capsys):
    before = RuleEdition.objects.count()
    assert before >= len(rulefile.read(rulefile.SHIPPED).editions)
    changes = commands.load(wanted=rulefile.read(rulefile.SHIPPED).editions, by=System(), now=NOON)
    assert (changes, RuleEdition.objects.count()) == ((), before)


def test_a_new_edition_is_told_and_then_loaded_and_the_past_stays(db, write):
    wanted = rulefile.read(
        write(
            ROW | {"valid_to": "2026-12-31"}, ROW | {"valid_from": "2027-01-01", "value": 8, "basis": "新办法第二十条"}
        )
    ).editions
    changes = commands.changes_of(wanted, today=NOON.date())
    assert [(each.kind, each.begins, each.ends) for each in changes] == [
        ("changes", date(2020, 3, 1), date(2026, 12, 31)),
        ("changes", date(2027, 1, 1), None),
    ]
    assert (
        "变更　办理时限 food.decision（作出许可决定）　全国　自2027-01-01起　10working_day→8working_day　新办法第二十条"
        in [cli_load_rules._told(each) for each in changes]
    )
    commands.load(wanted=wanted, by=System("load-rules"), now=NOON)
    assert [time_limit("food.decision", day).value for day in (date(2026, 12, 31), date(2027, 1, 1))] == [10, 8]
    assert time_limit("food.decision", date(2027, 1, 1), known_at=NOON.replace(hour=1)).value == 10
    (entry,) = journal.history("rules:files")
    assert (entry.verb, entry.facts["changes"]) == ("rule.loaded", 2)


def test_an_operator_of_a_new_installation_is_told_to_prepare_it(monkeypatch, capsys):
    def nothing(wanted):
        raise ProgrammingError('relation "catalogue_ruleedition" does not exist')

    monkeypatch.setattr(cli_load_rules, "_load", nothing)
    monkeypatch.setattr(cli_load_rules.embedded, "running", lambda home: nullcontext())
    assert cli.main(["load-rules"]) == 2
    assert capsys.readouterr().err.endswith("请先运行 xuke prepare。\n")


def test_a_province_file_that_is_slower_than_the_law_is_refused(committed_db, write, capsys):
    file = write(ROW | {"value": 12}, level="province", division="420000", published_by="湖北省市场监督管理局")
    for words in (["load-rules", "--check", str(file)], ["load-rules", str(file)]):
        assert cli.main(words) == 2
        told = capsys.readouterr().err
        assert told.startswith("limits.json 第1条：承诺的“作出许可决定”只能短于法定时限10个工作日"), told
    file = write(ROW | {"value": 8}, level="province", division="420000", published_by="湖北省市场监督管理局")
    assert cli.main(["load-rules", "--check", str(file)]) == 1
    assert "自2020-03-01起" in (told := capsys.readouterr().out) and "涉及在办申请0件" in told
    assert cli.main(["load-rules", str(file)]) == 0
    assert cli.main(["load-rules", "--check", str(file)]) == 0
    assert capsys.readouterr().out.endswith("没有变化。\n")
