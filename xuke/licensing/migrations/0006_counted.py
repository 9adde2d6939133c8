"""Indexes for the officers' lists, and sums, hands and categories of what was there before.

No transaction around it: indexes are built while people go on working, and each statement of the count sees one moment.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.expressions import OrderBy


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


COUNTED = (
    """
INSERT INTO licensing_opencount (authority_path, state, n)
SELECT authority_path, state, sum(n) FROM (
    SELECT authority_path, state, 1 AS n FROM licensing_application WHERE state IN ('submitted', 'correcting_on_spot', 'correction_requested', 'resubmitted', 'accepted', 'document_review', 'verification_assigned', 'verification_done', 'decision_proposed')
    UNION ALL SELECT authority_path, state, -n FROM licensing_opencount
) AS difference GROUP BY 1, 2 HAVING sum(n) <> 0
    """,
    """
INSERT INTO licensing_waitingcount (authority_path, state, due_on, claimed_by, reviewed_by, n)
SELECT authority_path, state, due_on, claimed_by, reviewed_by, sum(n) FROM (
    SELECT authority_path, state, due_on, coalesce(claimed_by_id, 0) AS claimed_by,
        CASE WHEN state IN ('document_review', 'verification_done') THEN coalesce(reviewed_by_id, 0) ELSE 0 END AS reviewed_by, 1 AS n
    FROM licensing_application WHERE state IN ('submitted', 'correcting_on_spot', 'resubmitted', 'accepted', 'document_review', 'verification_done', 'decision_proposed')
    UNION ALL SELECT authority_path, state, due_on, claimed_by, reviewed_by, -n FROM licensing_waitingcount
) AS difference GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0
    """,
    """
DELETE FROM licensing_hand WHERE (application_id, person) NOT IN (
    SELECT application_id, person FROM (
SELECT person, application.id AS application_id, authority_path, submitted_at,
    state IN ('submitted', 'correcting_on_spot', 'correction_requested', 'resubmitted', 'accepted', 'document_review', 'verification_assigned', 'verification_done', 'decision_proposed') AS is_open,
    person = ANY (verified_by) AS visits, person = ANY (verified_by) AND state = 'verification_assigned' AS is_ahead
FROM licensing_application AS application, unnest(licensing_hands_of(application)) AS person
WHERE submitted_at IS NOT NULL
) AS known
)
    """,
    """
INSERT INTO licensing_hand (person, application_id, authority_path, submitted_at, is_open, visits, is_ahead)

SELECT person, application.id AS application_id, authority_path, submitted_at,
    state IN ('submitted', 'correcting_on_spot', 'correction_requested', 'resubmitted', 'accepted', 'document_review', 'verification_assigned', 'verification_done', 'decision_proposed') AS is_open,
    person = ANY (verified_by) AS visits, person = ANY (verified_by) AND state = 'verification_assigned' AS is_ahead
FROM licensing_application AS application, unnest(licensing_hands_of(application)) AS person
WHERE submitted_at IS NOT NULL

ON CONFLICT (application_id, person) DO UPDATE SET
    authority_path = excluded.authority_path, submitted_at = excluded.submitted_at,
    is_open = excluded.is_open, visits = excluded.visits, is_ahead = excluded.is_ahead
WHERE (licensing_hand.authority_path, licensing_hand.submitted_at, licensing_hand.is_open, licensing_hand.visits,
    licensing_hand.is_ahead)
    <> (excluded.authority_path, excluded.submitted_at, excluded.is_open, excluded.visits, excluded.is_ahead)
    """,
    """
UPDATE licensing_application SET categories = licensing_categories_of(form)
WHERE categories = '{}' AND licensing_categories_of(form) <> '{}'
    """,
)
"""As `licensing.counts` had them on the day of this migration."""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("licensing", "0005_lists")]

    operations = [
        *(AddIndexConcurrently("application", index) for index in INDEXES),
        *(migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in COUNTED),
    ]
