"""Whoever supervises a place day by day sees the licences that are checked there, whoever issued them."""

from django.db import migrations

# What follows a licence is done by the authority nearest to the site; the licence may be of the prefecture's or the
# province's, behind the wall of a territory above. Asked row by row, for whatever that wall does not show.
FUNCTION = """
CREATE FUNCTION licensing_supervises(licence uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM licensing_postissuecheck
        WHERE licence_id = licence AND starts_with(authority_path, nullif(current_setting('xuke.authority', true), ''))
    ) OR EXISTS (
        SELECT FROM licensing_rectification
        WHERE licence_id = licence AND starts_with(authority_path, nullif(current_setting('xuke.authority', true), ''))
    )
$$;
REVOKE ALL ON FUNCTION licensing_supervises FROM PUBLIC;
GRANT EXECUTE ON FUNCTION licensing_supervises TO xuke_app;
CREATE POLICY certificates_licence_supervised ON certificates_licence FOR SELECT USING (
    (SELECT current_setting('xuke.authority', true)) <> '' AND licensing_supervises(id)
);
"""
GONE = """
DROP POLICY certificates_licence_supervised ON certificates_licence;
DROP FUNCTION licensing_supervises;
"""


class Migration(migrations.Migration):
    dependencies = [("licensing", "0020_put_right_again"), ("certificates", "0003_endings")]

    operations = [migrations.RunSQL(FUNCTION, GONE)]
