"""The worker's two duties towards the log: seal it and say so, check the whole of it once a day and keep the result."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from xuke.audit import signs
from xuke.foundation import journal_check, sealer
from xuke.foundation.journal_check import Report

_log = logging.getLogger(__name__)

OFTEN_ENOUGH = timedelta(hours=20)
"""A worker that is started again need not check what was checked today."""

Clock = Callable[[], datetime]


def seal(clock: Clock) -> None:
    """Seal what happened, and give a sign of life; a refusal to go on is written down where auditors see it."""
    try:
        sealed = sealer.seal(clock())
    except sealer.SealingRefused as refused:
        signs.keep_sealing(signs.Sealing(clock(), problem=str(refused)))
        raise
    signs.keep_sealing(signs.Sealing(clock(), sealed.size))


def check(clock: Clock) -> Report:
    """Check the whole log against the installation's own heads, and keep what was found."""
    began = clock()
    try:
        report = journal_check.verify()
    except Exception as problem:
        signs.keep_failed_check(f"{type(problem).__name__}: {problem}"[:500], began=began, ended=clock())
        raise
    signs.keep_check(report, began=began, ended=clock())
    if not report.is_sound:
        _log.error("the journal is not sound: %s findings", len(report.findings) + report.more)
    return report


def check_daily(clock: Clock) -> None:
    """Check, unless that was done not long ago and nothing was wrong."""
    last = signs.last_check()
    if last is None or last.found or last.problem or clock() - last.ended > OFTEN_ENOUGH:
        check(clock)
