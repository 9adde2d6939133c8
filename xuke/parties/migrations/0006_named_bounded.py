"""Finding enterprises by a part of their names does not begin to read what very many names have."""

from django.db import migrations

# The statistics say how frequent a pair is; of one they do not know, that it is rare. A text is at most as frequent as
# its rarest pair. NULL instead of keys means: too many to look for.
FUNCTION = """
CREATE OR REPLACE FUNCTION parties_named(pairs text[], part text, most integer) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    share real;
BEGIN
    IF cardinality(pairs) = 0 OR NOT (
        coalesce(current_setting('xuke.authority', true), '') <> '' OR current_setting('xuke.system', true) = 'on'
    ) THEN
        RETURN;
    END IF;
    SELECT min(coalesce(frequent.share, 0)) INTO share FROM unnest(pairs) AS pair
    LEFT JOIN (
        SELECT element, freq AS share FROM pg_stats,
            unnest(most_common_elems::text::text[], most_common_elem_freqs) AS known (element, freq)
        WHERE schemaname = 'public' AND tablename = 'parties_enterprisename' AND attname = 'tokens'
    ) AS frequent ON frequent.element = pair;
    IF share * (SELECT reltuples FROM pg_class WHERE oid = 'parties_enterprisename'::regclass) > 2 * most THEN
        RETURN NEXT NULL;
        RETURN;
    END IF;
    RETURN QUERY SELECT enterprise_id FROM parties_enterprisename
        WHERE tokens @> pairs AND strpos(plain, part) > 0 LIMIT least(most, 10000);
END $$;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION parties_named(pairs text[], part text, most integer) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT enterprise_id FROM parties_enterprisename
    WHERE tokens @> pairs AND strpos(plain, part) > 0 AND cardinality(pairs) > 0
        AND (current_setting('xuke.authority', true) <> '' OR current_setting('xuke.system', true) = 'on')
    LIMIT least(most, 10000)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("parties", "0005_names")]

    operations = [migrations.RunSQL(FUNCTION, BEFORE)]
