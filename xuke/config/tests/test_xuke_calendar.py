"""A whole plan of the State Council, loaded from a file: every day of its year is decided, or nothing."""

from __future__ import annotations

import json
from contextlib import nullcontext
from datetime import UTC, date, datetime

import pytest

from xuke.config import cli, cli_calendar
from xuke.foundation import commands, holiday_plan, journal, working_days
from xuke.foundation.actors import SYSTEM
from xuke.foundation.models import CalendarDay, Entry

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
SOURCE = "国办发明电〔2026〕9号"
ROWS = [
    {"name": "元旦", "from": "2027-01-01", "to": "2027-01-03"},
    {"name": "春节", "from": "2027-02-05", "to": "2027-02-11", "work": ["2027-01-31", "2027-02-20"]},
    {"name": "清明节", "from": "2027-04-03", "to": "2027-04-05"},
    {"name": "劳动节", "from": "2027-05-01", "to": "2027-05-05", "work": ["2027-05-08"]},
    {"name": "端午节", "from": "2027-06-09", "to": "2027-06-09"},
    {"name": "中秋节", "from": "2027-09-15", "to": "2027-09-15"},
    {"name": "国庆节", "from": "2027-10-01", "to": "2027-10-07", "work": ["2027-09-26", "2027-10-09"]},
]


@pytest.fixture(autouse=True)
def read_anew():
    working_days.forget()
    yield
    working_days.forget()


@pytest.fixture
def write(tmp_path):
    def write(rows, **meta):
        file = tmp_path / "2027.json"
        meta = {"year": 2027, "source": SOURCE} | meta
        file.write_text(json.dumps({"meta": meta, "rows": rows}, ensure_ascii=False), "utf-8")
        return file

    return write


def load(path, now=NOON):
    return commands.load_plan(plan=holiday_plan.read(path).plan, by=SYSTEM, now=now)


def test_a_loaded_plan_leaves_no_day_of_its_year_provisional(world, write):
    before = working_days.current().add(date(2027, 1, 25), 10)
    assert load(write(ROWS)).written == 365
    calendar = working_days.current()
    after = calendar.add(date(2027, 1, 25), 10)
    assert (before.provisional, after.provisional) == (True, False)
    assert after.on > before.on
    assert (calendar.day(date(2027, 2, 10)).name, calendar.day(date(2027, 1, 31)).name) == ("春节", "调休上班")
    assert not calendar.is_provisional(date(2026, 12, 31), date(2027, 12, 31))
    told = journal.history("day:2027-02-10")[-1]
    assert told.facts == {"is_workday": False, "name": "春节", "source": SOURCE}
    assert Entry.objects.get(verb="plan.loaded").facts == {"source": SOURCE, "day_count": 365}
    assert load(write(ROWS)).written == 0, "twice is once"


def test_a_corrected_plan_replaces_the_one_before_and_keeps_what_an_authority_decided(world, write):
    commands.decide_day(
        day=date(2027, 7, 1), is_workday=False, name="防汛停工", source="鄂防指〔2027〕3号", by=SYSTEM, now=NOON
    )
    assert [row.name for row in load(write(ROWS)).kept] == ["防汛停工"]
    longer = [*ROWS[:4], ROWS[4] | {"from": "2027-06-07"}, *ROWS[5:]]
    load(write(longer, source="国办发明电〔2027〕1号"))
    days = dict(CalendarDay.objects.values_list("date", "is_workday"))
    assert (days[date(2027, 6, 7)], days[date(2027, 7, 1)], len(days)) == (False, False, 365)


def test_every_fault_is_told_with_file_row_and_reason(write):
    rows = [
        ROWS[0] | {"to": "2026-12-30", "from": "2027-01-01"},
        ROWS[1] | {"work": ["2027-02-12", "2027-02-06"]},
        ROWS[2] | {"name": " "},
        ROWS[3] | {"from": "2026-05-01"},
        ROWS[4] | {"days": 3},
        ROWS[5] | {"to": "soon"},
        {"name": "国庆", "from": "2027-02-11", "to": "2027-02-11"},
        "国庆节",
    ]
    told = [fault.sentence for fault in holiday_plan.read(write(rows)).faults]
    assert told[:9] == [
        "2027.json 第1条：到2026-12-30结束，早于开始的2027-01-01",
        "2027.json 第2条：2027-02-12是星期五，本来就上班；调休上班的日子应当是周末",
        "2027.json 第2条：2027-02-06在第2条已经写过",
        "2027.json 第3条：没有写假日的名称",
        "2027.json 第4条：2026-05-01不在2027年",
        "2027.json 第5条：不认识“days”",
        "2027.json 第6条：to应当写成“2027-02-08”的样子，现在是“soon”",
        "2027.json 第7条：2027-02-11在第2条已经写过",
        "2027.json 第8条：应当写成 name、from、to、work",
    ]
    assert "2027.json：国庆节（2027-10-01）是法定节假日，没有写放假" in told


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[]", "meta 和 rows"),
        ("{", "不是合法的JSON"),
        ('{"meta": {"year": 27, "source": "x"}, "rows": [1]}', "year应当是"),
        ('{"meta": {"year": 2027, "source": " "}, "rows": [1]}', "依据的文件"),
        ('{"meta": {"year": 2027, "year": 2028}, "rows": []}', "“year”写了两次"),
        ('{"meta": {"year": 2027, "source": "x", "years": 1}, "rows": [1]}', "不认识的“years”"),
        ('{"meta": {"year": 2027, "source": "x"}, "rows": []}', "没有放假安排"),
    ],
)
def test_what_is_no_plan_at_all_is_told(tmp_path, text, says):
    file = tmp_path / "plan.json"
    file.write_text(text, "utf-8")
    (fault,) = holiday_plan.read(file).faults
    assert fault.sentence.startswith("plan.json：") and says in fault.reason


def test_the_command_tells_the_difference_first_and_loads_it_then(world, write, capsys, monkeypatch):
    monkeypatch.setattr(cli_calendar.embedded, "running", lambda home: nullcontext())
    file = str(write(ROWS))
    assert cli.main(["calendar", "--plan", file, "--check"]) == 1
    told = capsys.readouterr().out
    assert "2027-01-31　星期日　放假→上班　调休上班" in told and "365天不再是暂定，还没有加载" in told
    assert not CalendarDay.objects.exists()
    assert cli.main(["calendar", "--plan", file]) == 0
    assert "写入365天" in capsys.readouterr().out
    assert cli.main(["calendar", "--plan", file, "--check"]) == 0
    assert "没有变化" in capsys.readouterr().out
    assert cli.main(["calendar", "--plan", str(write(ROWS[1:]))]) == 2
    assert "2027.json：元旦（2027-01-01）是法定节假日" in capsys.readouterr().err
