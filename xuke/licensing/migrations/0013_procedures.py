"""Joint review of several levels, and additives in the categories that lists filter by."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import xuke.foundation.identity
from xuke.foundation.row_security import wall

# Chapter 32 of the catalogue is 201 to 203 in licence numbers. What was filed before has no additives: nothing to fill.
CATEGORIES = """
CREATE OR REPLACE FUNCTION licensing_categories_of(form jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE SET search_path = public AS $$
    SELECT coalesce(array_agg(DISTINCT {code}), '{{}}')
    FROM jsonb_array_elements(
        CASE jsonb_typeof(form #> '{{products,varieties}}') WHEN 'array' THEN form #> '{{products,varieties}}' ELSE '[]' END
    ) AS variety
    WHERE jsonb_typeof(variety) = 'object' AND variety ->> 'code' ~ '^[0-9]{{4}}$'
$$;
"""
WITH_ADDITIVES = (
    "CASE WHEN variety ->> 'code' LIKE '32%' THEN '2' || right(variety ->> 'code', 2)"
    " ELSE '1' || left(variety ->> 'code', 2) END"
)
# Whoever takes part in a shared case sees what it is asked, as it sees what was filed.
OF_SHARED = "EXISTS (SELECT FROM licensing_application AS shared WHERE shared.id = application_id AND shared.shared_with <> '{}')"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_administration"),
        ("licensing", "0012_visits"),
        ("parties", "0006_named_bounded"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="application",
            name="joint_waits",
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(
                condition=models.Q(("committed", True), ("state", "accepted")),
                fields=["authority", "due_on", "id"],
                name="application_promised",
            ),
        ),
        migrations.CreateModel(
            name="JointReview",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=xuke.foundation.identity.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "codes",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
                ),
                ("basis", models.TextField()),
                ("asked_on", models.DateField()),
                ("due_on", models.DateField()),
                ("results", models.JSONField(default=dict)),
                ("opinion", models.TextField(blank=True, default="")),
                ("given_at", models.DateTimeField(blank=True, null=True)),
                ("given_name", models.TextField(blank=True, default="")),
                ("authority_path", models.TextField(db_collation="C")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="joint_reviews",
                        to="licensing.application",
                    ),
                ),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.authority"
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.enterprise"
                    ),
                ),
                (
                    "given_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("given_at", None)),
                        fields=["authority", "due_on"],
                        name="joint_opinion_waiting",
                    ),
                    models.Index(fields=["authority", "-asked_on", "id"], name="joint_opinion_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("application"), models.F("authority"), name="one_joint_opinion_per_authority"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("given_at", None), ("given_by", None)),
                            models.Q(("given_at__isnull", False), ("given_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="joint_opinion_all_or_none",
                    ),
                ],
            },
        ),
        wall("licensing_jointreview"),
        migrations.RunSQL(
            f"CREATE POLICY licensing_jointreview_shared ON licensing_jointreview"
            f" USING ({OF_SHARED}) WITH CHECK ({OF_SHARED})",
            "DROP POLICY licensing_jointreview_shared ON licensing_jointreview",
        ),
        migrations.RunSQL(
            CATEGORIES.format(code=WITH_ADDITIVES),
            CATEGORIES.format(code="'1' || left(variety ->> 'code', 2)"),
        ),
    ]
