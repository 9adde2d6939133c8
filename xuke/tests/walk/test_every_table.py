"""The second wall: raw statements as the application's role, in everybody's scope, on every table there is.

A table that is not named here fails: whoever makes one says whose rows it holds, or why anybody inside may read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from xuke.accounts.backends import person
from xuke.accounts.officers import ADMINISTRATORS, READERS
from xuke.accounts.persons import Person
from xuke.accounts.queries import officer_from
from xuke.foundation import journal, scope
from xuke.foundation.scope import NOTHING, Scope
from xuke.licensing.models import Application
from xuke.parties.queries import applicant
from xuke.tests.cast import LONG_AGO, World
from xuke.tests.walk import objects
from xuke.tests.walk.walkers import (
    ABOVE,
    ALL_OFFICERS,
    CHEN,
    CONTACT,
    EVERYBODY,
    NOBODY,
    OURS,
    OWN,
    SEE_THE_CASE,
    ZHAO,
    Walker,
    officers,
    walkers,
)

OFFICERS = ALL_OFFICERS | {CHEN, ZHAO}
DESK = officers(*READERS) | {CHEN, ZHAO}
CASE_DESK = SEE_THE_CASE & DESK


@dataclass(frozen=True)
class Wall:
    """Whose rows of a table one looks for, and who sees them."""

    where: str
    """A condition on the rows of the case, its enterprise or its contact; %(…)s are filled in."""
    seen_by: frozenset[str]
    changed_by: frozenset[str] | None = None
    """Who may change them; whoever sees them where nothing is said."""
    removed_by: frozenset[str] | None = None
    may_be_empty: bool = False
    """The story up to the certificate leaves no row here; the wall is asked all the same."""


CASE = "enterprise_id = %(enterprise)s"
MINE = "user_id = %(contact)s"
HERS = frozenset({CONTACT})
NONE: frozenset[str] = frozenset()
KEEPERS = officers(*ADMINISTRATORS, at=(OWN, ABOVE))
REGISTER = (SEE_THE_CASE - OURS) | KEEPERS
WALLS: dict[str, Wall] = {
    "licensing_application": Wall(CASE, SEE_THE_CASE),
    "licensing_material": Wall(CASE, SEE_THE_CASE),
    "licensing_opencount": Wall("authority_path = %(place)s", CASE_DESK, changed_by=NONE, removed_by=NONE),
    "licensing_waitingcount": Wall("authority_path = %(place)s", CASE_DESK, changed_by=NONE, removed_by=NONE),
    "licensing_hand": Wall("person = %(reviewer)s", frozenset({CHEN}), changed_by=NONE, removed_by=NONE),
    "exports_listexport": Wall("user_id = %(reviewer)s", frozenset({CHEN})),
    "licensing_visit": Wall(CASE, SEE_THE_CASE),
    "licensing_teamdraw": Wall(CASE, SEE_THE_CASE - OURS, changed_by=NONE, removed_by=NONE, may_be_empty=True),
    "licensing_signedsheet": Wall(CASE, SEE_THE_CASE, changed_by=NONE, removed_by=NONE, may_be_empty=True),
    "licensing_rectification": Wall(CASE, SEE_THE_CASE, may_be_empty=True),
    "licensing_postissuecheck": Wall(CASE, SEE_THE_CASE - OURS, removed_by=NONE),
    # Where competence moved: the plan, and the cases that went with it.
    "licensing_moveplan": Wall("true", DESK, changed_by=NONE, removed_by=NONE, may_be_empty=True),
    "licensing_movedcase": Wall(CASE, SEE_THE_CASE, changed_by=NONE, removed_by=NONE, may_be_empty=True),
    "licensing_jointreview": Wall(CASE, SEE_THE_CASE, may_be_empty=True),
    "licensing_comment": Wall(
        "authority_path = %(place)s", CASE_DESK, changed_by=NONE, removed_by=NONE, may_be_empty=True
    ),
    "licensing_brokenglass": Wall("authority_path = %(place)s", CASE_DESK, removed_by=NONE, may_be_empty=True),
    "licensing_message": Wall(CASE, SEE_THE_CASE, removed_by=NONE, may_be_empty=True),
    "licensing_interruption": Wall(CASE, SEE_THE_CASE, may_be_empty=True),
    "licensing_thirdparty": Wall(CASE, SEE_THE_CASE, may_be_empty=True),
    "licensing_hearingrequest": Wall(CASE, SEE_THE_CASE, may_be_empty=True),
    "licensing_alarm": Wall(CASE, SEE_THE_CASE, may_be_empty=True),
    "licensing_breach": Wall(CASE, SEE_THE_CASE, may_be_empty=True),
    "licensing_endedterm": Wall(CASE, SEE_THE_CASE, may_be_empty=True),
    "licensing_decisionsnapshot": Wall(CASE, SEE_THE_CASE, changed_by=NONE, removed_by=NONE, may_be_empty=True),
    "documents_notice": Wall(CASE, SEE_THE_CASE),
    "proceedings_proceeding": Wall(CASE, SEE_THE_CASE, may_be_empty=True),
    "documents_service": Wall(CASE, SEE_THE_CASE, changed_by=NONE, removed_by=NONE, may_be_empty=True),
    "documents_servicecorrection": Wall(CASE, SEE_THE_CASE, changed_by=NONE, removed_by=NONE, may_be_empty=True),
    # Whoever issues has to know whether the enterprise agreed to electronic service.
    "documents_serviceconsent": Wall(CASE, DESK | OURS, changed_by=OURS, removed_by=NONE),
    "certificates_licence": Wall(CASE, SEE_THE_CASE),
    "certificates_certificateversion": Wall(CASE, SEE_THE_CASE),
    "foundation_entry": Wall(
        "stream = %(stream)s AND authority_path <> ''", SEE_THE_CASE, changed_by=NONE, removed_by=NONE
    ),
    # What the register of enterprises says is public among authorities that handle cases.
    "parties_enterprise": Wall("id = %(enterprise)s", DESK | OURS, changed_by=OURS, removed_by=NONE),
    "parties_enterprisename": Wall(CASE, DESK, changed_by=NONE, removed_by=NONE),
    # Who may not apply is known to officers who handle cases; whom it binds asks through a function.
    "parties_ban": Wall(CASE, DESK, changed_by=SEE_THE_CASE & DESK, removed_by=NONE, may_be_empty=True),
    "parties_identitycheck": Wall(
        "authority_path = %(place)s", DESK, changed_by=NONE, removed_by=NONE, may_be_empty=True
    ),
    "parties_site": Wall(CASE, DESK | OURS, changed_by=OURS, removed_by=NONE),
    "parties_mandate": Wall(CASE, OURS, removed_by=NONE),
    # People of an enterprise are seen by themselves and by each other.
    "accounts_user": Wall("id = %(contact)s", OURS, changed_by=HERS, removed_by=NONE),
    "accounts_realname": Wall(MINE, HERS),
    # Who holds which office is known inside every authority.
    "accounts_posting": Wall("user_id = %(officer)s", OFFICERS, changed_by=KEEPERS, removed_by=NONE),
    "accounts_authority": Wall("code = '420506'", EVERYBODY, changed_by=KEEPERS, removed_by=NONE),
    # How somebody logs in, and where, is theirs alone.
    "identity_attempt": Wall(MINE, HERS),
    "identity_passkey": Wall(MINE, HERS),
    "identity_recoverycode": Wall(MINE, HERS),
    "identity_session": Wall(MINE, HERS),
    "identity_totpdevice": Wall(MINE, HERS),
    "identity_boundcertificate": Wall(MINE, HERS),
    "identity_externalidentity": Wall(MINE, HERS),
    "identity_departure": Wall("true", frozenset(), may_be_empty=True),
    "parties_countervisit": Wall("authority_path = %(place)s", CASE_DESK, removed_by=NONE, may_be_empty=True),
    "foundation_keptfile": Wall("stream = %(stream)s", NONE, changed_by=NONE, removed_by=NONE, may_be_empty=True),
    "parties_invitation": Wall(CASE, OURS, removed_by=NONE),
    # Who verifies is known inside every authority; only whoever keeps the people of a place keeps its register.
    "verifiers_verifier": Wall("authority_path = %(place)s", OFFICERS, changed_by=KEEPERS, removed_by=NONE),
    "verifiers_recognition": Wall("authority_path = %(place)s", OFFICERS, changed_by=KEEPERS, removed_by=NONE),
    "verifiers_record": Wall("authority_path = %(place)s", REGISTER, changed_by=NONE, removed_by=NONE),
    "verifiers_recusal": Wall("authority_path = %(place)s", REGISTER, removed_by=NONE),
    "signatures_signature": Wall(CASE, SEE_THE_CASE, changed_by=NONE, removed_by=NONE),
}
OPEN = {
    "axes_accessattempt": "digests of names, and addresses, of failed logins; read by no page, swept daily",
    "axes_accessattemptexpiration": "see axes_accessattempt",
    "axes_accessfailurelog": "not written",
    "axes_accesslog": "not written",
    "catalogue_ruleedition": "the law and what provinces published beside it: public, added to and never changed",
    "django_content_type": "Django's own",
    "django_migrations": "Django's own",
    "foundation_calendarday": "reference data",
    "foundation_counter": "the last number of each series",
    "foundation_division": "reference data",
    "foundation_follower": "positions in the log",
    "foundation_handled": "numbers of entries",
    "foundation_head": "digests and signatures",
    "foundation_leaf": "digests",
    "foundation_storedfile": "digests, sizes and kinds of files; their names stand on the materials",
    "foundation_unhandled": "numbers of entries",
    "publication_announcement": "published",
    "publication_progress": "published: steps and days, nobody's name",
    "publication_publicfigure": "published: figures that anybody can recompute",
    "publication_publishedevent": "published",
    "publication_publishedlicence": "published",
    "identity_platformhealth": "whether the identity platform answers",
    "identity_spentchallenge": "digests of challenges that were answered",
}
"""Tables without a wall, and why."""


def test_every_table_is_walled_or_says_why_not(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, relrowsecurity FROM pg_class"
            " WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        )
        tables = dict(cursor.fetchall())
    # Django's groups and permissions stay empty; jobs hold numbers of rows, never what they say.
    ours = {name: walled for name, walled in tables.items() if not name.startswith(("auth_", "procrastinate_"))}
    assert {name for name, walled in ours.items() if walled} == WALLS.keys()
    assert {name for name, walled in ours.items() if not walled} == OPEN.keys()


@pytest.mark.parametrize("table", WALLS)
def test_a_table_shows_its_rows_to_whom_they_belong(table, world, at):
    wall = WALLS[table]
    everybody = walkers(world)
    case = at("certificate_issued")
    _personal_things()
    names = _names(world, case)
    assert _count(table, wall, names, scope.EVERYTHING) or wall.may_be_empty
    wrong = []
    for walker in everybody:
        seen = _count(table, wall, names, _scope_of(walker))
        if bool(seen) != (walker.name in wall.seen_by) and not (seen == 0 and wall.may_be_empty):
            wrong.append(f"{walker} sees {seen}")
    assert not wrong, "\n".join(wrong)


def test_without_any_scope_nothing_behind_a_wall_is_seen_but_authorities_and_the_names_of_officers(world, at):
    at("certificate_issued")
    scope.enter(NOTHING)
    with connection.cursor() as cursor:
        seen = {}
        for table in WALLS:
            cursor.execute(f"SELECT count(*) FROM {table}")
            seen[table] = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM accounts_user WHERE NOT serves")
        (not_serving,) = cursor.fetchone()
    scope.enter(scope.EVERYTHING)
    assert {table for table, count in seen.items() if count} == {"accounts_user", "accounts_authority"}
    assert not_serving == 0


@pytest.mark.parametrize("table", WALLS)
def test_nobody_changes_rows_but_those_who_may(table, world, at):
    """Neither with UPDATE nor with DELETE: not what is not seen, and not all that is seen."""
    wall = WALLS[table]
    everybody = walkers(world)
    case = at("certificate_issued")
    _personal_things()
    names = _names(world, case)
    column = wall.where.partition(" ")[0] if wall.where != "true" else "digest"
    wrong = []
    for walker in everybody:
        for statement, allowed in (
            (f"UPDATE {table} SET {column} = {column} WHERE {wall.where}", wall.changed_by),
            (f"DELETE FROM {table} WHERE {wall.where}", wall.removed_by),
        ):
            touched = _touch(walker, statement, names)
            if bool(touched) and walker.name not in (wall.seen_by if allowed is None else allowed):
                wrong.append(f"{walker} may: {statement}")
    assert not wrong, "\n".join(wrong)


def _touch(walker: Walker, statement: str, names: dict[str, Any]) -> int:
    """How many rows somebody changes with a statement; it is taken back."""
    touched = 0
    try:
        with transaction.atomic():
            scope.enter(_scope_of(walker))
            with connection.cursor() as cursor:
                cursor.execute(statement, names)
                touched = cursor.rowcount
            transaction.set_rollback(True)
    except DatabaseError:
        pass  # The right is missing, or a rule of the table stands against it: as good a wall.
    scope.enter(scope.EVERYTHING)
    return touched


FUNCTIONS = {
    "accounts_done_to": "what was done to the ways into an account, for administrators and for oneself",
    "accounts_is_proven": "whether a number has an account; asked with fingerprints",
    "accounts_is_taken": "whether a login name is taken",
    "accounts_keeps": "whether an administrator keeps a person",
    "accounts_person": "one account, before anybody is known",
    "identity_passkey_is_known": "whether a passkey is registered; asked with its random id",
    "identity_reset_factors": "takes factors away; asks for the administrator's scope itself",
    "identity_session_end": "one session, asked with the digest of its secret key",
    "identity_session_read": "one session, asked with the digest of its secret key",
    "identity_session_seen": "one session, asked with the digest of its secret key",
    "identity_session_write": "one session, asked with the digest of its secret key",
    "parties_counter_visit": "for whom an officer files at the counter; asked for that officer's own visit of today",
    "verifiers_recused": "whether one person stays away from one enterprise, with ground and days; asked with its code",
    "journal_history": "one history, for auditors of its territory",
    "journal_waiting": "numbers only",
    "licensing_moved_here": "whether one case was moved to one's own place",
    "licensing_supervises": "whether one licence is checked or has something put right in one's own territory",
    "licensing_takes_part": "whether one's own place takes part in one case",
    "licensing_terms_of_level": "sums over the authorities of one level, for comparison; asked for one's own province",
    "parties_answerable": "who acts or acted for an enterprise, for officers and the system only",
    "parties_ban_person": "lets a ban take over a proven number, sealed as it is; for officers and the system only",
    "parties_bans_touching": "which bans bind one enterprise, for itself, officers and the system; no numbers",
    "parties_accepting": "the enterprise of one invitation, for the person it means",
    "parties_acts_for": "whether a person acts for one's own enterprise",
    "parties_heads": "whether a person heads an enterprise",
    "parties_lacks_head": "whether an enterprise has no head",
    "parties_named": "which enterprises have a text in their names, for officers and the system only",
    "parties_may_head": "whether whoever asks is whom the register names as the head of an enterprise",
    "parties_inviting": "one invitation, asked with the digest of its secret code",
    "parties_mandates_of": "the mandates of one person, before anybody is known",
    "signatures_card_is_ended": "whether a card was reported lost; asked with its fingerprint",
}
"""Functions that go past the walls, and what each tells."""


def test_every_function_that_goes_past_the_walls_is_known(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, has_function_privilege('xuke_public', oid, 'EXECUTE'), proconfig::text FROM pg_proc"
            " WHERE prosecdef AND pronamespace = 'public'::regnamespace AND prorettype <> 'trigger'::regtype"
        )
        found = {name: (is_public, config) for name, is_public, config in cursor.fetchall()}
    assert found.keys() == FUNCTIONS.keys()
    assert [name for name, (is_public, _) in found.items() if is_public] == []
    assert [name for name, (_, config) in found.items() if "search_path=public, pg_temp" not in (config or "")] == []


def _names(world: World, case: Application) -> dict[str, Any]:
    cast = world.casts["wuxiaomei"]
    return {
        "enterprise": str(case.enterprise_id),
        "contact": cast.applicant.user_id,
        "officer": cast.acceptor.user_id,
        "stream": case.stream,
        "place": case.authority_path,
        "reviewer": cast.reviewer.user_id,
    }


def _personal_things() -> None:
    """Whatever the contact may have, she has."""
    objects.factors(), objects.passkey(), objects.session(), objects.certificate(), objects.link()
    objects.invitation(), objects.export(), objects.register()


def _count(table: str, wall: Wall, names: dict[str, Any], who: Scope) -> int:
    scope.enter(who)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {wall.where}", names)
        (count,) = cursor.fetchone()
    scope.enter(scope.EVERYTHING)
    return count


def _scope_of(walker: Walker) -> Scope:
    """What the door would enter for this person."""
    if walker.name == NOBODY:
        return NOTHING
    user = person(walker.user_id or 0)
    assert user is not None
    day = journal.legal_day(LONG_AGO)
    actor = officer_from(user.held_postings, user, today=day) or applicant(user, today=day)
    return (actor or Person(user.pk, user.name)).scope
