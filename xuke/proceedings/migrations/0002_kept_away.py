"""Whoever made the decision that a case calls unlawful is kept away from the case (回避)."""

import django.contrib.postgres.fields
from django.db import migrations, models

# Cases that are open already are held to it too.
FILL = """
    UPDATE proceedings_proceeding AS proceeding SET kept_away = found.hands FROM (
        SELECT licence_id, array_agg(DISTINCT person ORDER BY person) AS hands FROM licensing_application,
            unnest(array_remove(ARRAY[accepted_by_id, reviewed_by_id, decided_by_id]::bigint[], NULL)
                || received_by || examined_by || considered_by || verified_by) AS person
        WHERE licence_id IS NOT NULL GROUP BY licence_id
    ) AS found
    WHERE proceeding.licence_id = found.licence_id AND proceeding.kind = 'rescission'
        AND proceeding.ground IN ('abuse', 'beyond_power', 'wrong_procedure', 'unqualified', 'other')
        AND proceeding.state IN ('opened', 'notified', 'hearing_requested', 'hearing_set', 'heard', 'proposed')
"""


class Migration(migrations.Migration):
    dependencies = [("proceedings", "0001_initial"), ("licensing", "0013_procedures")]

    operations = [
        migrations.AddField(
            model_name="proceeding",
            name="kept_away",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), blank=True, db_default=[], default=list, size=None
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
