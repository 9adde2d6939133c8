"""Announced decisions: a list that one can filter by address, a page for each, and feeds of both."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from xuke.publication.models import Announcement
from xuke.publication.projection import cases
from xuke.tests.cast import NOON

ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)


@pytest.fixture
def many(db):
    """Fifty decisions, two a day, of two counties and two categories."""
    rows = [
        Announcement(
            id=1000 + place,
            verb="refused" if place % 10 == 0 else "granted",
            acceptance_number=f"夷市监食许受〔2026〕{place:04d}号",
            holder=f"宜昌第{place}食品有限公司",
            uscc="91420506MA7K3F2X8C",
            title="糕点",
            procedure="food.first",
            division="420506" if place % 2 else "420581",
            place="湖北省宜昌市夷陵区" if place % 2 else "湖北省宜昌市宜都市",
            authority="宜昌市夷陵区市场监督管理局",
            authority_path="420000/420500/420506/",
            category=24 if place % 3 else 14,
            categories=[24] if place % 3 else [14, 24],
            decided_on=NOON.date() - timedelta(days=place // 2),
            announced_at=NOON - timedelta(days=place // 2),
            licence_number="" if place % 10 == 0 else f"SC1244205060{place:04d}",
        )
        for place in range(50)
    ]
    Announcement.objects.bulk_create(rows)
    return rows


def holders(response) -> list[str]:
    page = response.content.decode()
    return [part.split(" ·")[0] for part in page.split('/">宜昌')[1:]]


def test_the_newest_decisions_come_first_and_every_one_is_on_some_page(client, many):
    url, seen = "/announcements/", []
    while url:
        with CaptureQueriesContext(connection) as captured:
            response = client.get(url)
        assert len(captured) <= 2
        seen += holders(response)
        further = re.search(r'href="([^"]+)" rel="next"', response.content.decode())
        url = further[1].replace("&amp;", "&") if further else ""
    expected = sorted(many, key=lambda row: (row.decided_on, row.id), reverse=True)
    assert seen == [row.holder.removeprefix("宜昌") for row in expected]


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"kind": "refused"}, 5),
        ({"division": "宜都市", "kind": "refused"}, 5),
        ({"division": "420506", "kind": "refused"}, 0),
        ({"category": "14"}, 17),
        ({"from": "2026-09-07", "to": "2026-09-07"}, 2),
    ],
)
def test_filters_are_addresses(client, many, asked, count):
    assert len(holders(client.get("/announcements/", asked))) == count


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"kind": "evil"}, "没有这种公告"),
        ({"from": "1948-01-01"}, "没有1948年的公告"),
        ({"from": "2026-13-01"}, "日期请写成"),
        ({"from": "2026-09-02", "to": "2026-09-01"}, "开始日期晚于结束日期"),
        ({"before": "SC124|20"}, "这个翻页地址不是公告公示的"),
        ({"before": "2026-99-99.5"}, "这个翻页地址不是公告公示的"),
        ({"category": "99"}, "没有这个食品类别"),
        ({"division": "%_" * 5_000}, "没有叫"),
        ({"division": "\x00\x1b不存在"}, "没有叫"),
    ],
)
def test_what_cannot_be_asked_for_is_told(client, many, asked, sentence):
    for url in ("/announcements/", "/announcements/feed.atom"):
        response = client.get(url, asked)
        assert response.status_code == 422
        assert sentence in response.content.decode()


def test_a_decision_has_a_page_that_stays_until_its_time_is_over(client, at, settings):
    case = at("granted")
    cases.publish(case.pk, now=NOON)
    id = Announcement.objects.get().pk
    page = client.get(f"/announcements/{id}/").content.decode()
    assert case.enterprise.name in page
    assert page.count(">2026年9月7日") == 2, "days of the public are said with their year"
    assert f'href="/licences/{case.licence.number}/"' in page
    settings.XUKE_ANNOUNCEMENT_DAYS = 0
    assert client.get(f"/announcements/{id}/").status_code == 404
    assert client.get(f"/announcements/{'9' * 40}/").status_code == 404


@pytest.mark.parametrize(
    ("procedure", "outcome", "words"),
    [
        ("food.change", "granted", "准予变更"),
        ("food.renewal", "granted", "准予延续"),
        ("food.change", "refused", "不予变更"),
    ],
)
def test_a_decision_is_told_in_the_words_of_what_was_applied_for(client, at, procedure, outcome, words):
    case = at(outcome, procedure=procedure)
    cases.publish(case.pk, now=NOON)
    id = Announcement.objects.get(procedure=procedure).pk
    told = [f"/announcements/{id}/", "/announcements/", "/announcements/feed.json", "/api/v1/announcements"]
    for url in (*told, f"/progress/?receipt={case.receipt_number}"):
        assert words in client.get(url).content.decode(), url
    assert f"食品生产许可{words[2:]} · 糕点" in client.get(f"/announcements/{id}/").content.decode()
    assert case.life_state.title == words


def test_a_refusal_says_nothing_of_its_reasons(client, at):
    case = at("refused")
    cases.publish(case.pk, now=NOON)
    for url in ("/announcements/", f"/announcements/{Announcement.objects.get().pk}/", "/announcements/feed.json"):
        page = client.get(url).content.decode()
        assert "不予许可" in page
        assert case.outcome["reason"] not in page


def test_a_reader_follows_the_atom_feed_to_its_end_and_knows_every_entry_again(client, many):
    entries, url = [], "/announcements/feed.atom?category=24"
    while url:
        response = client.get(url)
        assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
        feed = ElementTree.fromstring(response.content)
        for name in ("id", "title", "updated", "author/a:name"):
            assert feed.findtext(f"a:{name}", namespaces=ATOM)
        links = {link.get("rel"): link.get("href") for link in feed.findall("a:link", ATOM)}
        assert "category=24" in links["self"]
        for entry in feed.findall("a:entry", ATOM):
            found = {name: entry.findtext(f"a:{name}", namespaces=ATOM) for name in ("id", "title", "updated")}
            assert all(found.values()) and found["id"].startswith("urn:uuid:")
            entries.append(found["id"])
        following = urlsplit(links.get("next", ""))
        url = f"{following.path}?{following.query}" if following.path else ""
    assert len(entries) == len(set(entries)) == 50


def test_the_json_feed_says_the_same(client, many):
    response = client.get("/announcements/feed.json", {"kind": "refused"})
    feed = json.loads(response.content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert parse_qs(urlsplit(feed["feed_url"]).query) == {"kind": ["refused"]}
    assert [item["title"][:5] for item in feed["items"]] == ["不予许可："] * 5
    assert date.fromisoformat(feed["items"][0]["date_published"][:10]) == NOON.date()
