"""Decisions, progress and figures that everybody reads."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("publication", "0001_register"),
    ]

    operations = [
        migrations.CreateModel(
            name="Progress",
            fields=[
                ("receipt_number", models.TextField(db_collation="C", primary_key=True, serialize=False)),
                ("procedure", models.TextField()),
                ("state", models.TextField()),
                ("authority", models.TextField()),
                ("steps", models.JSONField(default=list)),
                ("received_on", models.DateField()),
                ("due_on", models.DateField(null=True)),
                ("due_provisional", models.BooleanField(default=False)),
                ("licence_number", models.TextField(blank=True, db_default="", default="")),
                ("changed_at", models.DateTimeField()),
                (
                    "acceptance_number",
                    models.TextField(blank=True, db_collation="C", db_default="", default=""),
                ),
                ("marks", models.JSONField(db_default=[], default=list)),
                ("online", models.BooleanField(db_default=True, default=True)),
                ("closed_on", models.DateField(null=True)),
                ("late_steps", models.SmallIntegerField(db_default=0, default=0)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["received_on", "receipt_number"], name="progress_received"),
                    models.Index(
                        condition=models.Q(("closed_on__isnull", False)),
                        fields=["closed_on", "receipt_number"],
                        name="progress_closed",
                    ),
                    models.Index(
                        condition=models.Q(("acceptance_number", ""), _negated=True),
                        fields=["acceptance_number"],
                        name="progress_by_acceptance",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Announcement",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("verb", models.TextField()),
                ("acceptance_number", models.TextField()),
                ("holder", models.TextField()),
                ("uscc", models.TextField(db_collation="C")),
                ("title", models.TextField()),
                ("procedure", models.TextField()),
                ("division", models.CharField(db_collation="C", max_length=6)),
                ("authority", models.TextField()),
                ("authority_path", models.TextField(db_collation="C")),
                ("decided_on", models.DateField()),
                ("announced_at", models.DateTimeField()),
                ("licence_number", models.TextField(blank=True, db_default="", default="")),
                ("place", models.TextField(blank=True, db_default="", default="")),
                ("level", models.TextField(blank=True, db_default="", default="")),
                ("category", models.SmallIntegerField(db_default=0, default=0)),
                (
                    "categories",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SmallIntegerField(), db_default=[], default=list, size=None
                    ),
                ),
                ("days", models.SmallIntegerField(null=True)),
                ("on_time", models.BooleanField(db_default=True, default=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-decided_on", "-id"], name="announcement_newest"),
                    models.Index(fields=["division", "-decided_on", "-id"], name="announcement_division"),
                    models.Index(fields=["category", "-decided_on", "-id"], name="announcement_category"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PublicFigure",
            fields=[
                ("name", models.TextField(primary_key=True, serialize=False)),
                ("value", models.JSONField()),
                ("counted_at", models.DateTimeField()),
                ("seconds", models.FloatField(default=0.0)),
            ],
        ),
        migrations.RunSQL(
            "GRANT SELECT ON publication_announcement, publication_progress, publication_publicfigure TO xuke_public",
            migrations.RunSQL.noop,
        ),
    ]
