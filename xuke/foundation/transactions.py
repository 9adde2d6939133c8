"""One verb, one transaction: the decorator of every command, and the two doors that open a transaction around many."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, connection, transaction

from xuke.foundation import scope
from xuke.foundation.actors import Actor
from xuke.foundation.typed import demand_storable

P = ParamSpec("P")
R = TypeVar("R")

_BUSY = ("55P03", "40P01")
"""lock_not_available, deadlock_detected."""
_RESTARTING = ("57P01", "57P02", "57P03")
"""admin_shutdown, crash_shutdown, cannot_connect_now."""


@contextmanager
def opened_for(who: scope.Scope) -> Iterator[None]:
    """A transaction in which the database shows what `who` may see: the door of a request, a task, a command line.

    Commands called inside join it without savepoints: when one refuses, the whole of it is rolled back, so the
    exception must not be caught before the door is left. There is one door at a time: leaving an inner one would not
    bring back the scope of the outer.
    """
    if getattr(connection, "xuke_door", False):
        raise RuntimeError("a door is open already; what runs inside it sees what whoever opened it may see")
    with transaction.atomic():
        scope.enter(who)
        connection.xuke_door = True  # type: ignore[attr-defined]
        try:
            yield
        finally:
            connection.xuke_door = False  # type: ignore[attr-defined]
            scope.forget()


def is_busy(error: OperationalError) -> bool:
    """Whether the database gave up because somebody else held a row for too long, or each of two waited for the
    other: nothing is wrong, and a moment later it works."""
    return getattr(error.__cause__, "sqlstate", "") in _BUSY


def is_away(error: BaseException | None) -> bool:
    """Whether the database could not be reached, or is just restarting: a moment later it answers again."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)  # The client's own errors have none.
    return state is None or state in _RESTARTING or state.startswith("08")


def be_patient() -> None:
    """Let the statements of the running transaction take long and wait long: for the work of a worker or an auditor,
    for whom nobody waits at a screen."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('statement_timeout', '30min', true), set_config('lock_timeout', '1min', true)"
        )


def command(function: Callable[P, R]) -> Callable[P, R]:
    """Mark a writer: atomic, in the scope of whoever acts (`by`), with texts that can be kept.

    Inside an open door it simply joins in. Elsewhere (tests, command line) it opens a transaction, or a savepoint in a
    running one, and enters the scope of `by`.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        demand_storable(kwargs)
        if getattr(connection, "xuke_door", False):
            return function(*args, **kwargs)
        actor: Actor = kwargs["by"]  # type: ignore[assignment]
        outer = scope.entered()
        try:
            with transaction.atomic():
                scope.enter(actor.scope)
                connection.xuke_door = True  # type: ignore[attr-defined]
                done = function(*args, **kwargs)
        except BaseException:
            # The rollback has brought back the settings from before, if there were any.
            scope.remember(outer)
            raise
        finally:
            connection.xuke_door = False  # type: ignore[attr-defined]
        scope.forget()
        if outer is not None:
            scope.enter(outer)
        return done

    run.is_command = True  # type: ignore[attr-defined]
    return run
