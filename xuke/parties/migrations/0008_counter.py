"""Visits to the counter, and the function that tells for whom an officer files at this moment."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import xuke.foundation.vault
from xuke.foundation.row_security import SYSTEM, begins, policies

# Asked before anybody's scope is known: for one visit, by the officer who began it, on its own day, while it lasts.
FUNCTION = """
CREATE FUNCTION parties_counter_visit(asked bigint, who bigint, today date) RETURNS TABLE (visit json, enterprise json)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT json_build_object(
            'id', visit.id, 'authority_id', visit.authority_id, 'visitor', visit.visitor, 'document', visit.document,
            'capacity', visit.capacity
        ), row_to_json(enterprise)
    FROM parties_countervisit AS visit JOIN parties_enterprise AS enterprise ON enterprise.id = visit.enterprise_id
    WHERE visit.id = asked AND visit.officer_id = who AND visit.begun_on = today AND visit.ended_at IS NULL
        AND coalesce(current_setting('xuke.user', true), '') IN ('', who::text)
$$;
REVOKE ALL ON FUNCTION parties_counter_visit FROM PUBLIC;
GRANT EXECUTE ON FUNCTION parties_counter_visit TO xuke_app;
"""
ALLOWED = f"{SYSTEM} OR {begins('authority', 'authority_path')}"


def of(model: str) -> models.Field:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=model)


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0007_bans"),
        ("accounts", "0004_administration"),
        ("foundation", "0004_audit"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            "CounterVisit",
            [
                ("revision", models.PositiveIntegerField(default=1)),
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("authority_path", models.TextField(db_collation="C")),
                ("visitor", models.TextField()),
                (
                    "document",
                    models.TextField(
                        choices=[
                            ("resident_id", "居民身份证"),
                            ("permit_hk_mo", "港澳居民居住证"),
                            ("permit_tw", "台湾居民居住证"),
                            ("passport", "护照"),
                        ],
                        default="resident_id",
                    ),
                ),
                ("document_number", xuke.foundation.vault.SealedField(purpose="resident_id")),
                (
                    "capacity",
                    models.TextField(choices=[("legal_representative", "法定代表人"), ("case_contact", "经办人")]),
                ),
                ("begun_on", models.DateField()),
                ("begun_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("authority", of("accounts.authority")),
                (
                    "authorisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="foundation.storedfile",
                    ),
                ),
                ("enterprise", of("parties.enterprise")),
                ("officer", of(settings.AUTH_USER_MODEL)),
            ],
            options={
                "indexes": [models.Index(fields=["authority_path", "begun_on"], name="counter_visits_of_day")],
                "abstract": False,
            },
        ),
        policies("parties_countervisit", SELECT=ALLOWED, INSERT=ALLOWED, UPDATE=ALLOWED),
        migrations.RunSQL(FUNCTION, "DROP FUNCTION parties_counter_visit"),
    ]
