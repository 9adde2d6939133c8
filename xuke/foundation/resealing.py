"""Replacing the key of personal numbers: every sealed place of every table is sealed anew, a batch at a time.

Nobody waits: old and new keys open side by side, and a row that somebody changes meanwhile is left to the next round. A
place that had to be sealed only since a new release is sealed on the way. Which places there are is read from the
models, so that none is forgotten.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol, cast

from django.apps import apps
from django.db import connection, models
from psycopg import sql

from xuke.foundation import scope, vault
from xuke.foundation.transactions import opened_for

BATCH = 500
"""Rows in one transaction."""


class Marked(Protocol):
    """A model with fingerprints of its sealed numbers."""

    def marks(self) -> dict[str, bytes]:
        """Each fingerprint by the name of its field, under the key of today."""


@dataclass(frozen=True)
class Place:
    """A column of a table in which something is sealed."""

    model: type[models.Model]
    field: vault.SealedField | vault.SealedJSONField

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    def renewed(self, stored: Any) -> Any:
        """What belongs in the column instead; the same when it is up to date."""
        if isinstance(self.field, vault.SealedField):
            return _renewed_token(bytes(stored), self.field.purpose)
        return _renewed_document(_document(stored), self.field)

    def keys_in(self, stored: Any) -> Iterator[int]:
        """The numbers of the keys this value needs."""
        if isinstance(self.field, vault.SealedField):
            if stored:
                yield vault.number_in(bytes(stored))
            return
        found: list[int] = []

        def note(text: str, purpose: str) -> str:
            if vault.is_sealed(text):
                found.append(vault.number_of_text(text))
            return text

        self.field.each(_document(stored), note)
        yield from found


def places() -> list[Place]:
    """Every sealed column of the product."""
    kinds = (vault.SealedField, vault.SealedJSONField)
    return [
        Place(model, field)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, kinds) and model._meta.managed
    ]


def reseal(place: Place) -> int:
    """Seal a column with the key of today, whatever sealed it before; how many rows were changed.

    A transaction for each batch: killed on the way, what was done stays done.
    """
    changed, last = 0, None
    while True:
        with opened_for(scope.EVERYTHING):
            rows = _rows(place, last)
            changed += _batch(place, rows)
        if not rows:
            return changed
        last = rows[-1][0]


def keys_in_use() -> dict[int, int]:
    """How many sealed values need each key."""
    tally: dict[int, int] = {}
    for place in places():
        last = None
        while rows := _rows(place, last):
            last = rows[-1][0]
            for _, stored in rows:
                for number in place.keys_in(stored):
                    tally[number] = tally.get(number, 0) + 1
    return tally


def _rows(place: Place, last: Any) -> list[tuple[Any, Any]]:
    """The next batch of keys and values, in the order of the key."""
    key, column, table = _names(place)
    after = sql.SQL("" if last is None else "WHERE {} > %s").format(key)
    question = sql.SQL("SELECT {key}, {column} FROM {table} {after} ORDER BY {key} LIMIT {batch}").format(
        key=key, column=column, table=table, after=after, batch=sql.Literal(BATCH)
    )
    with connection.cursor() as cursor:
        cursor.execute(question, [] if last is None else [last])
        return list(cursor.fetchall())


def _batch(place: Place, rows: list[tuple[Any, Any]]) -> int:
    key, column, table = _names(place)
    is_bytes = isinstance(place.field, vault.SealedField)
    change = sql.SQL("UPDATE {table} SET {column} = %s{cast} WHERE {key} = %s AND {column} = %s{cast}").format(
        table=table, column=column, key=key, cast=sql.SQL("" if is_bytes else "::jsonb")
    )
    changed = 0
    for pk, stored in rows:
        old = bytes(stored) if is_bytes else _document(stored)
        new = place.renewed(old)
        if new == old:
            continue
        with connection.cursor() as cursor:
            cursor.execute(change, [_written(new), pk, _written(old)])
            changed += cursor.rowcount
        _mark(place, pk)
    return changed


def _mark(place: Place, pk: Any) -> None:
    """Renew the fingerprints of a row whose model has some."""
    if hasattr(place.model, "marks"):
        row = place.model._default_manager.get(pk=pk)
        place.model._default_manager.filter(pk=pk).update(**cast(Marked, row).marks())


def _names(place: Place) -> tuple[sql.Identifier, sql.Identifier, sql.Identifier]:
    primary = place.model._meta.pk
    key, column = primary.column, place.field.column
    assert key is not None and column is not None
    return sql.Identifier(key), sql.Identifier(column), sql.Identifier(place.table)


def _document(stored: Any) -> Any:
    return json.loads(stored) if isinstance(stored, str) else stored


def _written(value: Any) -> Any:
    return value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False)


def _renewed_token(token: bytes, purpose: str) -> bytes:
    if not token or vault.number_in(token) == vault.current()[0]:
        return token
    return vault.seal(vault.unseal(token, purpose), purpose)


def _renewed_document(document: Any, field: vault.SealedJSONField) -> Any:
    number = vault.current()[0]

    def renew(text: str, purpose: str) -> str:
        if vault.is_sealed(text) and vault.number_of_text(text) == number:
            return text
        return vault.seal_text(vault.unseal_text(text, purpose), purpose)

    return field.each(document, renew)
