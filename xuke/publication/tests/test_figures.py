"""Figures that anybody can count again: the four hundred-per-cents, handling times, and the lists behind them."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from xuke.foundation.journal import SHANGHAI
from xuke.foundation.scope import EVERYTHING, enter
from xuke.licensing.models import Application
from xuke.licensing.procedures import PROCEDURES
from xuke.publication import guides, lists, openness, tasks
from xuke.publication.models import Announcement, Progress, PublicFigure
from xuke.publication.projection import cases, figures
from xuke.publication.views import openness as openness_views
from xuke.tests.cast import NOON

TODAY = NOON.date()


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)


def decided(place: int, **changed) -> Announcement:
    facts = {
        "id": 10_000 + place,
        "verb": "granted",
        "acceptance_number": f"夷市监食许受〔2026〕{place:04d}号",
        "holder": f"宜昌第{place}食品有限公司",
        "uscc": "91420506MA7K3F2X8C",
        "title": "糕点",
        "procedure": "food.first",
        "division": "420506",
        "authority": "宜昌市夷陵区市场监督管理局",
        "authority_path": "420000/420500/420506/",
        "level": "county",
        "category": 24,
        "categories": [24],
        "decided_on": TODAY - timedelta(days=place),
        "announced_at": NOON,
        "days": 5,
    }
    return Announcement(**{**facts, **changed})


def progressed(place: int, **changed) -> Progress:
    day = TODAY - timedelta(days=place)
    facts = {
        "receipt_number": f"{day:%Y%m%d}-420506-{place:04d}",
        "procedure": "food.first",
        "state": "certificate_issued",
        "authority": "宜昌市夷陵区市场监督管理局",
        "steps": [{"verb": "submitted", "on": day.isoformat(), "shown": NOON.isoformat()}],
        "received_on": day,
        "closed_on": day,
        "changed_at": NOON,
    }
    return Progress(**{**facts, **changed})


@pytest.fixture
def counted(db):
    """Forty cases: every fifth entered at the counter, every eighth shown late, every tenth announced late."""
    Progress.objects.bulk_create(
        progressed(place, online=place % 5 > 0, late_steps=int(place % 8 == 0)) for place in range(40)
    )
    Announcement.objects.bulk_create(decided(place, on_time=place % 10 > 0) for place in range(40))
    figures.note("openness", figures.openness(TODAY), now=NOON, seconds=0.01)
    figures.note("times", figures.handling_times(TODAY), now=NOON, seconds=0.01)


def shares() -> dict[str, tuple[int, int]]:
    found = openness.openness_of(openness.figures("openness"))
    assert found is not None
    return {share.measure.code: (share.good, share.total) for share in found.shares}


def downloaded(client, url: str) -> list[dict[str, str]]:
    text = b"".join(client.get(url).streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_every_share_can_be_counted_again_from_its_list(client, counted, monkeypatch):
    monkeypatch.setattr(lists, "BATCH", 7)
    expected = {"online": "网上提交", "visible": "全程可见", "announced": "按期公示", "items": "全部公开"}
    for measure, column in expected.items():
        rows = downloaded(client, f"/openness/{measure}.csv")
        assert shares()[measure] == (sum(row[column] == "是" for row in rows), len(rows)), measure
        same = json.loads(b"".join(client.get(f"/openness/{measure}.json").streaming_content))
        assert len(same) == len(rows)
    assert shares() == {"items": (len(PROCEDURES),) * 2, "online": (32, 40), "visible": (35, 40), "announced": (36, 40)}


def test_a_share_is_a_hundred_per_cent_only_when_nothing_is_missing():
    measure = openness.MEASURES[1]
    assert openness.Share(measure, 99_999, 100_000).percent == "99.9%"
    assert openness.Share(measure, 7, 7).percent == "100%"


def test_nobody_is_named_in_the_lists(client, counted):
    for measure in lists.LISTS:
        text = b"".join(client.get(f"/openness/{measure}.csv").streaming_content).decode()
        assert "有限公司" not in text and "91420506" not in text


def test_a_spreadsheet_says_words_and_chinese_time_and_leaves_empty_what_is_empty(client, counted):
    announced = downloaded(client, "/openness/announced.csv")[0]
    assert (announced["决定"], announced["公示时间"]) == ("准予许可", NOON.astimezone(SHANGHAI).isoformat())
    assert downloaded(client, "/openness/times.csv")[0]["机关层级"] == "县级"
    assert downloaded(client, "/openness/items.csv")[0]["没有公开的"] == ""
    (first, *_) = json.loads(b"".join(client.get("/openness/announced.json").streaming_content))
    assert (first["verb"], first["announced_at"]) == ("granted", NOON.astimezone(SHANGHAI).isoformat())
    assert lists._cell("=1+1") == "'=1+1"


def test_a_list_of_one_month_is_an_address(client, counted):
    august = downloaded(client, "/openness/online.csv?month=2026-08")
    assert {row["收到日期"][:7] for row in august} == {"2026-08"}
    for wrong in ("2019-01", "2026-13", "%", "2027-01"):
        assert client.get("/openness/online.csv", {"month": wrong}).status_code == 404


def test_before_anything_was_recorded_no_share_is_claimed(client, counted):
    months = dict(openness.openness_of(openness.figures("openness")).months)
    totals = {
        month: next(share.total for share in row if share.measure.code == "items") for month, row in months.items()
    }
    assert {month for month, total in totals.items() if total} == {"2026-07", "2026-08", "2026-09"}
    assert downloaded(client, "/openness/items.csv?month=2026-06") == []
    assert len(downloaded(client, "/openness/items.csv?month=2026-07")) == len(PROCEDURES)


def test_half_of_the_cases_and_nine_of_ten(client, counted):
    page = client.get("/openness/").content.decode()
    assert "一半申请在<b>5个工作日</b>内、九成申请在<b>5个工作日</b>内" in page
    assert "80%" in page


def test_an_evening_of_five_hundred_decisions_is_said_and_moves_nothing(client, counted):
    Announcement.objects.bulk_create(decided(1_000 + place, decided_on=TODAY, days=90) for place in range(500))
    found = figures.handling_times(TODAY)["groups"]
    everything = next(group for group in found if group["by"] == "all")["times"]
    assert (everything["p50"], everything["p90"], everything["limited_cases"]) == (5, 5, 501)


def test_groups_of_a_few_cases_are_not_shown(counted):
    Announcement.objects.bulk_create(
        decided(2_000 + place, decided_on=TODAY, category=14, days=40) for place in range(4)
    )
    found = {(group["by"], group["key"]): group["times"] for group in figures.handling_times(TODAY)["groups"]}
    assert found["category", "24"] and found["category", "14"] is None


def test_the_page_of_figures_counts_nothing_itself(client, counted):
    with CaptureQueriesContext(connection) as captured:
        response = client.get("/openness/")
    assert response.status_code == 200
    assert len(captured) == 1
    assert "publication_publicfigure" in captured[0]["sql"]


def test_before_anything_was_counted_the_page_says_so(client, db):
    assert "还没有算出来" in client.get("/openness/").content.decode()


def test_the_worker_counts_what_is_due_and_no_more(db, monkeypatch):
    tasks.keep_figures()
    assert set(PublicFigure.objects.values_list("name", flat=True)) == set(figures.FIGURES)
    assert figures.due(NOON + timedelta(seconds=60)) == []
    PublicFigure.objects.filter(name="times").update(seconds=6.0)
    assert figures.due(NOON + timedelta(minutes=5)) == ["in_force", "openness"]
    assert figures.due(NOON + timedelta(hours=12)) == list(figures.FIGURES)


def test_what_no_reaction_published_is_published_late_and_counts_as_late(at):
    case = at("granted")
    enter(EVERYTHING)
    Application.objects.filter(pk=case.pk).update(submitted_at=NOON - timedelta(days=12))
    assert cases.catch_up(NOON) == 1
    assert cases.catch_up(NOON) == 0
    assert Progress.objects.get().receipt_number == case.receipt_number


def test_an_officer_who_enters_a_paper_application_does_not_make_it_online(at):
    case = at("submitted")
    enter(EVERYTHING)
    cases.publish(case.pk, now=NOON)
    assert Progress.objects.get().online
    events = [event for event in cases.journal.history(case.stream) if event.verb == "application.submitted"]
    at_the_counter = [type(event)(**{**vars(event), "actor": "officer:5"}) for event in events]
    assert not cases._submitted_online(at_the_counter)


def test_without_conditions_or_scope_an_item_is_not_published(db, monkeypatch):
    procedure = guides.procedure_of("food.first")
    monkeypatch.setattr(guides, "CONDITIONS", {})
    found = guides.elements(procedure, on=TODAY)
    assert [element.title for element in found if not element.is_public] == ["申请条件和依据"]
    assert not guides.is_complete(found)


def test_twelve_months_end_with_this_one():
    assert figures.first_month(date(2026, 11, 22)) == date(2025, 12, 1)
    assert figures.first_month(date(2026, 12, 1)) == date(2026, 1, 1)
    assert len(figures.months_between(date(2025, 12, 1), date(2026, 11, 22))) == 12


def test_whoever_takes_list_after_list_is_told_to_wait(client, counted, settings):
    settings.XUKE_PUBLIC_RATE = (1.0, 100.0)
    client.defaults["REMOTE_ADDR"] = "203.0.113.9"
    client.handler.load_middleware()
    for _ in range(2):
        assert b"".join(client.get("/openness/online.csv").streaming_content)
    assert [client.get("/openness/online.csv").status_code for _ in range(2)] == [429, 429]
    assert client.get("/openness/").status_code == 200


def test_a_small_list_is_kept_for_the_next_who_asks_and_not_for_one_with_a_name(client, counted):
    assert "s-maxage=10" in client.get("/openness/items.json")["Cache-Control"]
    client.cookies["sessionid"] = "somebody"
    assert client.get("/openness/items.json")["Cache-Control"] == "private, no-cache"


def test_lists_leave_two_at_a_time_and_one_for_each_client(client, counted):
    url, places = "/openness/online.csv", openness_views._places
    first = client.get(url, REMOTE_ADDR="203.0.113.9")
    refused = client.get(url, REMOTE_ADDR="203.0.113.9")
    assert (first.status_code, refused.status_code) == (200, 429)
    assert "正在下载" in refused.content.decode()
    second = client.get(url, REMOTE_ADDR="203.0.113.10")
    assert client.get(url, REMOTE_ADDR="203.0.113.11").status_code == 429
    for response in (first, second):
        assert b"".join(response.streaming_content)
    assert len(places) == 0
    assert client.get(url, REMOTE_ADDR="203.0.113.9").status_code == 200
