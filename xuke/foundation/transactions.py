"""One verb, one transaction: the decorator of every command, and the two doors that open a transaction around many."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import connection, transaction

from xuke.foundation import scope
from xuke.foundation.actors import Actor
from xuke.foundation.typed import demand_storable

P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def opened_for(who: scope.Scope) -> Iterator[None]:
    """A transaction in which the database shows what `who` may see: the door of a request, a task, a command line.

    Commands called inside join it without savepoints: when one refuses, the whole of it is rolled back, so the
    exception must not be caught before the door is left.
    """
    with transaction.atomic():
        scope.enter(who)
        connection.xuke_door = True  # type: ignore[attr-defined]
        try:
            yield
        finally:
            connection.xuke_door = False  # type: ignore[attr-defined]
            scope.forget()


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
