"""Policies whose guesses let PostgreSQL read lists in order, and indexes for what a person has ahead."""

from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.expressions import OrderBy

from xuke.foundation.row_security import SYSTEM, begins, equals, within

TERRITORY = within("authority", "authority_path")
IN_TERRITORY = begins("authority", "authority_path")
OWN_CASE = equals("enterprise", "enterprise_id")
PERSON = equals("user", "person")
# One's number behind a stroke begins with one's number behind a stroke only if it is the same.
SAME_PERSON = begins("user", "(person || '/')").replace(", '')", ", '') || '/'")


def using(table: str, policy: str, condition: str, *, writes: bool = False) -> str:
    """The statement that gives a policy another condition."""
    check = f" WITH CHECK ({condition})" if writes else ""
    return f"ALTER POLICY {policy} ON {table} USING ({condition}){check}"


class Migration(migrations.Migration):
    dependencies = [("licensing", "0006_counted")]

    operations = [
        migrations.RunSQL(
            using(
                "licensing_application",
                "licensing_application_scope",
                f"{SYSTEM} OR {IN_TERRITORY} OR {OWN_CASE}",
                writes=True,
            ),
            using(
                "licensing_application",
                "licensing_application_scope",
                f"{SYSTEM} OR {TERRITORY} OR {OWN_CASE}",
                writes=True,
            ),
        ),
        *(
            migrations.RunSQL(
                using(f"licensing_{table}", f"licensing_{table}_select", f"{SYSTEM} OR {IN_TERRITORY}"),
                using(f"licensing_{table}", f"licensing_{table}_select", f"{SYSTEM} OR {TERRITORY}"),
            )
            for table in ("opencount", "waitingcount")
        ),
        migrations.RunSQL(
            using("licensing_hand", "licensing_hand_select", f"{SYSTEM} OR {SAME_PERSON}"),
            using("licensing_hand", "licensing_hand_select", f"{SYSTEM} OR {PERSON}"),
        ),
        migrations.RemoveIndex("hand", "hand_open"),
        migrations.AddIndex(
            "hand",
            models.Index(
                F("person"),
                OrderBy(F("submitted_at"), descending=True),
                OrderBy(F("application"), descending=True),
                condition=Q(is_open=True),
                include=["authority_path"],
                name="hand_open",
            ),
        ),
        migrations.AddIndex(
            "hand", models.Index(fields=["person", "application"], condition=Q(is_ahead=True), name="hand_ahead")
        ),
    ]
