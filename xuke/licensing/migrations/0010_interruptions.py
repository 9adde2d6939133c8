"""Interruptions of the decision term, the hearing, third parties."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from xuke.foundation.row_security import wall

# The chair has not examined the case (Administrative Permit Law art. 48). Nobody was a chair before.
CHAIR = """
ALTER TABLE licensing_application ADD CONSTRAINT chair_is_not_reviewer CHECK (
    (hearing_chair_id = ANY (examined_by)) IS NOT TRUE AND (hearing_chair_id = ANY (verified_by)) IS NOT TRUE
    AND (hearing_chair_id = reviewed_by_id) IS NOT TRUE
)
"""


def case() -> dict[str, models.Field]:
    """The columns of the wall."""
    return {
        "enterprise": models.ForeignKey(
            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.enterprise"
        ),
        "authority_path": models.TextField(db_collation="C"),
    }


class Migration(migrations.Migration):
    dependencies = [("licensing", "0009_clocks"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AddField("application", "hearing", models.JSONField(blank=True, db_default={}, default=dict)),
        migrations.AddField(
            "application",
            "hearing_chair",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunSQL(CHAIR, "ALTER TABLE licensing_application DROP CONSTRAINT chair_is_not_reviewer"),
        migrations.CreateModel(
            "Interruption",
            [
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("reason", models.TextField()),
                ("organisation", models.TextField(blank=True, default="")),
                ("began_on", models.DateField()),
                ("expected_until", models.DateField(blank=True, null=True)),
                ("ended_on", models.DateField(blank=True, null=True)),
                ("outcome", models.TextField(blank=True, default="")),
                ("begun_by", models.TextField()),
                ("ended_by", models.TextField(blank=True, default="")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="interruptions",
                        to="licensing.application",
                    ),
                ),
                *case().items(),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        "application", "kind", condition=Q(ended_on=None), name="one_open_interruption_of_a_kind"
                    ),
                    models.CheckConstraint(
                        condition=Q(ended_on=None) | Q(ended_on__gte=F("began_on")), name="interruption_days"
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            "ThirdParty",
            [
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("interest", models.TextField()),
                ("address", models.TextField()),
                ("told_on", models.DateField()),
                ("answer_by", models.DateField()),
                ("answer", models.TextField(blank=True, default="")),
                ("answered_on", models.DateField(blank=True, null=True)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="third_parties",
                        to="licensing.application",
                    ),
                ),
                *case().items(),
            ],
            options={
                "constraints": [models.UniqueConstraint("application", "name", name="one_notice_per_third_party")]
            },
        ),
        wall("licensing_interruption"),
        wall("licensing_thirdparty"),
    ]
