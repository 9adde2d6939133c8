"""The register that everybody reads; the application writes it, the public role only reads."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.RunSQL("CREATE SEQUENCE publication_place", "DROP SEQUENCE publication_place"),
        migrations.CreateModel(
            name="PublishedEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.TextField(db_collation="C")),
                ("seq", models.PositiveIntegerField()),
                ("verb", models.TextField()),
                ("effective_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                ("state", models.TextField()),
                ("valid_to", models.DateField()),
                ("version", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("number"), models.F("seq"), name="published_event_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="PublishedLicence",
            fields=[
                ("number", models.TextField(db_collation="C", primary_key=True, serialize=False)),
                (
                    "place",
                    models.BigIntegerField(
                        db_default=models.Func(models.Value("publication_place"), function="nextval"), unique=True
                    ),
                ),
                ("kind", models.TextField(default="food")),
                ("state", models.TextField()),
                ("holder", models.TextField()),
                ("uscc", models.TextField(db_collation="C")),
                (
                    "categories",
                    django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), size=None),
                ),
                ("products", models.TextField()),
                ("division", models.CharField(db_collation="C", max_length=6)),
                ("authority", models.TextField()),
                ("authority_path", models.TextField(db_collation="C")),
                ("granted_on", models.DateField()),
                ("valid_to", models.DateField()),
                ("ended_on", models.DateField(null=True)),
                ("version", models.PositiveIntegerField()),
                ("identifier", models.TextField()),
                ("changed_at", models.DateTimeField()),
                ("plain", models.TextField()),
                ("tokens", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["tokens"], name="published_tokens"),
                    models.Index(
                        fields=["-changed_at", "-number"],
                        include=["plain", "division", "categories", "state", "granted_on", "valid_to", "ended_on"],
                        name="published_newest",
                    ),
                    models.Index(
                        fields=["-granted_on", "-number"],
                        include=["plain", "division", "categories", "state", "valid_to", "ended_on"],
                        name="published_granted",
                    ),
                    models.Index(fields=["uscc"], name="published_uscc"),
                    models.Index(fields=["division", "-changed_at", "-number"], name="published_division"),
                ],
            },
        ),
        migrations.RunSQL(
            "GRANT SELECT ON publication_publishedlicence, publication_publishedevent TO xuke_public",
            migrations.RunSQL.noop,
        ),
    ]
