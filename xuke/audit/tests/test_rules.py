"""When the auditor's desk raises its voice, and which numbers of people it hides."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from xuke.audit import rules
from xuke.audit.rules import Seen, alarms, masked

NOW = datetime(2026, 9, 7, 4, tzinfo=UTC)
WELL = Seen(
    now=NOW,
    sealed_entries=100,
    head_at=NOW,
    head_genuine=True,
    file_size=100,
    file_agrees=True,
    waiting=3,
    oldest_waiting=NOW - timedelta(seconds=1),
    sealer_at=NOW - timedelta(seconds=1),
    sealer_problem="",
    checked_at=NOW - timedelta(hours=3),
    findings=0,
)


def test_all_is_well():
    assert alarms(WELL) == ()


@pytest.mark.parametrize(
    ("change", "title", "grave"),
    [
        ({"findings": 2}, "最近一次核查发现2处问题", True),
        ({"head_genuine": False}, "最新的树头不是本系统签的", True),
        ({"file_size": 120}, "日志末尾被截去", True),
        ({"file_agrees": False}, "树头文件与数据库不符", True),
        ({"file_size": None}, "没有找到树头文件", True),
        ({"sealer_problem": "最新的树头不符"}, "封存已停止", True),
        ({"sealer_at": NOW - timedelta(minutes=2)}, "封存程序没有运行", False),
        ({"sealer_at": None}, "封存程序没有运行", False),
        ({"oldest_waiting": NOW - timedelta(minutes=5)}, "有条目迟迟没有封存", False),
        ({"checked_at": None}, "还没有核查过整个日志", False),
        ({"checked_at": NOW - timedelta(days=3)}, "整个日志很久没有核查了", False),
        ({"check_problem": "OperationalError"}, "最近一次核查没有完成", False),
    ],
)
def test_what_is_wrong_is_told(change: dict[str, Any], title: str, grave: bool):
    (alarm,) = alarms(replace(WELL, **change))
    assert (alarm.title, alarm.grave) == (title, grave)
    assert alarm.text.endswith(("。", "OperationalError", "不符"))


def test_the_gravest_comes_first():
    found = alarms(replace(WELL, checked_at=None, sealer_at=None, file_size=120))
    assert [alarm.grave for alarm in found] == [True, False, False]


def test_a_new_installation_only_lacks_its_first_check():
    new = replace(WELL, sealed_entries=0, head_at=None, head_genuine=False, file_size=None, file_agrees=False)
    assert alarms(replace(new, waiting=0, oldest_waiting=None)) == ()


@pytest.mark.parametrize(
    ("span", "words"),
    [(-5, "0秒"), (59, "59秒"), (60, "1分钟"), (7_200, "2小时"), (200_000, "2天")],
)
def test_a_span_in_words(span: int, words: str):
    assert rules._long(timedelta(seconds=span)) == words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("13800005678", "138****5678"),
        ("电话13800005678。", "电话138****5678。"),
        ("42050619900101123X", "4205**********123X"),
        ("420506199001011234", "4205**********1234"),
        ("wu@example.com", "w***@example.com"),
        ("91420506MA7K3F2X8C", "91420506MA7K3F2X8C"),
        ("914205061990010112", "914205061990010112"),
        ("20260918-420500-0137", "20260918-420500-0137"),
        ("SC12442050600219", "SC12442050600219"),
        ("13800005678" + "a" * 53, "13800005678" + "a" * 53),
        ("宜市监食许受〔2026〕0137号", "宜市监食许受〔2026〕0137号"),
        ("0717-6221234", "0717-6221234"),
    ],
)
def test_numbers_of_people_are_hidden_and_others_are_not(text: str, shown: str):
    assert masked(text) == shown
