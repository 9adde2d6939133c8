"""News goes up: what happened below is told to the handlers of the apps above, each once, by way of the sealed log.

The log's positions are final, so a handler that has been told everything up to a position has missed nothing; the
largest id seen would not say that, because a slow transaction commits behind a fast one. Telling a handler means
writing a row of `Unhandled`; carrying the reaction out moves it to `Handled` in the transaction of the reaction itself.
Killed anywhere, a reaction has happened once or is still written down.

Within one stream the reactions of one app keep the order of the journal: one that fails holds up those behind it, and
is tried again, at longer and longer intervals. Other streams, and other apps, do not wait.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from xuke.foundation import request_ids
from xuke.foundation.journal import Event
from xuke.foundation.models.journal import Entry
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for

_log = logging.getLogger(__name__)

Handler = Callable[[Event, datetime], object]

WINDOW = 5_000
"""Leaves looked through in one transaction."""
WINDOWS = 20
"""Windows looked through in one call, so that a handler that replays the past does not keep everybody waiting."""
LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True)
class On:
    """A reaction: when `verb` happened, call `function(event, now)`, in a transaction of its own and as the system.

    A handler is remembered by its name, by default the function's full name: whoever moves or renames the function
    gives the old name. A new handler is told everything from the beginning of the log, unless `replays` is false: then
    it starts where the others are, as it should when it writes to people.
    """

    verb: str
    function: Handler
    name: str = ""
    replays: bool = True

    @property
    def handler(self) -> str:
        """The name under which the database remembers it."""
        return self.name or f"{self.function.__module__}.{self.function.__qualname__}"

    @property
    def app(self) -> str:
        """Whose order it keeps: the module of the handler."""
        return self.handler.rpartition(".")[0]

    def line(self, stream: str) -> str:
        """The line in which this reaction waits its turn."""
        return f"{self.app} {stream}"


@dataclass(frozen=True)
class Delivered:
    """What one call has done."""

    done: int = 0
    failed: int = 0


@dataclass(frozen=True)
class _Due:
    """A reaction whose turn it is."""

    id: int
    entry: int
    handler: str
    attempts: int


def deliver(handlers: Sequence[On], now: datetime, limit: int = 1_000) -> Delivered:
    """Tell the handlers what has been sealed, and carry out up to `limit` of the reactions that are due."""
    functions = _functions(handlers)
    if not functions:
        return Delivered()
    for _ in range(WINDOWS):
        if not _tell(handlers, now):
            break
    done = failed = 0
    while done + failed < limit:
        before = done + failed
        for due in _due(list(functions), now, limit - before):
            outcome = _carry_out(due, functions[due.handler], list(functions), now)
            done, failed = done + (outcome is True), failed + (outcome is False)
        if done + failed == before:
            break
    return Delivered(done, failed)


def deliver_now(*events: Event, handlers: Sequence[On], now: datetime) -> Delivered:
    """Carry out the reactions to what has just been committed, without waiting for the seal.

    They are noted like all others, so the sealed log does not bring them a second time. One that fails, or that has
    somebody before it in its line, is left to `deliver`.
    """
    _functions(handlers)
    done = failed = 0
    for event in events:
        for on in handlers:
            if on.verb == event.verb:
                outcome = _carry_out_at_once(on, event, now)
                done, failed = done + (outcome is True), failed + (outcome is False)
    return Delivered(done, failed)


def _functions(handlers: Iterable[On]) -> dict[str, Handler]:
    """The function of each handler; a handler that could not be remembered is a mistake of the programmer."""
    functions: dict[str, Handler] = {}
    verbs = set()
    for on in handlers:
        if "<" in on.handler or not on.app:
            raise ValueError(f"{on.handler} needs a name of the form app.reaction")
        if (on.verb, on.handler) in verbs or functions.get(on.handler, on.function) != on.function:
            raise ValueError(f"{on.handler} is listed twice")
        verbs.add((on.verb, on.handler))
        functions[on.handler] = on.function
    return functions


# --- telling: from the sealed log into the lines ----------------------------------------------------------------------


_LOCK = "SELECT pg_try_advisory_xact_lock(5120938467712093)"
_SIZE = "SELECT coalesce(max(size), 0) FROM foundation_head"
_POSITIONS = "SELECT handler, position FROM foundation_follower"
_FOLLOW = "INSERT INTO foundation_follower (handler, position) VALUES (%s, %s)"
_ADVANCE = "UPDATE foundation_follower SET position = %s WHERE handler = ANY(%s) AND position < %s"
_WRITE_DOWN = """
    INSERT INTO foundation_unhandled (entry_id, handler, line, attempts, retry_at, problem)
    SELECT e.id, h.handler, h.app || ' ' || e.stream, 0, %s, ''
    FROM foundation_leaf l
    JOIN foundation_entry e ON e.id = l.entry_id
    JOIN unnest(%s::text[], %s::text[], %s::text[], %s::bigint[])
        WITH ORDINALITY AS h (verb, handler, app, position, place) ON h.verb = e.verb AND h.position <= l.position
    WHERE l.position >= %s AND l.position < %s
        AND NOT EXISTS (SELECT FROM foundation_handled d WHERE d.entry_id = e.id AND d.handler = h.handler)
    ORDER BY l.position, h.place
    ON CONFLICT DO NOTHING
"""


def _tell(handlers: Sequence[On], now: datetime) -> bool:
    """Write down the reactions to the next window of the log; true when there is more to look through."""
    with opened_for(EVERYTHING), connection.cursor() as cursor:
        cursor.execute(_LOCK)
        if cursor.fetchone() != (True,):
            return False  # Another worker is doing it.
        cursor.execute(_SIZE)
        (size,) = cursor.fetchone()
        positions = _positions(cursor, handlers)
        start = min(positions.values())
        end = min(size, start + WINDOW)
        if start >= size:
            return False
        arguments = zip(*((on.verb, on.handler, on.app, positions[on.handler]) for on in handlers), strict=True)
        cursor.execute(_WRITE_DOWN, [now, *map(list, arguments), start, end])
        cursor.execute(_ADVANCE, [end, list(positions), end])
    return bool(end < size)


def _positions(cursor: Any, handlers: Sequence[On]) -> dict[str, int]:
    """How far each handler has been told. One that is new begins at the beginning, or where the furthest other is."""
    cursor.execute(_POSITIONS)
    known: dict[str, int] = dict(cursor.fetchall())
    positions = {}
    for on in handlers:
        if on.handler not in known and on.handler not in positions:
            start = 0 if on.replays else max(known.values(), default=0)
            cursor.execute(_FOLLOW, [on.handler, start])
            positions[on.handler] = start
        else:
            positions.setdefault(on.handler, known.get(on.handler, 0))
    return positions


# --- carrying out -----------------------------------------------------------------------------------------------------


_FIRST_IN_LINE = """
    NOT EXISTS (
        SELECT FROM foundation_unhandled v
        WHERE v.line = u.line AND v.handler = ANY(%s) AND (v.entry_id, v.id) < (u.entry_id, u.id)
    )
"""
_DUE = f"""
    SELECT u.id, u.entry_id, u.handler, u.attempts FROM foundation_unhandled u
    WHERE u.retry_at <= %s AND u.handler = ANY(%s) AND {_FIRST_IN_LINE} ORDER BY u.id LIMIT %s
"""  # noqa: S608 - constants
_CLAIM = f"SELECT FROM foundation_unhandled u WHERE u.id = %s AND {_FIRST_IN_LINE} FOR UPDATE SKIP LOCKED"
_NOTE = "INSERT INTO foundation_handled (entry_id, handler, at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING RETURNING id"
_DONE = "DELETE FROM foundation_unhandled WHERE id = %s"
_RETRY = "UPDATE foundation_unhandled SET attempts = %s, retry_at = %s, problem = %s WHERE id = %s"
_SOMEBODY_BEFORE = "SELECT EXISTS (SELECT FROM foundation_unhandled WHERE line = %s AND entry_id <= %s)"
_JOIN_LINE = """
    INSERT INTO foundation_unhandled (entry_id, handler, line, attempts, retry_at, problem)
    VALUES (%s, %s, %s, 1, %s, %s) ON CONFLICT DO NOTHING
"""


def _due(names: list[str], now: datetime, limit: int) -> list[_Due]:
    with opened_for(EVERYTHING), connection.cursor() as cursor:
        cursor.execute(_DUE, [now, names, names, limit])
        return [_Due(*row) for row in cursor.fetchall()]


def _carry_out(due: _Due, function: Handler, names: list[str], now: datetime) -> bool | None:
    """Carry out one reaction: true when it is done, false when it failed, None when another worker has it."""
    try:
        with opened_for(EVERYTHING), connection.cursor() as cursor:
            cursor.execute(_CLAIM, [due.id, names])
            if cursor.fetchone() is None:
                return None
            if _is_first(cursor, due.entry, due.handler, now):
                _react(function, _event(due.entry), now)
            cursor.execute(_DONE, [due.id])
    except Exception as problem:
        _log.exception("%s failed on journal entry %s, attempt %s", due.handler, due.entry, due.attempts + 1)
        attempts = due.attempts + 1
        with opened_for(EVERYTHING), connection.cursor() as cursor:
            cursor.execute(_RETRY, [attempts, now + _pause(attempts), _words(problem), due.id])
        return False
    return True


def _carry_out_at_once(on: On, event: Event, now: datetime) -> bool | None:
    line = on.line(event.stream)
    try:
        with opened_for(EVERYTHING), connection.cursor() as cursor:
            cursor.execute(_SOMEBODY_BEFORE, [line, event.id])
            if cursor.fetchone() == (True,) or not _is_first(cursor, event.id, on.handler, now):
                return None
            _react(on.function, event, now)
    except Exception as problem:
        _log.exception("%s failed at once on journal entry %s", on.handler, event.id)
        with opened_for(EVERYTHING), connection.cursor() as cursor:
            cursor.execute(_JOIN_LINE, [event.id, on.handler, line, now + _pause(1), _words(problem)])
        return False
    return True


def _react(function: Handler, event: Event, now: datetime) -> None:
    """Carry out a reaction; what it writes belongs to the request that it reacts to."""
    with request_ids.entered(event.request_id):
        function(event, now)


def _is_first(cursor: Any, entry: int, handler: str, now: datetime) -> bool:
    """Note the reaction; false when it was carried out before. Waits for whoever is carrying it out just now."""
    cursor.execute(_NOTE, [entry, handler, now])
    return cursor.fetchone() is not None


def _event(entry: int) -> Event:
    return Event(*Entry.objects.values_list(*Event.__dataclass_fields__).get(pk=entry))


def _pause(attempts: int) -> timedelta:
    """2, 4, 8 … seconds, at most an hour."""
    return min(timedelta(seconds=2 ** min(attempts, 20)), LONGEST_PAUSE)


def _words(problem: Exception) -> str:
    return f"{type(problem).__name__}: {problem}"[:1_000]
