"""Cases that are open already hold up the cancellation of their licences too."""

from django.db import migrations

FILL = """
    UPDATE certificates_licence AS licence SET contested_by = 'proceeding:' || found.id,
        contested_as = CASE found.kind WHEN 'revocation' THEN 'revoked' ELSE 'rescinded' END,
        contest_told = found.state <> 'opened'
    FROM proceedings_proceeding AS found
    WHERE licence.id = found.licence_id AND found.kind IN ('rescission', 'revocation')
        AND found.state IN ('opened', 'notified', 'hearing_requested', 'hearing_set', 'heard', 'proposed')
"""


class Migration(migrations.Migration):
    dependencies = [("proceedings", "0002_kept_away"), ("certificates", "0004_contested")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
