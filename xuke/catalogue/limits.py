"""Time limits as editions of rules (topic `time_limit`). Each carries its article."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from xuke.catalogue import editions, rulefile
from xuke.catalogue.rulebook import NATION, Edition, RuleBook
from xuke.foundation.calendar import spoken
from xuke.foundation.refusals import Refused


class RuleOver(Refused, LookupError):
    """这项规定已经失效，新的规定还没有公布，现在不能办理。"""

    title = "规定已经失效"


@dataclass(frozen=True)
class TimeLimit:
    """How long a step may take, from when, on which basis."""

    id: str
    title: str
    value: int
    unit: str
    """working_day, day, month or year."""
    starts_from: str
    basis: str
    text: str
    confidence: str
    valid_from: date
    valid_to: date | None
    extension: int = 0
    """By how much it may be extended once, in the same unit; 0 where the law allows none."""
    direction: str = "after"
    """after, or before: the last day lies that long before the event, as for a renewal."""
    may_be_promised: bool = False
    """Whether a province may promise a shorter one: it binds the authority, not the applicant."""
    statutory: int | None = None
    """What the law itself allows, where a province promised less; None where this is the law's own."""
    edition: str = ""
    """The edition it was read from."""
    published_by: str = ""
    recorded_at: datetime | None = None

    @property
    def is_promise(self) -> bool:
        """Whether an authority promised to be faster than the law demands (承诺时限)."""
        return self.statutory is not None

    @property
    def by_law(self) -> int:
        """How long the law allows: what silence and breach are measured by."""
        return self.value if self.statutory is None else self.statutory

    @property
    def is_uncertain(self) -> bool:
        """Whether the page shows 待核实."""
        return self.confidence == "uncertain"


def of_edition(edition: Edition, nation: Edition | None = None) -> TimeLimit:
    """An edition as the limit it states; `nation` is the statutory one a promise stands beside."""
    content = edition.content
    promised = edition.level != NATION and nation is not None
    return TimeLimit(
        id=edition.key,
        title=content["title"],
        value=content["value"],
        unit=content["unit"],
        starts_from=content["starts_from"],
        basis=edition.basis,
        text=content["text"],
        confidence=edition.confidence,
        valid_from=edition.valid_from,
        valid_to=edition.valid_to,
        extension=content.get("extension", nation.content.get("extension", 0) if nation else 0),
        direction=content.get("direction", "after"),
        may_be_promised=content.get("may_be_promised", False),
        statutory=nation.content["value"] if promised and nation else None,
        edition=edition.id,
        published_by=edition.published_by,
        recorded_at=edition.recorded_at,
    )


def all_limits() -> tuple[TimeLimit, ...]:
    """Every limit of the law that is or was in force, in the order of the data."""
    return tuple(of_edition(each) for each in rulefile.read(rulefile.SHIPPED / "time_limits.json").editions)


def time_limit(id: str, on: date, *, division: str = "", known_at: datetime | None = None) -> TimeLimit:
    """The limit in force on a day in a place; raises `RuleOver` where it ended and none followed."""
    book = editions.book()
    return _found(book, id, on, division) if known_at is None else _asked(book, id, on, division, known_at)


@lru_cache(maxsize=4096)
def _found(book: RuleBook, id: str, on: date, division: str) -> TimeLimit:
    return _asked(book, id, on, division, None)


def _asked(book: RuleBook, id: str, on: date, division: str, known_at: datetime | None) -> TimeLimit:
    edition = book.find("time_limit", id, division=division, on=on, known_at=known_at)
    if edition is None:
        raise _over(book, id, on, division, known_at)
    nation = None
    if edition.level != NATION:
        nation = book.find("time_limit", id, on=on, known_at=known_at)
    return of_edition(edition, nation)


def find_limit(id: str, on: date, *, division: str = "") -> TimeLimit | None:
    """The same for pages that show limits among other things: None where there is none."""
    try:
        return time_limit(id, on, division=division)
    except LookupError:
        return None


def _over(book: RuleBook, id: str, on: date, division: str, known_at: datetime | None) -> LookupError:
    """What is said where no limit is in force: which one ended when, or that nobody ever defined it."""
    periods = book.timeline("time_limit", id, division=division, known_at=known_at)
    ended = [(period.ends, period.edition) for period in periods if period.edition and period.ends]
    before = [(day, edition) for day, edition in ended if day < on]
    if not before:
        return LookupError(f"no time limit {id} in force on {on}")
    last_day, edition = before[-1]
    return RuleOver(
        f"“{edition.content['title']}”的时限规定适用到{spoken(last_day)}为止，新的规定还没有公布，现在不能办理。"
        "请向省级市场监督管理部门查询。",
        basis=edition.basis,
    )
