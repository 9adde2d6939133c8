"""The register behind the second wall, and its first rows: whoever verifies today."""

from django.db import migrations

from xuke.foundation.row_security import SYSTEM, equals, is_set, policies, within

OFFICE, KEEPS = within("authority", "authority_path"), within("administers", "authority_path")
OWN, APPLICANT = equals("user", "user_id"), equals("enterprise", "enterprise_id")

# Who stays away from one enterprise is asked wherever a team is put together, also about somebody who declared it
# elsewhere; grounds and days are told, not the words.
RECUSED = """
CREATE FUNCTION verifiers_recused(person uuid, asked text) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'ground', ground, 'state', state, 'since', declared_on, 'ended_on', ended_on
    ) ORDER BY declared_on, id), '[]') FROM verifiers_recusal
    WHERE verifier_id = person AND uscc = asked AND state IN ('standing', 'requested', 'upheld')
        AND (current_setting('xuke.system', true) = 'on' OR current_setting('xuke.authority', true) <> '')
$$;
REVOKE ALL ON FUNCTION verifiers_recused FROM PUBLIC;
GRANT EXECUTE ON FUNCTION verifiers_recused TO xuke_app;
"""
# The credential was kept with the posting. How long it is valid, and for what, was not: that counts as open until it is
# entered. A number that two people were given is left to whoever keeps the register.
ROWS = """
INSERT INTO verifiers_verifier (
    id, revision, user_id, name, authority_id, authority_path, qualification, credential, issuing_province, is_entered,
    status, registered_on
)
SELECT gen_random_uuid(), 0, held.user_id, held.name, held.authority_id, held.path, 'verifier',
    CASE WHEN row_number() OVER (PARTITION BY held.credential ORDER BY held.user_id) = 1 THEN held.credential ELSE '' END,
    left(held.code, 2), false, 'active', current_date
FROM (
    SELECT DISTINCT ON (posting.user_id) posting.user_id, person.name, posting.authority_id, place.path, place.code,
        posting.credential
    FROM accounts_posting AS posting
    JOIN accounts_user AS person ON person.id = posting.user_id
    JOIN accounts_authority AS place ON place.id = posting.authority_id
    WHERE posting.role = 'verifier' AND posting.credential <> '' AND person.is_active
        AND (posting.valid_to IS NULL OR posting.valid_to > current_date)
    ORDER BY posting.user_id, posting.valid_from DESC, posting.id DESC
) AS held
"""
# Whoever keeps the register reads its journal, and no case.
JOURNAL = f"""
CREATE POLICY foundation_entry_verifiers ON foundation_entry FOR SELECT
USING ({KEEPS} AND (stream LIKE 'verifier:%' OR stream LIKE 'recusal:%'))
"""


class Migration(migrations.Migration):
    dependencies = [("verifiers", "0001_initial"), ("foundation", "0004_audit")]

    operations = [
        migrations.RunSQL(ROWS, migrations.RunSQL.noop),
        policies(
            "verifiers_verifier",
            SELECT=f"{SYSTEM} OR {is_set('authority')} OR {is_set('administers')} OR {OWN}",
            INSERT=f"{SYSTEM} OR {KEEPS}",
            UPDATE=f"{SYSTEM} OR {KEEPS}",
        ),
        policies("verifiers_record", SELECT=f"{SYSTEM} OR {OFFICE} OR {KEEPS} OR {OWN}", INSERT=f"{SYSTEM} OR {KEEPS}"),
        policies(
            "verifiers_recusal",
            SELECT=f"{SYSTEM} OR {OFFICE} OR {KEEPS} OR {OWN} OR {APPLICANT}",
            INSERT=f"{SYSTEM} OR {KEEPS} OR {OWN} OR {APPLICANT}",
            UPDATE=f"{SYSTEM} OR {OFFICE} OR {KEEPS} OR {OWN}",
        ),
        migrations.RunSQL(RECUSED, "DROP FUNCTION verifiers_recused"),
        migrations.RunSQL(JOURNAL, "DROP POLICY foundation_entry_verifiers ON foundation_entry"),
    ]
