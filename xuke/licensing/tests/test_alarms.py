"""What the clocks say, when, how far it goes, and that a term that was let pass has a breach whatever happens."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from xuke.foundation import journal
from xuke.foundation.actors import SYSTEM
from xuke.foundation.models import Entry
from xuke.foundation.refusals import Invalid, NotFound, NotPermitted
from xuke.licensing import commands, queries, watching
from xuke.licensing.commands import alarms
from xuke.licensing.models import Alarm, Application, Breach, EndedTerm
from xuke.tests.cast import MORNING, NOON, verbs


def on(day: int, hour: int = 9) -> datetime:
    """A moment in September."""
    return datetime(2026, 9, day, hour, tzinfo=journal.SHANGHAI)


def raised(application: Application) -> list[str]:
    """The levels of the alarms of a case, in the order in which they were raised."""
    return list(Alarm.objects.filter(application=application).order_by("pk").values_list("level", flat=True))


def look(day: int) -> int:
    """The clocks are looked at."""
    return commands.raise_alarms(by=SYSTEM, now=on(day))


def test_a_receipt_warns_on_the_third_and_fourth_day_and_a_decision_by_halves(at, the_sauce_cast):
    waiting, reviewed = at("submitted"), at("document_review", cast=the_sauce_cast)
    for day in range(7, 25):
        look(day)
    assert raised(waiting) == ["silence3", "silence4", "last", "breach"]
    assert raised(reviewed) == ["half", "most", "last", "breach"]
    days = Alarm.objects.filter(application=reviewed).order_by("pk").values_list("raised_at", flat=True)
    assert [moment.astimezone(journal.SHANGHAI).day for moment in days] == [14, 17, 20, 21]


def test_looking_twice_or_after_a_week_of_silence_raises_each_once_and_only_the_newest(at):
    application = at("document_review")
    assert look(18) == 1
    assert look(18) == 0
    assert raised(application) == ["most"]
    assert (look(30), look(30)) == (1, 0)
    assert raised(application) == ["most", "breach"]
    assert Breach.objects.get().due_on == application.due_on


def test_a_term_that_cannot_be_read_keeps_no_other_from_being_said(at, the_sauce_cast, monkeypatch):
    broken, other = at("submitted"), at("document_review", cast=the_sauce_cast)
    said = alarms.said

    def say(term, **facts):
        if term.clock == "acceptance":
            raise ValueError
        return said(term, **facts)

    monkeypatch.setattr(alarms, "said", say)
    assert (look(25), look(25)) == (2, 0)
    assert (raised(broken), raised(other)) == ([], ["breach"])
    assert Application.objects.get(pk=broken.pk).next_alarm_on == date(2026, 9, 26)


def test_a_case_whose_breach_cannot_be_kept_keeps_no_other_from_being_raised(at, the_sauce_cast, monkeypatch, caplog):
    broken, other = at("submitted"), at("document_review", cast=the_sauce_cast)
    keep = alarms.keep_breaches

    def keep_breaches(fresh):
        if any(each.application_id == broken.pk for each in fresh):
            raise ValueError
        keep(fresh)

    monkeypatch.setattr(alarms, "keep_breaches", keep_breaches)
    assert watching.raise_all(on(25)) == 1
    assert (raised(broken), raised(other)) == ([], ["breach"])
    assert caplog.text.count(f"application:{broken.pk} is left as it is") == 1
    monkeypatch.undo()
    assert watching.raise_all(on(25)) == 1 and raised(broken) == ["breach"]


def test_where_nothing_can_be_kept_the_round_fails_and_is_not_taken_for_done(at, the_sauce_cast, monkeypatch):
    at("submitted"), at("document_review", cast=the_sauce_cast)
    monkeypatch.setattr(alarms, "keep_breaches", lambda fresh: 1 / 0)
    monkeypatch.setattr(watching, "MOST_LEFT", 1)
    with pytest.raises(ZeroDivisionError):
        watching.raise_all(on(25))


def test_many_cases_are_raised_in_as_few_statements_as_one(at, the_sauce_cast, django_assert_max_num_queries):
    for cast in (None, the_sauce_cast):
        at("document_review", **({"cast": cast} if cast else {}))
    with django_assert_max_num_queries(14):
        assert commands.raise_alarms(by=SYSTEM, now=on(25)) == 2


def test_a_case_that_is_paused_says_nothing_until_it_goes_on(at, the_cast):
    application = at("document_review")
    commands.suspend(
        application=application,
        ground="investigation",
        reason="已经立案调查。",
        until=None,
        by=the_cast.reviewer,
        now=on(8),
    )
    held = Application.objects.get(pk=application.pk)
    assert (held.due_on, held.next_alarm_on, held.promised_on) == (None, None, None)
    assert look(30) == 0
    commands.resume(application=held, reason="已经恢复。", by=the_cast.reviewer, now=on(18))
    back = Application.objects.get(pk=application.pk)
    assert (back.due_on, back.promised_on) == (date(2026, 10, 8), date(2026, 10, 8))
    assert back.next_alarm_on == on(23).date()


def test_deciding_late_leaves_a_breach_though_nobody_had_looked(at, the_cast):
    application = at("decision_proposed")
    commands.refuse(application=application, reason="不具备条件。", by=the_cast.decider, now=on(23))
    breach = Breach.objects.get()
    assert (breach.due_on, breach.ended_on, breach.over) == (application.due_on, on(23).date(), 3)
    assert (breach.limit, breach.law_due_on) == (10, application.due_on)
    ended = EndedTerm.objects.get(clock="decision")
    assert (ended.used, ended.late, ended.ended_by) == (13, True, "refused")
    assert journal.history(application.stream)[-1].facts["over"] == 3


def test_deciding_in_time_leaves_an_account_and_no_breach(at, the_cast):
    commands.refuse(application=at("decision_proposed"), reason="不具备条件。", by=the_cast.decider, now=on(9))
    assert not Breach.objects.exists()
    accounts = EndedTerm.objects.order_by("pk").values_list("clock", "used", "late", "ended_by")
    assert list(accounts) == [("acceptance", 0, False, "accepted"), ("decision", 2, False, "refused")]


def test_the_end_of_the_term_ends_the_alarm(at, the_cast):
    application = at("decision_proposed")
    look(18)
    commands.refuse(application=application, reason="不具备条件。", by=the_cast.decider, now=on(18))
    assert Alarm.objects.get().closed_at is not None


def test_a_breach_is_told_in_the_history_and_disturbs_nobody_at_work(at, the_cast):
    application = at("decision_proposed")
    look(25)
    assert verbs(application)[-1] == "application.term_breached"
    done = commands.refuse(
        application=application, reason="不具备条件。", by=the_cast.decider, now=on(25), revision=application.revision
    )
    assert done.state == "refused"
    assert queries.history(application)[-1].verb == "application.refused"


def test_the_supervisor_takes_note_and_the_level_above_only_of_what_escalated(at, world, he_the_supervisor):
    application, above = at("document_review"), world.officers["wangyan"]
    look(17)
    alarm = Alarm.objects.get()
    assert alarm.reach == 2
    commands.see_alarm(alarm=alarm.pk, by=he_the_supervisor, now=on(17))
    assert Alarm.objects.get().seen_by_id == he_the_supervisor.user_id
    with pytest.raises(NotPermitted, match="督办人员"):
        commands.see_alarm(alarm=alarm.pk, by=above, now=on(17))
    assert verbs(application)[-1] == "application.alarm_seen"


def test_only_the_authority_itself_says_why_and_says_it_once(at, the_cast, he_the_supervisor, the_yidu_cast):
    at("document_review")
    look(25)
    breach = Breach.objects.get()
    with pytest.raises(NotPermitted, match="督办人员"):
        commands.explain_breach(breach=breach.pk, cause="人手不足。", by=the_cast.reviewer, now=NOON)
    with pytest.raises(NotFound):
        commands.explain_breach(breach=breach.pk, cause="人手不足。", by=the_yidu_cast.acceptor, now=NOON)
    with pytest.raises(Invalid):
        commands.explain_breach(breach=breach.pk, cause=" ", by=he_the_supervisor, now=NOON)
    commands.explain_breach(breach=breach.pk, cause="核查人员集中培训。", by=he_the_supervisor, now=NOON)
    with pytest.raises(NotPermitted, match="已经填写过"):
        commands.explain_breach(breach=breach.pk, cause="另一种说法。", by=he_the_supervisor, now=NOON)


def test_each_round_leaves_one_entry(at):
    at("document_review")
    before = Entry.objects.filter(verb="alarms.raised").count()
    look(14)
    entry = Entry.objects.filter(verb="alarms.raised").latest("pk")
    assert Entry.objects.filter(verb="alarms.raised").count() == before + 1
    assert (entry.facts["cases"], entry.facts["levels"]) == (1, {"时限过半": 1})


def test_what_was_received_on_a_morning_is_due_with_its_alarm(at):
    application = at("submitted")
    assert application.next_alarm_on == (MORNING + timedelta(days=3)).date()
