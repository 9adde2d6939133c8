"""Everybody who had a hand in the review or the decision, deputies too; three hands stay apart whoever stands in."""

import django.contrib.postgres.fields
from django.db import migrations, models

# What happened before is taken from the rows, and from the journal for those who sent a case back.
KNOWN = """
UPDATE licensing_application AS application SET
    examined_by = CASE WHEN reviewed_by_id IS NULL THEN '{}' ELSE ARRAY[reviewed_by_id] END,
    considered_by = ARRAY(
        SELECT decided_by_id WHERE decided_by_id IS NOT NULL
        UNION
        SELECT split_part(entry.actor, ':', 2)::bigint FROM foundation_entry AS entry
        WHERE entry.stream = 'application:' || application.id AND entry.verb = 'application.returned_to_review'
            AND entry.actor LIKE 'officer:%'
    )
WHERE reviewed_by_id IS NOT NULL
"""
APART = """
ALTER TABLE licensing_application ADD CONSTRAINT three_hands_deputies_too CHECK (
    NOT (examined_by && received_by) AND NOT (considered_by && received_by)
    AND NOT (considered_by && examined_by) AND NOT (considered_by && verified_by)
    AND (accepted_by_id = ANY (examined_by)) IS NOT TRUE
    AND (accepted_by_id = ANY (considered_by)) IS NOT TRUE
    AND (reviewed_by_id = ANY (considered_by)) IS NOT TRUE
    AND (decided_by_id = ANY (examined_by)) IS NOT TRUE
)
"""


def people() -> models.Field:
    return django.contrib.postgres.fields.ArrayField(
        base_field=models.BigIntegerField(), blank=True, db_default=[], default=list, size=None
    )


class Migration(migrations.Migration):
    dependencies = [("licensing", "0003_sealed_numbers"), ("foundation", "0004_audit")]

    operations = [
        migrations.AddField("application", "examined_by", people()),
        migrations.AddField("application", "considered_by", people()),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
        migrations.RunSQL(APART, "ALTER TABLE licensing_application DROP CONSTRAINT three_hands_deputies_too"),
    ]
