"""Four ways to end a licence and the formality that closes its record; what a verification says from then on."""

from datetime import timedelta

import pytest

from xuke.certificates import answering, commands, endings, queries
from xuke.certificates.models import CertificateVersion, Licence
from xuke.certificates.tests.test_issue import CAKES
from xuke.foundation.journal import history
from xuke.foundation.refusals import Conflict, Invalid, NotFound
from xuke.parties.models import Enterprise
from xuke.tests.cast import NOON, TOMORROW, verbs

TODAY = NOON.date()
LATER = NOON + timedelta(days=100)
WHY = {"basis": "行政许可法第六十九条", "source": "proceeding:1"}


@pytest.fixture
def licence(the_cast):
    """A licence of the cake factory, of this noon."""
    enterprise = Enterprise.objects.get(pk=the_cast.applicant.enterprise_id)
    return commands.issue(
        grant=CAKES, enterprise=enterprise, authority=the_cast.authority, by=the_cast.decider, now=NOON
    )


@pytest.mark.parametrize(
    ("end", "state", "words"),
    [
        (endings.withdraw, "withdrawn", "已撤回"),
        (endings.rescind, "rescinded", "已撤销"),
        (endings.revoke, "revoked", "已吊销"),
        (endings.cancel, "cancelled", "已注销"),
    ],
)
def test_from_its_transaction_on_number_and_file_are_verified_in_the_negative(licence, the_cast, end, state, words):
    identifier = CertificateVersion.objects.get().identifier
    assert answering.by_number(answering.read_number(licence.number), today=TODAY).answer.verdict == "in_force"
    ended = end(licence=licence, by=the_cast.decider, now=LATER, **WHY)
    assert (ended.state, ended.ended_on, ended.ended_by) == (state, LATER.date(), "proceeding:1")
    assert verbs(ended)[-1] == f"licence.{state}"
    for asked in (licence.number, identifier):
        answer = answering.by_number(answering.read_number(asked), today=LATER.date()).answer
        assert (answer.verdict, words in answer.headline) == ("ended", True)
    assert queries.in_force(ended.enterprise_id, today=LATER.date()) is None


def test_a_licence_rescinded_from_the_beginning_never_counted(licence, the_cast):
    ended = endings.rescind(licence=licence, effective_on=TODAY, by=the_cast.decider, now=LATER, **WHY)
    assert ended.ended_on == ended.granted_on
    event = history(ended.stream)[-1]
    assert (event.effective_on, event.facts["from_the_beginning"]) == (TODAY, True)


def test_an_ending_takes_effect_neither_before_the_grant_nor_after_today(licence, the_cast):
    for day in (TODAY - timedelta(days=1), LATER.date() + timedelta(days=1)):
        with pytest.raises(Invalid):
            endings.rescind(licence=licence, effective_on=day, by=the_cast.decider, now=LATER, **WHY)


def test_after_a_rescission_the_formality_retires_the_number_and_leaves_the_state(licence, the_cast):
    endings.rescind(licence=licence, by=the_cast.decider, now=LATER, **WHY)
    closed = endings.cancel(licence=licence, by=the_cast.decider, now=LATER, **WHY)
    assert (closed.state, closed.cancelled_on) == ("rescinded", LATER.date())
    assert verbs(closed)[-2:] == ["licence.rescinded", "licence.closed"]
    with pytest.raises(Conflict, match="编号不再使用"):
        endings.cancel(licence=licence, by=the_cast.decider, now=LATER, **WHY)


def test_a_licence_that_ended_one_way_is_not_ended_another(licence, the_cast):
    endings.withdraw(licence=licence, by=the_cast.decider, now=LATER, **WHY)
    for end in (endings.withdraw, endings.rescind, endings.revoke):
        with pytest.raises(Conflict, match="已撤回"):
            end(licence=licence, by=the_cast.decider, now=LATER, **WHY)


def test_an_expired_licence_is_cancelled_or_rescinded_but_not_withdrawn(licence, the_cast):
    Licence.objects.update(state="expired")
    with pytest.raises(Conflict, match="有效期届满"):
        endings.withdraw(licence=licence, by=the_cast.decider, now=LATER, **WHY)
    assert endings.cancel(licence=licence, by=the_cast.decider, now=LATER, **WHY).state == "cancelled"


def test_the_enterprise_may_be_licensed_anew_with_another_number(licence, the_cast):
    endings.cancel(licence=licence, by=the_cast.decider, now=LATER, **WHY)
    again = commands.issue(
        grant=CAKES, enterprise=licence.enterprise, authority=the_cast.authority, by=the_cast.decider, now=TOMORROW
    )
    assert again.number != licence.number


def test_officers_of_another_county_do_not_find_it(licence, the_yidu_cast):
    with pytest.raises(NotFound):
        endings.revoke(licence=licence, by=the_yidu_cast.decider, now=LATER, **WHY)
