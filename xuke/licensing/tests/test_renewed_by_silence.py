"""Whose licence silence renews: whoever applied in time and waits for the authority. Nobody else's (APL art. 50)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from xuke.certificates.commands import expire_ended
from xuke.certificates.models import Licence
from xuke.config.demonstration import signing, stories
from xuke.foundation import journal
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import StepNotOpen
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import commands, permissions, queries
from xuke.licensing.gating import GateClosed
from xuke.tests.cast import Minutes, drafted


def at_nine(day: date) -> datetime:
    return datetime.combine(day, time(9), tzinfo=journal.SHANGHAI)


@pytest.fixture
def renewal(at, the_cast, world):
    """The enterprise applies for the renewal of its licence some working days before the end."""

    def file(days: int):
        licence = at("granted").licence
        moment = at_nine(current_calendar().subtract(licence.valid_to, days).on)
        case = drafted(world, the_cast, Minutes(moment), procedure="food.renewal")
        proof = signing.proof("submit", case, by=the_cast.applicant, now=moment)
        return commands.submit(application=case, proof=proof, by=the_cast.applicant, now=moment)

    return file


def end_of(case) -> date:
    return Licence.objects.get(pk=case.starts_from_id).valid_to


def the_day_passes(now: datetime) -> int:
    """What the worker notes as expired."""
    return expire_ended(keep=queries.renewals_waiting(today=now.date()), by=SYSTEM, now=now)


def test_a_renewal_of_the_last_day_is_not_renewed_by_silence_and_the_licence_ends(renewal, at, the_cast):
    case = renewal(0)
    end = end_of(case)
    case = at("decision_proposed", application=case, now=Minutes(at_nine(end)))
    after = at_nine(end + timedelta(days=1))
    with pytest.raises(StepNotOpen, match="没有在法定期限内提出"):
        commands.deem_renewed(application=case, by=SYSTEM, now=after)
    with pytest.raises(GateClosed, match=r"才提出，不适用逾期未决定视为准予延续（行政许可法第五十条）.*重新申请"):
        commands.grant(application=case, by=the_cast.decider, now=after)
    assert the_day_passes(after) == 1
    with pytest.raises(GateClosed):
        commands.grant(application=case, by=the_cast.decider, now=after)
    done = commands.refuse(application=case, reason="许可证已经届满。", by=the_cast.decider, now=after)
    assert (done.state, Licence.objects.get().state) == ("refused", "expired")


def test_a_late_renewal_is_granted_as_long_as_the_licence_lasts(renewal, at):
    case = renewal(29)
    end = end_of(case)
    granted = at("granted", application=case, now=Minutes(at_nine(end)))
    assert granted.licence.valid_to > end


def test_on_the_last_day_in_time_silence_renews_and_nobody_decides_otherwise(renewal, at, the_cast):
    case = renewal(30)
    end = end_of(case)
    case = at("accepted", application=case, now=Minutes(at_nine(end)))
    after = at_nine(end + timedelta(days=1))
    assert the_day_passes(after) == 0, "it goes on counting"
    for verb, by in (("retract", the_cast.applicant), ("terminate", the_cast.decider)):
        assert "视为准予延续" in permissions.why_not(by, verb, case, today=after.date())
    with pytest.raises(StepNotOpen, match="请申请注销"):
        commands.retract(application=case, reason="不再生产。", by=the_cast.applicant, now=after)
    done = commands.deem_renewed(application=case, by=SYSTEM, now=after)
    assert done.state == "granted" and done.licence.valid_to.year == end.year + 5


def test_whoever_owes_a_correction_when_the_licence_ends_applies_anew(renewal, at, the_cast):
    case = renewal(30)
    end = end_of(case)
    case = at("correction_requested", application=case, now=Minutes(at_nine(case.received_on)))
    after = at_nine(end + timedelta(days=1))
    with pytest.raises(GateClosed, match=r"还在等待申请人补正.*重新申请"):
        stories.step_to("resubmitted", case, the_cast, Minutes(after))
    assert the_day_passes(after) == 1
    with pytest.raises(GateClosed, match="还在等待申请人补正"):
        stories.step_to("resubmitted", case, the_cast, Minutes(after))
    gone = commands.retract(application=case, reason="重新申请。", by=the_cast.applicant, now=after)
    assert gone.state == "retracted"


def test_whoever_corrected_on_the_last_day_is_accepted_after_it_and_renewed_by_law(renewal, at, the_cast):
    case = renewal(30)
    end = end_of(case)
    case = at("correction_requested", application=case, now=Minutes(at_nine(case.received_on)))
    case = stories.step_to("resubmitted", case, the_cast, Minutes(at_nine(end)))
    after = at_nine(end + timedelta(days=1))
    assert the_day_passes(after) == 0
    with pytest.raises(StepNotOpen):
        commands.deem_renewed(application=case, by=SYSTEM, now=after)
    case = commands.accept(application=case, by=the_cast.acceptor, now=after)
    done = commands.deem_renewed(application=case, by=SYSTEM, now=after)
    assert (done.state, done.outcome["deemed_on"]) == ("granted", after.date().isoformat())
