"""Sums, hands and categories beside the applications, kept by the database itself. What is there is counted in 0006."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from xuke.foundation.row_security import SYSTEM, equals, policies, within

CATEGORIES = """
CREATE FUNCTION licensing_categories_of(form jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = public AS $$
    SELECT coalesce(array_agg(DISTINCT '1' || left(variety ->> 'code', 2)), '{}')
    FROM jsonb_array_elements(
        CASE jsonb_typeof(form #> '{products,varieties}') WHEN 'array' THEN form #> '{products,varieties}' ELSE '[]' END
    ) AS variety
    WHERE jsonb_typeof(variety) = 'object' AND variety ->> 'code' ~ '^[0-9]{4}$'
$$;
CREATE FUNCTION licensing_keep_categories() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR NEW.categories = '{}' THEN
        NEW.categories := licensing_categories_of(NEW.form);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER licensing_keep_categories BEFORE INSERT OR UPDATE OF form ON licensing_application
    FOR EACH ROW EXECUTE FUNCTION licensing_keep_categories();
"""
NO_CATEGORIES = """
DROP TRIGGER licensing_keep_categories ON licensing_application;
DROP FUNCTION licensing_keep_categories();
DROP FUNCTION licensing_categories_of(jsonb);
"""

_OPEN = (
    "('submitted', 'correcting_on_spot', 'correction_requested', 'resubmitted', 'accepted', 'document_review',"
    " 'verification_assigned', 'verification_done', 'decision_proposed')"
)
_WAITING = (
    "('submitted', 'correcting_on_spot', 'resubmitted', 'accepted', 'document_review', 'verification_done',"
    " 'decision_proposed')"
)
_REVIEWED = "('document_review', 'verification_done')"
_HANDS = """
SELECT coalesce(array_agg(DISTINCT person), '{{}}') FROM unnest(
    {row}.received_by || {row}.examined_by || {row}.verified_by || {row}.considered_by
    || ARRAY[{row}.accepted_by_id, {row}.reviewed_by_id, {row}.decided_by_id, {row}.claimed_by_id]::bigint[]
) AS person WHERE person IS NOT NULL
"""

# What a row adds to the sums it also takes away when it changes or goes: whatever happens, the sums are the truth as
# soon as it commits, and nobody waits for anybody, because rows are only added. Whoever writes applications may not
# write sums, hence the definer's rights.
COUNTS = f"""
CREATE FUNCTION licensing_add_up(app licensing_application, sign integer) RETURNS void
LANGUAGE sql SECURITY INVOKER SET search_path = public, pg_temp AS $$
    INSERT INTO licensing_opencount (authority_path, state, n)
        SELECT app.authority_path, app.state, sign WHERE app.state IN {_OPEN};
    INSERT INTO licensing_waitingcount (authority_path, state, due_on, claimed_by, reviewed_by, n)
        SELECT app.authority_path, app.state, app.due_on, coalesce(app.claimed_by_id, 0),
            CASE WHEN app.state IN {_REVIEWED} THEN coalesce(app.reviewed_by_id, 0) ELSE 0 END, sign
        WHERE app.state IN {_WAITING};
$$;
CREATE FUNCTION licensing_hands_of(app licensing_application) RETURNS bigint[]
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$ {_HANDS.format(row="app")} $$;
CREATE FUNCTION licensing_keep_lists() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    before bigint[] := '{{}}';
    after bigint[] := '{{}}';
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM licensing_add_up(OLD, -1);
        before := licensing_hands_of(OLD);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM licensing_add_up(NEW, 1);
        after := CASE WHEN NEW.submitted_at IS NULL THEN '{{}}' ELSE licensing_hands_of(NEW) END;
    END IF;
    IF cardinality(before) > 0 THEN
        DELETE FROM licensing_hand WHERE application_id = OLD.id AND person <> ALL (after);
    END IF;
    IF cardinality(after) > 0 THEN
        INSERT INTO licensing_hand (person, application_id, authority_path, submitted_at, is_open, visits, is_ahead)
        SELECT person, NEW.id, NEW.authority_path, NEW.submitted_at, NEW.state IN {_OPEN},
            person = ANY (NEW.verified_by), person = ANY (NEW.verified_by) AND NEW.state = 'verification_assigned'
        FROM unnest(after) AS person
        ON CONFLICT (application_id, person) DO UPDATE SET
            authority_path = excluded.authority_path, submitted_at = excluded.submitted_at,
            is_open = excluded.is_open, visits = excluded.visits, is_ahead = excluded.is_ahead
        WHERE (licensing_hand.authority_path, licensing_hand.submitted_at, licensing_hand.is_open,
            licensing_hand.visits, licensing_hand.is_ahead)
            <> (excluded.authority_path, excluded.submitted_at, excluded.is_open, excluded.visits, excluded.is_ahead);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER licensing_keep_lists_of_new AFTER INSERT ON licensing_application
    FOR EACH ROW WHEN (NEW.state <> 'draft') EXECUTE FUNCTION licensing_keep_lists();
CREATE TRIGGER licensing_keep_lists AFTER UPDATE ON licensing_application
    FOR EACH ROW WHEN (
        (OLD.state, OLD.authority_path, OLD.due_on, OLD.submitted_at, OLD.claimed_by_id, OLD.accepted_by_id,
            OLD.reviewed_by_id, OLD.decided_by_id, OLD.received_by, OLD.examined_by, OLD.considered_by, OLD.verified_by)
        IS DISTINCT FROM
        (NEW.state, NEW.authority_path, NEW.due_on, NEW.submitted_at, NEW.claimed_by_id, NEW.accepted_by_id,
            NEW.reviewed_by_id, NEW.decided_by_id, NEW.received_by, NEW.examined_by, NEW.considered_by, NEW.verified_by)
    ) EXECUTE FUNCTION licensing_keep_lists();
CREATE TRIGGER licensing_keep_lists_of_gone AFTER DELETE ON licensing_application
    FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION licensing_keep_lists();
"""  # noqa: S608 - only words of ours
NO_COUNTS = """
DROP TRIGGER licensing_keep_lists_of_gone ON licensing_application;
DROP TRIGGER licensing_keep_lists ON licensing_application;
DROP TRIGGER licensing_keep_lists_of_new ON licensing_application;
DROP FUNCTION licensing_keep_lists();
DROP FUNCTION licensing_hands_of(licensing_application);
DROP FUNCTION licensing_add_up(licensing_application, integer);
"""


class Migration(migrations.Migration):
    dependencies = [("licensing", "0004_deputies")]

    operations = [
        migrations.AddField(
            "application",
            "categories",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), blank=True, db_default=[], default=list, size=None
            ),
        ),
        migrations.CreateModel(
            "OpenCount",
            [
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("authority_path", models.TextField(db_collation="C")),
                ("state", models.TextField()),
                ("n", models.IntegerField()),
            ],
            options={"indexes": [models.Index(fields=["authority_path", "state"], include=["n"], name="opencount_of")]},
        ),
        migrations.CreateModel(
            "WaitingCount",
            [
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("authority_path", models.TextField(db_collation="C")),
                ("state", models.TextField()),
                ("due_on", models.DateField(null=True)),
                ("claimed_by", models.BigIntegerField()),
                ("reviewed_by", models.BigIntegerField()),
                ("n", models.IntegerField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["authority_path", "state", "claimed_by", "reviewed_by"],
                        include=["due_on", "n"],
                        name="waitingcount_of",
                    )
                ]
            },
        ),
        migrations.CreateModel(
            "Hand",
            [
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("person", models.BigIntegerField()),
                ("authority_path", models.TextField(db_collation="C")),
                ("submitted_at", models.DateTimeField()),
                ("is_open", models.BooleanField()),
                ("visits", models.BooleanField()),
                ("is_ahead", models.BooleanField()),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hands",
                        to="licensing.application",
                        db_index=False,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        "person",
                        django.db.models.expressions.OrderBy(models.F("submitted_at"), descending=True),
                        django.db.models.expressions.OrderBy(models.F("application"), descending=True),
                        name="hand_newest",
                    ),
                    models.Index(
                        "person",
                        django.db.models.expressions.OrderBy(models.F("submitted_at"), descending=True),
                        django.db.models.expressions.OrderBy(models.F("application"), descending=True),
                        condition=models.Q(is_open=True),
                        name="hand_open",
                    ),
                ],
                "constraints": [models.UniqueConstraint("application", "person", name="one_hand_per_person")],
            },
        ),
        migrations.RunSQL(CATEGORIES, NO_CATEGORIES),
        migrations.RunSQL(COUNTS, NO_COUNTS),
        # Read within one's territory, or one's own; written by the triggers, and made anew by the system.
        policies(
            "licensing_opencount",
            SELECT=f"{SYSTEM} OR {within('authority', 'authority_path')}",
            INSERT=SYSTEM,
            DELETE=SYSTEM,
        ),
        policies(
            "licensing_waitingcount",
            SELECT=f"{SYSTEM} OR {within('authority', 'authority_path')}",
            INSERT=SYSTEM,
            DELETE=SYSTEM,
        ),
        policies(
            "licensing_hand",
            SELECT=f"{SYSTEM} OR {equals('user', 'person')}",
            INSERT=SYSTEM,
            UPDATE=SYSTEM,
            DELETE=SYSTEM,
        ),
    ]
