"""Signatures behind the second wall: read and added by the two parties, changed and deleted by nobody."""

from django.db import migrations

from xuke.foundation.row_security import SYSTEM, append_only, equals, policies, within

PARTIES = " OR ".join((SYSTEM, within("authority", "authority_path"), equals("enterprise", "enterprise_id")))
# Replacing the key of personal numbers seals the text anew (`xuke keys rotate`). Its digest stands beside it, signed.
RESEAL = "GRANT UPDATE (statement) ON signatures_signature TO xuke_app"
# Whether somebody, perhaps a colleague, has said that a card is lost, and nobody has bound it since: asked with the
# fingerprint of a card that was just used.
ENDED = """
CREATE FUNCTION signatures_card_is_ended(asked bytea) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(bool_and(ended_at IS NOT NULL), false) FROM identity_boundcertificate WHERE fingerprint = asked
$$;
REVOKE ALL ON FUNCTION signatures_card_is_ended FROM PUBLIC;
GRANT EXECUTE ON FUNCTION signatures_card_is_ended TO xuke_app;
"""


class Migration(migrations.Migration):
    dependencies = [("signatures", "0001_initial"), ("foundation", "0003_scopes"), ("identity", "0003_ways_in")]

    operations = [
        policies("signatures_signature", SELECT=PARTIES, INSERT=PARTIES, UPDATE=SYSTEM),
        append_only("signatures_signature"),
        migrations.RunSQL(ENDED, "DROP FUNCTION signatures_card_is_ended"),
        migrations.RunSQL(RESEAL, "REVOKE UPDATE (statement) ON signatures_signature FROM xuke_app"),
    ]
