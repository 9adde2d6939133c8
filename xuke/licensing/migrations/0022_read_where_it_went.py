"""What was drawn, signed and served in a case before it was moved is read where it went, and cannot be changed there."""

from django.db import migrations

OF_CASE = "licensing_moved_here('application:' || application_id)"
OF_NOTICE = (
    "EXISTS (SELECT FROM documents_notice AS told WHERE told.id = notice_id AND licensing_moved_here(told.about))"
)


def moved(table: str, rows: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE POLICY {table}_moved ON {table} FOR SELECT USING ({rows})", f"DROP POLICY {table}_moved ON {table}"
    )


class Migration(migrations.Migration):
    dependencies = [("documents", "0004_service_corrections"), ("licensing", "0021_supervised")]

    operations = [
        moved("licensing_teamdraw", OF_CASE),
        moved("licensing_signedsheet", OF_CASE),
        moved("documents_service", OF_NOTICE),
        moved("documents_servicecorrection", OF_NOTICE),
    ]
