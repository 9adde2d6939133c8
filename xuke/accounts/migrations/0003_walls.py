"""People and authorities behind the second wall, and the questions that are asked before anybody's scope is known."""

from django.db import migrations, models

from xuke.foundation.row_security import SYSTEM, equals, is_set, own_wall, policies, within

SELF = equals("user", "id")
ADDED_HERE = f"(serves AND {within('administers', 'added_in')})"
KEPT = "(serves AND accounts_keeps(id, added_in))"

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
# Whether an administrator at work keeps a person: some post of theirs is or was at or below the place, or they never had
# one and were added there. A function and not a subquery: most people change their own row, and nobody should plan for it.
KEEPS = f"""
CREATE FUNCTION accounts_keeps(asked bigint, added text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(
        bool_or({within("administers", "authority.path")}), coalesce({within("administers", "added")}, false)
    )
    FROM accounts_posting AS posting JOIN accounts_authority AS authority ON authority.id = posting.authority_id
    WHERE posting.user_id = asked
$$;
REVOKE ALL ON FUNCTION accounts_keeps FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accounts_keeps TO xuke_app;
"""  # noqa: S608 - conditions written in this repository
# What was done to an account, for the person and for administrators: a rule over it must not depend on how much of the
# journal somebody reads from where they serve now.
DONE = f"""
CREATE FUNCTION accounts_done_to(asked bigint, verbs text[])
RETURNS TABLE (verb text, actor text, actor_label text, at timestamptz, reason text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT entry.verb, entry.actor, entry.actor_label, entry.at, coalesce(entry.facts ->> 'reason', '')
    FROM foundation_entry AS entry
    WHERE entry.stream = 'user:' || asked AND entry.verb = ANY (verbs)
        AND ({SYSTEM} OR {is_set("administers")} OR {equals("user", "asked")})
    ORDER BY entry.seq
$$;
REVOKE ALL ON FUNCTION accounts_done_to FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accounts_done_to TO xuke_app;
"""  # noqa: S608


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_identity"), ("foundation", "0003_scopes")]

    operations = [
        migrations.AddField(
            "user", "added_in", models.TextField(blank=True, db_collation="C", db_default="", default="")
        ),
        migrations.RunSQL(FUNCTIONS, "DROP FUNCTION accounts_person, accounts_is_taken"),
        migrations.RunSQL(KEEPS, "DROP FUNCTION accounts_keeps"),
        migrations.RunSQL(DONE, "DROP FUNCTION accounts_done_to"),
        policies(
            "accounts_user",
            # An officer's name is public; everybody else is seen by themselves and, through `parties`, by colleagues.
            SELECT=f"{SYSTEM} OR serves OR {SELF}",
            INSERT=f"{SYSTEM} OR {ADDED_HERE}",
            UPDATE=f"{SYSTEM} OR {SELF} OR {KEPT}",
        ),
        own_wall("accounts_realname"),
    ]
