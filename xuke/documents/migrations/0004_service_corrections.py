"""What was written down wrongly about a service is put right by a row of its own: neither is changed later."""

import django.db.models.deletion
from django.db import migrations, models

from xuke.foundation.row_security import SYSTEM, equals, policies, within

IN_PLACE = f"{SYSTEM} OR {within('authority', 'authority_path')}"
SEEN = f"{IN_PLACE} OR {equals('enterprise', 'enterprise_id')}"


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0003_service"),
        ("foundation", "0006_request_index"),
        ("parties", "0006_named_bounded"),
    ]

    operations = [
        migrations.CreateModel(
            name="ServiceCorrection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channel", models.TextField()),
                ("served_on", models.DateField()),
                ("place", models.TextField(blank=True, db_default="", default="")),
                ("receiver", models.TextField(blank=True, db_default="", default="")),
                ("relation", models.TextField(blank=True, db_default="", default="")),
                ("tracking", models.TextField(blank=True, db_default="", default="")),
                ("witnesses", models.TextField(blank=True, db_default="", default="")),
                ("publication", models.TextField(blank=True, db_default="", default="")),
                ("published_on", models.DateField(blank=True, null=True)),
                ("note", models.TextField(blank=True, db_default="", default="")),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.TextField()),
                ("authority_path", models.TextField(db_collation="C")),
                ("reason", models.TextField()),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.enterprise"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="foundation.storedfile",
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="service_corrections",
                        to="documents.notice",
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.notice",
                    ),
                ),
            ],
        ),
        # Only the office puts it right; the enterprise reads it.
        policies("documents_servicecorrection", SELECT=SEEN, INSERT=IN_PLACE),
    ]
