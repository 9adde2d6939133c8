"""Indexes for the officers' lists, and sums, hands and categories of what was there before.

No transaction around it: indexes are built while people go on working, and each statement of the count sees one moment.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.expressions import OrderBy

from xuke.licensing.counts import REPAIRS

OPEN = Q(
    state__in=(
        "submitted",
        "correcting_on_spot",
        "correction_requested",
        "resubmitted",
        "accepted",
        "document_review",
        "verification_assigned",
        "verification_done",
        "decision_proposed",
    )
)
INDEXES = (
    models.Index(fields=["due_on", "id"], condition=OPEN, name="application_open_due"),
    models.Index(fields=["state", "due_on", "id"], condition=OPEN, name="application_open_state"),
    models.Index(fields=["authority_path", "due_on", "id"], condition=OPEN, name="application_open_place"),
    models.Index(
        fields=["authority", "state", "due_on", "id"], condition=OPEN & Q(claimed_by=None), name="application_pool"
    ),
    models.Index(
        fields=["claimed_by", "due_on", "id"], condition=Q(claimed_by__isnull=False), name="application_claimed"
    ),
    models.Index(
        fields=["reviewed_by", "state", "due_on", "id"],
        condition=Q(state__in=("document_review", "verification_done")),
        name="application_reviewed",
    ),
    models.Index(
        "authority_path",
        OrderBy(F("submitted_at"), descending=True, nulls_last=True),
        OrderBy(F("id"), descending=True),
        name="application_newest_place",
    ),
)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("licensing", "0005_lists")]

    operations = [
        *(AddIndexConcurrently("application", index) for index in INDEXES),
        *(migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in REPAIRS),
    ]
