"""Invitations; mandates that are never changed but ended; what the register says, changed by the system only."""

import django.contrib.postgres.fields
import django.db.models.deletion
import xuke.foundation.vault
from django.conf import settings
from django.db import migrations, models

from xuke.foundation.row_security import SYSTEM, equals, policies

OWN = equals("enterprise", "enterprise_id")
MINE = equals("user", "user_id")
ME = "(SELECT current_setting('xuke.user', true))"
HEADS = f"({OWN} AND parties_heads({ME}, enterprise_id))"
# Whoever asked somebody, and heads the enterprise; or asks for its head while nobody does.
ASKS = f"""({OWN} AND {equals("user", "invited_by_id")} AND (
    parties_heads({ME}, enterprise_id) OR (capacity = 'legal_representative' AND parties_lacks_head(enterprise_id))
))"""
ASKED = f"({HEADS} OR ({OWN} AND {equals('user', 'invited_by_id')}))"
# The person an invitation means sees it with their own proven number, and nobody else does, code or no code.
ADDRESSED = f"""EXISTS (
    SELECT FROM accounts_realname AS proven WHERE proven.user_id::text = {ME} AND proven.withdrawn_at IS NULL
        AND parties_invitation.mark IN (proven.number_mark, proven.mobile_mark)
)"""
MINE_TO_ANSWER = f"accepted_by_id IS NULL OR {equals('user', 'accepted_by_id')}"
# Somebody accepts for themselves what they were asked to do, and nothing beyond it.
ACCEPTED = f"""({MINE} AND EXISTS (
    SELECT FROM parties_invitation AS asked WHERE asked.id = parties_mandate.invitation_id
        AND asked.enterprise_id = parties_mandate.enterprise_id AND asked.accepted_by_id = parties_mandate.user_id
        AND asked.capacity = parties_mandate.capacity AND asked.powers @> parties_mandate.powers
) AND (capacity <> 'legal_representative' OR parties_may_head({ME}, enterprise_id)))"""

FUNCTIONS = """
CREATE FUNCTION parties_heads(asked text, firm bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM parties_mandate WHERE enterprise_id = firm AND user_id::text = asked
            AND capacity = 'legal_representative' AND valid_to IS NULL
            AND asked = current_setting('xuke.user', true)
    )
$$;
CREATE FUNCTION parties_lacks_head(firm bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT NOT EXISTS (
        SELECT FROM parties_mandate WHERE enterprise_id = firm AND capacity = 'legal_representative'
            AND valid_to IS NULL
    )
$$;
CREATE FUNCTION parties_may_head(asked text, firm bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT asked = current_setting('xuke.user', true) AND parties_lacks_head(firm) AND EXISTS (
        SELECT FROM parties_enterprise AS registered, accounts_realname AS proven
        WHERE registered.id = firm AND registered.noted_at IS NOT NULL
            AND proven.user_id::text = asked AND proven.withdrawn_at IS NULL
            AND regexp_replace(translate(proven.name, '•・‧.', '····'), '[[:space:]　]', '', 'g')
                = regexp_replace(translate(registered.legal_representative, '•・‧.', '····'), '[[:space:]　]', '', 'g')
    )
$$;
-- The one way by which somebody who does not act for a firm waits for it: to accept what it asks of them.
CREATE FUNCTION parties_accepting(hash bytea) RETURNS TABLE (enterprise json, head bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    firm bigint;
BEGIN
    SELECT asked.enterprise_id INTO firm FROM parties_invitation AS asked JOIN accounts_realname AS proven
        ON proven.user_id::text = current_setting('xuke.user', true) AND proven.withdrawn_at IS NULL
        AND asked.mark IN (proven.number_mark, proven.mobile_mark)
    WHERE asked.code_hash = hash;
    IF firm IS NULL THEN
        RETURN;
    END IF;
    PERFORM FROM parties_enterprise WHERE id = firm FOR NO KEY UPDATE;
    RETURN QUERY SELECT row_to_json(registered), (
        SELECT mandate.user_id FROM parties_mandate AS mandate WHERE mandate.enterprise_id = firm
            AND mandate.capacity = 'legal_representative' AND mandate.valid_to IS NULL
    ) FROM parties_enterprise AS registered WHERE registered.id = firm;
END $$;
CREATE FUNCTION parties_inviting(hash bytea) RETURNS TABLE (invitation json, enterprise json)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT json_build_object('id', asked.id, 'inviter', inviter.name), row_to_json(firm)
    FROM parties_invitation AS asked JOIN parties_enterprise AS firm ON firm.id = asked.enterprise_id
        JOIN accounts_user AS inviter ON inviter.id = asked.invited_by_id
    WHERE asked.code_hash = hash
$$;
REVOKE ALL ON FUNCTION parties_heads, parties_lacks_head, parties_may_head, parties_inviting, parties_accepting
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION parties_heads, parties_lacks_head, parties_may_head, parties_inviting, parties_accepting
    TO xuke_app;
"""

KEPT = """
UPDATE parties_mandate SET capacity = 'case_contact' WHERE id IN (
    SELECT id FROM (
        SELECT mandate.id, row_number() OVER (
            PARTITION BY mandate.enterprise_id ORDER BY person.name <> firm.legal_representative, mandate.id
        ) AS place
        FROM parties_mandate AS mandate JOIN accounts_user AS person ON person.id = mandate.user_id
            JOIN parties_enterprise AS firm ON firm.id = mandate.enterprise_id
        WHERE mandate.capacity = 'legal_representative' AND mandate.valid_to IS NULL
    ) AS heads WHERE place > 1
);
UPDATE parties_mandate SET ended_at = valid_to::timestamp AT TIME ZONE 'Asia/Shanghai' WHERE valid_to IS NOT NULL;
ALTER TABLE parties_mandate ADD CONSTRAINT one_mandate_a_day EXCLUDE USING gist (
    int8range(user_id, user_id, '[]') WITH &&, int8range(enterprise_id, enterprise_id, '[]') WITH &&,
    daterange(valid_from, valid_to) WITH &&
);
REVOKE UPDATE ON parties_mandate, parties_invitation FROM xuke_app;
GRANT UPDATE (valid_to, ended_at, ended_by) ON parties_mandate TO xuke_app;
GRANT UPDATE (revision, accepted_by_id, accepted_at, withdrawn_at, mobile, number, mark) ON parties_invitation
    TO xuke_app;
CREATE FUNCTION parties_ends_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL OR NEW.valid_to IS NULL OR NEW.valid_to > OLD.valid_to THEN
        RAISE EXCEPTION 'a mandate ends once, and never later than was said' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER parties_ends_once BEFORE UPDATE ON parties_mandate
    FOR EACH ROW EXECUTE FUNCTION parties_ends_once();
CREATE FUNCTION parties_asked_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'xuke_app' AND current_setting('xuke.system', true) IS DISTINCT FROM 'on' AND (
        (NEW.mark, NEW.mobile, NEW.number) IS DISTINCT FROM (OLD.mark, OLD.mobile, OLD.number)
        OR OLD.accepted_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'an invitation means one person, and is answered once' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER parties_asked_once BEFORE UPDATE ON parties_invitation
    FOR EACH ROW EXECUTE FUNCTION parties_asked_once();
CREATE FUNCTION parties_as_registered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'xuke_app' AND current_setting('xuke.system', true) IS DISTINCT FROM 'on'
        AND to_jsonb(NEW) - 'revision' <> to_jsonb(OLD) - 'revision' THEN
        RAISE EXCEPTION 'what the register says is changed by the system' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER parties_as_registered BEFORE UPDATE ON parties_enterprise
    FOR EACH ROW EXECUTE FUNCTION parties_as_registered();
"""
UNKEPT = """
DROP TRIGGER parties_as_registered ON parties_enterprise;
DROP TRIGGER parties_asked_once ON parties_invitation;
DROP TRIGGER parties_ends_once ON parties_mandate;
DROP FUNCTION parties_as_registered, parties_asked_once, parties_ends_once;
GRANT UPDATE ON parties_mandate, parties_invitation TO xuke_app;
ALTER TABLE parties_mandate DROP CONSTRAINT one_mandate_a_day;
"""

NARROWED = f"""
DROP POLICY parties_mandate_insert ON parties_mandate;
DROP POLICY parties_mandate_update ON parties_mandate;
CREATE POLICY parties_mandate_insert ON parties_mandate FOR INSERT WITH CHECK ({SYSTEM} OR {HEADS} OR {ACCEPTED});
CREATE POLICY parties_mandate_update ON parties_mandate FOR UPDATE
    USING ({SYSTEM} OR {HEADS} OR {MINE}) WITH CHECK ({SYSTEM} OR {HEADS} OR {MINE});
"""
WIDENED = f"""
DROP POLICY parties_mandate_insert ON parties_mandate;
DROP POLICY parties_mandate_update ON parties_mandate;
CREATE POLICY parties_mandate_insert ON parties_mandate FOR INSERT WITH CHECK ({SYSTEM} OR {OWN});
CREATE POLICY parties_mandate_update ON parties_mandate FOR UPDATE
    USING ({SYSTEM} OR {OWN} OR {MINE}) WITH CHECK ({SYSTEM} OR {OWN} OR {MINE});
"""


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0003_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("mandate", "ended_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("mandate", "ended_by", models.TextField(blank=True, db_default="", default="")),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1)),
                ("code_hash", models.BinaryField(unique=True)),
                ("name", models.TextField()),
                ("mobile", xuke.foundation.vault.SealedField(default="", purpose="mobile")),
                ("number", xuke.foundation.vault.SealedField(default="", purpose="resident_id")),
                ("mark", models.BinaryField()),
                (
                    "capacity",
                    models.TextField(choices=[("legal_representative", "法定代表人"), ("case_contact", "经办人")]),
                ),
                (
                    "powers",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
                ),
                ("last_day", models.DateField(blank=True, null=True)),
                ("invited_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "accepted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.enterprise"
                    ),
                ),
                (
                    "invited_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.AddField(
            "mandate",
            "invitation",
            models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.invitation",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("accepted_at", None), ("accepted_by", None)),
                    models.Q(("accepted_at__isnull", False), ("accepted_by__isnull", False), ("withdrawn_at", None)),
                    _connector="OR",
                ),
                name="invitation_answered",
            ),
        ),
        migrations.AddField("enterprise", "noted_at", models.DateTimeField(blank=True, null=True)),
        migrations.RunSQL(
            FUNCTIONS,
            "DROP FUNCTION parties_accepting, parties_inviting, parties_may_head, parties_lacks_head, parties_heads",
        ),
        migrations.RunSQL(KEPT, UNKEPT),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.UniqueConstraint(
                models.F("enterprise"),
                condition=models.Q(("capacity", "legal_representative"), ("valid_to", None)),
                name="one_head",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("capacity", "legal_representative"), _negated=True),
                    ("valid_to", None),
                    ("ended_at__isnull", False),
                    _connector="OR",
                ),
                name="head_without_end",
            ),
        ),
        policies(
            "parties_invitation",
            SELECT=f"{SYSTEM} OR {OWN} OR {ADDRESSED}",
            INSERT=f"{SYSTEM} OR ({ASKS} AND accepted_by_id IS NULL)",
            UPDATE=f"{SYSTEM} OR ({ASKED} AND accepted_by_id IS NULL) OR ({ADDRESSED} AND ({MINE_TO_ANSWER}))",
        ),
        migrations.RunSQL(NARROWED, WIDENED),
    ]
