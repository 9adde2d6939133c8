"""Enterprises and the people acting for them behind the second wall."""

from django.db import migrations

from xuke.foundation.row_security import SYSTEM, equals, is_set, policies

# Asked before anybody's scope is known: for whom may this person act today?
FUNCTION = """
CREATE FUNCTION parties_mandates_of(asked bigint, today date) RETURNS TABLE (mandate json, enterprise json)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT row_to_json(mandate), row_to_json(enterprise)
    FROM parties_mandate AS mandate JOIN parties_enterprise AS enterprise ON enterprise.id = mandate.enterprise_id
    WHERE mandate.user_id = asked AND mandate.valid_from <= today
        AND (
            coalesce(current_setting('xuke.user', true), '') IN ('', asked::text)
            OR current_setting('xuke.system', true) = 'on'
        )
        AND (mandate.valid_to IS NULL OR mandate.valid_to > today)
    ORDER BY mandate.id
$$;
REVOKE ALL ON FUNCTION parties_mandates_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION parties_mandates_of TO xuke_app;
"""

OWN = equals("enterprise", "enterprise_id")
MINE = equals("user", "user_id")
# What the register of enterprises says is public among authorities; who acts for an enterprise is not.
OFFICER = is_set("authority")
# A function and not a subquery: most people on a page are officers, and a page should not plan for the others.
COLLEAGUES = """
CREATE FUNCTION parties_acts_for(person bigint, asked text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT asked = current_setting('xuke.enterprise', true)
        AND EXISTS (SELECT FROM parties_mandate WHERE user_id = person AND enterprise_id::text = asked)
$$;
REVOKE ALL ON FUNCTION parties_acts_for FROM PUBLIC;
GRANT EXECUTE ON FUNCTION parties_acts_for TO xuke_app;
CREATE POLICY accounts_user_colleagues ON accounts_user FOR SELECT USING (
    NOT serves AND parties_acts_for(id, (SELECT current_setting('xuke.enterprise', true)))
)
"""


class Migration(migrations.Migration):
    dependencies = [("parties", "0002_mandates"), ("accounts", "0003_walls"), ("foundation", "0003_scopes")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION parties_mandates_of"),
        policies(
            "parties_enterprise",
            SELECT=f"{SYSTEM} OR {equals('enterprise', 'id')} OR {OFFICER}",
            INSERT=SYSTEM,
            UPDATE=f"{SYSTEM} OR {equals('enterprise', 'id')}",
        ),
        policies(
            "parties_site",
            SELECT=f"{SYSTEM} OR {OWN} OR {OFFICER}",
            INSERT=f"{SYSTEM} OR {OWN}",
            UPDATE=f"{SYSTEM} OR {OWN}",
        ),
        policies(
            "parties_mandate",
            SELECT=f"{SYSTEM} OR {OWN} OR {MINE}",
            INSERT=f"{SYSTEM} OR {OWN}",
            UPDATE=f"{SYSTEM} OR {OWN} OR {MINE}",
        ),
        migrations.RunSQL(
            COLLEAGUES, "DROP POLICY accounts_user_colleagues ON accounts_user; DROP FUNCTION parties_acts_for"
        ),
    ]
