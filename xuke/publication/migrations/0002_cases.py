"""Decisions and progress that everybody reads."""

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
            ],
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
            ],
            options={
                "indexes": [models.Index(fields=["-decided_on", "-id"], name="announcement_newest")],
            },
        ),
        migrations.RunSQL(
            "GRANT SELECT ON publication_announcement, publication_progress TO xuke_public", migrations.RunSQL.noop
        ),
    ]
