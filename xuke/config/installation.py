"""Bringing an installation up: database, tables, reference data, keys. Every step can be repeated."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from xuke.foundation import divisions, journal_keys
from xuke.foundation.models import Division
from xuke.seals import pki


def migrate() -> int:
    """Apply migrations as the owner of the database; the number applied."""
    executor = MigrationExecutor(connections["owner"])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        call_command("migrate", database="owner", verbosity=0, interactive=False)
    connections["owner"].close()
    return len(plan)


def load_reference_data(*, again: bool) -> None:
    """Load administrative divisions; `again` also when some are there already (after a release)."""
    if again or not Division.objects.exists():
        divisions.load()


def make_keys(*, now: datetime) -> None:
    """Make the keys this installation has not got yet: the demonstration CA with its seal, and the journal's."""
    pki.establish(Path(settings.XUKE_HOME) / pki.PLACE, now=now)
    journal_keys.signing_key()


def prepare(*, now: datetime) -> int:
    """All of it, on a database that runs; the number of migrations applied."""
    applied = migrate()
    load_reference_data(again=applied > 0)
    make_keys(now=now)
    return applied
