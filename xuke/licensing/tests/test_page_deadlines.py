"""督办 and 效能: what a supervisor is told, what the level above sees, and how an authority keeps its terms."""

from __future__ import annotations

import re
from datetime import datetime

from xuke.foundation import journal
from xuke.foundation.actors import SYSTEM
from xuke.licensing import alarms, commands, performance
from xuke.licensing.models import Alarm, Breach
from xuke.licensing.performance import Spread
from xuke.licensing.tests.acts import BY_VERB
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS

DEADLINES, PERFORMANCE = "/office/deadlines/", "/office/performance/"


def look(day: int) -> None:
    """The clocks are looked at on a day of September."""
    commands.raise_alarms(by=SYSTEM, now=datetime(2026, 9, day, 9, tzinfo=journal.SHANGHAI))


def test_the_supervisor_reads_what_is_due_and_takes_note_of_it(at, desk, he_the_supervisor):
    application = at("document_review")
    look(17)
    shown = desk.open(he_the_supervisor, DEADLINES)
    assert application.enterprise.name in shown.main
    assert "已用八成" in shown.main
    assert len(shown.statements) <= MOST_STATEMENTS
    desk.send(he_the_supervisor, f"{DEADLINES}alarms/{Alarm.objects.get().pk}/seen/", {})
    assert he_the_supervisor.name in desk.open(he_the_supervisor, DEADLINES).main


def test_the_inbox_says_at_its_top_what_was_not_seen_yet(at, desk, he_the_supervisor, zhou_the_acceptor):
    at("submitted")
    look(11)
    assert "1件时限提醒还没有签阅" in desk.open(he_the_supervisor, "/office/").main
    shown = desk.open(zhou_the_acceptor, "/office/")
    assert "依法视为受理" in shown.main
    assert len(shown.statements) <= MOST_STATEMENTS


def test_whoever_has_a_case_in_hand_is_told_before_its_term_is_over(at, desk, chen_the_reviewer, liu_the_decider):
    at("document_review")
    look(14)
    assert "时限快到" not in desk.open(chen_the_reviewer, "/office/").main
    look(17)
    assert "您经办的申请有1件时限快到或者已超期" in desk.open(chen_the_reviewer, "/office/").main
    assert "时限快到" not in desk.open(liu_the_decider, "/office/").main


def test_the_level_above_sees_what_escalated_and_nothing_before(at, wang_of_yichang):
    at("document_review")
    look(17)
    assert not alarms.for_supervisor(wang_of_yichang).exists()
    look(20)
    assert alarms.for_supervisor(wang_of_yichang, where="below").get().level == "last"


def test_a_breach_stands_on_the_desk_until_its_cause_is_written(at, desk, he_the_supervisor):
    at("document_review")
    look(25)
    breach = Breach.objects.get()
    assert "填写原因" in desk.open(he_the_supervisor, f"{DEADLINES}?show=breaches").main
    url = f"{DEADLINES}breaches/{breach.pk}/cause/"
    assert "决定时限10个工作日" in desk.open(he_the_supervisor, url).main
    assert desk.send(he_the_supervisor, url, {"cause": ""}).status == 422
    assert desk.send(he_the_supervisor, url, {"cause": "人手不足，已经调配。"}).status == 303
    assert "人手不足，已经调配。" in desk.open(he_the_supervisor, f"{DEADLINES}?show=breaches").main
    assert desk.open(he_the_supervisor, url).status == 403


def test_a_request_for_more_time_waits_for_the_decider(at, desk, the_cast):
    application = BY_VERB["ask_extension"].do(at("document_review"), the_cast)
    assert "等您批准" in desk.open(the_cast.decider, "/office/").main
    listed = desk.open(the_cast.decider, f"{DEADLINES}?show=extensions")
    assert application.extension["reason"] in listed.main
    shown = desk.open(the_cast.decider, f"/office/applications/{application.pk}/extension/approve/")
    assert "9月28日" in shown.main


def test_the_case_page_tells_alarm_breach_and_extension(at, desk, the_cast):
    application = BY_VERB["extend"].ready(at, the_cast)
    look(25)
    shown = desk.open(the_cast.decider, f"/office/applications/{application.pk}/")
    assert "已超期 已提醒" in shown.main
    assert "原因还没有说明" in shown.main
    assert "等待批准" in shown.main
    assert len(shown.statements) <= MOST_STATEMENTS


def test_the_board_tells_the_authority_its_own_terms(at, desk, the_cast, he_the_supervisor):
    commands.refuse(
        application=at("decision_proposed"),
        reason="不具备条件。",
        by=the_cast.decider,
        now=datetime(2026, 9, 23, 9, tzinfo=journal.SHANGHAI),
    )
    performance.forget()
    shown = desk.open(he_the_supervisor, f"{PERFORMANCE}?period=year")
    assert len(shown.statements) <= MOST_STATEMENTS
    assert "首次申请" in shown.main
    board = performance.board(
        he_the_supervisor,
        since=datetime(2026, 9, 1).date(),
        until=datetime(2026, 9, 30).date(),
        today=datetime(2026, 9, 30).date(),
    )
    decided = board.all.stages["decision"]
    assert (decided.count, decided.late, decided.within(0.5)) == (1, 1, 13)
    assert (board.level.stages["decision"].count, board.all.stages["acceptance"].within(0.5)) == (1, 0)
    assert board.unexplained == 1


def test_what_is_not_explained_is_the_same_figure_at_the_desk_and_on_the_board(at, desk, he_the_supervisor, world):
    at("document_review")
    look(25)
    performance.forget()
    above = world.officers["luojianguo"]
    both = re.compile(r"超期未说明 ?1 ?个 ?本机关0个，下级机关1个")
    assert both.search(desk.open(above, DEADLINES).main)
    assert re.search(r"超期未说明 ?1 ?个 ?本机关和下级，现在", desk.open(above, f"{PERFORMANCE}?of=below").main)
    assert re.search(r"超期未说明 ?0 ?个 ?本机关，现在", desk.open(above, PERFORMANCE).main)
    assert re.search(r"超期未说明 ?1 ?个 ?本机关", desk.open(he_the_supervisor, DEADLINES).main)
    page = desk.open(he_the_supervisor, f"{PERFORMANCE}?period=30")
    assert re.search(r"超期未说明 ?1 ?个 ?本机关，现在", page.main) and "show=breaches&amp;where=own" in page.html


def test_where_there_is_nobody_to_compare_with_the_board_says_so(at, desk, world):
    at("granted")
    performance.forget()
    page = desk.open(world.officers["luojianguo"], f"{PERFORMANCE}?of=below&period=year")
    assert "没有可比的机关，法定" in page.main and "中位—日" not in page.main


def test_half_and_nine_of_ten_are_told_as_people_count():
    spread = Spread()
    for used in range(1, 11):
        spread.add(used, 1, late=used == 10)
    assert (spread.within(0.5), spread.within(0.9), spread.mean, spread.on_time) == (5, 9, 5.5, 0.9)
