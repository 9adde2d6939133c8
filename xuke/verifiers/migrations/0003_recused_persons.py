"""Recusal keeps a person away, not a row: whoever left the register and was entered anew stays away as before."""

from django.db import migrations

HEAD = """
CREATE OR REPLACE FUNCTION verifiers_recused(person uuid, asked text) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'ground', ground, 'state', state, 'since', declared_on, 'ended_on', ended_on
    ) ORDER BY declared_on, id), '[]') FROM verifiers_recusal
"""
TAIL = """
        AND uscc = asked AND state IN ('standing', 'requested', 'upheld')
        AND (current_setting('xuke.system', true) = 'on' OR current_setting('xuke.authority', true) <> '')
$$
"""
OF_THE_PERSON = (
    "WHERE (verifier_id = person OR user_id = (SELECT known.user_id FROM verifiers_verifier AS known"
    " WHERE known.id = person))"
)


class Migration(migrations.Migration):
    dependencies = [("verifiers", "0002_walls")]

    operations = [
        migrations.RunSQL(f"{HEAD} {OF_THE_PERSON} {TAIL}", f"{HEAD} WHERE verifier_id = person {TAIL}"),
    ]
