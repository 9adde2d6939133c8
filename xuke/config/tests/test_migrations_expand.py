"""Old and new code run side by side on one database: no migration takes away what the released code uses."""

from __future__ import annotations

import pytest
from django.db import migrations, models
from django.db.migrations.state import ProjectState

from xuke.config import expanding


def told(*operations: object) -> list[str]:
    migration = type("Migration", (migrations.Migration,), {"operations": list(operations)})("0099_new", "licensing")
    return list(expanding.told(migration, ProjectState(), set()))


def test_the_migrations_since_the_release_only_expand():
    assert list(expanding.findings()) == []


@pytest.mark.parametrize(
    "operation",
    [
        migrations.DeleteModel("Application"),
        migrations.RemoveField("Application", "state"),
        migrations.RenameField("Application", "state", "stage"),
        migrations.AddField("Application", "weight", models.IntegerField()),
        migrations.AddConstraint("Application", models.CheckConstraint(condition=models.Q(pk__gt=0), name="x")),
        migrations.RunSQL("DROP TABLE licensing_application"),
        migrations.RunSQL("ALTER TABLE licensing_application DROP COLUMN state"),
        migrations.RunSQL("ALTER TABLE licensing_application RENAME COLUMN state TO stage"),
        migrations.RunSQL(["ALTER TABLE licensing_application ALTER COLUMN state SET NOT NULL"]),
        migrations.RunSQL("ALTER TABLE licensing_application ADD COLUMN weight integer NOT NULL"),
        migrations.RunSQL("ALTER TABLE licensing_application ADD CONSTRAINT heavy CHECK (weight > 0)"),
        migrations.RunSQL("REVOKE SELECT ON licensing_application FROM xuke_app"),
        migrations.RunSQL("CREATE POLICY less ON licensing_application AS RESTRICTIVE USING (false)"),
        migrations.SeparateDatabaseAndState(database_operations=[migrations.RunSQL("DROP VIEW certificates_public")]),
    ],
)
def test_what_would_stop_the_old_code_is_refused(operation):
    assert told(operation)


def test_what_is_new_may_be_anything():
    assert not told(
        migrations.CreateModel("Weight", [("id", models.AutoField(primary_key=True))]),
        migrations.AddConstraint("Weight", models.CheckConstraint(condition=models.Q(pk__gt=0), name="x")),
        migrations.AddField("Application", "weight", models.IntegerField(db_default=0)),
        migrations.RunSQL("ALTER TABLE licensing_application ADD COLUMN note text NOT NULL DEFAULT ''"),
        migrations.RunSQL(
            "CREATE TABLE licensing_more (id int); ALTER TABLE licensing_more ADD CONSTRAINT c CHECK (id > 0)"
        ),
        migrations.RunSQL("DROP FUNCTION IF EXISTS f(); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'"),
    )
