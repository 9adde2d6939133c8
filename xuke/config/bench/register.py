"""The public register over a million licences: what people type into the search, and how long the server needs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import cycle
from urllib.parse import urlencode

from xuke.config.bench.asking import Answer, Measured, Visitor, counting, in_turns
from xuke.config.bench.measure import Figure
from xuke.publication.models import PublishedLicence

TARGET_MS = 50.0
ROUNDS = 40
DEEP = 15
BIG = ("publication_publishedlicence", "publication_publishedevent", "publication_progress")
SEARCH = "/licences/"
_BRAND_AT = 2
"""A name begins with a place of two characters; the brand follows."""


def search() -> Figure:
    """The p95 of the server's time over every kind of question in turns, and of each kind."""
    visitor = Visitor()
    measured = in_turns(_questions(visitor), ROUNDS)
    counted = [
        statement
        for series in measured.series
        for answer in series.answers
        for statement in counting(answer.statements, BIG)
    ]
    return Figure(
        name="register_search_p95",
        value=round(measured.worst, 1),
        unit="ms on the server, p95 of the slowest kind of question",
        target=TARGET_MS,
        met=measured.worst <= TARGET_MS and not counted,
        details=_details(measured) | {"counts_of_big_tables": len(counted)},
    )


def _details(measured: Measured) -> dict[str, object]:
    return {
        "p50_ms": round(measured.together(50), 1),
        "p95_of_all_ms": round(measured.together(95), 1),
        "database_cpu_ms": measured.database_ms,
        "statements": measured.most_statements,
        "kinds": {series.name: series.facts() for series in measured.series},
    }


def _questions(visitor: Visitor) -> dict[str, Callable[[], Answer]]:
    """Other words each time where a kind of question has many."""
    rows = list(
        PublishedLicence.objects.using("public").order_by("number").values("number", "uscc", "holder")[:4000:40]
    )
    brands, numbers = (
        cycle(row["holder"][_BRAND_AT : _BRAND_AT + 2] for row in rows),
        cycle(row["number"] for row in rows),
    )
    codes, names = cycle(row["uscc"] for row in rows), cycle(row["holder"] for row in rows)

    def ask(**asked: str) -> Answer:
        return visitor.ask(f"{SEARCH}?{urlencode(asked)}")

    fixed: dict[str, dict[str, str]] = {
        "everything": {},
        "食品": {"q": "食品"},
        "有限公司": {"q": "有限公司"},
        "a frequent pair": {"q": "宜昌食品有限公司"},
        "a miss": {"q": "龘靐龗"},
        "two words": {"q": "茶业 合作社"},
        "one character": {"q": "茶"},
        "beginning of a number": {"q": "SC124420506"},
        "食品 in a county": {"q": "食品", "division": "420506"},
        "a category": {"category": "14"},
        "a rare category": {"category": "28"},
        "食品 of a category in a county, in force": {
            "q": "食品", "division": "420506", "category": "24", "state": "in_force"
        },
        "in force on a day": {"q": "食品", "on": "2025-03-01"},
    }  # fmt: skip
    deep = _deep(visitor)
    return {
        **{name: partial(ask, **asked) for name, asked in fixed.items()},
        "a brand": lambda: ask(q=next(brands)),
        "a whole name": lambda: ask(q=next(names)),
        "a full number": lambda: ask(q=next(numbers)),
        "a credit code": lambda: ask(q=next(codes)),
        **{f"page {DEEP} of {name}": partial(visitor.ask, address) for name, address in deep.items()},
    }


def _deep(visitor: Visitor) -> dict[str, str]:
    """Addresses far into long lists, reached by leafing."""
    begins = {
        "everything": SEARCH,
        "食品": f"{SEARCH}?{urlencode({'q': '食品'})}",
        "a county": f"{SEARCH}?{urlencode({'division': '420506'})}",
    }
    reached = {}
    for name, address in begins.items():
        *_, last = visitor.leaf(address, DEEP)
        reached[name] = f"{SEARCH}{last.path[last.path.index('?') :]}" if "?" in last.path else last.path
    return reached
