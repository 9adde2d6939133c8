"""The guides: one for every item there is, from the data that checks the application, without a single statement."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

from xuke.licensing.procedures import PROCEDURES
from xuke.publication import guide_parts, guides
from xuke.tests.cast import NOON

TODAY = NOON.date()


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)


def words_of(client, place: str) -> str:
    """The page as somebody reads it."""
    response = client.get(place)
    assert response.status_code == 200
    return unescape(re.sub(r"<[^>]+>", "", response.content.decode()))


@pytest.mark.parametrize("procedure", PROCEDURES, ids=lambda procedure: procedure.code)
def test_page_guide_tells_everything_that_the_law_wants_told(client, procedure):
    """No database is set up for this test: any statement would fail it."""
    page = words_of(client, f"/guide/{procedure.code}/")
    told = [
        procedure.title,
        procedure.summary,
        *procedure.results,
        "不收费",
        "行政复议",
        "行政诉讼",
        "2026年9月7日有效",
    ]
    told += [words for law in guides.conditions(procedure) for words in (law.text, law.title)]
    told += [name for name, _ in guides.scope(procedure)]
    told += [words for limit in guides.limits(procedure, on=TODAY) for words in (limit.title, limit.basis)]
    told += [words for each in guide_parts.files(procedure) for words in (each.kind.label, each.kind.law.title)]
    told += [each.label for _, asked, _ in guide_parts.sections(procedure) for each in asked]
    assert [words for words in told if words not in page] == []
    assert [each.title for each in guides.elements(procedure, on=TODAY) if not each.is_public] == []


def test_page_guides_lists_every_item_and_an_unknown_one_is_not_found(client, db):
    page = client.get("/guide/").content.decode()
    assert [each.code for each in PROCEDURES if f"/guide/{each.code}/" not in page] == []
    assert client.get("/guide/nothing/").status_code == 404


def test_a_guide_says_when_a_file_is_asked_for_and_what_special_foods_bring_besides(client):
    page = words_of(client, "/guide/food.first/")
    assert "生产质量管理体系文件 申请特殊食品的" in page
    assert "试制食品检验报告 可以后补" in page
    assert "受理申请起10个工作日内，经批准可以延长5个工作日" in page
    assert re.search("省级[^级]*保健食品[^级]*食品生产许可管理办法（2020年）第七条", page)


def test_a_machine_reads_which_service_it_is(client):
    page = client.get("/guide/food.renewal/").content.decode()
    (data,) = re.findall(r'<script type="application/ld\+json">(.+?)</script>', page)
    service = json.loads(data)
    assert (service["@type"], service["name"]) == ("GovernmentService", "食品生产许可延续")


def test_the_version_changes_when_a_limit_does():
    procedure = PROCEDURES[0]
    limits = guides.limits(procedure, on=TODAY)
    assert guide_parts.version(procedure, limits, ()) != guide_parts.version(procedure, limits[:-1], ())
    assert guide_parts.version(procedure, limits, ()) == guide_parts.version(procedure, limits, ())
