"""Recognition of another province's credential is a row of whoever uses it, and no mark on the person's own row."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

import xuke.foundation.identity
from xuke.foundation.row_security import SYSTEM, equals, is_set, policies, within

KEEPS, OWN = within("administers", "authority_path"), equals("user", "user_id")
# What was recognised so far, was so by whoever keeps the row.
ROWS = """
INSERT INTO verifiers_recognition (
    id, revision, verifier_id, user_id, name, authority_id, authority_path, credential, document, recognised_on,
    recorded_by
)
SELECT gen_random_uuid(), 0, id, user_id, name, authority_id, authority_path, credential, recognised_by, recognised_on,
    '升级时转入'
FROM verifiers_verifier WHERE recognised_on IS NOT NULL
"""
JOURNAL = f"""
ALTER POLICY foundation_entry_verifiers ON foundation_entry
USING ({KEEPS} AND (stream LIKE 'verifier:%' OR stream LIKE 'recusal:%' OR stream LIKE 'recognition:%'))
"""
BEFORE = f"""
ALTER POLICY foundation_entry_verifiers ON foundation_entry
USING ({KEEPS} AND (stream LIKE 'verifier:%' OR stream LIKE 'recusal:%'))
"""


class Migration(migrations.Migration):
    dependencies = [("verifiers", "0004_failed")]

    operations = [
        migrations.CreateModel(
            "Recognition",
            [
                ("revision", models.PositiveIntegerField(default=1)),
                (
                    "id",
                    models.UUIDField(
                        default=xuke.foundation.identity.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("user_id", models.BigIntegerField(blank=True, null=True)),
                ("name", models.TextField()),
                ("authority_path", models.TextField(db_collation="C")),
                ("credential", models.TextField()),
                ("document", models.TextField()),
                ("recognised_on", models.DateField()),
                ("until", models.DateField(blank=True, null=True)),
                ("recorded_by", models.TextField()),
                ("ended_on", models.DateField(blank=True, null=True)),
                ("end_reason", models.TextField(blank=True, db_default="", default="")),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.authority"
                    ),
                ),
                (
                    "verifier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recognitions",
                        to="verifiers.verifier",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        F("verifier"),
                        F("authority"),
                        condition=Q(ended_on=None),
                        name="one_recognition_per_authority",
                    ),
                    models.CheckConstraint(
                        condition=Q(until=None) | Q(until__gte=F("recognised_on")), name="recognition_days"
                    ),
                ],
            },
        ),
        policies(
            "verifiers_recognition",
            SELECT=f"{SYSTEM} OR {is_set('authority')} OR {is_set('administers')} OR {OWN}",
            INSERT=f"{SYSTEM} OR {KEEPS}",
            UPDATE=f"{SYSTEM} OR {KEEPS}",
        ),
        migrations.RunSQL(ROWS, migrations.RunSQL.noop),
        migrations.RunSQL(JOURNAL, BEFORE),
        migrations.RemoveConstraint("verifier", "recognition"),
        migrations.RemoveField("verifier", "recognised_on"),
        migrations.RemoveField("verifier", "recognised_by"),
    ]
