"""Checks of identity (身份核对), and the function about bans that knows of them."""

import django.db.models.deletion
from django.db import migrations, models

import xuke.foundation.identity
from xuke.foundation.row_security import SYSTEM, is_set, policies, within

# The function of before with what an officer found out: whoever only shares a name is cleared, whoever is the person
# is certain. The newest check of a ban, an enterprise and a name counts.
TOUCHING = """
DROP FUNCTION parties_bans_touching(bigint, text[], date);
CREATE FUNCTION parties_bans_touching(asked bigint, staff text[], day date) RETURNS TABLE (
    ban uuid, kind text, name text, role text, from_on date, last_on date, basis text, origin text, certain boolean,
    cleared boolean, checked text
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
WITH firm AS (
    SELECT enterprise.id, enterprise.name, enterprise.legal_representative FROM parties_enterprise AS enterprise
    WHERE enterprise.id = asked AND (
        asked::text = current_setting('xuke.enterprise', true)
        OR coalesce(current_setting('xuke.authority', true), '') <> ''
        OR current_setting('xuke.system', true) = 'on'
    )
), acting AS (
    SELECT coalesce(proven.name, person.name) AS name, proven.number_mark AS mark,
        CASE mandate.capacity WHEN 'legal_representative' THEN 'head' ELSE 'contact' END AS role
    FROM firm
    JOIN parties_mandate AS mandate ON mandate.enterprise_id = firm.id
        AND mandate.valid_from <= day AND (mandate.valid_to IS NULL OR mandate.valid_to > day)
    JOIN accounts_user AS person ON person.id = mandate.user_id
    LEFT JOIN accounts_realname AS proven ON proven.user_id = person.id AND proven.withdrawn_at IS NULL
), people AS (
    SELECT acting.name, acting.mark, acting.role FROM acting
    UNION
    SELECT firm.legal_representative, acting.mark, 'head' FROM firm
    LEFT JOIN acting ON acting.name = firm.legal_representative AND acting.mark IS NOT NULL
    UNION
    SELECT named, acting.mark, 'staff' FROM firm CROSS JOIN unnest(staff) AS named
    LEFT JOIN acting ON acting.name = named AND acting.mark IS NOT NULL
), counting AS (
    SELECT * FROM parties_ban AS each
    WHERE each.lifted_at IS NULL AND each.from_on <= day AND (each.last_on IS NULL OR each.last_on >= day)
)
SELECT each.id, each.kind, firm.name, 'enterprise', each.from_on, each.last_on, each.basis, each.origin, true, false, ''
FROM firm JOIN counting AS each ON each.enterprise_id = firm.id
UNION ALL
SELECT each.id, each.kind, people.name, people.role, each.from_on, each.last_on, each.basis, each.origin, true, false,
    ''
FROM people JOIN counting AS each ON each.mark = people.mark
UNION ALL
SELECT each.id, each.kind, people.name, people.role, each.from_on, each.last_on, each.basis, each.origin,
    coalesce(found.is_same, false), NOT coalesce(found.is_same, true),
    coalesce(found.checked_by || '：' || found.note, '')
FROM people JOIN counting AS each ON each.person = people.name AND people.mark IS NULL
LEFT JOIN LATERAL (
    SELECT one.is_same, one.note, one.checked_by FROM parties_identitycheck AS one
    WHERE one.enterprise_id = asked AND one.ban_id = each.id AND one.person = people.name
    ORDER BY one.checked_at DESC, one.id DESC LIMIT 1
) AS found ON true
$$;
REVOKE ALL ON FUNCTION parties_bans_touching FROM PUBLIC;
GRANT EXECUTE ON FUNCTION parties_bans_touching TO xuke_app;
"""


class Migration(migrations.Migration):
    dependencies = [("parties", "0009_ban_accounts")]

    operations = [
        migrations.CreateModel(
            "IdentityCheck",
            [
                ("revision", models.PositiveIntegerField(default=1)),
                (
                    "id",
                    models.UUIDField(
                        default=xuke.foundation.identity.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("person", models.TextField()),
                ("is_same", models.BooleanField()),
                ("note", models.TextField()),
                ("authority_path", models.TextField(db_collation="C")),
                ("checked_at", models.DateTimeField()),
                ("checked_by", models.TextField()),
                (
                    "ban",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.ban"),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.enterprise"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["enterprise", "ban", "person", "-checked_at"], name="identity_check_of")
                ],
            },
        ),
        policies(
            "parties_identitycheck",
            SELECT=f"{SYSTEM} OR {is_set('authority')}",
            INSERT=f"{SYSTEM} OR {within('authority', 'authority_path')}",
        ),
        migrations.RunSQL(TOUCHING, migrations.RunSQL.noop),
    ]
