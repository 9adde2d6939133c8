"""The journal for administrators and for persons: what they may read of it, and that nobody writes in another's name."""

from django.db import migrations

from xuke.foundation.row_security import SYSTEM, equals, within

READ = " OR ".join(
    (
        SYSTEM,
        within("authority", "authority_path"),
        equals("enterprise", "enterprise_id"),
        # Administrators read what happened to people and authorities, and no case.
        f"({within('administers', 'authority_path')} AND (stream LIKE 'user:%' OR stream LIKE 'authority:%'))",
    )
)
WRITER = "split_part(actor, ':', 2)"
# Commands called in somebody's scope also write as the system: notices, reactions. Otherwise everybody writes as themselves.
WRITE = f"{SYSTEM} OR actor LIKE 'system%' OR {equals('user', WRITER)}"

FORWARD = f"""
DROP POLICY foundation_entry_scope ON foundation_entry;
CREATE POLICY foundation_entry_select ON foundation_entry FOR SELECT USING ({READ});
CREATE POLICY foundation_entry_insert ON foundation_entry FOR INSERT WITH CHECK ({WRITE});
"""
ALLOWED = " OR ".join((SYSTEM, within("authority", "authority_path"), equals("enterprise", "enterprise_id")))
BACK = f"""
DROP POLICY foundation_entry_select ON foundation_entry;
DROP POLICY foundation_entry_insert ON foundation_entry;
CREATE POLICY foundation_entry_scope ON foundation_entry USING ({ALLOWED}) WITH CHECK ({ALLOWED});
"""


class Migration(migrations.Migration):
    dependencies = [("foundation", "0002_walls")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
