"""People and authorities behind the second wall, and the questions that are asked before anybody's scope is known."""

from django.db import migrations

from xuke.foundation.row_security import SYSTEM, equals, is_set, own_wall, policies

SELF = equals("user", "id")
KEPT = f"({is_set('administers')} AND serves)"

FUNCTIONS = """
CREATE FUNCTION accounts_person(asked_id bigint, asked_name text) RETURNS TABLE (
    id bigint, password varchar, revision integer, login_name varchar, name varchar, is_active boolean, serves boolean,
    held_postings json
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT person.id, person.password, person.revision, person.login_name, person.name, person.is_active,
        person.serves, (
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
CREATE FUNCTION accounts_is_taken(asked_name text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM accounts_user WHERE login_name = asked_name)
$$;
REVOKE ALL ON FUNCTION accounts_person, accounts_is_taken FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accounts_person, accounts_is_taken TO xuke_app;
"""
# On any day a person is at most one of the three administrators, in one place (三员分立).
SEPARATE = """
ALTER TABLE accounts_posting ADD CONSTRAINT one_administration_a_day EXCLUDE USING gist (
    int8range(user_id, user_id, '[]') WITH &&, daterange(valid_from, valid_to) WITH &&
) WHERE (role IN ('system_administrator', 'security_administrator', 'auditor'))
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_identity"), ("foundation", "0003_scopes")]

    operations = [
        migrations.RunSQL(FUNCTIONS, "DROP FUNCTION accounts_person, accounts_is_taken"),
        policies(
            "accounts_user",
            # An officer's name is public; everybody else is seen by themselves and, through `parties`, by colleagues.
            SELECT=f"{SYSTEM} OR serves OR {SELF}",
            INSERT=f"{SYSTEM} OR {KEPT}",
            UPDATE=f"{SYSTEM} OR {SELF} OR {KEPT}",
        ),
        own_wall("accounts_realname"),
        migrations.RunSQL(SEPARATE, "ALTER TABLE accounts_posting DROP CONSTRAINT one_administration_a_day"),
    ]
