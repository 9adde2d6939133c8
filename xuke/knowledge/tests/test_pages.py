"""The pages of the library: for everybody, from files alone."""

from __future__ import annotations

import pytest

from xuke.knowledge import library
from xuke.tests.cast import NOON


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)


def test_page_law_reads_without_a_single_statement_and_may_be_kept(client):
    """No database is set up for this test: any statement would fail it."""
    for law in library.laws():
        assert client.get(f"/laws/{law.slug}/").status_code == 200
    response = client.get("/laws/food-production-licensing-measures-2020/22/")
    page = response.content.decode()
    for words in (
        "食品生产许可管理办法",
        "第二十二条 决定期限",
        "现行",
        "不是原文",
        "作出许可决定",
        "2020年3月1日至今",
    ):
        assert words in page, words
    assert response["Cache-Control"] == "public, max-age=0, s-maxage=5" and not response.cookies


def test_page_article_says_when_it_does_not_hold_and_what_waits_to_be_checked(client):
    assert "不是现行规定" in client.get("/laws/food-production-licensing-measures-2015/22/").content.decode()
    amended = client.get("/laws/food-safety-law/81/").content.decode()
    assert "待核实" in amended and "其他时候的规定" in amended


def test_page_laws_is_searched_by_number_and_by_words(client):
    assert "/laws/administrative-permit-law/50/" in client.get("/laws/", {"q": "行政许可法第五十条"}).content.decode()
    assert "没有找到" in client.get("/laws/", {"q": "<script>" * 20}).content.decode()
    for law in library.laws():
        assert f"/laws/{law.slug}/" in client.get("/laws/").content.decode()


def test_what_is_not_kept_here_is_not_found(client, db):
    for place in ("nothing/", "administrative-permit-law/83/", "administrative-permit-law/s3-2/"):
        assert client.get(f"/laws/{place}").status_code == 404
