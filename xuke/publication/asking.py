"""One statement, in the role of the public."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connections

TABLE = "publication_publishedlicence"


def rows(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """What a statement finds among what is published."""
    with connections["public"].cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
