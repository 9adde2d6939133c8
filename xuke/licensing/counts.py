"""The sums and hands behind the officers' lists: adding up, making anew, folding together.

Each statement sees one moment of the database, in which sums and applications agree whoever is at work; so a repair
locks nobody out who works, and a fold takes nothing away that it does not put back. Two repairs at once would see the
same difference and both add it, so there is one at a time, in whichever process.
"""

from __future__ import annotations

from django.db import connection

from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import be_patient, opened_for
from xuke.licensing.models import REVIEWED
from xuke.licensing.workflow import RETRACTABLE

WAITING = tuple(state for state in RETRACTABLE if state not in ("correction_requested", "verification_assigned"))
"""States in which a case waits for the pool of an authority, and not for an applicant or a team."""


def _listed(states: tuple[str, ...]) -> str:
    return "(" + ", ".join(f"'{state}'" for state in states) + ")"


_OPEN_COUNTS = f"""
INSERT INTO licensing_opencount (authority_path, state, n)
SELECT authority_path, state, sum(n) FROM (
    SELECT authority_path, state, 1 AS n FROM licensing_application WHERE state IN {_listed(RETRACTABLE)}
    UNION ALL SELECT authority_path, state, -n FROM licensing_opencount
) AS difference GROUP BY 1, 2 HAVING sum(n) <> 0
"""  # noqa: S608 - only words of ours
_WAITING_COUNTS = f"""
INSERT INTO licensing_waitingcount (authority_path, state, due_on, claimed_by, reviewed_by, n)
SELECT authority_path, state, due_on, claimed_by, reviewed_by, sum(n) FROM (
    SELECT authority_path, state, due_on, coalesce(claimed_by_id, 0) AS claimed_by,
        CASE WHEN state IN {_listed(REVIEWED)} THEN coalesce(reviewed_by_id, 0) ELSE 0 END AS reviewed_by, 1 AS n
    FROM licensing_application WHERE state IN {_listed(WAITING)}
    UNION ALL SELECT authority_path, state, due_on, claimed_by, reviewed_by, -n FROM licensing_waitingcount
) AS difference GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0
"""  # noqa: S608 - only words of ours
_TRUE_HANDS = f"""
SELECT person, application.id AS application_id, authority_path, submitted_at,
    state IN {_listed(RETRACTABLE)} AS is_open,
    person = ANY (verified_by) AS visits, person = ANY (verified_by) AND state = 'verification_assigned' AS is_ahead
FROM licensing_application AS application, unnest(licensing_hands_of(application)) AS person
WHERE submitted_at IS NOT NULL
"""  # noqa: S608 - only words of ours
_LOST_HANDS = f"""
DELETE FROM licensing_hand WHERE (application_id, person) NOT IN (
    SELECT application_id, person FROM ({_TRUE_HANDS}) AS known
)
"""  # noqa: S608 - only words of ours
_HANDS = f"""
INSERT INTO licensing_hand (person, application_id, authority_path, submitted_at, is_open, visits, is_ahead)
{_TRUE_HANDS}
ON CONFLICT (application_id, person) DO UPDATE SET
    authority_path = excluded.authority_path, submitted_at = excluded.submitted_at,
    is_open = excluded.is_open, visits = excluded.visits, is_ahead = excluded.is_ahead
WHERE (licensing_hand.authority_path, licensing_hand.submitted_at, licensing_hand.is_open, licensing_hand.visits,
    licensing_hand.is_ahead)
    <> (excluded.authority_path, excluded.submitted_at, excluded.is_open, excluded.visits, excluded.is_ahead)
"""
_CATEGORIES = """
UPDATE licensing_application SET categories = licensing_categories_of(form)
WHERE categories = '{}' AND licensing_categories_of(form) <> '{}'
"""
REPAIRS = (_OPEN_COUNTS, _WAITING_COUNTS, _LOST_HANDS, _HANDS, _CATEGORIES)
"""What puts everything right, whatever was wrong; each changes only what is wrong."""

_FOLDS = (
    """
    WITH gone AS (
        DELETE FROM licensing_opencount WHERE id IN (
            SELECT unnest(array_agg(id)) FROM licensing_opencount GROUP BY authority_path, state HAVING count(*) > 1
        ) RETURNING authority_path, state, n
    )
    INSERT INTO licensing_opencount (authority_path, state, n)
    SELECT authority_path, state, sum(n) FROM gone GROUP BY 1, 2 HAVING sum(n) <> 0
    """,
    """
    WITH gone AS (
        DELETE FROM licensing_waitingcount WHERE id IN (
            SELECT unnest(array_agg(id)) FROM licensing_waitingcount
            GROUP BY authority_path, state, due_on, claimed_by, reviewed_by HAVING count(*) > 1
        ) RETURNING authority_path, state, due_on, claimed_by, reviewed_by, n
    )
    INSERT INTO licensing_waitingcount (authority_path, state, due_on, claimed_by, reviewed_by, n)
    SELECT authority_path, state, due_on, claimed_by, reviewed_by, sum(n) FROM gone
    GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0
    """,
)


_ONE = 5120938467712096
"""The number of the advisory lock of whoever repairs or folds."""
# Statements of their own: what comes after sees what the one before has committed.
_AWAIT_TURN = f"SELECT pg_advisory_xact_lock({_ONE})"
_IS_TURN = f"SELECT pg_try_advisory_xact_lock({_ONE})"


def repair() -> int:
    """Make sums, hands and categories agree with the applications; how many rows were wrong."""
    wrong = 0
    for statement in REPAIRS:
        with opened_for(EVERYTHING):
            be_patient()
            _run(_AWAIT_TURN)
            wrong += _run(statement)
    return wrong


def fold() -> None:
    """Put rows that are added up anyway into one each, so that adding up stays quick: once a minute, unless somebody
    else is at it."""
    with opened_for(EVERYTHING), connection.cursor() as cursor:
        cursor.execute(_IS_TURN)
        if cursor.fetchone() == (True,):
            for statement in _FOLDS:
                cursor.execute(statement)


def _run(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.rowcount)
