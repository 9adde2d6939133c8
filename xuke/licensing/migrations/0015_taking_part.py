"""What an authority that takes part may do, and no more: it reads, scores and makes the papers of its visit.

Where a case went is asked row by row, by its key: a list of all moved cases was read for every statement.
"""

from django.db import migrations

from xuke.foundation.row_security import SYSTEM, begins, equals

OWN = f"{SYSTEM} OR {begins('authority', 'authority_path')} OR {equals('enterprise', 'enterprise_id')}"
SHARED = (
    "(shared_with <> '{}' AND EXISTS (SELECT FROM unnest(shared_with) AS place"
    " WHERE starts_with(place, (SELECT nullif(current_setting('xuke.authority', true), '')))))"
)
OF_SHARED = "EXISTS (SELECT FROM licensing_application AS shared WHERE shared.id = application_id AND shared.shared_with <> '{}')"
OFFICERS = (
    f"{SYSTEM} OR {begins('authority', 'authority_path')} OR ("
    f"(SELECT nullif(current_setting('xuke.authority', true), '')) IS NOT NULL AND {OF_SHARED})"
)
WALL = (
    f"{SYSTEM} OR (authority_path COLLATE \"C\" >= (SELECT nullif(current_setting('xuke.authority', true), ''))"
    " AND authority_path COLLATE \"C\" < (SELECT nullif(current_setting('xuke.authority', true), '')) || '~')"
    f" OR {equals('enterprise', 'enterprise_id')}"
)
PAPERS = "('meeting_record', 'score_record', 'verification_report', 'material_list')"
IS_THEIRS = f"kind IN {PAPERS} AND licensing_takes_part(about)"

FUNCTIONS = """
CREATE FUNCTION licensing_moved_here(asked text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM licensing_movedcase WHERE stream = asked
            AND starts_with(to_path, nullif(current_setting('xuke.authority', true), ''))
    )
$$;
CREATE FUNCTION licensing_takes_part(asked text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM licensing_application, unnest(shared_with) AS place
        WHERE id = substring(asked FROM '^application:([0-9a-f-]{36})$')::uuid
            AND starts_with(place, nullif(current_setting('xuke.authority', true), ''))
    )
$$;
REVOKE ALL ON FUNCTION licensing_moved_here, licensing_takes_part FROM PUBLIC;
GRANT EXECUTE ON FUNCTION licensing_moved_here, licensing_takes_part TO xuke_app;
"""
NO_FUNCTIONS = "DROP FUNCTION licensing_moved_here; DROP FUNCTION licensing_takes_part"


def moved(table: str, column: str, stream: str) -> migrations.RunSQL:
    """The rows of a case that was moved here; what the wall before it shows is not asked again."""
    key = "stream" if stream == column else column
    went = f"SELECT moved.{key} FROM licensing_movedcase AS moved WHERE {begins('authority', 'moved.to_path')}"  # noqa: S608
    return migrations.RunSQL(
        f"ALTER POLICY {table}_moved ON {table} USING (licensing_moved_here({stream}))",
        f"ALTER POLICY {table}_moved ON {table} USING ({column} IN ({went}))",
    )


def instead(table: str, name: str, was: str, **may: str) -> migrations.RunSQL:
    """One policy for everything gives way to one each for what is done."""
    made = {verb: f"{name}_{verb.lower()}" for verb in may}
    clauses = {verb: f"WITH CHECK ({test})" if verb == "INSERT" else f"USING ({test})" for verb, test in may.items()}
    return migrations.RunSQL(
        f"DROP POLICY {name} ON {table};"
        + "".join(f"CREATE POLICY {made[verb]} ON {table} FOR {verb} {clauses[verb]};" for verb in may),
        "".join(f"DROP POLICY {made[verb]} ON {table};" for verb in may)
        + f"CREATE POLICY {name} ON {table} USING ({was}) WITH CHECK ({was})",
    )


class Migration(migrations.Migration):
    dependencies = [("licensing", "0014_moves"), ("documents", "0003_service"), ("signatures", "0003_paper")]

    operations = [
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        moved("foundation_entry", "stream", "stream"),
        moved("documents_notice", "about", "about"),
        moved("signatures_signature", "about", "about"),
        moved("licensing_decisionsnapshot", "application_id", "'application:' || application_id"),
        migrations.RunSQL(
            f"CREATE POLICY documents_notice_entrusted ON documents_notice FOR SELECT USING ({IS_THEIRS});"
            f"CREATE POLICY documents_notice_made_there ON documents_notice FOR INSERT WITH CHECK ({IS_THEIRS})",
            "DROP POLICY documents_notice_entrusted ON documents_notice;"
            "DROP POLICY documents_notice_made_there ON documents_notice",
        ),
        instead("licensing_material", "licensing_material_shared", OF_SHARED, SELECT=OF_SHARED),
        instead("licensing_visit", "licensing_visit_shared", OF_SHARED, SELECT=OF_SHARED, UPDATE=OF_SHARED),
        instead("licensing_comment", "licensing_comment_scope", OFFICERS, SELECT=OFFICERS, INSERT=OFFICERS),
        instead(
            "licensing_brokenglass",
            "licensing_brokenglass_scope",
            OFFICERS,
            SELECT=OFFICERS,
            INSERT=OFFICERS,
            UPDATE=f"{SYSTEM} OR {begins('authority', 'authority_path')}",
        ),
        instead("licensing_message", "licensing_message_scope", WALL, SELECT=WALL, INSERT=WALL, UPDATE=WALL),
        migrations.RunSQL(
            f"ALTER POLICY licensing_application_scope ON licensing_application USING ({OWN}) WITH CHECK ({OWN});"
            f"CREATE POLICY licensing_application_part ON licensing_application FOR SELECT USING ({SHARED});"
            f"CREATE POLICY licensing_application_acts ON licensing_application FOR UPDATE USING ({SHARED})",
            "DROP POLICY licensing_application_part ON licensing_application;"
            "DROP POLICY licensing_application_acts ON licensing_application;"
            "ALTER POLICY licensing_application_scope ON licensing_application"
            f" USING ({OWN} OR {SHARED}) WITH CHECK ({OWN} OR {SHARED})",
        ),
    ]
