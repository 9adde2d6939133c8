"""Sitemaps for search engines: an index, and parts cut by the place of a licence, each read in one range of an index.

Places have gaps, so a part holds at most `SIZE` licences; parts without any are not listed, and finding the others
takes one look into the index for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from xml.sax.saxutils import escape

from django.db import connections

from xuke.publication.models import PublishedLicence

SIZE = 3_000
"""Places of a part: as many as make a page that is still kept in memory (`config.page_cache.LARGEST`)."""
MOST = 50_000
"""Entries of an index, as the protocol allows."""
_NS = "http://www.sitemaps.org/schemas/sitemap/0.9"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_PARTS = """
    WITH RECURSIVE part(number) AS (
        (SELECT place / %(size)s FROM publication_publishedlicence ORDER BY place LIMIT 1)
        UNION ALL
        SELECT (
            SELECT place / %(size)s FROM publication_publishedlicence
            WHERE place >= (part.number + 1) * %(size)s ORDER BY place LIMIT 1
        )
        FROM part WHERE part.number IS NOT NULL
    )
    SELECT number FROM part WHERE number IS NOT NULL LIMIT %(most)s
"""


def parts() -> list[int]:
    """The parts that hold licences."""
    with connections["public"].cursor() as cursor:
        cursor.execute(_PARTS, {"size": SIZE, "most": MOST})
        return [number for (number,) in cursor.fetchall()]


def licences(part: int) -> list[tuple[str, datetime]]:
    """The licences of a part: number, and when something last happened to it."""
    rows = PublishedLicence.objects.using("public").filter(place__gte=part * SIZE, place__lt=(part + 1) * SIZE)
    return list(rows.order_by("place").values_list("number", "changed_at"))


def index(urls: Iterable[str]) -> Iterator[str]:
    """The index document."""
    yield f'{_HEAD}<sitemapindex xmlns="{_NS}">\n'
    for url in urls:
        yield f"<sitemap><loc>{escape(url)}</loc></sitemap>\n"
    yield "</sitemapindex>\n"


def urlset(entries: Iterable[tuple[str, datetime | None]]) -> Iterator[str]:
    """One part: addresses, and when each changed last where that is known."""
    yield f'{_HEAD}<urlset xmlns="{_NS}">\n'
    for url, changed_at in entries:
        changed = f"<lastmod>{changed_at.isoformat(timespec='seconds')}</lastmod>" if changed_at else ""
        yield f"<url><loc>{escape(url)}</loc>{changed}</url>\n"
    yield "</urlset>\n"
