"""A service that was written down wrongly is corrected with a reason; what runs from it is counted again."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from xuke.documents import commands, queries
from xuke.documents.models import Notice, Service, ServiceCorrection
from xuke.documents.service import DIRECT, POST, Proof
from xuke.foundation import journal
from xuke.foundation.refusals import Conflict, Invalid, NotPermitted
from xuke.licensing import commands as licensing
from xuke.licensing import handlers
from xuke.licensing.models import Application
from xuke.parties.models import Enterprise
from xuke.tests.cast import NOON, notices_about, told, verbs

LATER = NOON + timedelta(days=14)
WRONG = Proof(POST, served_on=date(2026, 9, 14), tracking="EA123456789CN", receiver="吴晓梅")
RIGHT = Proof(POST, served_on=date(2026, 9, 17), tracking="EA123456789CN", receiver="吴小海", relation="收发室")
WHY = "把交寄的日期当成了收件的日期。"


@pytest.fixture
def bakery(world, wu_the_applicant) -> Enterprise:
    """It does not want to be served electronically."""
    found = Enterprise.objects.get(pk=wu_the_applicant.enterprise_id)
    commands.withdraw_consent(enterprise=found, by=wu_the_applicant, now=NOON)
    return found


@pytest.fixture
def served(bakery, the_cast, world) -> Notice:
    """Written down with the day of posting, with the receipt of the post."""
    refusal = commands.issue(
        kind="refusal_decision",
        about="application:1",
        authority=the_cast.authority,
        enterprise=bakery,
        content={"applicant": bakery.name, "reason": "布局不合理。"},
        by=the_cast.decider,
        now=NOON,
    )
    commands.record_service(notice=refusal, proof=WRONG, file=world.file, by=the_cast.acceptor, now=LATER)
    return Notice.objects.get(pk=refusal.pk)


def correct(notice, cast, proof=RIGHT, **other):
    words = {"reason": WHY, "by": cast.acceptor, "now": LATER} | other
    return commands.correct_service(notice=notice, proof=proof, **words)


def test_the_periods_run_from_the_right_day_and_the_first_record_stays(served, the_cast, world):
    (first,) = queries.records_of(the_cast.acceptor, served)
    done = correct(served, the_cast)
    notice = Notice.objects.get(pk=served.pk)
    assert (notice.served_on, notice.reconsideration_until) == (date(2026, 9, 17), date(2026, 11, 16))
    assert (done.receiver, done.reason, done.file_id) == ("吴小海", WHY, world.file.pk)
    assert Service.objects.get(notice=notice).served_on == date(2026, 9, 14)
    kept, second = queries.records_of(the_cast.acceptor, notice)
    assert kept == first and second == done.record
    assert second.content["corrects"] == {
        "number": first.number,
        "channel": "邮寄送达",
        "served_on": "2026-09-14",
        "reason": WHY,
    }
    assert verbs(notice)[-1] == "notice.service_corrected"
    facts = journal.history(notice.stream)[-1].facts
    assert (facts["was_served_on"], facts["served_on"], facts["reason"]) == ("2026-09-14", "2026-09-17", WHY)


def test_it_may_be_corrected_again_and_the_newest_counts(served, the_cast):
    correct(served, the_cast)
    again = correct(served, the_cast, replace(RIGHT, served_on=date(2026, 9, 16)), reason="回执看错了。")
    notice = queries.get(the_cast.acceptor, served.pk)
    assert queries.proof_of(notice) == again
    assert [each.served_on.day for each in ServiceCorrection.objects.order_by("pk")] == [17, 16]
    assert again.record.content["corrects"]["served_on"] == "2026-09-17"


def test_what_is_wrong_is_told_at_its_field(served, the_cast):
    with pytest.raises(Invalid) as refused:
        correct(served, the_cast, replace(RIGHT, served_on=date(2026, 9, 30), receiver=""), reason=" ")
    assert set(told(refused)) == {"served_on", "receiver", "reason"}
    with pytest.raises(Invalid) as refused:
        correct(served, the_cast, WRONG)
    assert told(refused) == {"served_on": "和原来登记的一样，没有需要更正的。"}


def test_only_the_authority_that_issued_it_corrects_what_it_wrote_down(
    served, the_cast, wang_of_yichang, the_yidu_cast
):
    for other in (wang_of_yichang, the_yidu_cast.acceptor):
        with pytest.raises(NotPermitted, match="由签发它的机关送达"):
            correct(served, the_cast, by=other)


def test_what_the_platform_knows_is_not_corrected(at, the_cast):
    (receipt,) = notices_about(at("submitted"))
    with pytest.raises(Conflict, match="电子送达由平台记录"):
        correct(receipt, the_cast)


def test_what_waits_for_service_has_nothing_to_correct(at, bakery, the_cast):
    (receipt,) = notices_about(at("submitted"))
    with pytest.raises(Conflict, match="还没有登记送达"):
        correct(receipt, the_cast)


def test_the_time_to_ask_for_a_hearing_runs_from_the_corrected_day(at, bakery, the_cast, world):
    application = licensing.tell_hearing_right(
        application=at("document_review"), matter="拟不予许可。", by=the_cast.reviewer, now=NOON
    )
    notice = notices_about(application)[-1]
    proof = Proof(DIRECT, served_on=date(2026, 9, 14), receiver="吴晓梅")
    commands.record_service(notice=notice, proof=proof, file=world.file, by=the_cast.reviewer, now=LATER)
    follow(notice)
    assert told_until(application) == "2026-09-20"
    correct(notice, the_cast, replace(proof, served_on=date(2026, 9, 16)), by=the_cast.reviewer)
    follow(notice)
    assert told_until(application) == "2026-09-22"


def follow(notice) -> None:
    """The newest entry of a notice reaches whoever reacts to it."""
    event = journal.history(notice.stream)[-1]
    for on in handlers.HANDLERS:
        if on.verb == event.verb:
            on.function(event, LATER)


def told_until(application) -> str:
    return Application.objects.get(pk=application.pk).hearing["request_by"]
