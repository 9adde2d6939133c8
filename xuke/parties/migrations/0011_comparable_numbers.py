"""A ban and a person are told apart by their numbers only where these are of one kind of document.

Somebody banned by their resident number who comes back with a passport was found neither by number nor by name; nor was
whoever proved their identity after a ban that knew the name alone. The account they were banned with is certain.
"""

from django.db import migrations

COMPARABLE = """
CREATE OR REPLACE FUNCTION parties_bans_touching(asked bigint, staff text[], day date) RETURNS TABLE (
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
    SELECT coalesce(proven.name, person.name) AS name, proven.number_mark AS mark, proven.document,
        person.id AS account, CASE mandate.capacity WHEN 'legal_representative' THEN 'head' ELSE 'contact' END AS role
    FROM firm
    JOIN parties_mandate AS mandate ON mandate.enterprise_id = firm.id
        AND mandate.valid_from <= day AND (mandate.valid_to IS NULL OR mandate.valid_to > day)
    JOIN accounts_user AS person ON person.id = mandate.user_id
    LEFT JOIN accounts_realname AS proven ON proven.user_id = person.id AND proven.withdrawn_at IS NULL
), people AS (
    SELECT acting.name, acting.mark, acting.document, acting.account, acting.role FROM acting
    UNION
    SELECT firm.legal_representative, acting.mark, acting.document, acting.account, 'head' FROM firm
    LEFT JOIN acting ON acting.name = firm.legal_representative AND acting.mark IS NOT NULL
    UNION
    SELECT named, acting.mark, acting.document, acting.account, 'staff' FROM firm CROSS JOIN unnest(staff) AS named
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
FROM people JOIN counting AS each ON each.mark = people.mark OR each.account = people.account
UNION ALL
SELECT each.id, each.kind, people.name, people.role, each.from_on, each.last_on, each.basis, each.origin,
    coalesce(found.is_same, false), NOT coalesce(found.is_same, true),
    coalesce(found.checked_by || '：' || found.note, '')
FROM people JOIN counting AS each ON each.person = people.name
    AND (each.account IS NULL OR people.account IS NULL OR each.account <> people.account)
    AND (people.mark IS NULL OR each.mark = '' OR each.document <> people.document)
LEFT JOIN LATERAL (
    SELECT one.is_same, one.note, one.checked_by FROM parties_identitycheck AS one
    WHERE one.enterprise_id = asked AND one.ban_id = each.id AND one.person = people.name
    ORDER BY one.checked_at DESC, one.id DESC LIMIT 1
) AS found ON true
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("parties", "0010_identity_checks")]

    operations = [migrations.RunSQL(COMPARABLE, migrations.RunSQL.noop)]
