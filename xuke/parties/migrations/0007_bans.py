"""Bans on enterprises and persons, and the functions that answer whom they touch without telling anybody's number."""

import django.db.models.deletion
from django.db import migrations, models

import xuke.foundation.identity
import xuke.foundation.vault
from xuke.foundation.row_security import SYSTEM, is_set, policies, within

# Asked by gates in the scope of the enterprise itself, which sees no ban and nobody's real name: so a function answers,
# for one enterprise, to the enterprise, to officers and to the system. A name alone counts only where nobody proved who
# is meant.
TOUCHING = """
CREATE FUNCTION parties_bans_touching(asked bigint, staff text[], day date) RETURNS TABLE (
    ban uuid, kind text, name text, role text, from_on date, last_on date, basis text, origin text, certain boolean
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
SELECT each.id, each.kind, firm.name, 'enterprise', each.from_on, each.last_on, each.basis, each.origin, true
FROM firm JOIN counting AS each ON each.enterprise_id = firm.id
UNION ALL
SELECT each.id, each.kind, people.name, people.role, each.from_on, each.last_on, each.basis, each.origin, true
FROM people JOIN counting AS each ON each.mark = people.mark
UNION ALL
SELECT each.id, each.kind, people.name, people.role, each.from_on, each.last_on, each.basis, each.origin, false
FROM people JOIN counting AS each ON each.person = people.name AND people.mark IS NULL
$$;
REVOKE ALL ON FUNCTION parties_bans_touching FROM PUBLIC;
GRANT EXECUTE ON FUNCTION parties_bans_touching TO xuke_app;
"""

# An officer bans a person whose number only the person and the system may read: the number goes from one row to the
# other inside the database, sealed as it is.
IDENTIFY = """
CREATE FUNCTION parties_ban_person(asked uuid, who bigint, firm bigint) RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
UPDATE parties_ban SET person = proven.name, document = proven.document, number = proven.number,
    mark = proven.number_mark
FROM accounts_realname AS proven
WHERE parties_ban.id = asked AND parties_ban.mark = '' AND parties_ban.enterprise_id IS NULL
    AND proven.user_id = who AND proven.withdrawn_at IS NULL
    AND EXISTS (SELECT FROM parties_mandate WHERE user_id = who AND enterprise_id = firm)
    AND (
        coalesce(current_setting('xuke.authority', true), '') <> ''
        OR current_setting('xuke.system', true) = 'on'
    )
RETURNING true
$$;
REVOKE ALL ON FUNCTION parties_ban_person FROM PUBLIC;
GRANT EXECUTE ON FUNCTION parties_ban_person TO xuke_app;
"""

# Who acts or acted for an enterprise, for the officer who has to say who answers for what happened there.
ANSWERABLE = """
CREATE FUNCTION parties_answerable(firm bigint) RETURNS TABLE (person bigint, name text, capacity text, proven boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT DISTINCT ON (person.id) person.id, coalesce(known.name, person.name), mandate.capacity, known.user_id IS NOT NULL
FROM parties_mandate AS mandate
JOIN accounts_user AS person ON person.id = mandate.user_id
LEFT JOIN accounts_realname AS known ON known.user_id = person.id AND known.withdrawn_at IS NULL
WHERE mandate.enterprise_id = firm AND (
    coalesce(current_setting('xuke.authority', true), '') <> '' OR current_setting('xuke.system', true) = 'on'
)
ORDER BY person.id, mandate.capacity DESC, mandate.id DESC
LIMIT 200
$$;
REVOKE ALL ON FUNCTION parties_answerable FROM PUBLIC;
GRANT EXECUTE ON FUNCTION parties_answerable TO xuke_app;
"""


class Migration(migrations.Migration):
    dependencies = [("parties", "0006_named_bounded"), ("accounts", "0001_initial")]

    operations = [
        migrations.CreateModel(
            "Ban",
            [
                ("revision", models.PositiveIntegerField(default=1)),
                (
                    "id",
                    models.UUIDField(
                        default=xuke.foundation.identity.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("false_materials", "提供虚假材料"),
                            ("fraud", "欺骗、贿赂取得许可"),
                            ("revoked_food", "许可证被吊销"),
                            ("food_crime", "食品安全犯罪"),
                            ("severe_dishonesty", "列入严重违法失信名单"),
                            ("untrue_commitment", "承诺不实"),
                        ]
                    ),
                ),
                ("scope", models.TextField(db_default="food", default="food")),
                ("person", models.TextField(blank=True, db_default="", default="")),
                ("document", models.TextField(db_default="resident_id", default="resident_id")),
                ("number", xuke.foundation.vault.SealedField(default="", purpose="resident_id")),
                ("mark", models.BinaryField(default=b"")),
                ("duty", models.TextField(blank=True, db_default="", default="")),
                ("from_on", models.DateField()),
                ("last_on", models.DateField(blank=True, null=True)),
                ("basis", models.TextField()),
                ("origin", models.TextField()),
                ("source", models.TextField(db_index=True)),
                ("authority_path", models.TextField(db_collation="C")),
                ("imposed_at", models.DateTimeField()),
                ("imposed_by", models.TextField()),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                ("lifted_by", models.TextField(blank=True, db_default="", default="")),
                ("lift_reason", models.TextField(blank=True, db_default="", default="")),
                (
                    "enterprise",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.enterprise",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("enterprise__isnull", False), ("person", ""))
                        | (models.Q(("enterprise", None)) & ~models.Q(("person", ""))),
                        name="ban_binds_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_on", None)) | models.Q(("last_on__gte", models.F("from_on"))),
                        name="ban_days",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("lifted_at", None)), fields=["enterprise"], name="ban_of_enterprise"
                    ),
                    models.Index(condition=models.Q(("lifted_at", None)), fields=["mark"], name="ban_of_mark"),
                    models.Index(
                        condition=models.Q(("lifted_at", None)) & ~models.Q(("person", "")),
                        fields=["person"],
                        name="ban_of_person",
                    ),
                ],
            },
        ),
        policies(
            "parties_ban",
            SELECT=f"{SYSTEM} OR {is_set('authority')}",
            INSERT=f"{SYSTEM} OR {within('authority', 'authority_path')}",
            UPDATE=f"{SYSTEM} OR {within('authority', 'authority_path')}",
        ),
        migrations.RunSQL(TOUCHING, "DROP FUNCTION parties_bans_touching"),
        migrations.RunSQL(IDENTIFY, "DROP FUNCTION parties_ban_person"),
        migrations.RunSQL(ANSWERABLE, "DROP FUNCTION parties_answerable"),
    ]
