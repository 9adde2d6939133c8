"""Migrations that only expand: what a migration newer than the last release must not do, so that old code runs on.

Nothing the released code uses is dropped, renamed or made stricter; what is new is empty by default. Contracting waits
for the release after the one that no longer uses it (docs/decisions/0030). What is allowed all the same stands in
ALLOWED with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.db.migrations import Migration, operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import NOT_PROVIDED, Field

RELEASED = Path(__file__).with_name("released_migrations.txt")
ALLOWED: dict[str, str] = {
    "licensing.0010_interruptions: SQL adds the constraint chair_is_not_reviewer": "it speaks of a new column only",
    "licensing.0011_together: SQL adds the constraint nobody_is_in_three_hands": "it speaks of a new column only",
    **{
        f"licensing.0011_together: SQL adds the constraint {name}": "it is made anew looser than it was"
        for name in (
            "acceptor_is_not_reviewer",
            "acceptor_is_not_decider",
            "reviewer_is_not_decider",
            "hands_are_apart",
            "three_hands_deputies_too",
        )
    },
}
"""By ``app.migration: finding``, why the released code does not mind."""

_GONE = (operations.DeleteModel, operations.RenameModel, operations.RemoveField, operations.RenameField)
_STRICTER = (operations.AddConstraint, operations.AlterUniqueTogether)
_NAME = r"(?:IF\s+(?:NOT\s+)?EXISTS\s+)?(?:ONLY\s+)?\"?(?:public\.)?(?P<name>\w+)"
_SQL = (
    (re.compile(rf"\bDROP\s+(?P<what>TABLE|VIEW|SEQUENCE|TYPE|FUNCTION|SCHEMA)\s+{_NAME}", re.IGNORECASE), "drops"),
    (re.compile(r"\bDROP\s+COLUMN\s+(?P<name>\w+)", re.IGNORECASE), "drops column"),
    (re.compile(r"\bRENAME\s+(?:COLUMN\s+|TO\s+)?(?P<name>\w+)", re.IGNORECASE), "renames"),
    (re.compile(r"\bALTER\s+COLUMN\s+(?P<name>\w+)\s+SET\s+NOT\s+NULL", re.IGNORECASE), "forbids NULL in"),
    (re.compile(r"\bALTER\s+COLUMN\s+(?P<name>\w+)\s+(?:SET\s+DATA\s+)?TYPE", re.IGNORECASE), "changes the type of"),
    (re.compile(r"\bREVOKE\b.*?\bON\b\s+(?:TABLE\s+|FUNCTION\s+)?(?P<name>\w+)", re.IGNORECASE | re.DOTALL), "revokes"),
    (re.compile(r"\bAS\s+(?P<name>RESTRICTIVE)\b", re.IGNORECASE), "adds a policy that is"),
)
_TABLE = re.compile(rf"\bALTER\s+TABLE\s+{_NAME}", re.IGNORECASE)
_ADDED_NOT_NULL = re.compile(
    r"\bADD\s+(?:COLUMN\s+)?(?!CONSTRAINT\b)(?P<name>\w+)\s+(?P<rest>[^,;]*\bNOT\s+NULL\b[^,;]*)", re.IGNORECASE
)
_ADDED_CONSTRAINT = re.compile(r"\bADD\s+CONSTRAINT\s+(?P<name>\w+)", re.IGNORECASE)
_MADE = re.compile(rf"\bCREATE\s+(?:OR\s+REPLACE\s+)?(?:TABLE|VIEW|SEQUENCE|TYPE|FUNCTION)\s+{_NAME}", re.IGNORECASE)


def released() -> set[str]:
    """The migrations of the newest release."""
    lines = RELEASED.read_text("utf-8").splitlines()
    return {line.strip() for line in lines if line.strip() and not line.startswith("#")}


def findings() -> Iterator[str]:
    """What the migrations since the release do that its code would not survive."""
    loader = MigrationLoader(None)
    known = released()
    new = [key for key in loader.disk_migrations if _is_ours(loader, key) and ".".join(key) not in known]
    made: set[str] = set()
    for key in sorted(new):
        migration = loader.disk_migrations[key]
        state = loader.project_state(key, at_end=False)
        for finding in told(migration, state, made):
            if (name := f"{key[0]}.{key[1]}: {finding}") not in ALLOWED:
                yield name


def _is_ours(loader: MigrationLoader, key: tuple[str, str]) -> bool:
    return key in loader.disk_migrations and loader.disk_migrations[key].__module__.startswith("xuke.")


def told(migration: Migration, state: ProjectState, made: set[str]) -> Iterator[str]:
    """What one migration does that a release before it would not survive. `made` are tables that release never saw."""
    every = list(_flat(migration.operations))
    sql = "\n".join(_statements(every))
    made |= {found["name"].lower() for found in _MADE.finditer(sql)}
    made |= {f"{migration.app_label}_{op.name_lower}" for op in every if isinstance(op, operations.CreateModel)}
    for operation in every:
        yield from _of_model(operation, migration.app_label, state, made)
    for statement in _statements(every):
        yield from _of_sql(statement, made)


def _flat(found: Iterable[Operation]) -> Iterator[Operation]:
    """What is done to the database, out of operations that hold others."""
    for operation in found:
        if isinstance(operation, operations.SeparateDatabaseAndState):
            yield from _flat(operation.database_operations)
        else:
            yield operation


def _statements(found: Iterable[Operation]) -> Iterator[str]:
    for operation in found:
        if isinstance(operation, operations.RunSQL):
            each = [operation.sql] if isinstance(operation.sql, str) else operation.sql
            yield from (statement if isinstance(statement, str) else statement[0] for statement in each)


def _of_model(operation: Operation, app: str, state: ProjectState, made: set[str]) -> Iterator[str]:
    name = str(getattr(operation, "model_name_lower", getattr(operation, "name_lower", ""))).lower()
    if f"{app}_{name}" in made and not isinstance(operation, operations.DeleteModel):
        return
    if isinstance(operation, _GONE):
        yield f"{type(operation).__name__} {name} {getattr(operation, 'name', '')}".strip()
    elif isinstance(operation, _STRICTER):
        yield f"{type(operation).__name__} {name}"
    elif isinstance(operation, operations.AddField) and _needs_a_value(operation.field):
        yield f"AddField {name} {operation.name} has no default in the database"
    elif isinstance(operation, operations.AlterField):
        before = state.models.get((app, name))
        field = before.fields.get(operation.name) if before else None
        if field is not None and _is_stricter(field, operation.field):
            yield f"AlterField {name} {operation.name} is stricter"


def _needs_a_value(field: Field) -> bool:  # type: ignore[type-arg]
    """Whether a row that the old code inserts would be refused for lack of this column."""
    return not field.null and not field.many_to_many and field.db_default is NOT_PROVIDED


def _is_stricter(before: Field, after: Field) -> bool:  # type: ignore[type-arg]
    longest = (before.max_length or 0, after.max_length or 0)
    return (before.null and not after.null) or (after.unique and not before.unique) or 0 < longest[1] < longest[0]


def _of_sql(statement: str, made: set[str]) -> Iterator[str]:
    table = _TABLE.search(statement)
    if table and table["name"].lower() in made:
        return
    for pattern, what in _SQL:
        for found in pattern.finditer(statement):
            if found["name"].lower() not in made:
                yield f"SQL {what} {found['name']}"
    if table:
        for found in _ADDED_CONSTRAINT.finditer(statement):
            yield f"SQL adds the constraint {found['name']}"
        for found in _ADDED_NOT_NULL.finditer(statement):
            if not re.search(r"\bDEFAULT\b|\bGENERATED\b", found["rest"], re.IGNORECASE):
                yield f"SQL adds {found['name']}, which has no default"
