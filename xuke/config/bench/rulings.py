"""CPU of all rules and gates of one application: what binds it, its limits, every gate at every moment, every step."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from statistics import median

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from xuke.catalogue import editions
from xuke.config.bench.measure import Figure
from xuke.config.demonstration import stories
from xuke.config.demonstration.people import Cast
from xuke.foundation.journal import legal_day
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.licensing import binding, gates, gating, permissions
from xuke.licensing.models import Application
from xuke.licensing.workflow import LIFE

TIMES = 300
TARGET_MS = 5.0


def rules(cast: Cast) -> list[Figure]:
    """One figure: an application that was filed, asked everything that the rules have to say about it.

    What the rules ask about (bans, licences, other cases) is read before: those are facts, and each costs a statement.
    """
    application = stories.draft(cast, timezone.now)
    for state in stories.road_to("accepted"):
        application = stories.step_to(state, application, cast, timezone.now)
    with opened_for(EVERYTHING):
        case = Application.objects.select_related("enterprise", "authority").get(pk=application.pk)
        ask = _everything(case, timezone.now())
        editions.forget()
        with CaptureQueriesContext(connection) as first:
            ask()
        with CaptureQueriesContext(connection) as again:
            ask()
        cpu = [_cpu(ask) for _ in range(TIMES)]
        editions.book()
        bound = [
            _cpu(lambda: binding.bind(case, on=legal_day(timezone.now()), known_at=timezone.now())) for _ in range(50)
        ]
    told: dict[str, object] = {
        "p95_ms": round(sorted(cpu)[int(0.95 * TIMES)], 3),
        "times": TIMES,
        "statements_first": len(first),
        "statements": len(again),
        "bind_ms": round(median(bound), 3),
        "editions": len(editions.book().editions),
        "gates": len(gates.GATES),
    }
    value = round(median(cpu), 3)
    return [Figure("rules_of_one_application", value, "ms", TARGET_MS, value <= TARGET_MS and not again, told)]


def _everything(case: Application, now: datetime) -> Callable[[], None]:
    """All questions at once, over facts that were read once."""
    today = legal_day(now)
    facts = gating.facts(case, today=today)
    life = permissions.facts_of(case, today=today)

    def ask() -> None:
        for id in case.rules["limits"]:
            binding.limit(case, id, on=today)
        binding.local_gates(case, on=today)
        binding.commitment_policies(case, on=today)
        binding.effective(case, on=today)
        for moment in gates.MOMENTS:
            gates.closed(facts, moment)
        for step in LIFE.steps:
            step.why_not(life)

    return ask


def _cpu(work: Callable[[], object]) -> float:
    """Milliseconds of CPU of this process."""
    before = time.process_time()
    work()
    return 1000 * (time.process_time() - before)
