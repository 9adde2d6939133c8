"""The statutory clock: the case of the mock-ups day by day, every light, and the laws that any reading obeys."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xuke.foundation.calendar import Override, WorkingCalendar
from xuke.foundation.clock import Light, Mark, Sum, read

CALENDAR = WorkingCalendar()
ONE_DAY = timedelta(days=1)

ACCEPTED = Mark(date(2026, 9, 24), "start", "受理")
POWER_CUT = Mark(date(2026, 10, 12), "pause", "企业停电，书面申请")
POWER_BACK = Mark(date(2026, 10, 14), "resume")
THE_CASE = (ACCEPTED, POWER_CUT, POWER_BACK)


def reading(*marks, allowed=10, today, calendar=CALENDAR, start_word=""):
    return read(marks, allowed=allowed, today=date.fromisoformat(today), calendar=calendar, start_word=start_word)


def the_case():
    return reading(*THE_CASE, today="2026-10-16")


def test_the_cake_factory_has_one_day_left():
    clock = the_case()
    assert (clock.used, clock.left, clock.allowed) == (9, 1, 10)
    assert (clock.due_on, clock.provisional) == (date(2026, 10, 19), False)
    assert (clock.light, clock.share) == (Light.URGENT, 0.9)
    assert clock.chip == "紧迫 · 剩1个工作日，10月19日到期"
    assert clock.short == "剩1个工作日"


def test_the_account_of_the_cake_factory_reads_like_the_mock_up():
    clock = the_case()
    assert clock.headline == "10个工作日，已用到第9日"
    assert clock.since == "从受理次日起算，9月25日至今共22天"
    assert clock.sums == (
        Sum(9, "计入，其中10月10日为调休上班"),
        Sum(10, "法定节假日，中秋3天、国庆7天"),
        Sum(1, "周日"),
        Sum(2, "中止：企业停电，书面申请，10月12日至13日"),
    )
    assert clock.certainty == "2026年放假安排已正式公布，到期日为确定日期"


def test_every_day_of_the_cake_factory_says_why_it_counts_or_not():
    days = {day.date: day for day in the_case().days}
    assert (min(days), max(days)) == (date(2026, 9, 24), date(2026, 10, 19))
    assert days[date(2026, 9, 24)].reason == "受理当日不计入"
    assert days[date(2026, 10, 1)].reason == "国庆节"
    assert days[date(2026, 10, 11)].reason == "周日"
    assert days[date(2026, 10, 12)].reason == "中止：企业停电，书面申请"
    assert (days[date(2026, 10, 10)].reason, days[date(2026, 10, 10)].ordinal) == ("调休上班", 6)
    assert (days[date(2026, 10, 14)].reason, days[date(2026, 10, 14)].ordinal) == ("", 7)
    assert (days[date(2026, 10, 16)].is_today, days[date(2026, 10, 16)].ordinal) == (True, 9)
    due = days[date(2026, 10, 19)]
    assert (due.is_due, due.ahead, due.ordinal) == (True, True, 10)


def test_the_grid_of_the_cake_factory_is_that_of_the_mock_up():
    weeks = the_case().weeks()
    assert [[cell.tone for cell in week] for week in weeks] == [
        ["x", "x", "x", "s", "", "", ""],
        ["n", "n", "n", "", "", "", ""],
        ["", "", "", "n", "n", "n", ""],
        ["p", "p", "n", "n", "t", "", ""],
        ["d", "x", "x", "x", "x", "x", "x"],
    ]
    labels = [cell.label for week in weeks for cell in week]
    assert labels[:4] == ["9月21", "22", "23", "24"]
    assert (labels[10], labels[11], labels[25]) == ("10月1", "2", "今天")
    words = [" ".join(filter(None, (cell.headline, cell.note))) for week in weeks for cell in week]
    assert words[3:8] == ["受理", "中秋", "中秋", "中秋", "第1日"]
    assert (words[19], words[20], words[21], words[28]) == ("第6日 调休", "周日", "中止", "第10日 到期")


@pytest.mark.parametrize(
    ("today", "light", "chip"),
    [
        ("2026-09-24", Light.NORMAL, "正常 · 剩10个工作日，10月19日到期"),
        ("2026-10-09", Light.NORMAL, "正常 · 剩5个工作日，10月19日到期"),
        ("2026-10-10", Light.NEAR, "临近 · 剩4个工作日，10月19日到期"),
        ("2026-10-12", Light.PAUSED, "中止，停止计时"),
        ("2026-10-15", Light.NEAR, "临近 · 剩2个工作日，10月19日到期"),
        ("2026-10-19", Light.URGENT, "紧迫 · 今天到期"),
        ("2026-10-21", Light.OVERDUE, "超期2个工作日，10月19日已到期"),
        ("2026-09-23", Light.NOT_STARTED, "未起算，9月24日受理"),
    ],
)
def test_the_light_changes_as_the_days_go_by(today, light, chip):
    clock = reading(*THE_CASE, today=today)
    assert (clock.light, clock.chip) == (light, chip)


def test_a_saturday_after_the_due_date_is_overdue_without_a_working_day():
    clock = reading(Mark(date(2026, 10, 12), "start"), allowed=4, today="2026-10-17")
    assert (clock.light, clock.left, clock.short) == (Light.OVERDUE, 0, "超期")


def test_a_receipt_on_a_saturday_starts_on_monday_and_already_knows_its_due_date():
    clock = reading(Mark(date(2026, 9, 21), "start", "收到材料"), allowed=5, today="2026-09-19")
    assert (clock.light, clock.used, clock.due_on) == (Light.NOT_STARTED, 0, date(2026, 9, 29))


def test_without_a_start_there_is_nothing_to_read():
    clock = reading(today="2026-10-16")
    assert (clock.light, clock.due_on, clock.days, clock.sums, clock.weeks()) == (Light.NOT_STARTED, None, (), (), ())
    assert clock.chip == "未起算"


def test_while_a_pause_is_open_nobody_knows_the_due_date():
    clock = reading(ACCEPTED, POWER_CUT, today="2026-10-16")
    assert (clock.light, clock.due_on, clock.used) == (Light.PAUSED, None, 6)
    assert clock.sums[-1] == Sum(5, "中止：企业停电，书面申请，10月12日至16日")


def test_a_pause_after_the_due_date_does_not_undo_the_delay():
    clock = reading(ACCEPTED, Mark(date(2026, 10, 20), "pause"), allowed=10, today="2026-10-22")
    assert (clock.light, clock.due_on) == (Light.OVERDUE, date(2026, 10, 15))


def test_a_pause_taken_back_on_the_same_day_costs_nothing():
    clock = reading(ACCEPTED, POWER_CUT, Mark(POWER_CUT.on, "resume"), today="2026-10-16")
    assert (clock.used, clock.due_on) == (11, date(2026, 10, 15))


def test_a_pause_that_crosses_a_month_is_worded_in_full():
    pause = Mark(date(2026, 9, 29), "pause", "检验")
    clock = reading(ACCEPTED, pause, Mark(date(2026, 10, 9), "resume"), today="2026-10-09")
    assert clock.sums[-1] == Sum(10, "中止：检验，9月29日至10月8日")


def test_an_extension_adds_its_days():
    clock = reading(*THE_CASE, Mark(date(2026, 10, 16), "extend", "情况复杂", days=5), today="2026-10-16")
    assert (clock.allowed, clock.left, clock.due_on) == (15, 6, date(2026, 10, 26))
    assert clock.headline == "15个工作日（含延长5个工作日），已用到第9日"


def test_the_decision_stops_the_clock_for_good():
    decided = Mark(date(2026, 10, 15), "stop", "准予许可")
    clock = reading(*THE_CASE, decided, today="2027-03-01")
    assert (clock.light, clock.used, clock.chip) == (Light.STOPPED, 8, "已办结 · 用时8个工作日")
    assert clock.days[-1].date == decided.on
    assert clock.since == "从受理次日起算，2026年9月25日至2026年10月15日共21天"


def test_a_late_decision_says_by_how_much():
    assert reading(*THE_CASE, Mark(date(2026, 10, 21), "stop"), today="2026-10-30").chip.endswith("超期2个工作日")
    assert reading(ACCEPTED, Mark(ACCEPTED.on, "stop"), today="2026-10-30").chip == "已办结 · 当日办结"


def test_a_new_start_forgets_the_earlier_round():
    again = Mark(date(2026, 10, 8), "start", "重新提交")
    clock = reading(ACCEPTED, Mark(date(2026, 9, 29), "stop"), again, allowed=5, today="2026-10-09")
    assert (clock.used, clock.light, clock.started_on) == (1, Light.NORMAL, again.on)
    assert clock.since == "从重新提交次日起算，10月9日至今共1天"


def test_silence_starts_the_clock_back_at_the_first_receipt():
    late_entry = Mark(date(2026, 9, 18), "start", "收到材料")
    assert reading(ACCEPTED, late_entry, today="2026-09-24").used == 5


def test_a_term_that_crosses_into_a_year_not_announced_says_provisional():
    clock = reading(Mark(date(2026, 12, 21), "start", "受理"), allowed=10, today="2026-12-22")
    assert clock.provisional
    assert clock.chip == "正常 · 剩9个工作日，暂定2027年1月5日到期"
    assert clock.certainty == "2027年放假安排尚未公布，到期日暂定"
    assert [day.provisional for day in clock.days[-2:]] == [True, True]


def test_a_closure_decided_later_moves_the_due_date_and_is_named():
    flood = WorkingCalendar({date(2026, 10, 15): Override(is_workday=False, name="防汛停工")})
    clock = reading(*THE_CASE, today="2026-10-16", calendar=flood)
    assert (clock.used, clock.due_on) == (8, date(2026, 10, 20))
    assert Sum(1, "防汛停工") in clock.sums


def test_the_page_can_name_the_event_of_the_start():
    clock = reading(Mark(date(2026, 9, 24), "start"), today="2026-09-24", start_word="受理")
    assert clock.days[0].reason == "受理当日不计入"
    assert clock.since == "受理当日不计入，从次日起算"
    assert reading(Mark(date(2026, 9, 24), "start"), today="2026-09-24").days[0].reason == "起算当日不计入"


def test_a_mark_that_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="halt"):
        reading(ACCEPTED, Mark(date(2026, 10, 1), "halt"), today="2026-10-16")


starts = st.dates(date(2026, 8, 1), date(2026, 11, 1))
allowances = st.integers(1, 25)


@st.composite
def lives(draw, endings=("none", "stop", "open pause")):
    """A start, pauses one after the other, perhaps an extension, perhaps an end."""
    on = draw(starts)
    marks = [Mark(on, "start", "受理")]
    for gap, length in draw(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 9)), max_size=3)):
        marks.append(Mark(on + ONE_DAY * gap, "pause", "检验"))
        on += ONE_DAY * (gap + length)
        marks.append(Mark(on, "resume"))
    if draw(st.booleans()):
        marks.append(Mark(on, "extend", days=draw(st.integers(1, 10))))
    ending = draw(st.sampled_from(endings))
    if ending == "stop":
        marks.append(Mark(on + ONE_DAY * draw(st.integers(0, 20)), "stop"))
    if ending == "open pause":
        marks.append(Mark(on + ONE_DAY * draw(st.integers(0, 20)), "pause", "检测"))
    return tuple(marks)


def at(marks, allowed, today, calendar=CALENDAR):
    return read(marks, allowed=allowed, today=today, calendar=calendar)


@given(lives(), allowances, st.integers(-5, 60))
def test_the_days_used_never_decrease(marks, allowed, offset):
    today = marks[0].on + ONE_DAY * offset
    now, tomorrow = at(marks, allowed, today), at(marks, allowed, today + ONE_DAY)
    assert 0 <= tomorrow.used - now.used <= 1
    assert now.left + now.used == now.allowed


@given(lives(), allowances, st.integers(0, 60))
def test_day_by_day_and_counted_at_once_agree(marks, allowed, offset):
    clock = at(marks, allowed, marks[0].on + ONE_DAY * offset)
    passed = [day for day in clock.days if not day.ahead]
    assert sum(day.counted for day in passed) == clock.used
    assert [day.ordinal for day in clock.days if day.counted] == list(
        range(1, len([d for d in clock.days if d.counted]) + 1)
    )
    for day in clock.days:
        assert not day.counted or CALENDAR.is_working(day.date)
        assert day.counted or day.reason
        assert not (day.counted and (day.paused or day.is_start))


@given(lives(), allowances, st.integers(1, 60))
def test_the_account_leaves_no_day_out(marks, allowed, offset):
    clock = at(marks, allowed, marks[0].on + ONE_DAY * offset)
    elapsed = len([day for day in clock.days[1:] if not day.ahead])
    assert sum(line.days for line in clock.sums) == elapsed
    if elapsed:
        assert clock.sums[0].days == clock.used
        assert f"共{elapsed}天" in clock.since


@given(lives(endings=("none", "open pause")), allowances)
def test_the_due_date_is_the_day_on_which_the_last_allowed_day_is_used(marks, allowed):
    clock = at(marks, allowed, marks[0].on)
    if clock.due_on is None:
        assert at(marks, allowed, marks[0].on + ONE_DAY * 300).used < clock.allowed
        return
    assert at(marks, allowed, clock.due_on).left == 0
    assert at(marks, allowed, clock.due_on - ONE_DAY).left == 1
    assert at(marks, allowed, clock.due_on).light in (Light.URGENT, Light.STOPPED)
    assert at(marks, allowed, clock.due_on + ONE_DAY).light is Light.OVERDUE


@given(lives(endings=("none",)), allowances, st.integers(0, 40), st.integers(0, 20))
def test_one_more_pause_never_brings_the_due_date_forward(marks, allowed, gap, length):
    on = marks[-1].on + ONE_DAY * gap
    paused = (*marks, Mark(on, "pause", "听证"), Mark(on + ONE_DAY * length, "resume"))
    before, after = at(marks, allowed, on), at(paused, allowed, on)
    assert after.due_on >= before.due_on
    assert at(paused, allowed, on + ONE_DAY * 50).used <= at(marks, allowed, on + ONE_DAY * 50).used


@given(lives(endings=("none",)), allowances, st.integers(1, 10))
def test_an_extension_moves_the_due_date_by_exactly_its_days(marks, allowed, days):
    longer = (*marks, Mark(marks[-1].on, "extend", days=days))
    before, after = at(marks, allowed, marks[0].on), at(longer, allowed, marks[0].on)
    assert after.allowed == before.allowed + days
    assert at(longer, allowed, before.due_on).left == days
    assert after.due_on > before.due_on


@given(lives(endings=("stop",)), allowances, st.integers(0, 200))
def test_after_the_stop_nothing_changes(marks, allowed, later):
    stop = marks[-1].on
    first, then = at(marks, allowed, stop), at(marks, allowed, stop + ONE_DAY * later)
    assert then.light is Light.STOPPED
    assert (then.used, then.sums and [line.days for line in then.sums]) == (
        first.used,
        first.sums and [line.days for line in first.sums],
    )


@given(lives(), allowances, st.integers(-5, 60))
def test_the_grid_is_made_of_whole_weeks_and_holds_every_day_once(marks, allowed, offset):
    clock = at(marks, allowed, marks[0].on + ONE_DAY * offset)
    weeks = clock.weeks()
    cells = [cell.date for week in weeks for cell in week]
    assert all(len(week) == 7 and week[0].date.weekday() == 0 for week in weeks)
    assert cells == [cells[0] + ONE_DAY * index for index in range(len(cells))]
    assert {day.date for day in clock.days} <= set(cells)
    assert clock.chip
    assert clock.short
