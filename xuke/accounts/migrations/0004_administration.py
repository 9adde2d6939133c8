"""First passwords, closed authorities, one account per person; authorities and postings behind the second wall."""

import django.contrib.postgres.fields
from django.db import migrations, models

from xuke.foundation.row_security import SYSTEM, equals, is_set, policies, within

# The login asks for the password that must be changed along with everything else.
PERSON = """
DROP FUNCTION accounts_person;
CREATE FUNCTION accounts_person(asked_id bigint, asked_name text) RETURNS TABLE (
    id bigint, password varchar, revision integer, login_name varchar, name varchar, is_active boolean, serves boolean,
    {more}held_postings json
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT person.id, person.password, person.revision, person.login_name, person.name, person.is_active,
        person.serves, {asked}(
            SELECT coalesce(json_agg(json_build_object(
                'role', posting.role, 'valid_from', posting.valid_from, 'valid_to', posting.valid_to,
                'instead_of', posting.instead_of_id, 'authority', authority.id, 'name', authority.name,
                'path', authority.path
            ) ORDER BY posting.id), '[]')
            FROM accounts_posting AS posting JOIN accounts_authority AS authority ON authority.id = posting.authority_id
            WHERE posting.user_id = person.id
        )
    FROM accounts_user AS person
    WHERE (person.id = asked_id OR person.login_name = asked_name) AND person.is_active
$$;
REVOKE ALL ON FUNCTION accounts_person FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accounts_person TO xuke_app;
"""
WITH_PASSWORD = PERSON.format(more="must_change_password boolean, ", asked="person.must_change_password, ")
WITHOUT = PERSON.format(more="", asked="")

# Nobody sees the proven name of somebody else, yet everybody is told when a number has been proven already.
PROVEN = """
CREATE FUNCTION accounts_is_proven(marks bytea[], besides bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM accounts_realname
        WHERE number_mark = ANY (marks) AND withdrawn_at IS NULL AND user_id <> besides
    )
$$;
REVOKE ALL ON FUNCTION accounts_is_proven FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accounts_is_proven TO xuke_app;
"""
THREE = "role IN ('system_administrator', 'security_administrator', 'auditor')"
# Whoever administered before the three were apart may have handled cases too. They keep the people from today on; their
# other posts end, and somebody else gets them. The journal tells what they held until now.
APART = f"""
WITH pair AS (
    SELECT administering.id AS administering, handling.id AS handling,
        administering.valid_to IS NULL OR administering.valid_to > current_date AS administers
    FROM accounts_posting AS administering JOIN accounts_posting AS handling ON handling.user_id = administering.user_id
        AND daterange(handling.valid_from, handling.valid_to) && daterange(administering.valid_from, administering.valid_to)
    WHERE administering.role = 'security_administrator' AND NOT handling.{THREE}
), begun AS (
    UPDATE accounts_posting SET valid_from = least(greatest(valid_from, current_date), coalesce(valid_to, current_date))
    WHERE id IN (SELECT administering FROM pair)
)
UPDATE accounts_posting SET valid_to = greatest(valid_from, least(valid_to, current_date))
WHERE id IN (SELECT handling FROM pair WHERE administers)
"""  # noqa: S608 - a constant
# An administrator's or auditor's days are theirs alone: two postings that share a day never have one of the three among
# them. A posting is a point, one of the three the whole line, which meets every other.
ALONE = f"""
ALTER TABLE accounts_posting ADD CONSTRAINT administrators_hold_nothing_else EXCLUDE USING gist (
    int8range(user_id, user_id, '[]') WITH &&, daterange(valid_from, valid_to) WITH &&,
    (CASE WHEN {THREE} THEN int8range(NULL, NULL) ELSE int8range(id, id, '[]') END) WITH &&
)
"""
KEPT = within("administers", "path")
PLACE = f"EXISTS (SELECT FROM accounts_authority AS place WHERE place.id = authority_id AND {within('administers', 'place.path')})"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_walls")]

    operations = [
        migrations.AddField("user", "must_change_password", models.BooleanField(default=False, db_default=False)),
        migrations.RunSQL(WITH_PASSWORD, WITHOUT),
        migrations.AddField("authority", "closed_on", models.DateField(null=True, blank=True)),
        migrations.AddField(
            "authority",
            "former_abbreviations",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), blank=True, db_default=[], default=list, size=None
            ),
        ),
        migrations.AddConstraint(
            "authority", models.UniqueConstraint(models.F("abbreviation"), name="one_authority_per_abbreviation")
        ),
        migrations.AlterField("realname", "number_mark", models.BinaryField()),
        migrations.AddConstraint(
            "realname",
            models.UniqueConstraint(
                models.F("number_mark"), condition=models.Q(("withdrawn_at", None)), name="one_account_per_person"
            ),
        ),
        migrations.RunSQL(PROVEN, "DROP FUNCTION accounts_is_proven"),
        migrations.RunSQL(APART, migrations.RunSQL.noop),
        migrations.RunSQL(ALONE, "ALTER TABLE accounts_posting DROP CONSTRAINT administrators_hold_nothing_else"),
        # What authorities there are is public; who keeps which is not everybody's to change.
        policies("accounts_authority", SELECT="true", INSERT=f"{SYSTEM} OR {KEPT}", UPDATE=f"{SYSTEM} OR {KEPT}"),
        policies(
            "accounts_posting",
            SELECT=f"{SYSTEM} OR {is_set('authority')} OR {is_set('administers')} OR {equals('user', 'user_id')}",
            INSERT=f"{SYSTEM} OR {PLACE}",
            UPDATE=f"{SYSTEM} OR {PLACE}",
        ),
    ]
