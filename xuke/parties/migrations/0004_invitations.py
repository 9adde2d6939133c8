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
# The person an invitation means sees it with their own proven number, and nobody else does, code or no code.
ADDRESSED = f"""EXISTS (
    SELECT FROM accounts_realname AS proven WHERE proven.user_id::text = {ME} AND proven.withdrawn_at IS NULL
        AND parties_invitation.mark IN (proven.number_mark, proven.mobile_mark)
)"""
# Somebody accepts for themselves what they were asked to do, and nothing beyond it.
ACCEPTED = f"""({MINE} AND EXISTS (
    SELECT FROM parties_invitation AS asked WHERE asked.id = parties_mandate.invitation_id
        AND asked.enterprise_id = parties_mandate.enterprise_id AND asked.accepted_by_id = parties_mandate.user_id
        AND asked.capacity = parties_mandate.capacity AND asked.powers @> parties_mandate.powers
))"""

FUNCTIONS = """
CREATE FUNCTION parties_heads(asked text, firm bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM parties_mandate WHERE enterprise_id = firm AND user_id::text = asked
            AND capacity = 'legal_representative' AND valid_to IS NULL
    )
$$;
CREATE FUNCTION parties_inviting(hash bytea) RETURNS TABLE (invitation json, enterprise json)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT json_build_object('id', asked.id, 'inviter', inviter.name), row_to_json(firm)
    FROM parties_invitation AS asked JOIN parties_enterprise AS firm ON firm.id = asked.enterprise_id
        JOIN accounts_user AS inviter ON inviter.id = asked.invited_by_id
    WHERE asked.code_hash = hash
$$;
REVOKE ALL ON FUNCTION parties_heads, parties_inviting FROM PUBLIC;
GRANT EXECUTE ON FUNCTION parties_heads, parties_inviting TO xuke_app;
"""

KEPT = """
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
DROP TRIGGER parties_ends_once ON parties_mandate;
DROP FUNCTION parties_as_registered, parties_ends_once;
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
        migrations.RunSQL(FUNCTIONS, "DROP FUNCTION parties_heads, parties_inviting"),
        migrations.RunSQL(KEPT, UNKEPT),
        policies(
            "parties_invitation",
            SELECT=f"{SYSTEM} OR {OWN} OR {ADDRESSED}",
            INSERT=f"{SYSTEM} OR ({OWN} AND {equals('user', 'invited_by_id')})",
            UPDATE=f"{SYSTEM} OR {OWN} OR {ADDRESSED}",
        ),
        migrations.RunSQL(NARROWED, WIDENED),
    ]
