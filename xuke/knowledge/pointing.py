"""Where the page of a law or an article is, and what the tag `{% law %}` shows of a basis."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from xuke.knowledge import library
from xuke.knowledge.library import Article, Law, Reference
from xuke.web.laws import Cited


def address(law: Law, article: Article | None = None) -> str:
    """The page of a law, or of one of its articles: it never moves, so that what once cited it still leads there."""
    return f"/laws/{law.slug}/{article.place.key}/" if article else f"/laws/{law.slug}/"


@lru_cache(maxsize=2048)
def cited(text: str, on: date | None = None) -> tuple[Cited, ...]:
    """What a basis cites, as the page shows it."""
    return tuple(_cited(each) for each in library.find(text, on))


def _cited(reference: Reference) -> Cited:
    law, article = reference.law, reference.article
    return Cited(
        start=reference.start,
        end=reference.end,
        url=address(law, article),
        title=article.title if article else law.name,
        summary=article.summary if article else law.about,
        is_uncertain=reference.is_uncertain,
        is_past=not reference.in_force,
    )
