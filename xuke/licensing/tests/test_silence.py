"""When nobody answers, the law accepts: the applicant gets the notice all the same, and the silence is on record."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from xuke.certificates import commands as certificates
from xuke.foundation import commands as foundation
from xuke.foundation import working_days
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import NotPermitted, StepNotOpen
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.licensing import commands, watching
from xuke.licensing.models import Application, Breach, EndedTerm
from xuke.licensing.tests.acts import AFTER_THE_END
from xuke.tests.cast import MORNING, NOON, Minutes, notices_about, verbs

LAST_DAY = NOON + timedelta(days=7)
DAY_AFTER = NOON + timedelta(days=8)


def test_the_day_after_five_silent_days_it_counts_as_accepted_from_the_receipt(at):
    application = at("submitted")
    with pytest.raises(StepNotOpen, match="没有满"):
        commands.deem_accepted(application=application, by=SYSTEM, now=LAST_DAY)
    done = commands.deem_accepted(application=application, by=SYSTEM, now=DAY_AFTER)
    assert (done.state, done.accepted_on, done.accepted_by_id) == ("accepted", date(2026, 9, 7), None)
    assert (done.due_on, done.next_alarm_on) == (date(2026, 9, 20), date(2026, 9, 14))
    notice = notices_about(done)[-1]
    assert (notice.kind, notice.content["accepted_on"]) == ("acceptance_notice", "2026-09-07")
    assert done.acceptance_number == notice.number


def test_of_a_resubmission_the_silence_counts_from_the_resubmission(at):
    application = at("resubmitted", now=Minutes(MORNING, timedelta(hours=5)))
    done = commands.deem_accepted(application=application, by=SYSTEM, now=DAY_AFTER + timedelta(days=9))
    assert done.accepted_on == application.term_began_on != done.received_on


def test_silence_is_a_breach_of_the_authority(at):
    commands.deem_accepted(application=at("submitted"), by=SYSTEM, now=DAY_AFTER)
    breach, ended = Breach.objects.get(), EndedTerm.objects.get()
    assert (breach.clock, breach.over, breach.ended_on) == ("acceptance", 1, DAY_AFTER.date())
    assert (ended.silent, ended.late) == (True, True)


def test_nobody_but_the_law_accepts_in_this_way(at, zhou_the_acceptor):
    with pytest.raises(NotPermitted):
        commands.deem_accepted(application=at("submitted"), by=zhou_the_acceptor, now=DAY_AFTER)


def test_the_watch_accepts_what_was_let_pass_once(committed_db, at):
    application = at("submitted")
    assert watching.accept_silent(LAST_DAY) == 0
    assert watching.accept_silent(DAY_AFTER) == 1
    assert watching.accept_silent(DAY_AFTER) == 0
    with opened_for(EVERYTHING):
        assert Application.objects.get(pk=application.pk).state == "accepted"
        assert verbs(application)[-1] == "application.deemed_accepted"


def test_the_watch_follows_the_calendar_raises_what_is_due_and_finds_nothing_the_second_time(committed_db, at):
    application = at("submitted")
    day = date(2026, 9, 9)
    foundation.decide_day(day=day, is_workday=False, name="防汛停工", source="鄂防指〔2026〕3号", by=SYSTEM, now=NOON)
    moments = iter([NOON + timedelta(days=4)] * 2)
    watch = watching.Watch(lambda: next(moments))
    watch()
    with opened_for(EVERYTHING):
        moved = Application.objects.get(pk=application.pk)
        assert (application.due_on, moved.due_on) == (date(2026, 9, 14), date(2026, 9, 15))
        assert moved.next_alarm_on == date(2026, 9, 14)
    watch()
    with opened_for(EVERYTHING):
        assert Application.objects.get(pk=application.pk).revision == moved.revision
    working_days.forget()


def test_a_renewal_that_nobody_decided_is_renewed_before_its_licence_can_expire(committed_db, at):
    application = at("accepted", procedure="food.renewal")
    assert watching.renew_silent(NOON) == 0
    assert watching.renew_silent(AFTER_THE_END) == 1
    assert watching.renew_silent(AFTER_THE_END) == 0
    assert certificates.expire_ended(by=SYSTEM, now=AFTER_THE_END) == 0
    with opened_for(EVERYTHING):
        renewed = Application.objects.get(pk=application.pk)
        assert (renewed.state, renewed.decided_by_id) == ("granted", None)
        ended = EndedTerm.objects.get(application=application, clock="decision")
        assert (ended.ended_by, ended.silent) == ("deemed_renewed", True)


def test_a_case_that_cannot_be_helped_keeps_no_other_waiting(committed_db, at, the_sauce_cast, monkeypatch):
    """One row of 吴晓梅's is broken: 王杰 is answered by the law all the same, and every alarm is raised."""
    broken, other = at("submitted"), at("submitted", cast=the_sauce_cast)
    accept, raised = commands.deem_accepted, []

    def deem(*, application, **rest):
        if application.pk == broken.pk:
            raise ValueError
        return accept(application=application, **rest)

    monkeypatch.setattr(commands, "deem_accepted", deem)
    monkeypatch.setattr(watching, "renew_all", lambda now: 1 / 0)
    monkeypatch.setattr(watching, "raise_all", raised.append)
    with pytest.raises(ZeroDivisionError):
        watching.Watch(lambda: DAY_AFTER)()
    assert raised == [DAY_AFTER]
    with opened_for(EVERYTHING):
        states = dict(Application.objects.values_list("pk", "state"))
    assert (states[broken.pk], states[other.pk]) == ("submitted", "accepted")
