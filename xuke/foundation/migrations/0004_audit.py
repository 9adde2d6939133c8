"""The journal for auditors: what they may read of it beyond cases, in which orders, and what waits to be sealed."""

from django.db import migrations, models

from xuke.foundation.row_security import within

AUDITS = "(SELECT current_setting('xuke.audits', true))"
# One deployment serves one tree, so a path of one part is its root. Whoever audits there also reads what belongs to no
# authority: enterprises and their people, accounts, logging in, the product itself.
AUDITED = f"{within('audits', 'authority_path')} OR (authority_path = '' AND {AUDITS} ~ '^[^/]+/$')"

READ = f"CREATE POLICY foundation_entry_audited ON foundation_entry FOR SELECT USING ({AUDITED})"

# A case begins before it belongs to an authority. Whoever audits any of it reads the whole, or a history could not be
# shown to have no gaps. An owner's function, because a policy cannot ask its own table.
HISTORY = f"""
CREATE FUNCTION journal_history(asked text) RETURNS SETOF foundation_entry
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT entry.* FROM foundation_entry AS entry WHERE entry.stream = asked AND EXISTS (
        SELECT FROM foundation_entry WHERE stream = asked AND ((SELECT current_setting('xuke.system', true)) = 'on' OR {AUDITED})
    ) ORDER BY entry.seq
$$;
"""  # noqa: S608 - constants

# Numbers only, so it tells nobody anything: whether the sealer keeps up is no secret of a territory.
WAITING = """
CREATE FUNCTION journal_waiting(most integer, OUT waiting bigint, OUT oldest timestamptz, OUT running bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH clock AS (
        SELECT pg_snapshot_xmin(now) AS oldest, pg_snapshot_xmax(now) AS unborn FROM pg_current_snapshot() AS now
    ), unsealed AS (
        SELECT entry.at, entry.transaction < clock.oldest AS is_settled
        FROM clock, foundation_entry AS entry
        WHERE (entry.transaction, entry.id) > (
            coalesce((SELECT sealed_below FROM foundation_head ORDER BY size DESC LIMIT 1), '0'::xid8),
            coalesce((SELECT sealed_id FROM foundation_head ORDER BY size DESC LIMIT 1), 0)
        )
        AND entry.transaction < clock.unborn
        AND NOT EXISTS (SELECT FROM foundation_leaf AS leaf WHERE leaf.entry_id = entry.id)
        ORDER BY entry.transaction, entry.id LIMIT most
    )
    SELECT count(*) FILTER (WHERE is_settled), min(at) FILTER (WHERE is_settled), count(*) FILTER (WHERE NOT is_settled)
    FROM unsealed
$$;
"""

RIGHTS = """
REVOKE ALL ON FUNCTION journal_history, journal_waiting FROM PUBLIC;
GRANT EXECUTE ON FUNCTION journal_history, journal_waiting TO xuke_app;
"""


class Migration(migrations.Migration):
    dependencies = [("foundation", "0003_scopes")]

    operations = [
        migrations.RunSQL(READ, "DROP POLICY foundation_entry_audited ON foundation_entry"),
        migrations.RunSQL(HISTORY + WAITING + RIGHTS, "DROP FUNCTION journal_history, journal_waiting"),
        migrations.AddIndex("entry", models.Index("at", "id", name="journal_at")),
        migrations.AddIndex("entry", models.Index("actor", "at", "id", name="journal_actor")),
        migrations.AddIndex("entry", models.Index("verb", "at", "id", name="journal_verb")),
    ]
