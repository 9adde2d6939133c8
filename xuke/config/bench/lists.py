"""Officers' lists over 200,000 open cases: first and deep pages, filters, searches; of a county, a prefecture and the
province."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from urllib.parse import urlencode

from xuke.config.bench.asking import Answer, Measured, Visitor, counting, in_turns
from xuke.config.bench.measure import Figure
from xuke.licensing.models import Application

TARGET_MS = 60.0
MOST_STATEMENTS = 8
ROUNDS = 30
DEEP = 15
BIG = ("licensing_application", "parties_enterprise", "certificates_licence", "foundation_entry")
INBOX, MINE, ALL = "/office/", "/office/mine/", "/office/all/"
Questions = dict[str, Callable[[], Answer]]
WHO = {
    "county acceptor": "xian-shouli",
    "county reviewer": "xian-shencha",
    "county supervisor": "xian-jiandu",
    "prefecture supervisor": "shi-jiandu",
    "province supervisor": "sheng-jiandu",
}
FILTERS: dict[str, dict[str, str]] = {
    "first page": {},
    "overdue": {"due": "overdue"},
    "one stage": {"stage": "review"},
    "a category": {"category": "124"},
    "of a period": {"since": "2026-11-01", "until": "2026-11-20"},
    "claimed by nobody, due soon": {"holder": "nobody", "due": "soon"},
}
SEARCHES = {"a name": "食品", "a brand": "禾穗", "a miss": "龘靐龗", "an acceptance number": "0137号"}


def lists() -> list[Figure]:
    """Three figures: inboxes, lists of a territory, searches; each by the slowest of its kinds."""
    visitors = {who: Visitor(login) for who, login in WHO.items()}
    receipt = Application.objects.using("owner").filter(authority_path="420000/420500/420506/")
    number = receipt.order_by("pk").values_list("receipt_number", flat=True)[0] or ""
    inboxes: Questions = {}
    territories: Questions = {}
    searches: Questions = {}
    for who, visitor in visitors.items():
        inboxes |= _pages(who, visitor, INBOX, ("first page", "overdue", "one stage"))
        territories |= _pages(who, visitor, ALL, tuple(FILTERS))
        territories |= _pages(f"{who}, own work", visitor, MINE, ("first page",))
        for name, text in {**SEARCHES, "a receipt number": number}.items():
            searches[f"{who}: {name}"] = partial(visitor.ask, f"{ALL}?{urlencode({'q': text})}")
    return [
        _figure("inbox_p95", inboxes),
        _figure("officer_list_p95", territories),
        _figure("officer_search_p95", searches),
    ]


def _pages(who: str, visitor: Visitor, path: str, names: tuple[str, ...]) -> Questions:
    """First pages, filtered pages, and one far into the list."""
    found = {f"{who}: {name}": f"{path}?{urlencode(FILTERS[name])}".rstrip("?") for name in names}
    *_, last = visitor.leaf(path, DEEP)
    if last.path != path:
        found[f"{who}: page {DEEP}"] = last.path
    return {name: partial(visitor.ask, address) for name, address in found.items()}


def _figure(name: str, questions: Questions) -> Figure:
    measured = in_turns(questions, ROUNDS)
    counted = {
        statement
        for series in measured.series
        for answer in series.answers
        for statement in counting(answer.statements, BIG)
    }
    most = measured.most_statements
    return Figure(
        name=name,
        value=round(measured.worst, 1),
        unit="ms on the server, p95 of the slowest kind of page",
        target=TARGET_MS,
        met=measured.worst <= TARGET_MS and most <= MOST_STATEMENTS and not counted,
        details=_details(measured) | {"counts_of_big_tables": sorted(counted)},
    )


def _details(measured: Measured) -> dict[str, object]:
    return {
        "p50_ms": round(measured.together(50), 1),
        "p95_of_all_ms": round(measured.together(95), 1),
        "database_cpu_ms": measured.database_ms,
        "statements": measured.most_statements,
        "kinds": {series.name: series.facts() for series in measured.series},
    }
