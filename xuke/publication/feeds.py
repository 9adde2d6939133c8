"""Feeds: the same entries as Atom (RFC 4287, pages linked as RFC 5005 says) and as JSON Feed 1.1. Pure.

An entry's id is made from what it is about, not from the address of this server, so that a reader who has seen it
recognises it after we have moved; what changed keeps its id and gets a later `updated`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5
from xml.etree import ElementTree

ATOM_TYPE = "application/atom+xml; charset=utf-8"
JSON_TYPE = "application/feed+json; charset=utf-8"
_ATOM = "http://www.w3.org/2005/Atom"
_OURS = UUID("6f0f6d0e-6a5e-5c53-9f3c-7d1a6f1c8c01")
"""The namespace of our ids."""


@dataclass(frozen=True)
class Item:
    """One entry."""

    key: str
    """What it is about, unique among all installations: an acceptance number, a licence number and version."""
    title: str
    url: str
    text: str
    updated: datetime
    published: datetime | None = None
    tags: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """A name that stays."""
        return urn(self.key)


@dataclass(frozen=True)
class Feed:
    """A list that one can subscribe to."""

    title: str
    author: str
    page_url: str
    atom_url: str
    json_url: str
    items: tuple[Item, ...]
    updated: datetime
    """When the newest item changed; of an empty list, when it was asked for."""
    next_query: str = ""


def urn(key: str) -> str:
    """The permanent name of what a key says."""
    return f"urn:uuid:{uuid5(_OURS, key)}"


def newest(items: Iterable[Item], otherwise: datetime) -> datetime:
    """When a list changed last."""
    return max((item.updated for item in items), default=otherwise)


def atom(feed: Feed) -> bytes:
    """The feed as an Atom document."""
    ElementTree.register_namespace("", _ATOM)
    root = ElementTree.Element(f"{{{_ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": "zh-CN"})
    _text(root, "id", urn(f"feed {feed.page_url}"))
    _text(root, "title", feed.title)
    _text(root, "updated", _moment(feed.updated))
    _text(ElementTree.SubElement(root, f"{{{_ATOM}}}author"), "name", feed.author)
    _link(root, "self", feed.atom_url, "application/atom+xml")
    _link(root, "alternate", feed.page_url, "text/html")
    if feed.next_query:
        _link(root, "next", _next(feed.atom_url, feed.next_query), "application/atom+xml")
    for item in feed.items:
        _entry(root, item)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _entry(root: ElementTree.Element, item: Item) -> None:
    entry = ElementTree.SubElement(root, f"{{{_ATOM}}}entry")
    _text(entry, "id", item.id)
    _text(entry, "title", item.title)
    _text(entry, "updated", _moment(item.updated))
    if item.published:
        _text(entry, "published", _moment(item.published))
    _link(entry, "alternate", item.url, "text/html")
    for tag in item.tags:
        ElementTree.SubElement(entry, f"{{{_ATOM}}}category", {"term": _printable(tag)})
    _text(entry, "summary", item.text)


def _text(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, f"{{{_ATOM}}}{name}").text = _printable(text)


def _link(parent: ElementTree.Element, rel: str, href: str, kind: str) -> None:
    ElementTree.SubElement(parent, f"{{{_ATOM}}}link", {"rel": rel, "href": href, "type": kind})


def _printable(text: str) -> str:
    """Without the characters that XML 1.0 cannot hold, nor UTF-8."""
    return "".join(
        each for each in text if each >= " " and each not in "\ufffe\uffff" and not "\ud800" <= each <= "\udfff"
    )


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _next(url: str, query: str) -> str:
    return url.partition("?")[0] + query


def as_json(feed: Feed) -> bytes:
    """The feed as JSON Feed 1.1."""
    found = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _printable(feed.title),
        "language": "zh-CN",
        "home_page_url": feed.page_url,
        "feed_url": feed.json_url,
        "authors": [{"name": feed.author}],
        "items": [_as_dict(item) for item in feed.items],
    }
    if feed.next_query:
        found["next_url"] = _next(feed.json_url, feed.next_query)
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()


def _as_dict(item: Item) -> dict[str, object]:
    return {
        "id": item.id,
        "url": item.url,
        "title": _printable(item.title),
        "content_text": _printable(item.text),
        "date_published": _moment(item.published or item.updated),
        "date_modified": _moment(item.updated),
        "tags": list(item.tags),
    }
