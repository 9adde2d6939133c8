"""Licences are seen within one's scope; what a certificate says is public, through a view that shows nothing else."""

from django.db import migrations

from xuke.foundation.row_security import wall

# "Newest" is asked of each row, not by a window over all of them: so the unique indexes serve every question.
VIEW = """
CREATE VIEW certificates_public AS
SELECT
    version.identifier,
    licence.number AS licence_number,
    licence.state,
    licence.granted_on,
    licence.valid_to,
    version.version,
    NOT EXISTS (
        SELECT FROM certificates_certificateversion AS later
        WHERE later.licence_id = version.licence_id AND later.version > version.version
    ) AS newest,
    version.content,
    version.file_id AS digest,
    version.made_at
FROM certificates_certificateversion AS version
JOIN certificates_licence AS licence ON licence.id = version.licence_id;
GRANT SELECT ON certificates_public TO xuke_public;
"""


class Migration(migrations.Migration):
    dependencies = [("certificates", "0001_initial"), ("foundation", "0002_walls")]

    operations = [
        wall("certificates_licence"),
        wall("certificates_certificateversion"),
        migrations.RunSQL(VIEW, "DROP VIEW certificates_public"),
    ]
