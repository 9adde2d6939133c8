"""Gapless numbers: given in the transaction that uses them, so that a rollback gives the number back."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection

from xuke.foundation.refusals import Refused

_NEXT = (
    "INSERT INTO foundation_counter (key, value) VALUES (%s, 1)"
    " ON CONFLICT (key) DO UPDATE SET value = foundation_counter.value + 1 RETURNING value"
)


class Exhausted(Refused):
    """这一段编号已经用完，请联系管理员启用新的编号段。"""


def next_number(key: str, *, upto: int = 2**31 - 1, skip: Callable[[int], bool] = lambda number: False) -> int:
    """The next number under `key`: 1, 2, 3 … each once, none missing.

    The counter's row stays locked until the transaction ends, so call it last. `skip` says which numbers are in use
    already (migrated licences). Past `upto` it refuses.
    """
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_NEXT, [key])
            (number,) = cursor.fetchone()
            if number > upto:
                raise Exhausted()
            if not skip(number):
                return int(number)
