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
# An auditor's days are all days' own: two postings that share a day never have an auditor's among them.
ALONE = """
ALTER TABLE accounts_posting ADD CONSTRAINT auditors_hold_nothing_else EXCLUDE USING gist (
    int8range(user_id, user_id, '[]') WITH &&, daterange(valid_from, valid_to) WITH &&,
    (CASE WHEN role = 'auditor' THEN int8range(NULL, NULL) ELSE int8range(id, id, '[]') END) WITH &&
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
        migrations.RunSQL(ALONE, "ALTER TABLE accounts_posting DROP CONSTRAINT auditors_hold_nothing_else"),
        # What authorities there are is public; who keeps which is not everybody's to change.
        policies("accounts_authority", SELECT="true", INSERT=f"{SYSTEM} OR {KEPT}", UPDATE=f"{SYSTEM} OR {KEPT}"),
        policies(
            "accounts_posting",
            SELECT=f"{SYSTEM} OR {is_set('authority')} OR {is_set('administers')} OR {equals('user', 'user_id')}",
            INSERT=f"{SYSTEM} OR {PLACE}",
            UPDATE=f"{SYSTEM} OR {PLACE}",
        ),
    ]
