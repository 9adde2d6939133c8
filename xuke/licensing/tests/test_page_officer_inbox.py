"""The officer's lists: what waits for me, what I have had a hand in, what is open, my visits, the search."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest

from xuke.foundation.scope import EVERYTHING, enter
from xuke.licensing import commands, queries
from xuke.licensing.listed import BY_DUE_DAY, NEWEST_FIRST, Listed
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS, case_url
from xuke.licensing.views.officer_paging import slice_of
from xuke.parties import names
from xuke.parties.models import Enterprise
from xuke.tests.cast import MORNING, NOON, Minutes, verbs

CAKES, SAUCES = "宜昌禾穗坊食品有限公司", "宜昌临江禾酿造有限公司"


def test_what_waits_stands_under_its_clock(desk, at, zhou_the_acceptor):
    at("submitted")
    page = desk.open(zhou_the_acceptor, "/office/")
    assert page.status == 200
    assert "9月7日 星期一 · 按时限排序 · 今天是工作日" in page.main
    assert "其余 1件" in page.main.replace("　", " ")
    assert CAKES in page.main
    assert "剩5个工作日" in page.main


def test_what_is_overdue_is_counted_in_red_and_stands_first(desk, at, zhou_the_acceptor, monkeypatch):
    at("submitted")
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON + timedelta(days=9))
    page = desk.open(zhou_the_acceptor, "/office/")
    assert "超期2个工作日" in page.main
    assert '<b class="xk-red"><a class="xk-quiet" href="?due=overdue">1</a><small>件' in page.html


def test_a_stage_filters_and_htmx_gets_the_list_alone(desk, at, chen_the_reviewer, the_sauce_cast):
    at("accepted")
    at("verification_done", cast=the_sauce_cast)
    everything = desk.open(chen_the_reviewer, "/office/")
    assert CAKES in everything.main
    assert SAUCES in everything.main
    opinions = desk.open(chen_the_reviewer, "/office/?stage=opinion", **{"HX-Request": "true"})
    assert "<html" not in opinions.html
    assert SAUCES in opinions.words
    assert CAKES not in opinions.words


def test_an_empty_inbox_shows_the_way_on(desk, liu_the_decider):
    page = desk.open(liu_the_decider, "/office/")
    assert "没有等您办理的事项" in page.main
    assert "本单位在办" in page.main


def test_zhouwen_reads_why_he_may_not_review_what_he_accepted(desk, at, zhouwen_of_two_roles):
    commands.accept(application=at("submitted"), by=zhouwen_of_two_roles, now=MORNING)
    assert "您受理过，不能审查" in desk.open(zhouwen_of_two_roles, "/office/").main


def test_claiming_in_the_row_keeps_colleagues_away(desk, at, zhou_the_acceptor, zhouwen_of_two_roles):
    application = at("submitted")
    page = desk.open(zhou_the_acceptor, "/office/")
    sent = {"revision": page.revision, "back": "list"}
    for _ in range(2):
        done = desk.send(zhou_the_acceptor, case_url(application, "claim"), sent)
        assert (done.status, done.goes_to) == (303, "/office/")
    assert verbs(application).count("application.claimed") == 1
    assert "您本人" in desk.open(zhou_the_acceptor, "/office/").main
    assert CAKES not in desk.open(zhouwen_of_two_roles, "/office/").main
    refused = desk.send(zhouwen_of_two_roles, case_url(application, "claim"), sent)
    assert refused.status == 409
    assert "周敏" in refused.main


def test_the_figures_can_be_asked_for_alone(desk, at, zhou_the_acceptor):
    at("submitted")
    page = desk.open(zhou_the_acceptor, "/office/?only=figures")
    assert "已超期" in page.words
    assert CAKES not in page.words


def test_mine_leaves_out_what_is_closed_unless_asked(desk, at, zhou_the_acceptor):
    at("refused")
    assert "没有您经办的申请" in desk.open(zhou_the_acceptor, "/office/mine/").main
    assert CAKES in desk.open(zhou_the_acceptor, "/office/mine/?closed=1").main


def test_a_prefecture_sees_its_counties_and_whose_case_it_is(desk, at, wang_of_yichang, yang_of_yidu):
    at("submitted")
    assert "宜昌市夷陵区市场监督管理局" in desk.open(wang_of_yichang, "/office/all/").main
    assert CAKES not in desk.open(yang_of_yidu, "/office/all/").main


@pytest.mark.parametrize(
    "typed",
    [
        *("禾穗坊", "receipt", "acceptance", "brackets", "uscc", "licence", "spaced"),
        *("day", "some-receipt", "year", "no-authority", "begun", "serial", "short", "some-uscc", "some-licence"),
    ],
)
def test_a_case_is_found_by_whatever_names_it(desk, at, he_the_supervisor, typed):
    application = at("granted")
    number = application.licence.number
    texts = {
        "receipt": application.receipt_number,
        "acceptance": application.acceptance_number,
        "brackets": application.acceptance_number.replace("〔", "[").replace("〕", "]"),
        "uscc": application.enterprise.uscc.lower(),
        "licence": number.lower(),
        "spaced": f" {number[:5]} {number[5:]} ",
        "day": application.receipt_number[:8],
        "some-receipt": application.receipt_number[:-2],
        "year": "〔2026",
        "no-authority": application.acceptance_number.removeprefix("夷市监"),
        "begun": application.acceptance_number[:-3],
        "serial": application.acceptance_number[-5:],
        "short": application.acceptance_number[-5:-1].lstrip("0"),
        "some-uscc": application.enterprise.uscc[:8],
        "some-licence": number[:9],
    }
    page = desk.open(he_the_supervisor, f"/office/all/?q={texts.get(typed, typed)}")
    assert CAKES in page.main


@pytest.mark.parametrize(
    "typed", ["20250907", "〔2025〕", "都市监食许受〔2026〕0001号", "9999", "91420581", "SC101", "乳业"]
)
def test_another_number_is_not_found(desk, at, he_the_supervisor, typed):
    at("granted")
    assert "没有找到" in desk.open(he_the_supervisor, f"/office/all/?q={typed}").main


def test_a_name_with_letters_is_found_however_they_are_typed(desk, at, he_the_supervisor):
    Enterprise.objects.filter(pk=at("submitted").enterprise_id).update(name="禾穗ABC食品")
    names.keep_missing()
    assert "禾穗ABC食品" in desk.open(he_the_supervisor, "/office/all/?q=abc").main


def test_a_search_stays_in_the_territory(desk, at, yang_of_yidu):
    application = at("submitted")
    assert "没有找到" in desk.open(yang_of_yidu, f"/office/all/?q={application.receipt_number}").main


@pytest.mark.parametrize("typed", ["%00", "'; drop table", "%25_", "%F0%A0%AE%B7", "(" * 300])
def test_odd_searches_find_nothing(desk, at, zhou_the_acceptor, typed):
    at("submitted")
    assert "没有找到" in desk.open(zhou_the_acceptor, f"/office/all/?q=x{typed}").main


def test_visits_show_the_day_the_team_and_the_progress(desk, at, zhao_the_leader, sun_the_verifier):
    application = at("verification_assigned")
    marks = {"1": {"score": "3", "note": ""}}
    commands.score(application=application, marks=marks, by=sun_the_verifier, now=NOON)
    page = desk.open(zhao_the_leader, "/office/visits/")
    for words in ("9月7日", "赵海峰（组长）、孙雨桐", "评分 1/34", "小溪塔街道兴禾路16号2幢"):
        assert words in page.main


@pytest.mark.parametrize(
    "state", ["submitted", "resubmitted", "accepted", "verification_assigned", "decision_proposed"]
)
@pytest.mark.parametrize(
    "url",
    [
        "/office/",
        "/office/mine/?closed=1",
        "/office/all/",
        "/office/all/?q=宜昌",
        "/office/all/?q=〔2026〕",
        "/office/visits/",
    ],
)
def test_a_second_row_costs_no_statement(desk, at, world, url, state, the_sauce_cast):
    everybody = [world.officers[name] for name in ("zhouwen", "zhoumin", "chenlixin", "zhaohaifeng", "liuzhengping")]
    at(state)
    before = [len(desk.open(officer, url).statements) for officer in everybody]
    at(state, cast=the_sauce_cast)
    assert [len(desk.open(officer, url).statements) for officer in everybody] == before
    assert max(before) <= MOST_STATEMENTS - 1, "one is kept for the calendar, read once a minute"


def test_an_applicant_has_no_business_here(client, noon, wu_the_applicant, desk):
    assert desk.open(wu_the_applicant, "/office/").status == 403


def test_a_stranger_logs_in_first(client, db):
    assert client.get("/office/").headers["Location"] == "/login/?next=%2Foffice%2F"


# Paging --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def five(at, the_sauce_cast):
    """Five cases, three of them with a due day."""
    clock = Minutes()
    for _ in range(2):
        at("retracted", now=clock)
    at("submitted", now=clock)
    at("retracted", cast=the_sauce_cast, now=clock)
    at("accepted", cast=the_sauce_cast, now=clock)
    enter(EVERYTHING)


STATES = ("retracted", "submitted", "accepted")


@pytest.mark.parametrize("in_parts", [1, 3])
@pytest.mark.parametrize("order", [BY_DUE_DAY, NEWEST_FIRST])
def test_pages_follow_each_other_forward_and_back(five, rf, zhou_the_acceptor, order, in_parts):
    found = queries.visible_to(zhou_the_acceptor)
    whole = [row.pk for row in found.order_by(*order.sorting(backward=False))]
    assert len(whole) == 5
    parts = (found,) if in_parts == 1 else tuple(found.filter(state=state) for state in STATES)

    def page(url: str):
        return slice_of(Listed(parts, order), rf.get(f"/office/{url}").GET, size=2)

    first = page("")
    second = page(first.next_url)
    third = page(second.next_url)
    assert [row.pk for part in (first, second, third) for row in part.rows] == whole
    assert [part.range for part in (first, second, third)] == ["第1–2条", "第3–4条", "第5条"]
    assert (first.previous_url, third.next_url) == ("", "")
    again = page(third.previous_url)
    assert [row.pk for row in again.rows] == whole[2:4]
    assert [row.pk for row in page(again.previous_url).rows] == whole[:2]
    assert page(again.previous_url).previous_url == ""


def test_an_invented_mark_shows_the_first_page(five, rf, zhou_the_acceptor):
    found = queries.visible_to(zhou_the_acceptor)
    part = slice_of(Listed((found,), BY_DUE_DAY), rf.get("/office/?after=1~2~3").GET)
    assert part.first == 1
    assert "从第一页开始" in part.note


KEY = "01936f6e-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    "mark",
    [
        f"0001-01-01T00:00:00+23:59~{KEY}~21",
        f"9999-12-31T23:59:59-23:59~{KEY}~21",
        f"2026-09-07T08:00:00~{KEY}~21",
        f"2026-09-07T08:00:00+08:00~{KEY}~{'9' * 5_000}",
        f"2026-09-07T08:00:00+08:00~{KEY}~-3",
        f"2026-09-07T08:00:00+08:00~{KEY}~0",
    ],
    ids=["before all days", "after all days", "no zone", "no such place", "minus three", "nowhere"],
)
@pytest.mark.parametrize("direction", ["after", "before"])
def test_a_mark_no_row_could_have_left_shows_the_first_page(desk, at, chen_the_reviewer, mark, direction):
    at("submitted")
    page = desk.open(chen_the_reviewer, f"/office/all/?{urlencode({direction: mark})}")
    assert page.status == 200
    assert CAKES in page.main


def test_a_moment_in_an_odd_zone_is_still_a_moment(desk, at, chen_the_reviewer):
    at("submitted")
    page = desk.open(chen_the_reviewer, "/office/all/?" + urlencode({"after": f"2026-12-07T08:00+23:59:59.5~{KEY}~21"}))
    assert (page.status, CAKES in page.main) == (200, True)
