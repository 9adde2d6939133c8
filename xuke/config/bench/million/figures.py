"""How fast the register was made: said by the mark that stands beside it."""

from __future__ import annotations

import json
from pathlib import Path

from django.conf import settings

from xuke.config.bench.measure import Figure
from xuke.config.bench.million.standing import MARK

TARGET = 50_000.0


def rows_per_second() -> Figure:
    """Rows a second when it was built, with the leaves of the log, indexes, constraints and the signed head."""
    mark = json.loads((Path(settings.XUKE_HOME) / MARK).read_text())
    rate = mark["made"]["rows_per_second"]
    return Figure(
        "rows_per_second",
        rate,
        "rows per second, indexes and constraints included",
        TARGET,
        rate >= TARGET,
        {**mark["made"], "edition": mark["edition"], "built_at": mark["now"]},
    )
