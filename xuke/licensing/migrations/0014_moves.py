"""Plans for running cases when competence moves; the cases that went, and what is read where they went."""

import django.db.models.deletion
from django.db import migrations, models

from xuke.foundation.row_security import SYSTEM, begins, equals, policies

WHO_READS = f"{SYSTEM} OR {begins('authority', 'from_path')} OR {begins('authority', 'to_path')} OR {equals('enterprise', 'enterprise_id')}"
PLANS = f"{SYSTEM} OR {begins('authority', 'authority_path')}"


def read_where_it_went(table: str, column: str) -> migrations.RunSQL:
    """What was written about a case before it was moved is read where it went; the rows cannot be changed any more."""
    key = "stream" if column in ("stream", "about") else column
    went = f"SELECT moved.{key} FROM licensing_movedcase AS moved WHERE {begins('authority', 'moved.to_path')}"  # noqa: S608
    return migrations.RunSQL(
        f"CREATE POLICY {table}_moved ON {table} FOR SELECT USING ({column} IN ({went}))",
        f"DROP POLICY {table}_moved ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0001_initial"),
        ("documents", "0002_walls"),
        ("foundation", "0006_request_index"),
        ("licensing", "0013_procedures"),
        ("parties", "0006_named_bounded"),
        ("signatures", "0002_walls"),
    ]

    operations = [
        migrations.CreateModel(
            name="MovePlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1)),
                (
                    "choice",
                    models.TextField(
                        choices=[
                            ("stay", "在办的由原机关办完"),
                            ("waiting", "还没有受理的移交，已经受理的由原机关办完"),
                            ("all", "在办的全部移交"),
                        ]
                    ),
                ),
                ("starts_on", models.DateField()),
                ("authority_path", models.TextField(db_collation="C")),
                ("made_by", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("moved", models.PositiveIntegerField(default=0)),
                ("left", models.PositiveIntegerField(default=0)),
                ("next_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "edition",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalogue.ruleedition"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("finished_at", None)), fields=["next_at"], name="moveplan_open")
                ]
            },
        ),
        migrations.CreateModel(
            name="MovedCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stream", models.TextField()),
                ("from_path", models.TextField(db_collation="C")),
                ("from_name", models.TextField()),
                ("to_path", models.TextField(db_collation="C")),
                ("to_name", models.TextField()),
                ("told", models.TextField()),
                ("moved_at", models.DateTimeField()),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="licensing.application"
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.enterprise"
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cases", to="licensing.moveplan"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["stream"], name="movedcase_stream"),
                    models.Index(fields=["to_path"], name="movedcase_to"),
                ]
            },
        ),
        policies("licensing_moveplan", SELECT=PLANS, INSERT=PLANS, UPDATE=SYSTEM),
        policies("licensing_movedcase", SELECT=WHO_READS, INSERT=SYSTEM),
        read_where_it_went("foundation_entry", "stream"),
        read_where_it_went("documents_notice", "about"),
        read_where_it_went("signatures_signature", "about"),
        read_where_it_went("licensing_decisionsnapshot", "application_id"),
    ]
