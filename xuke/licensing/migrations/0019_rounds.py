"""On which day the team of a round was there, who confirmed its sheet, and the sheet as it was signed on paper."""

import django.db.models.deletion
from django.db import migrations, models

from xuke.foundation.row_security import append_only, wall

OF_SHARED = (
    "EXISTS (SELECT FROM licensing_application AS shared"
    " WHERE shared.id = application_id AND shared.shared_with <> '{}')"
)
"""Whoever takes part in a visit that was entrusted to them sees and files what was signed there."""
THERE = (
    f"CREATE POLICY licensing_signedsheet_read_there ON licensing_signedsheet FOR SELECT USING ({OF_SHARED});"
    f"CREATE POLICY licensing_signedsheet_filed_there ON licensing_signedsheet FOR INSERT WITH CHECK ({OF_SHARED})"
)
NOT_THERE = (
    "DROP POLICY licensing_signedsheet_read_there ON licensing_signedsheet;"
    "DROP POLICY licensing_signedsheet_filed_there ON licensing_signedsheet"
)


class Migration(migrations.Migration):
    dependencies = [("licensing", "0018_overdue")]

    operations = [
        migrations.AddField(model_name="visit", name="visited_on", field=models.DateField(blank=True, null=True)),
        migrations.AddField(
            model_name="visit", name="confirmed", field=models.JSONField(blank=True, db_default=[], default=list)
        ),
        migrations.CreateModel(
            name="SignedSheet",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("round", models.PositiveSmallIntegerField()),
                ("name", models.TextField()),
                ("filed_at", models.DateTimeField()),
                ("filed_by", models.TextField()),
                ("authority_path", models.TextField(db_collation="C")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signed_sheets",
                        to="licensing.application",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.enterprise"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="foundation.storedfile"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("application"), models.F("round"), name="one_signed_sheet_per_round"
                    )
                ],
            },
        ),
        wall("licensing_signedsheet"),
        migrations.RunSQL(THERE, NOT_THERE),
        append_only("licensing_signedsheet"),
    ]
