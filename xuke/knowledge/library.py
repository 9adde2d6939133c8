"""The laws and their articles, from `data/laws`: which text held on which day, and what a basis points at.

A file is one legal text under one numbering. Amendments that keep the numbering are editions of it, and an article
that they changed stands there twice, with the days between which each version holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from xuke.knowledge import citing
from xuke.knowledge.citing import Citation, Place

DATA = Path(__file__).parent / "data" / "laws"
LEVELS: Mapping[str, str] = {
    "law": "法律",
    "regulation": "行政法规",
    "rule": "部门规章",
    "document": "规范性文件",
    "local": "地方文件",
}
"""The rank of a text, highest first, and its name."""
CONFIDENCE = ("verified", "known", "uncertain")
UNCERTAIN = "uncertain"


class Wrong(ValueError):
    """A file of the library does not hold together."""


@dataclass(frozen=True)
class Edition:
    """A text as it was adopted or amended, and the days between which it holds."""

    label: str
    """By what a citation names it: 2020年."""
    document: str
    """The number under which it was published."""
    issuer: str
    issued_on: date | None
    valid_from: date
    valid_to: date | None
    confidence: str

    def holds(self, on: date) -> bool:
        """Whether it is in force on a day."""
        return _holds(self, on)


@dataclass(frozen=True)
class Article:
    """One article as it holds between two days, told in our own words."""

    place: Place
    title: str
    summary: str
    confidence: str
    valid_from: date
    valid_to: date | None

    def holds(self, on: date) -> bool:
        """Whether this version is in force on a day."""
        return _holds(self, on)

    @property
    def is_uncertain(self) -> bool:
        """Whether number or content are still to be checked (待核实)."""
        return self.confidence == UNCERTAIN

    @property
    def label(self) -> str:
        """第三十二条."""
        return self.place.label


@dataclass(frozen=True)
class Law:
    """One legal text: what it is called, when it holds, and those of its articles that matter here."""

    slug: str
    level: str
    title: str
    name: str
    """As it is cited: 行政许可法."""
    aliases: tuple[str, ...]
    about: str
    editions: tuple[Edition, ...]
    articles: tuple[Article, ...] = field(repr=False)

    @cached_property
    def names(self) -> frozenset[str]:
        """Everything it is cited by."""
        return frozenset((self.title, self.name, *self.aliases, *(each.document for each in self.editions))) - {""}

    @property
    def rank(self) -> str:
        """法律, 行政法规 and so on."""
        return LEVELS[self.level]

    @property
    def valid_from(self) -> date:
        """The first day of the oldest edition kept here."""
        return self.editions[0].valid_from

    @property
    def valid_to(self) -> date | None:
        """The last day of the newest edition; None while it is in force."""
        return self.editions[-1].valid_to

    @property
    def is_uncertain(self) -> bool:
        """Whether its particulars are still to be checked."""
        return self.editions[-1].confidence == UNCERTAIN

    def edition(self, on: date) -> Edition | None:
        """The edition in force on a day."""
        return next((each for each in self.editions if each.holds(on)), None)

    def versions(self, key: str) -> tuple[Article, ...]:
        """Every version of an article, newest first."""
        return self._by_key.get(key, ())

    def article(self, key: str, on: date | None = None) -> Article | None:
        """An article as it holds on a day; if none holds then, or no day is given, as it held last."""
        versions = self.versions(key)
        return next((each for each in versions if on and each.holds(on)), next(iter(versions), None))

    def between(self, first: Place, last: Place) -> Iterator[Article]:
        """The newest versions of the articles from one to another, as far as they are kept here."""
        yield from (each[0] for each in self._by_key.values() if first <= each[0].place <= last)

    @cached_property
    def current(self) -> tuple[Article, ...]:
        """The newest version of every article, in the order of the text."""
        return tuple(sorted((each[0] for each in self._by_key.values()), key=lambda article: article.place))

    @cached_property
    def _by_key(self) -> dict[str, tuple[Article, ...]]:
        found: dict[str, list[Article]] = {}
        for article in sorted(self.articles, key=lambda each: each.valid_from, reverse=True):
            found.setdefault(article.place.key, []).append(article)
        return {key: tuple(versions) for key, versions in found.items()}


@dataclass(frozen=True)
class Reference:
    """What one citation of a text points at."""

    citation: Citation
    start: int
    """Where in the text the citation begins, without words that only stand in front of it."""
    law: Law
    article: Article | None
    """None when the law as a whole is cited, or an article that is not kept here."""
    in_force: bool
    """Whether what is cited holds on the day asked about."""

    @property
    def end(self) -> int:
        """Where in the text the citation ends."""
        return self.citation.end

    @property
    def is_found(self) -> bool:
        """Whether everything that is cited is kept here."""
        return (self.citation.place is None or self.article is not None) and (
            self.citation.until is None or bool(self.law.versions(self.citation.until.key))
        )

    @property
    def is_uncertain(self) -> bool:
        """Whether what it points at is still to be checked."""
        return self.article.is_uncertain if self.article else self.law.is_uncertain

    @property
    def articles(self) -> tuple[Article, ...]:
        """Every article that is cited, of a row all that are kept here."""
        if self.article is None:
            return ()
        if self.citation.until is None:
            return (self.article,)
        return tuple(self.law.between(self.article.place, self.citation.until))


@lru_cache(maxsize=1)
def laws() -> tuple[Law, ...]:
    """Every law kept here: by rank, then by name, newer before older."""
    found = [read(json.loads(path.read_text("utf-8"))) for path in sorted(DATA.glob("*.json"))]
    ranks = list(LEVELS)
    found.sort(key=lambda law: law.valid_from, reverse=True)
    return tuple(sorted(found, key=lambda law: (ranks.index(law.level), law.name)))


def law(slug: str) -> Law | None:
    """The law at an address."""
    return next((each for each in laws() if each.slug == slug), None)


def article(name: str, number: str, *, on: date) -> Article | None:
    """An article by its law and number: `article("食品生产许可管理办法（2020年）", "第二十一条", on=day)`."""
    found = find(f"{name}{number}", on=on)
    return found[0].article if found else None


@lru_cache(maxsize=2048)
def find(text: str, on: date | None = None) -> tuple[Reference, ...]:
    """What a text cites and where that is kept; whatever names no law known here is left out."""
    return tuple(found for citation in citing.parse(text) if (found := _reference(text, citation, on)))


def _reference(text: str, citation: Citation, on: date | None) -> Reference | None:
    name = _known(citation.title)
    whole = citation.place is None or text[citation.start] == "《"
    if name is None or (whole and name != citation.title):
        return None
    law = _law(name, citation.edition, on)
    if law is None:
        return None
    found = law.article(citation.place.key, on) if citation.place else None
    start = citation.start
    if citation.named and citation.title != name:
        start += len(citation.title) - len(name)  # 依照行政许可法第三十二条: the first two characters are no title.
    holds = law.edition(on) is not None if on else law.valid_to is None
    return Reference(citation, start, law, found, holds and (found is None or on is None or found.holds(on)))


@lru_cache(maxsize=1024)
def _known(title: str) -> str | None:
    """The longest name of a law with which a text ends: words may stand in front of a title without 《》."""
    return max((name for name in _by_name() if title.endswith(name)), key=len, default=None)


@lru_cache(maxsize=1)
def _by_name() -> dict[str, tuple[Law, ...]]:
    found: dict[str, list[Law]] = {}
    for each in laws():
        for name in each.names:
            found.setdefault(name, []).append(each)
    return {name: tuple(several) for name, several in found.items()}


def _law(name: str, edition: str, on: date | None) -> Law | None:
    """The law of that name: the edition that is named, else what is in force on the day, else the newest."""
    several = sorted(_by_name()[name], key=lambda each: each.valid_from, reverse=True)
    if year := "".join(each for each in edition if each.isascii() and each.isdigit())[:4]:
        several = [each for each in several if any(year in one.label for one in each.editions)]
    return next((each for each in several if on and each.edition(on)), next(iter(several), None))


def search(asked: str, *, most: int = 60) -> tuple[tuple[Law, Article | None], ...]:
    """Laws and articles whose title, number or summary hold every word that was typed; laws themselves first."""
    words = [word for word in asked.split() if word]
    if not words:
        return ()
    found: list[tuple[Law, Article | None]] = [
        (each, None) for each in laws() if _has(words, (*each.names, each.about))
    ]
    cited = find(asked.strip())
    found += [(reference.law, each) for reference in cited for each in reference.articles]
    found += [
        (each, one)
        for each in laws()
        for one in each.current
        if _has(words, (each.name, one.label, one.title, one.summary))
    ]
    return tuple(dict.fromkeys(found))[:most]


def _has(words: Iterable[str], texts: Iterable[str]) -> bool:
    whole = "\n".join(texts)
    return all(word in whole for word in words)


def _holds(period: Edition | Article, on: date) -> bool:
    return period.valid_from <= on and (period.valid_to is None or on <= period.valid_to)


def read(data: Mapping[str, Any]) -> Law:
    """A law from its file; raises `Wrong` where the file does not hold together."""
    slug = str(data["slug"])
    editions = tuple(_edition(slug, row) for row in data["editions"])
    if not editions or data["level"] not in LEVELS:
        raise Wrong(f"{slug}: no edition, or an unknown level")
    for older, newer in pairwise(editions):
        if older.valid_to is None or older.valid_to >= newer.valid_from:
            raise Wrong(f"{slug}: the editions {older.label} and {newer.label} overlap")
    found = Law(
        slug=slug,
        level=data["level"],
        title=data["title"],
        name=data["name"],
        aliases=tuple(data.get("aliases", ())),
        about=data["about"],
        editions=editions,
        articles=tuple(_article(slug, row, editions) for row in data["articles"]),
    )
    for article in found.articles:
        for other in found.versions(article.place.key):
            if other is not article and _meet(article, other):
                raise Wrong(f"{slug}: two versions of {article.label} hold on one day")
    return found


def _meet(one: Article, other: Article) -> bool:
    return one.valid_from <= (other.valid_to or date.max) and other.valid_from <= (one.valid_to or date.max)


def _edition(slug: str, row: Mapping[str, Any]) -> Edition:
    found = Edition(
        label=row["label"],
        document=row.get("document", ""),
        issuer=row["issuer"],
        issued_on=_day(row.get("issued_on")),
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=_day(row.get("valid_to")),
        confidence=_sure(slug, row),
    )
    _in_order(slug, found.label, found)
    return found


def _article(slug: str, row: Mapping[str, Any], editions: tuple[Edition, ...]) -> Article:
    number = row["number"]
    section = isinstance(number, list)
    place = Place(number[0], number[1], is_section=True) if section else Place(number, row.get("sub", 0))
    found = Article(
        place=place,
        title=row["title"],
        summary=row["summary"],
        confidence=_sure(slug, row),
        valid_from=_day(row.get("valid_from")) or editions[0].valid_from,
        valid_to=_day(row.get("valid_to")) or editions[-1].valid_to,
    )
    _in_order(slug, found.label, found)
    return found


def _in_order(slug: str, label: str, period: Edition | Article) -> None:
    if period.valid_to is not None and period.valid_to < period.valid_from:
        raise Wrong(f"{slug}: {label} ends before it begins")


def _sure(slug: str, row: Mapping[str, Any]) -> str:
    if row["confidence"] not in CONFIDENCE:
        raise Wrong(f"{slug}: {row['confidence']!r} is not one of {CONFIDENCE}")
    return str(row["confidence"])


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
