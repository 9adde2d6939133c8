"""Administrative divisions by date: loading them from the published lists, and asking for their names.

Rows are keyed by code and time, because licences keep the codes of the day on which they were numbered.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.db import connection, transaction
from django.db.models import Q

from xuke.foundation.identifiers import gazetteer
from xuke.foundation.models import Division
from xuke.foundation.models.division import Level

DIRECT = "省直辖"
"""The heading of counties that stand directly below a province (省直辖县级行政区划)."""

_known: dict[str, tuple[Division, ...]] = {}
"""Rows by code. They change only with `load`, that is with a release, so a process may keep them."""
_below: dict[str, tuple[Division, ...]] = {}
"""All rows below a code, whenever they were in use. Kept for the same reason."""

_MERGE = """
INSERT INTO foundation_division AS known (code, name, parent_code, level, valid_from, valid_to, is_gbt2260)
SELECT *, true FROM unnest(%s::text[], %s::text[], %s::text[], %s::smallint[], %s::date[], %s::date[])
ON CONFLICT (code, valid_from) DO UPDATE
SET name = excluded.name, parent_code = excluded.parent_code, level = excluded.level, valid_to = excluded.valid_to
WHERE (known.name, known.parent_code, known.level, known.valid_to)
      IS DISTINCT FROM (excluded.name, excluded.parent_code, excluded.level, excluded.valid_to)
"""
_DROP_OTHERS = """
DELETE FROM foundation_division
WHERE is_gbt2260 AND (code, valid_from) NOT IN (SELECT * FROM unnest(%s::text[], %s::date[]))
"""


def load() -> int:
    """Bring the table in line with the published lists; codes of development zones stay. Returns the rows changed."""
    rows = [
        (span.code, span.name, span.parent_code, span.level, span.valid_from, span.valid_to)
        for span in gazetteer.spans()
    ]
    columns = [list(column) for column in zip(*rows, strict=True)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_MERGE, columns)
        changed: int = cursor.rowcount
        cursor.execute(_DROP_OTHERS, [columns[0], columns[4]])
        changed += cursor.rowcount
    forget()
    return changed


def forget() -> None:
    """Ask the database again."""
    _known.clear()
    _below.clear()


def name_of(code: str, on: date) -> str:
    """The name of a division on a day, such as 夷陵区; empty when the code was not in use."""
    _learn((code,))
    return _name(code, on)


def full_name(code: str, on: date) -> str:
    """The name with those above it, such as 湖北省宜昌市夷陵区; empty when the code was not in use."""
    codes = (*gazetteer.above(code), code)
    _learn(codes)
    return "".join(_name(each, on) for each in codes) if _name(code, on) else ""


def children(code: str, on: date) -> tuple[Division, ...]:
    """The divisions directly below, by code: of the nation when `code` is empty. Some prefectures have none."""
    in_use = Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gt=on))
    return tuple(Division.objects.filter(in_use, parent_code=code).order_by("code"))


def choices(code: str, on: date) -> list[tuple[str, str | list[tuple[str, str]]]]:
    """The counties below a division, by prefecture, as a form's list of choices takes them: one statement a process."""
    rows = [row for row in _all_below(code) if row.valid_from <= on and (row.valid_to is None or on < row.valid_to)]
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        if row.level == Level.COUNTY:
            groups.setdefault(row.parent_code, []).append((row.code, row.name))
    names = {row.code: row.name for row in rows if row.level == Level.PREFECTURE}
    parents = sorted(groups, key=lambda parent: (parent not in names, parent))
    return [(names.get(parent, DIRECT), groups[parent]) for parent in parents]


def _all_below(code: str) -> tuple[Division, ...]:
    if not _below.get(code):
        prefix = code[:2] if code.endswith("0000") else code[:4]
        _below[code] = tuple(Division.objects.filter(code__startswith=prefix).order_by("code", "valid_from"))
    return _below[code]


def _learn(codes: tuple[str, ...]) -> None:
    """Fetch the rows of codes not asked for before, in one statement. Unknown codes are asked for again."""
    missing = [code for code in codes if code not in _known]
    if not missing:
        return
    found = defaultdict(list)
    for row in Division.objects.filter(code__in=missing).order_by("valid_from"):
        found[row.code].append(row)
    _known.update((code, tuple(rows)) for code, rows in found.items())


def _name(code: str, on: date) -> str:
    rows = _known.get(code, ())
    return next((row.name for row in rows if row.valid_from <= on and (row.valid_to is None or on < row.valid_to)), "")
