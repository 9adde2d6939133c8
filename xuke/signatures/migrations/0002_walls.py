"""Signatures behind the second wall: read and added by the two parties, changed and deleted by nobody."""

from django.db import migrations

from xuke.foundation.row_security import SYSTEM, append_only, equals, policies, within

PARTIES = " OR ".join((SYSTEM, within("authority", "authority_path"), equals("enterprise", "enterprise_id")))
# Replacing the key of personal numbers seals the text anew (`xuke keys rotate`). Its digest stands beside it, signed.
RESEAL = "GRANT UPDATE (statement) ON signatures_signature TO xuke_app"


class Migration(migrations.Migration):
    dependencies = [("signatures", "0001_initial"), ("foundation", "0003_scopes")]

    operations = [
        policies("signatures_signature", SELECT=PARTIES, INSERT=PARTIES, UPDATE=SYSTEM),
        append_only("signatures_signature"),
        migrations.RunSQL(RESEAL, "REVOKE UPDATE (statement) ON signatures_signature FROM xuke_app"),
    ]
