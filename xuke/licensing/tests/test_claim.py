"""Taking a case into one's hands, so that two people do not do the same work."""

import pytest

from xuke.foundation.refusals import Conflict, NotPermitted
from xuke.licensing import commands, queries
from xuke.tests.cast import NOON, TOMORROW, at_once, verbs


def claim(application, by, now=NOON, **other):
    return commands.claim(application=application, by=by, now=now, **other)


def test_zhou_claims_and_colleagues_see_it(at, zhou_the_acceptor, zhouwen_of_two_roles):
    application = claim(at("submitted"), zhou_the_acceptor)
    assert (application.claimed_by_id, application.claimed_at) == (zhou_the_acceptor.user_id, NOON)
    assert application in queries.waiting_for(zhou_the_acceptor)
    assert application not in queries.waiting_for(zhouwen_of_two_roles)


def test_the_second_to_claim_is_told_who_was_first_and_when(at, zhou_the_acceptor, zhouwen_of_two_roles):
    application = claim(at("submitted"), zhou_the_acceptor)
    with pytest.raises(Conflict) as refusal:
        claim(application, zhouwen_of_two_roles, now=TOMORROW)
    assert (refusal.value.who, refusal.value.what, refusal.value.at) == (zhou_the_acceptor.label, "领取", NOON)


def test_two_clicks_on_claim_are_one(at, zhou_the_acceptor):
    application = at("submitted")
    claim(application, zhou_the_acceptor, revision=application.revision)
    again = claim(application, zhou_the_acceptor, revision=application.revision)
    assert verbs(again).count("application.claimed") == 1
    with pytest.raises(NotPermitted, match="已经领取"):
        claim(again, zhou_the_acceptor)


def test_a_claimed_case_is_handled_by_nobody_else(at, zhou_the_acceptor, zhouwen_of_two_roles):
    application = claim(at("submitted"), zhou_the_acceptor)
    with pytest.raises(NotPermitted, match="已由同事领取"):
        commands.accept(application=application, by=zhouwen_of_two_roles, now=NOON)
    shown = application.revision - 1  # Zhou's page is older than her claim, which is no news to her.
    assert commands.accept(application=application, by=zhou_the_acceptor, now=NOON, revision=shown).state == "accepted"


def test_zhou_gives_it_back(at, zhou_the_acceptor, zhouwen_of_two_roles):
    application = claim(at("submitted"), zhou_the_acceptor)
    shown = application.revision
    application = commands.release(application=application, by=zhou_the_acceptor, now=NOON, revision=shown)
    assert (application.claimed_by_id, application.claimed_at) == (None, None)
    again = commands.release(application=application, by=zhou_the_acceptor, now=NOON, revision=shown)
    assert again.revision == application.revision
    assert claim(application, zhouwen_of_two_roles).claimed_by_id == zhouwen_of_two_roles.user_id


def test_nobody_gives_back_what_a_colleague_holds(at, zhou_the_acceptor, zhouwen_of_two_roles, wu_the_applicant):
    application = claim(at("submitted"), zhou_the_acceptor)
    for other in (zhouwen_of_two_roles, wu_the_applicant):
        with pytest.raises(NotPermitted):
            commands.release(application=application, by=other, now=NOON)


@pytest.mark.parametrize(
    ("state", "name"),
    [
        ("submitted", "chen_the_reviewer"),
        ("submitted", "he_the_supervisor"),
        ("submitted", "wang_of_yichang"),
        ("submitted", "wu_the_applicant"),
        ("accepted", "zhou_the_acceptor"),
        ("correction_requested", "zhou_the_acceptor"),
        ("verification_assigned", "zhao_the_leader"),
        ("granted", "liu_the_decider"),
        ("retracted", "zhou_the_acceptor"),
    ],
)
def test_nobody_claims_what_does_not_wait_for_them(state, name, at, request):
    with pytest.raises(NotPermitted):
        claim(at(state), request.getfixturevalue(name))


def test_two_officers_accept_at_the_same_moment_and_the_second_reads_who_was_first(
    committed_db, at, zhou_the_acceptor, zhouwen_of_two_roles
):
    application = at("submitted")
    officers = [zhou_the_acceptor, zhouwen_of_two_roles]
    outcomes = at_once(
        lambda officer: (
            commands.accept(application=application, by=officer, now=NOON, revision=application.revision).accepted_by_id
        ),
        officers,
    )
    (winner,) = [outcome for outcome in outcomes if isinstance(outcome, int)]
    (refused,) = [outcome for outcome in outcomes if not isinstance(outcome, int)]
    first = next(officer for officer in officers if officer.user_id == winner)
    assert isinstance(refused, Conflict)
    assert (refused.who, refused.what, refused.at) == (first.label, "受理", NOON)


def test_two_officers_claim_at_the_same_moment_and_one_has_it(
    committed_db, at, zhou_the_acceptor, zhouwen_of_two_roles
):
    application = at("submitted")
    outcomes = at_once(
        lambda officer: claim(application, officer).claimed_by_id, [zhou_the_acceptor, zhouwen_of_two_roles]
    )
    assert sorted(isinstance(outcome, Conflict) for outcome in outcomes) == [False, True]


def test_wu_takes_back_even_what_somebody_has_claimed(at, zhou_the_acceptor, wu_the_applicant):
    application = claim(at("submitted"), zhou_the_acceptor)
    gone = commands.retract(application=application, reason="不做了。", by=wu_the_applicant, now=NOON)
    assert (gone.state, gone.claimed_by_id) == ("retracted", None)
