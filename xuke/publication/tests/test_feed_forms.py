"""A feed in both of its forms, against what the formats demand."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from xml.etree import ElementTree

import pytest

from xuke.publication import feeds
from xuke.publication.feeds import Feed, Item
from xuke.tests.cast import NOON

NS = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def feed() -> Feed:
    items = tuple(
        Item(
            key=f"licence SC{number}",
            title=f"<b>宜昌&楚\x0b{number}</b>",
            url=f"https://xuke.example.cn/licences/SC{number}/?a=1&b=2",
            text="有效期至2031年。\ud800",
            updated=NOON - timedelta(days=number),
            tags=("准予许可",),
        )
        for number in range(3)
    )
    page = "https://xuke.example.cn/licences/"
    return Feed("登记簿", "湖北", page, f"{page}feed.atom", f"{page}feed.json", items, NOON, "?before=3")


def test_atom_has_what_rfc_4287_demands(feed):
    root = ElementTree.fromstring(feeds.atom(feed))
    assert root.tag == f"{NS}feed"
    assert [len(root.findall(f"{NS}{name}")) for name in ("id", "title", "updated")] == [1, 1, 1]  # 4.1.1
    assert root.findtext(f"{NS}author/{NS}name") == "湖北"
    links = [(link.get("rel"), link.get("href")) for link in root.findall(f"{NS}link")]
    assert ("self", feed.atom_url) in links
    assert ("next", f"{feed.atom_url}?before=3") in links
    alternates = [link for link in root.findall(f"{NS}link") if link.get("rel") == "alternate"]
    assert len({(link.get("type"), link.get("hreflang")) for link in alternates}) == len(alternates)
    for entry in root.findall(f"{NS}entry"):  # 4.1.2
        assert [len(entry.findall(f"{NS}{name}")) for name in ("id", "title", "updated", "summary")] == [1, 1, 1, 1]
        moment = datetime.fromisoformat(entry.findtext(f"{NS}updated") or "")
        assert moment.tzinfo is not None  # RFC 3339
        assert entry.findtext(f"{NS}title", "").startswith("<b>宜昌&楚")
        assert {link.get("rel") for link in entry.findall(f"{NS}link")} == {"alternate"}


def test_json_feed_has_what_version_1_1_demands(feed):
    found = json.loads(feeds.as_json(feed))
    assert {"version", "title", "items", "feed_url", "home_page_url", "next_url", "authors"} <= found.keys()
    assert all({"id", "url", "content_text", "date_published"} <= item.keys() for item in found["items"])
    assert len({item["id"] for item in found["items"]}) == 3


def test_an_entry_keeps_its_name_when_the_server_moves_and_when_it_changes(feed):
    moved = Item("licence SC0", "anders", "https://elsewhere.example/", "", NOON + timedelta(days=1))
    assert moved.id == feed.items[0].id
    assert moved.id != feed.items[1].id
