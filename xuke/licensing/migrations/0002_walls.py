"""Applications, materials and visits are seen within one's scope."""

from django.db import migrations

from xuke.foundation.row_security import wall


HANDS = """
ALTER TABLE licensing_application ADD CONSTRAINT hands_are_apart CHECK (
    NOT (received_by && verified_by)
    AND (accepted_by_id = ANY (verified_by)) IS NOT TRUE
    AND (decided_by_id = ANY (verified_by)) IS NOT TRUE
    AND (reviewed_by_id = ANY (received_by)) IS NOT TRUE
    AND (decided_by_id = ANY (received_by)) IS NOT TRUE
    AND (cardinality(verified_by) = 0 OR (cardinality(verified_by) >= 2 AND verified_by[1] <> verified_by[2]))
)
"""


class Migration(migrations.Migration):
    dependencies = [("licensing", "0001_initial"), ("foundation", "0002_walls")]

    # Verifiers are users in an array, so the three-way separation that concerns them is written in SQL.
    operations = [
        migrations.RunSQL(HANDS, "ALTER TABLE licensing_application DROP CONSTRAINT hands_are_apart"),
        wall("licensing_application"),
        wall("licensing_material"),
        wall("licensing_visit"),
    ]
