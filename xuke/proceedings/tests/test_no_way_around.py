"""Nobody gets round a case by giving the licence up: a cancellation and a move wait for it, and it outlives both."""

from __future__ import annotations

from datetime import timedelta

import pytest

from xuke.certificates import endings
from xuke.certificates.models import Licence
from xuke.config.demonstration import proceedings as stories
from xuke.config.demonstration import signing
from xuke.config.demonstration import stories as applications
from xuke.foundation import journal
from xuke.foundation.refusals import Conflict
from xuke.licensing import commands as licensing
from xuke.licensing import gates, gating
from xuke.licensing.gating import GateClosed
from xuke.parties.bans import why_barred
from xuke.parties.models import Ban
from xuke.parties.queries_bans import bans_touching
from xuke.proceedings import commands
from xuke.proceedings.models import Proceeding
from xuke.proceedings.tests.conftest import LATER
from xuke.tests.cast import Minutes

AFTERWARDS = LATER + timedelta(days=60)


def _decide(case: Proceeding, cast, *, now=AFTERWARDS) -> Proceeding:
    people = [{"name": "郑国强", "duty": "法定代表人"}]
    words = {"opinion": "吊销。", "on_record": "不采纳。", "people": people}
    case = commands.propose(proceeding=case, by=cast.reviewer, now=now, **words)
    return commands.decide(proceeding=case, by=cast.decider, now=now + timedelta(minutes=5))


@pytest.mark.parametrize("state", ["opened", "heard"])
def test_a_holder_does_not_get_round_a_revocation_by_asking_for_the_cancellation(played, licence, the_cast, at, state):
    case = played(state, kind="revocation")
    asked = at("decision_proposed", procedure="food.cancellation", now=Minutes(moment=LATER + timedelta(days=20)))
    with pytest.raises(GateClosed, match=r"吊销.*行政许可法第七十条") as told:
        licensing.cancel_licence(application=asked, by=the_cast.decider, now=AFTERWARDS)
    assert told.value.closed[0].uncertain, "no article says it in so many words"
    assert Licence.objects.get(pk=licence.pk).state == "in_force"
    shown = [each.code for each in gating.closed(asked, gates.ACCEPT, today=AFTERWARDS.date())]
    assert shown == (["contested_told"] if state == "heard" else []), "an investigation is no news to the holder"
    if state == "heard":
        _decide(case, the_cast)
        assert Licence.objects.get(pk=licence.pk).state == "revoked"
        assert Ban.objects.count() == 2
        done = licensing.cancel_licence(application=asked, by=the_cast.decider, now=AFTERWARDS + timedelta(days=1))
        assert (done.state, Licence.objects.get(pk=licence.pk).state) == ("licence_cancelled", "revoked")


def test_a_plant_that_moves_does_not_leave_its_case_behind(licence, the_cast, at, world):
    site = {**applications.filled_form(the_cast)["site"], "production_address": "小溪塔街道新址路8号"}
    moving = applications.draft(
        the_cast, lambda: LATER, licence=licence, file=lambda *_: world.file, sections={"site": site}
    )
    proof = signing.proof("submit", moving, by=the_cast.applicant, now=LATER)
    moving = licensing.submit(application=moving, proof=proof, by=the_cast.applicant, now=LATER)
    moving = at("decision_proposed", application=moving, now=Minutes(moment=LATER + timedelta(minutes=1)))
    case = stories.play("notified", licence, the_cast, kind="revocation", now=LATER)
    with pytest.raises(GateClosed, match="迁址"):
        licensing.grant(application=moving, by=the_cast.decider, now=AFTERWARDS)
    commands.drop(proceeding=case, reason="证据不足。", by=the_cast.decider, now=AFTERWARDS)
    granted = licensing.grant(application=moving, by=the_cast.decider, now=AFTERWARDS)
    assert granted.licence.state == "in_force" and Licence.objects.get(pk=licence.pk).state == "cancelled"


@pytest.mark.parametrize(("kind", "state", "bans"), [("revocation", "revoked", 2), ("rescission", "rescinded", 1)])
def test_what_was_given_up_before_anybody_began_a_case_is_still_taken_away_with_its_bans(
    licence, the_cast, kind, state, bans
):
    endings.cancel(licence=licence, basis="第四十条", source="application:1", by=the_cast.decider, now=LATER)
    given_up = Licence.objects.get(pk=licence.pk).cancelled_on
    done = stories.play("record_closed", licence, the_cast, kind=kind, now=LATER + timedelta(days=2))
    ended = Licence.objects.get(pk=licence.pk)
    assert (ended.state, ended.cancelled_on) == (state, given_up)
    # It counted no more since it was given up, or never where it was obtained by fraud.
    assert ended.ended_on == (given_up if kind == "revocation" else ended.granted_on)
    assert Ban.objects.filter(source=done.stream).count() == bans
    day = done.decided_on + timedelta(days=1)
    assert why_barred(bans_touching(ended.enterprise_id, on=day), on=day)
    assert [event.verb for event in journal.history(ended.stream)][-1] == f"licence.{state}"


def test_a_licence_that_was_given_up_is_not_withdrawn_nor_cancelled_again(played, licence, the_cast):
    endings.cancel(licence=licence, basis="第四十条", source="application:1", by=the_cast.decider, now=LATER)
    for kind in ("withdrawal", "cancellation"):
        with pytest.raises(Conflict, match="已注销"):
            played("opened", kind=kind)


def test_the_licence_knows_of_the_case_only_while_it_is_open(played, licence, the_cast):
    def mark():
        found = Licence.objects.get(pk=licence.pk)
        return found.contested_as, found.contested_by, found.contest_told

    case = played("opened", kind="rescission")
    assert mark() == ("rescinded", case.stream, False)
    case = commands.notify(proceeding=case, by=the_cast.reviewer, now=LATER)
    assert mark() == ("rescinded", case.stream, True)
    commands.drop(proceeding=case, reason="证据不足。", by=the_cast.decider, now=LATER)
    assert mark() == ("", "", False)
    played("decided", kind="revocation", now=AFTERWARDS)
    assert mark() == ("", "", False)
