"""Three hands in one case (三分离): by rule, and by constraint for whoever gets past the rules."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from xuke.accounts import commands as accounts
from xuke.accounts.models import User
from xuke.accounts.officers import Role
from xuke.accounts.queries import officer as officer_of
from xuke.foundation import scope
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import Invalid, NotPermitted, StepNotOpen
from xuke.licensing import commands, permissions, teams
from xuke.licensing.models import Application
from xuke.licensing.tests.acts import BY_VERB
from xuke.tests.cast import NOON

ALL_ROLES = frozenset(Role)


def with_all_roles(officer):
    """The same person, in a small county where everybody does everything."""
    return replace(officer, roles=ALL_ROLES)


@pytest.mark.parametrize(
    ("hand", "state", "verb", "sentence"),
    [
        ("acceptor", "accepted", "begin_review", "受理人员不能再审查"),
        ("acceptor", "decision_proposed", "grant", "受理人员不能再决定"),
        ("acceptor", "decision_proposed", "refuse", "受理人员不能再决定"),
        ("acceptor", "decision_proposed", "return_to_review", "受理人员不能再决定"),
        ("reviewer", "decision_proposed", "grant", "审查、核查人员不能再决定"),
        ("reviewer", "decision_proposed", "refuse", "审查、核查人员不能再决定"),
        ("verifier", "decision_proposed", "grant", "审查、核查人员不能再决定"),
        ("verifier", "decision_proposed", "refuse", "审查、核查人员不能再决定"),
    ],
)
def test_whoever_had_one_hand_in_a_case_has_no_other(hand, state, verb, sentence, at, the_cast):
    person = with_all_roles(the_cast.verifiers[1] if hand == "verifier" else getattr(the_cast, hand))
    application = at(state)
    with pytest.raises(NotPermitted, match=f"{sentence}（行政许可法第三十四条；三分离要求，待核实）。") as refused:
        BY_VERB[verb].do(application, the_cast, by=person)
    assert refused.value.basis == "行政许可法第三十四条；三分离要求"
    assert sentence in permissions.why_not(person, verb, application)


def test_the_row_is_asked_once_more_before_it_is_saved(at, the_cast, liu_the_decider):
    """Even if a permission forgot to look, no row is saved with two hands of one person."""
    application = at("decision_proposed")
    application.decided_by_id = application.accepted_by_id
    with pytest.raises(NotPermitted):
        permissions.check_hands(application)
    application.decided_by_id = application.verified_by[0]
    with pytest.raises(NotPermitted):
        permissions.check_hands(application)


@pytest.mark.parametrize(
    ("left", "right", "constraint"),
    [
        ("accepted_by_id", "reviewed_by_id", "acceptor_is_not_reviewer"),
        ("accepted_by_id", "decided_by_id", "acceptor_is_not_decider"),
        ("reviewed_by_id", "decided_by_id", "reviewer_is_not_decider"),
    ],
)
def test_the_database_refuses_two_hands_of_one_person(left, right, constraint, at):
    application = at("granted")
    statement = f"UPDATE licensing_application SET {left} = {right} WHERE id = %s"
    with pytest.raises(IntegrityError, match=constraint):
        _run(statement, application.pk)
    with pytest.raises(IntegrityError, match=constraint):
        _run(f"UPDATE licensing_application SET {right} = {left} WHERE id = %s", application.pk)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("decided_on = NULL", "decided_all_or_none"),
        ("decided_by_id = NULL", "decided_all_or_none"),
        ("claimed_by_id = accepted_by_id", "claim_all_or_none"),
        ("receipt_number = NULL", "submitted_all_or_none"),
        ("licence_id = NULL", "granted_has_licence"),
    ],
)
def test_the_database_refuses_half_a_fact(change, constraint, at):
    application = at("granted")
    with pytest.raises(IntegrityError, match=constraint):
        _run(f"UPDATE licensing_application SET {change} WHERE id = %s", application.pk)


def _run(statement, *arguments):
    with transaction.atomic():
        scope.enter(scope.EVERYTHING)
        with connection.cursor() as cursor:
            cursor.execute(statement, arguments)


def test_the_application_cannot_take_the_constraints_away(at):
    at("granted")
    with pytest.raises(Exception, match="must be owner"):
        _run("ALTER TABLE licensing_application DROP CONSTRAINT acceptor_is_not_decider")


def test_a_case_accepted_by_nobody_yet_separates_nobody(at, chen_the_reviewer):
    application = at("accepted")
    Application.objects.filter(pk=application.pk).update(accepted_by=None)
    assert commands.begin_review(application=application, by=chen_the_reviewer, now=NOON).state == "document_review"


@pytest.fixture
def chaired(at, the_cast):
    """A hearing is called; the colleague who serves as reviewer and verifier too chairs it."""

    def by(chair):
        application = at("document_review")
        Application.objects.filter(pk=application.pk).update(
            hearing={"standing": "held", "held_on": "2026-09-05"}, hearing_chair=chair.user_id
        )
        application.refresh_from_db()
        return application

    return by


def test_whoever_chaired_the_hearing_gets_no_review_and_is_told_why(chaired, the_cast):
    he = next(one for one in the_cast.others.values() if one.has(Role.SUPERVISOR))
    user, place = User.objects.get(pk=he.user_id), the_cast.authority
    accounts.appoint(user=user, authority=place, role=Role.REVIEWER, by=SYSTEM, now=NOON)
    application = chaired(he)
    with pytest.raises(Invalid, match="您主持这件申请的听证，不能再审查、核查（行政许可法第四十八条）。"):
        commands.hand_over(application=application, to=he.user_id, reason="出差", by=the_cast.reviewer, now=NOON)
    chair = officer_of(user, today=NOON.date())
    with pytest.raises(StepNotOpen, match="应急例外也不行"):
        commands.ask_glass(application=application, role="reviewer", reason="没有别人", by=chair, now=NOON)
    application.reviewed_by_id = he.user_id
    with pytest.raises(NotPermitted, match="听证"):
        permissions.check_hands(application)


def test_whoever_chaired_the_hearing_does_not_go_to_the_site(chaired, the_cast):
    zhao, sun = the_cast.verifiers
    application = chaired(sun)
    found = teams.candidates(application, on=date(2026, 9, 8))
    against = {one.user_id: found.reasons()[one.id][0] for one in found.people}
    assert against[sun.user_id] == ("主持这件申请的听证，不能核查（行政许可法第四十八条）",)
    assert against[zhao.user_id] == ()
    with pytest.raises(Invalid, match=f"{sun.name}不能参加这次核查：主持这件申请的听证"):
        commands.assign_verification(
            application=application,
            team=[zhao.user_id, sun.user_id],
            leader=zhao.user_id,
            visit_on=date(2026, 9, 8),
            by=the_cast.reviewer,
            now=NOON,
        )
