"""Deputies (代理): going on with what an absent colleague has in hand, and three hands all the same."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction

from xuke.accounts.officers import Role
from xuke.foundation import scope
from xuke.foundation.refusals import Conflict, NotPermitted
from xuke.licensing import buttons, commands, permissions, queries
from xuke.licensing.tests.acts import BY_VERB
from xuke.tests.cast import MORNING, NOON


def standing_in(officer, absent, *roles):
    """The officer while a colleague is away, with the colleague's roles."""
    return replace(officer, roles=officer.roles | set(roles), stands_in_for=frozenset({absent.user_id}))


@pytest.fixture
def he_for_chen(he_the_supervisor, chen_the_reviewer):
    """何志强 while 陈立新, who reviews, is away."""
    return standing_in(he_the_supervisor, chen_the_reviewer, Role.REVIEWER)


@pytest.fixture
def he_for_zhou(he_the_supervisor, zhou_the_acceptor):
    """何志强 while 周敏, who accepts, is away."""
    return standing_in(he_the_supervisor, zhou_the_acceptor, Role.ACCEPTOR)


def test_what_zhou_claimed_is_the_deputys_to_go_on_with(
    at, the_cast, zhou_the_acceptor, he_for_zhou, zhouwen_of_two_roles
):
    application = commands.claim(application=at("submitted"), by=zhou_the_acceptor, now=NOON)
    assert application not in queries.waiting_for(zhouwen_of_two_roles)
    assert application in queries.waiting_for(he_for_zhou)
    assert "已由同事领取" in permissions.why_not(zhouwen_of_two_roles, "accept", application)
    accepted = BY_VERB["accept"].do(application, the_cast, by=he_for_zhou)
    assert (accepted.accepted_by_id, accepted.received_by) == (he_for_zhou.user_id, [he_for_zhou.user_id])


def test_the_deputy_may_claim_it_or_give_it_back(at, zhou_the_acceptor, he_for_zhou, zhouwen_of_two_roles):
    application = commands.claim(application=at("submitted"), by=zhou_the_acceptor, now=NOON)
    with pytest.raises(Conflict):
        commands.claim(application=application, by=zhouwen_of_two_roles, now=NOON)
    application = commands.claim(application=application, by=he_for_zhou, now=NOON)
    assert application.claimed_by_id == he_for_zhou.user_id
    again = commands.release(
        application=application, by=replace(he_for_zhou, roles=frozenset({Role.ACCEPTOR})), now=NOON
    )
    assert again.claimed_by_id is None


def test_what_chen_began_to_review_the_deputy_goes_on_with(
    at, the_cast, chen_the_reviewer, he_for_chen, he_the_supervisor
):
    application = at("document_review")
    stranger = replace(he_the_supervisor, roles=he_for_chen.roles)
    assert "另一位审查人员办理" in permissions.why_not(stranger, "assign_verification", application)
    assert application not in queries.waiting_for(stranger)
    assert application in queries.waiting_for(he_for_chen)
    assigned = BY_VERB["assign_verification"].do(application, the_cast, by=he_for_chen)
    assert assigned.reviewed_by_id == chen_the_reviewer.user_id
    assert assigned.examined_by == [chen_the_reviewer.user_id, he_for_chen.user_id]
    assert assigned in queries.handled_by(he_the_supervisor)


def test_chen_goes_on_when_he_is_back(at, the_cast, chen_the_reviewer, he_for_chen):
    application = BY_VERB["assign_verification"].do(
        at("document_review"), the_cast, by=he_for_chen, now=MORNING, visit_on=MORNING.date()
    )
    application = at("verification_done", application=application)
    assert not permissions.why_not(chen_the_reviewer, "propose", application)
    assert permissions.why_not(replace(he_for_chen, stands_in_for=frozenset()), "propose", application)


def test_whoever_reviewed_for_a_colleague_does_not_decide(at, the_cast, he_for_chen, liu_the_decider):
    application = BY_VERB["propose"].do(at("verification_done"), the_cast, by=he_for_chen)
    for_liu = standing_in(replace(he_for_chen, roles=frozenset()), liu_the_decider, Role.DECIDER)
    for verb in ("grant", "refuse", "return_to_review"):
        with pytest.raises(NotPermitted, match="审查、核查人员不能再决定"):
            BY_VERB[verb].do(application, the_cast, by=for_liu)
    assert buttons.set_apart(for_liu, application) == "您审查过，不能决定"


def test_whoever_accepted_for_a_colleague_does_not_review_for_another(at, the_cast, he_for_zhou, chen_the_reviewer):
    application = BY_VERB["accept"].do(at("submitted"), the_cast, by=he_for_zhou)
    with pytest.raises(NotPermitted, match="受理人员不能再审查"):
        BY_VERB["begin_review"].do(application, the_cast, by=standing_in(he_for_zhou, chen_the_reviewer, Role.REVIEWER))


def test_whoever_sent_it_back_does_not_review_it_for_a_colleague(at, the_cast, liu_the_decider, chen_the_reviewer):
    application = BY_VERB["return_to_review"].do(at("decision_proposed"), the_cast, by=liu_the_decider)
    assert application.considered_by == [liu_the_decider.user_id]
    with pytest.raises(NotPermitted, match="在决定环节办理过"):
        BY_VERB["propose"].do(application, the_cast, by=standing_in(liu_the_decider, chen_the_reviewer, Role.REVIEWER))
    application = BY_VERB["propose"].do(application, the_cast, by=chen_the_reviewer)
    assert not permissions.why_not(liu_the_decider, "grant", application)


def test_nobody_goes_to_the_site_for_a_member_of_the_team(at, he_the_supervisor, sun_the_verifier):
    """The applicant was told who comes, and could ask for somebody else (Measures art. 21)."""
    deputy = standing_in(he_the_supervisor, sun_the_verifier, Role.VERIFIER)
    assert "您不在这件申请的核查组里" in permissions.why_not(
        deputy, "conclude_verification", at("verification_assigned")
    )


def test_a_deputy_of_another_authority_has_no_business_here(at, yang_of_yidu, chen_the_reviewer):
    deputy = standing_in(yang_of_yidu, chen_the_reviewer, Role.REVIEWER)
    assert "其他机关承办" in permissions.why_not(deputy, "assign_verification", at("document_review"))


@pytest.mark.parametrize(
    "change",
    [
        "examined_by = received_by",
        "considered_by = received_by",
        "considered_by = examined_by",
        "considered_by = verified_by",
        "considered_by = ARRAY[reviewed_by_id]",
        "examined_by = ARRAY[decided_by_id]",
    ],
)
def test_the_database_counts_deputies_too(change, at):
    application = at("granted")
    with pytest.raises(IntegrityError, match="three_hands_deputies_too"), transaction.atomic():
        scope.enter(scope.EVERYTHING)
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE licensing_application SET {change} WHERE id = %s", [application.pk])
