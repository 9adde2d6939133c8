"""What the two walls cost: the same pages with the permission gate and row-level security, and without, in one run.

Blocks of requests alternate, so that whatever else the machine does falls on both alike. “Without” means: no policies
on any table, no scope entered, no filter of the gate. There are only cases that everybody asked may see, so both show
the same rows.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from django.conf import settings
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from xuke.accounts.backends import person
from xuke.config.bench.commands import more_casts, postmaster
from xuke.config.bench.measure import Figure, cpu_of_trees
from xuke.config.demonstration import stories
from xuke.config.demonstration.people import Cast
from xuke.foundation import gate, scope
from xuke.foundation.actors import Actor
from xuke.identity import sessions
from xuke.licensing.models import Application

CASES = 60
ROUNDS = 12
BLOCK = 25
"""Requests of one page in one block."""
TARGET = 10.0
"""Per cent."""
_WALLED = "SELECT relname FROM pg_class WHERE relrowsecurity AND relnamespace = 'public'::regnamespace ORDER BY 1"


def cost_of_the_walls(cast: Cast) -> list[Figure]:
    """CPU of web and database per request, with both walls over without."""
    case = [_submitted(one) for one in more_casts(cast, CASES, first=40_000)][-1]
    officer, applicant = _browser(cast.acceptor.user_id), _browser(cast.applicant.user_id)
    own = _submitted(cast)
    pages = {
        "officer_inbox": (officer, "/office/"),
        "officer_list": (officer, "/office/all/"),
        "officer_detail": (officer, f"/office/applications/{case.pk}/"),
        "applicant_list": (applicant, "/my/applications/"),
        "applicant_detail": (applicant, f"/my/applications/{own.pk}/"),
    }
    with_walls, without = dict.fromkeys(pages, 0.0), dict.fromkeys(pages, 0.0)
    for number in range(ROUNDS):
        for name, page in pages.items():
            # Who comes first alternates as well.
            for walled in (True, False) if number % 2 else (False, True):
                tally = with_walls if walled else without
                tally[name] += _block(*page, walled=walled)
    return [_figure(name, with_walls[name], without[name]) for name in pages] + [
        _figure("all_pages", sum(with_walls.values()), sum(without.values()), share=1 / len(pages))
    ]


def _figure(name: str, walled: float, bare: float, *, share: float = 1.0) -> Figure:
    cost = round((walled / bare - 1) * 100, 1)
    per_request = 1000 / (ROUNDS * BLOCK) * share
    details: dict[str, object] = {
        "with_walls_ms": round(walled * per_request, 2),
        "without_ms": round(bare * per_request, 2),
        "requests_each": int(ROUNDS * BLOCK / share),
        "cases": CASES,
    }
    return Figure(f"walls_cpu_{name}", cost, "per cent more CPU", TARGET, cost <= TARGET, details)


def _submitted(cast: Cast) -> Application:
    return stories.step_to("submitted", stories.draft(cast, timezone.now), cast, timezone.now)


def _browser(user_id: int) -> Client:
    """A browser with a session, talking to the product in this process: no network is measured."""
    user = person(user_id)
    assert user is not None
    store = sessions.begin(user, means="password", strong=True, now=timezone.now())
    browser = Client(SERVER_NAME="localhost")
    browser.cookies[settings.SESSION_COOKIE_NAME] = store.session_key or ""
    return browser


def _block(browser: Client, path: str, *, walled: bool) -> float:
    """Seconds of CPU, ours and the database's, for one block; the first requests after a change are not counted."""
    with ExitStack() as bare:
        if not walled:
            bare.enter_context(_no_walls())
        for _ in range(3):
            _demand_page(browser, path)
        ours, database = time.process_time(), cpu_of_trees([postmaster()])
        for _ in range(BLOCK):
            _demand_page(browser, path)
        return time.process_time() - ours + cpu_of_trees([postmaster()]) - database


def _demand_page(browser: Client, path: str) -> None:
    answer: Any = browser.get(path)
    if answer.status_code != 200:
        raise SystemExit(f"{path}：{answer.status_code}，指标无效。")


@contextmanager
def _no_walls() -> Iterator[None]:
    """The product without its walls. Only here, in a database that is thrown away."""
    with connection.cursor() as cursor:
        cursor.execute(_WALLED)
        tables = [name for (name,) in cursor.fetchall()]
    _switch(tables, "DISABLE")
    try:
        with patch.object(scope, "enter", scope.remember), patch.object(gate, "seen_by", _only_own):
            yield
    finally:
        _switch(tables, "ENABLE")


def _only_own(actor: Actor, rows: Any) -> Any:
    """What any page needs to show the same rows: an enterprise's own, and every case there is for an officer."""
    return rows.filter(enterprise=actor.scope.enterprise_id) if actor.scope.enterprise_id else rows


def _switch(tables: list[str], how: str) -> None:
    with connections["owner"].cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} {how} ROW LEVEL SECURITY")
    connections["owner"].close()
