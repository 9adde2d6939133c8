"""Factors, sessions and attempts behind the second wall, and the four questions that are asked before anybody is known."""

from django.db import migrations

from xuke.foundation.row_security import SYSTEM, equals, own_wall, policies

SELF = equals("user", "user_id")
ALL = (
    "identity_session_read, identity_session_write, identity_session_seen, identity_session_end,"
    " identity_passkey_is_known, identity_reset_factors"
)

# Made of conditions written in this repository, not of anything typed.
FUNCTIONS = f"""
CREATE FUNCTION identity_session_read(asked bytea)
RETURNS TABLE (data text, began_at timestamptz, seen_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT session.data, session.began_at, session.seen_at FROM identity_session AS session WHERE session.digest = asked
$$;
CREATE FUNCTION identity_session_write(
    made uuid, asked bytea, new_data text, new_user bigint, began timestamptz, seen timestamptz, proved timestamptz,
    new_means text, is_strong boolean, new_address text, new_agent text
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF made IS NOT NULL THEN
        INSERT INTO identity_session
            (id, digest, data, user_id, began_at, seen_at, proved_at, means, strong, address, agent)
        VALUES (made, asked, new_data, new_user, began, seen, proved, new_means, is_strong, new_address, new_agent);
    ELSE
        UPDATE identity_session SET data = new_data, user_id = new_user, seen_at = seen, proved_at = proved,
            means = new_means, strong = is_strong, address = new_address, agent = new_agent
        WHERE digest = asked;
    END IF;
    RETURN FOUND;
END
$$;
CREATE FUNCTION identity_session_seen(asked bytea, moment timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE identity_session SET seen_at = moment WHERE digest = asked AND seen_at < moment
$$;
CREATE FUNCTION identity_session_end(asked bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM identity_session WHERE digest = asked
$$;
CREATE FUNCTION identity_passkey_is_known(asked bytea) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM identity_passkey WHERE credential_id = asked)
$$;
CREATE FUNCTION identity_reset_factors(asked bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    -- A security administrator keeps people at and below their place, and reads nobody's factors.
    IF NOT ({SYSTEM} OR EXISTS (
        SELECT FROM accounts_user AS person WHERE person.id = asked AND person.serves
            AND accounts_keeps(person.id, person.added_in)
    )) THEN
        RETURN false;
    END IF;
    DELETE FROM identity_totpdevice WHERE user_id = asked;
    DELETE FROM identity_passkey WHERE user_id = asked;
    DELETE FROM identity_recoverycode WHERE user_id = asked;
    DELETE FROM identity_session WHERE user_id = asked;
    -- Of the tables of 0003. By the clock of the database: no row ends before it began.
    UPDATE identity_boundcertificate SET ended_at = greatest(now(), bound_at)
        WHERE user_id = asked AND ended_at IS NULL;
    UPDATE identity_externalidentity SET ended_at = greatest(now(), linked_at)
        WHERE user_id = asked AND ended_at IS NULL;
    RETURN true;
END
$$;
REVOKE ALL ON FUNCTION {ALL} FROM PUBLIC;
GRANT EXECUTE ON FUNCTION {ALL} TO xuke_app;
"""  # noqa: S608
GONE = f"DROP FUNCTION {ALL}"
# Sessions of the release before lie in django_session. It goes with a later release: until everybody has moved here, the
# release before still writes there.


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial"), ("foundation", "0003_scopes"), ("accounts", "0003_walls")]

    operations = [
        migrations.RunSQL(FUNCTIONS, GONE),
        # One's own sessions are listed and ended; they begin and change through the functions alone.
        policies("identity_session", SELECT=f"{SYSTEM} OR {SELF}", DELETE=f"{SYSTEM} OR {SELF}", UPDATE=SYSTEM),
        own_wall("identity_totpdevice"),
        own_wall("identity_passkey"),
        own_wall("identity_recoverycode"),
        policies("identity_attempt", SELECT=f"{SYSTEM} OR {SELF}", INSERT=SYSTEM, DELETE=SYSTEM),
    ]
