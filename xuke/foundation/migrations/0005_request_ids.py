"""Each entry of the journal says in which request or job it was written; the sealer covers it.

A sealer of an older release does not know the column. It would seal entries without it, and the check would then call
them altered, so the database refuses its leaves; entries wait for the sealer of this release, and none is lost.
"""

from django.db import migrations, models

KNOWN = """
CREATE FUNCTION journal_leaf_covers_all() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF coalesce(current_setting('xuke.seals', true), '') <> 'request_id' AND EXISTS (
        SELECT FROM added JOIN foundation_entry AS entry ON entry.id = added.entry_id WHERE entry.request_id <> ''
    ) THEN
        RAISE EXCEPTION 'the sealer of this release does not know all columns of the journal; start the newer one';
    END IF;
    RETURN NULL;
END;
$$;
CREATE TRIGGER journal_leaf_covers_all AFTER INSERT ON foundation_leaf
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION journal_leaf_covers_all();
"""
FORGET = """
DROP TRIGGER journal_leaf_covers_all ON foundation_leaf;
DROP FUNCTION journal_leaf_covers_all();
"""


class Migration(migrations.Migration):
    dependencies = [("foundation", "0004_audit")]

    operations = [
        migrations.AddField("entry", "request_id", models.TextField(blank=True, db_default="", default="")),
        migrations.RunSQL(KNOWN, FORGET),
    ]
