"""Alarms and breaches of the statutory terms, the account of ended terms, and what a row keeps of the running one."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from xuke.foundation.row_security import SYSTEM, begins, equals, policies

OWN = f"{SYSTEM} OR {begins('authority', 'authority_path')} OR {equals('enterprise', 'enterprise_id')}"


# What authorities of one level in one province have needed, added up, for comparison: nobody's cases are told.
OF_LEVEL = """
CREATE FUNCTION licensing_terms_of_level(place text, since date, until date)
RETURNS TABLE (clock text, ended_by text, used integer, late boolean, n bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT term.clock, term.ended_by, term.used, term.late, count(*) FROM licensing_endedterm AS term
    WHERE term.authority_path >= split_part(place, '/', 1) || '/'
        AND term.authority_path < split_part(place, '/', 1) || '/~'
        AND cardinality(string_to_array(term.authority_path, '/')) = cardinality(string_to_array(place, '/'))
        AND term.ended_on BETWEEN since AND until
        AND (current_setting('xuke.system', true) = 'on'
            OR starts_with(place, coalesce(nullif(current_setting('xuke.authority', true), ''), '-')))
    GROUP BY 1, 2, 3, 4
$$;
REVOKE ALL ON FUNCTION licensing_terms_of_level(text, date, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION licensing_terms_of_level(text, date, date) TO xuke_app;
"""

# Whoever moves a thousand due days at once counts them at once (`licensing.commands.terms`), and says so.
KEEP_LISTS = """
DROP TRIGGER licensing_keep_lists ON licensing_application;
CREATE TRIGGER licensing_keep_lists AFTER UPDATE ON licensing_application
    FOR EACH ROW WHEN (
        {also}(OLD.state, OLD.authority_path, OLD.due_on, OLD.submitted_at, OLD.claimed_by_id, OLD.accepted_by_id,
            OLD.reviewed_by_id, OLD.decided_by_id, OLD.received_by, OLD.examined_by, OLD.considered_by, OLD.verified_by)
        IS DISTINCT FROM
        (NEW.state, NEW.authority_path, NEW.due_on, NEW.submitted_at, NEW.claimed_by_id, NEW.accepted_by_id,
            NEW.reviewed_by_id, NEW.decided_by_id, NEW.received_by, NEW.examined_by, NEW.considered_by, NEW.verified_by)
    ) EXECUTE FUNCTION licensing_keep_lists();
"""
COUNTED_APART = "current_setting('xuke.counted', true) IS DISTINCT FROM 'apart' AND "


def of_case() -> list[tuple[str, models.Field]]:
    """The columns that all of them have: the case, its clock, its wall."""
    return [
        ("id", models.BigAutoField(primary_key=True, serialize=False)),
        ("clock", models.TextField()),
        ("authority_path", models.TextField(db_collation="C")),
        (
            "application",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="licensing.application",
            ),
        ),
        (
            "authority",
            models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.authority"
            ),
        ),
        (
            "enterprise",
            models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.enterprise"
            ),
        ),
    ]


def person() -> models.Field:
    """Whoever took note, or gave a cause."""
    return models.ForeignKey(
        blank=True,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


class Migration(migrations.Migration):
    dependencies = [("licensing", "0008_base"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AddField("application", "promised_on", models.DateField(blank=True, null=True)),
        migrations.AddField("application", "term", models.JSONField(blank=True, db_default={}, default=dict)),
        # Whoever decides finds the requests for more time that wait: a handful among all cases.
        migrations.AddIndex(
            "application",
            models.Index(
                fields=["authority"],
                condition=Q(extension__status="asked"),
                name="application_extension",
            ),
        ),
        migrations.CreateModel(
            "Alarm",
            [
                *of_case(),
                ("level", models.TextField()),
                ("reach", models.PositiveSmallIntegerField()),
                ("due_on", models.DateField()),
                ("raised_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("seen_by", person()),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                ("seen_above_by", person()),
                ("seen_above_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint("application", "clock", "level", "due_on", name="one_alarm_of_a_level")
                ],
                "indexes": [
                    models.Index(
                        fields=["authority_path", "reach", "due_on", "id"],
                        condition=Q(closed_at=None),
                        name="alarm_open_place",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            "Breach",
            [
                *of_case(),
                ("limit", models.PositiveSmallIntegerField()),
                ("extension", models.PositiveSmallIntegerField(default=0)),
                ("began_on", models.DateField()),
                ("due_on", models.DateField()),
                ("law_due_on", models.DateField()),
                ("found_at", models.DateTimeField()),
                ("ended_on", models.DateField(blank=True, null=True)),
                ("over", models.PositiveIntegerField(blank=True, null=True)),
                ("lapsed_at", models.DateTimeField(blank=True, null=True)),
                ("cause", models.TextField(blank=True, default="")),
                ("explained_by", person()),
                ("explained_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint("application", "clock", "due_on", name="one_breach_of_a_term"),
                    models.CheckConstraint(
                        condition=Q(explained_by=None, explained_at=None, cause="")
                        | (Q(explained_by__isnull=False, explained_at__isnull=False) & ~Q(cause="")),
                        name="explained_all_or_none",
                    ),
                ],
                "indexes": [models.Index(fields=["authority_path", "due_on", "id"], name="breach_place")],
            },
        ),
        migrations.CreateModel(
            "EndedTerm",
            [
                *of_case(),
                ("procedure", models.TextField()),
                ("ended_by", models.TextField()),
                ("began_on", models.DateField()),
                ("ended_on", models.DateField()),
                ("used", models.PositiveIntegerField()),
                ("limit", models.PositiveSmallIntegerField()),
                ("extension", models.PositiveSmallIntegerField(default=0)),
                ("paused", models.PositiveIntegerField(default=0)),
                (
                    "paused_for",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, db_default=[], default=list, size=None
                    ),
                ),
                ("late", models.BooleanField()),
                ("silent", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["authority_path", "ended_on"],
                        include=["procedure", "clock", "ended_by", "used", "late", "extension", "paused", "silent"],
                        name="endedterm_place",
                    ),
                    models.Index(fields=["application", "clock"], name="endedterm_case"),
                ]
            },
        ),
        migrations.RunSQL(KEEP_LISTS.format(also=COUNTED_APART), KEEP_LISTS.format(also="")),
        migrations.RunSQL(OF_LEVEL, "DROP FUNCTION licensing_terms_of_level(text, date, date)"),
        *(policies(f"licensing_{table}", ALL=OWN) for table in ("alarm", "breach", "endedterm")),
    ]
