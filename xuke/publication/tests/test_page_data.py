"""Open data: feeds of the register, sitemaps of any number of licences, what machines may read."""

from __future__ import annotations

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from xuke.config.page_cache import LARGEST
from xuke.publication import sitemaps
from xuke.publication.models import PublishedLicence
from xuke.publication.projection.register import tokens
from xuke.publication.tests import planted
from xuke.tests.cast import NOON

SITE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)


@pytest.fixture
def register(db):
    """Thirty licences with gaps between their places."""
    rows = []
    for number in range(30):
        holder = f"宜昌第{number}茶业有限公司" if number % 3 else f"宜昌第{number}食品有限公司"
        rows.append(
            PublishedLicence(
                number=f"SC1144205060{number:04d}",
                place=1_000 + 13 * number,
                state="in_force",
                holder=holder,
                uscc="91420506MA7K3F2X8C",
                categories=[14],
                products="茶叶及相关制品：茶叶",
                division="420506",
                authority="宜昌市夷陵区市场监督管理局",
                authority_path="420000/420500/420506/",
                granted_on=NOON.date() - timedelta(days=number),
                valid_to=NOON.date() + timedelta(days=1_000),
                version=1,
                identifier=f"1.2.156.{number}",
                changed_at=NOON - timedelta(days=number),
                plain=holder,
                tokens=tokens(holder, "420506", [14], "in_force"),
            )
        )
    PublishedLicence.objects.bulk_create(rows)
    return rows


def addresses(response) -> list[str]:
    root = ElementTree.fromstring(response.content)
    return [found.text for found in root.iterfind(".//s:loc", SITE)]


def test_a_search_engine_finds_every_licence_in_parts_of_bounded_size(client, register, monkeypatch, settings):
    monkeypatch.setattr(sitemaps, "SIZE", 100)
    settings.XUKE_ADDRESS = "https://xuke.example.cn"
    with CaptureQueriesContext(connection) as captured:
        parts = addresses(client.get("/sitemap.xml"))
    assert len(captured) == 1
    assert parts[0] == "https://xuke.example.cn/sitemap-pages.xml"
    found = []
    for part in parts[1:]:
        with CaptureQueriesContext(connection) as captured:
            urls = addresses(client.get(part.removeprefix("https://xuke.example.cn")))
        assert len(captured) == 1
        assert 0 < len(urls) <= 100
        found += urls
    assert found == [f"https://xuke.example.cn/licences/{row.number}/" for row in register]
    always = addresses(client.get("/sitemap-pages.xml"))
    for place in ("announcements/", "guide/food.first/", "laws/food-safety-law/", "api/v1/"):
        assert f"https://xuke.example.cn/{place}" in always


def test_a_whole_part_is_small_enough_to_be_kept_for_the_next_who_asks(client, db, settings):
    settings.XUKE_ADDRESS = "https://food-production.scjgj.hubei.gov.cn"
    entries = [(f"{settings.XUKE_ADDRESS}/licences/SC1144205060{place:04d}/", NOON) for place in range(sitemaps.SIZE)]
    assert sum(len(piece.encode()) for piece in sitemaps.urlset(entries)) < LARGEST
    planted.licences(1)
    (part,) = sitemaps.parts()
    assert "s-maxage=10" in client.get(f"/sitemap-{part}.xml")["Cache-Control"]


def test_a_part_that_does_not_exist_is_not_found(client, register):
    for part in ("999", "9" * 40):
        assert client.get(f"/sitemap-{part}.xml").status_code == 404


def test_robots_are_shown_the_sitemap_and_kept_from_asking_questions(client, db):
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /office/" in text
    assert "/sitemap.xml" in text


def test_a_search_of_the_register_is_a_feed_with_the_same_filters(client, register):
    response = client.get("/licences/feed.atom", {"q": "茶业", "division": "420506"})
    feed = ElementTree.fromstring(response.content)
    titles = [entry.text for entry in feed.iterfind("a:entry/a:title", ATOM)]
    assert len(titles) == 20
    assert all("茶业" in title and "有效" in title for title in titles)
    updated = [entry.text for entry in feed.iterfind("a:entry/a:updated", ATOM)]
    assert updated == sorted(updated, reverse=True)
    assert feed.findtext("a:updated", namespaces=ATOM) == updated[0]
    assert client.get("/licences/feed.json", {"q": "茶业"}).json()["items"][0]["id"].startswith("urn:uuid:")
    assert client.get("/licences/feed.atom", {"on": "1900-01-01"}).status_code == 422


def test_a_reader_is_told_to_come_again_while_the_register_does_not_answer(client, db, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError

    monkeypatch.setattr("xuke.publication.views.feeds.finding.find", away)
    response = client.get("/licences/feed.atom")
    assert (response.status_code, response["Retry-After"]) == (503, "30")


def test_the_page_says_what_there_is(client, db):
    page = client.get("/data/").content.decode()
    for words in ("/api/v1/", "/.well-known/jwks.json", "/licences/feed.atom", "openapi.json", "文件还没有做出来"):
        assert words in page
