"""Hearings: who asked, and who was told."""

import django.db.models.deletion
from django.db import migrations, models

from xuke.foundation.row_security import wall


class Migration(migrations.Migration):
    dependencies = [("licensing", "0016_their_part")]

    operations = [
        migrations.AddField("thirdparty", "waived_on", models.DateField(blank=True, null=True)),
        migrations.CreateModel(
            "HearingRequest",
            [
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("who", models.TextField()),
                ("reason", models.TextField(blank=True, default="")),
                ("requested_on", models.DateField()),
                ("taken_by", models.TextField()),
                ("withdrawn_on", models.DateField(blank=True, null=True)),
                ("authority_path", models.TextField(db_collation="C")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hearing_requests",
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
                    "party",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hearing_requests",
                        to="licensing.thirdparty",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("application", "party"), nulls_distinct=False, name="one_hearing_request_of_a_party"
                    )
                ]
            },
        ),
        wall("licensing_hearingrequest"),
    ]
