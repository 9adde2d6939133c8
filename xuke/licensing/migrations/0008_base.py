"""What all food procedures need of an application: the licence it starts from, the rules that bind it, pauses, others who take part."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from xuke.foundation.row_security import SYSTEM, append_only, begins, equals, wall

# Another authority takes part: a joint review, a visit entrusted to a lower level. Theirs is whatever lies below them.
SHARED = (
    "(shared_with <> '{}' AND EXISTS (SELECT FROM unnest(shared_with) AS place"
    " WHERE starts_with(place, (SELECT nullif(current_setting('xuke.authority', true), '')))))"
)
OF_SHARED = "EXISTS (SELECT FROM licensing_application AS shared WHERE shared.id = application_id AND shared.shared_with <> '{}')"
OWN = f"{SYSTEM} OR {begins('authority', 'authority_path')} OR {equals('enterprise', 'enterprise_id')}"


def using(table: str, condition: str) -> str:
    return f"ALTER POLICY {table}_scope ON {table} USING ({condition}) WITH CHECK ({condition})"


def shared(table: str) -> migrations.RunSQL:
    """Whoever sees a shared case sees what was filed with it and what was found on site."""
    return migrations.RunSQL(
        f"CREATE POLICY {table}_shared ON {table} USING ({OF_SHARED}) WITH CHECK ({OF_SHARED})",
        f"DROP POLICY {table}_shared ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_administration"),
        ("certificates", "0002_walls"),
        ("licensing", "0007_guesses"),
        ("parties", "0006_named_bounded"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DecisionSnapshot",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("verb", models.TextField()),
                ("facts", models.JSONField()),
                ("editions", models.JSONField(default=dict)),
                ("taken_at", models.DateTimeField()),
                ("taken_by", models.TextField()),
                ("authority_path", models.TextField(db_collation="C")),
            ],
        ),
        migrations.AddField(
            model_name="application",
            name="channel",
            field=models.TextField(db_default="online", default="online"),
        ),
        migrations.AddField(
            model_name="application",
            name="committed",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="application",
            name="extension",
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name="application",
            name="next_alarm_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="application",
            name="paused_for",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AddField(
            model_name="application",
            name="rules",
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name="application",
            name="shared_with",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), blank=True, db_default=[], default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="application",
            name="starts_from",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="certificates.licence",
            ),
        ),
        migrations.AlterField(
            model_name="application",
            name="licence",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="certificates.licence",
            ),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(
                condition=models.Q(("next_alarm_on__isnull", False)),
                fields=["next_alarm_on", "id"],
                name="application_next_alarm",
            ),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(
                condition=models.Q(("starts_from__isnull", False)),
                fields=["starts_from"],
                name="application_starts_from",
            ),
        ),
        migrations.AddIndex(
            model_name="application",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("shared_with", []), _negated=True),
                fields=["shared_with"],
                name="application_shared",
            ),
        ),
        migrations.AddField(
            model_name="decisionsnapshot",
            name="application",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="snapshots", to="licensing.application"
            ),
        ),
        migrations.AddField(
            model_name="decisionsnapshot",
            name="enterprise",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.enterprise"
            ),
        ),
        migrations.RunSQL(using("licensing_application", f"{OWN} OR {SHARED}"), using("licensing_application", OWN)),
        shared("licensing_material"),
        shared("licensing_visit"),
        wall("licensing_decisionsnapshot"),
        append_only("licensing_decisionsnapshot"),
    ]
