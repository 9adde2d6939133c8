"""An authority that takes part in a case of another changes its own part of the row, and nothing else.

The second wall lets it update the row, for it locks the case, concludes the visit entrusted to it and gives its opinion;
a policy knows rows and no columns, so a trigger holds it to these. It is asked only where the case is another's.
"""

from django.db import migrations

ITS_PART = "'{revision, state, claimed_by_id, claimed_at, joint_waits, comment_count}'::text[]"
HOLD = f"""
CREATE FUNCTION licensing_hold_to_part() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF to_jsonb(NEW) - {ITS_PART} <> to_jsonb(OLD) - {ITS_PART}
        OR NEW.state <> OLD.state AND (OLD.state, NEW.state) <> ('verification_assigned', 'verification_done')
        OR NEW.claimed_by_id IS DISTINCT FROM OLD.claimed_by_id AND NEW.claimed_by_id IS NOT NULL
    THEN
        RAISE EXCEPTION 'an authority that takes part in a case changes its own part only'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER licensing_hold_to_part BEFORE UPDATE ON licensing_application FOR EACH ROW
    WHEN (
        current_setting('xuke.authority', true) <> ''
        AND current_setting('xuke.system', true) IS DISTINCT FROM 'on'
        AND NOT starts_with(OLD.authority_path, current_setting('xuke.authority', true))
    )
    EXECUTE FUNCTION licensing_hold_to_part();
"""
LET_GO = """
DROP TRIGGER licensing_hold_to_part ON licensing_application;
DROP FUNCTION licensing_hold_to_part;
"""


class Migration(migrations.Migration):
    dependencies = [("licensing", "0015_taking_part")]

    operations = [migrations.RunSQL(HOLD, LET_GO)]
