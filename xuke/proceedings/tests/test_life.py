"""The life of a proceeding: what each kind leads to, who may take which step, what is refused and why."""

from datetime import timedelta

import pytest

from xuke.certificates import endings
from xuke.certificates import queries as certificates
from xuke.certificates.models import Licence
from xuke.config.demonstration import proceedings as stories
from xuke.config.demonstration.samples import sample
from xuke.documents.models import Notice
from xuke.foundation import files
from xuke.foundation.journal import Event
from xuke.foundation.refusals import Conflict, Invalid, NotFound, NotPermitted, StepNotOpen
from xuke.parties.bans import why_barred
from xuke.parties.models import Ban
from xuke.parties.queries_bans import bans_touching
from xuke.proceedings import commands, handlers, queries
from xuke.proceedings.models import Proceeding
from xuke.proceedings.tests.conftest import LATER
from xuke.proceedings.workflow import LIFE
from xuke.tests.cast import seen_by, verbs

TODAY = LATER.date()


def test_every_state_can_be_reached_and_none_is_a_dead_end_but_the_ends():
    assert LIFE.unreachable() == set()
    assert LIFE.dead_ends() == set()


def test_a_licence_obtained_by_fraud_never_counted_and_bars_for_three_years(licence, the_cast):
    done = stories.rescind(licence, the_cast, now=LATER)
    ended = Licence.objects.get(pk=licence.pk)
    assert (ended.state, ended.ended_on, ended.cancelled_on is not None) == ("rescinded", ended.granted_on, True)
    assert certificates.in_force(ended.enterprise_id, today=TODAY) is None
    ban = Ban.objects.get(source=done.stream)
    assert (ban.kind, ban.enterprise_id, ban.from_on, ban.last_on.year) == (
        "fraud", ended.enterprise_id, done.decided_on, done.decided_on.year + 3
    )  # fmt: skip
    told = why_barred(bans_touching(ended.enterprise_id, on=done.decided_on), on=done.decided_on)
    assert "行政许可法第七十九条" in told
    kinds = [notice.kind for notice in Notice.objects.filter(about=done.stream).order_by("issued_at", "pk")]
    assert kinds == ["ending_notice", "hearing_notice", "rescission_decision", "cancellation_announcement"]
    assert verbs(done)[-2:] == ["proceeding.decided", "proceeding.record_closed"]


def test_a_revocation_bars_the_enterprise_and_its_head_for_five_years(licence, the_cast):
    done = stories.revoke(licence, the_cast, now=LATER)
    bans = {
        ban.person or "企业": ban.last_on.year - done.decided_on.year for ban in Ban.objects.filter(source=done.stream)
    }
    assert bans == {"企业": 5, "郑国强": 5}
    assert Licence.objects.get(pk=licence.pk).state == "revoked"
    decision = Notice.objects.get(about=done.stream, kind="revocation_decision")
    assert [row["years"] for row in decision.content["bans"]] == [5, 5]


def test_a_holder_who_asked_for_the_cancellation_first_leaves_no_case_open(played, licence, the_cast):
    case = played("decided", kind="withdrawal")
    day = case.decided_on + timedelta(days=1)
    now = LATER.replace(year=day.year, month=day.month, day=day.day)
    endings.cancel(licence=licence, basis="第四十条", source="application:1", by=the_cast.decider, now=now)
    done = commands.close_record(proceeding=case, by=the_cast.reviewer, now=now + timedelta(days=3))
    ended = Licence.objects.get(pk=licence.pk)
    assert (done.state, ended.state, ended.cancelled_on) == ("record_closed", "withdrawn", day)
    announced = Notice.objects.get(about=done.stream, kind="cancellation_announcement")
    assert announced.content["cancelled_on"] == day.isoformat()


def test_a_withdrawal_bars_nobody_and_speaks_of_compensation(licence, the_cast):
    done = stories.withdraw(licence, the_cast, now=LATER)
    ended = Licence.objects.get(pk=licence.pk)
    assert (ended.state, ended.ended_on) == ("withdrawn", done.decided_on)
    assert not Ban.objects.exists()
    assert "补偿" in Notice.objects.get(about=done.stream, kind="withdrawal_decision").content["compensation"]


def test_a_plain_fact_is_cancelled_without_being_heard_and_announced(licence, the_cast):
    done = stories.cancel(licence, the_cast, now=LATER)
    assert (done.state, Licence.objects.get(pk=licence.pk).state) == ("record_closed", "cancelled")
    assert [notice.kind for notice in Notice.objects.filter(about=done.stream)] == ["cancellation_announcement"]


def test_who_applied_with_false_materials_is_warned_and_barred_for_one_year(at, the_cast):
    application = at("accepted")
    done = stories.warn(application, the_cast, now=LATER)
    ban = Ban.objects.get(source=done.stream)
    assert (ban.kind, ban.last_on.year) == ("false_materials", done.decided_on.year + 1)
    assert "行政许可法第七十八条" in why_barred(
        bans_touching(application.enterprise_id, on=TODAY + timedelta(30)), on=TODAY + timedelta(30)
    )
    assert (done.state, done.licence) == ("decided", None)


def test_an_untrue_promise_is_noted_against_commitments_and_bars_no_application(played):
    done = played("decided", ground="untrue_commitment")
    ban = Ban.objects.get(source=done.stream)
    assert (ban.kind, ban.last_on) == ("untrue_commitment", None)
    assert why_barred(bans_touching(done.enterprise_id, on=done.decided_on), on=done.decided_on) == ""


# --- being heard ----------------------------------------------------------------------------------------------------


def test_nothing_is_proposed_before_the_periods_of_the_notice_are_over(played, the_cast):
    case = played("notified")
    assert case.answer_by and case.hearing_by
    for verb in ("close_statements", "propose"):
        with pytest.raises(StepNotOpen):
            words = {"opinion": "可以。"} if verb == "propose" else {}
            getattr(commands, verb)(proceeding=case, by=the_cast.reviewer, now=LATER, **words)
    waived = commands.waive(proceeding=case, by=the_cast.applicant, now=LATER)
    assert waived.state == "heard"


def test_nobody_proposes_to_rescind_what_nobody_was_told_of(played, the_cast):
    with pytest.raises(StepNotOpen, match="行政许可法第七条"):
        commands.propose(proceeding=played("opened"), opinion="撤销。", by=the_cast.reviewer, now=LATER)


def test_a_statement_or_a_hearing_asked_for_too_late_is_refused_with_the_day(played, the_cast):
    case, late = played("notified"), LATER + timedelta(days=20)
    for verb, words in (("answer", {"text": "请求从轻。"}), ("ask_hearing", {})):
        with pytest.raises(StepNotOpen, match="届满"):
            getattr(commands, verb)(proceeding=case, by=the_cast.applicant, now=late, **words)


def test_a_hearing_is_announced_seven_working_days_before_and_not_chaired_by_who_investigates(played, the_cast):
    case = played("hearing_requested")
    words = {"place": "听证室", "by": the_cast.reviewer, "now": LATER}
    with pytest.raises(Invalid) as told:
        commands.set_hearing(
            proceeding=case, held_at=LATER + timedelta(days=3), chair=the_cast.reviewer.user_id, **words
        )
    assert {problem.field for problem in told.value.problems} == {"held_at", "chair"}


def test_who_gives_up_the_hearing_is_still_heard_in_writing_until_the_day(played, the_cast):
    case = played("hearing_set")
    case = commands.give_up_hearing(proceeding=case, by=the_cast.applicant, now=LATER)
    with pytest.raises(StepNotOpen, match="为止"):
        commands.close_statements(proceeding=case, by=the_cast.reviewer, now=LATER)
    case = commands.answer(proceeding=case, text="请求从轻。", by=the_cast.applicant, now=LATER)
    case = commands.close_statements(proceeding=case, by=the_cast.reviewer, now=LATER + timedelta(days=20))
    assert (case.state, len(case.statements)) == ("heard", 1)


def test_what_wu_sends_in_her_defence_outlives_every_night(played, the_cast, settings, tmp_path):
    settings.XUKE_HOME = tmp_path  # The sweep would take the files of other tests from the common home.
    evidence = files.store([sample("trial_product_report") + b"\n% evidence\n"], "证据.pdf", now=LATER)
    words = {"text": "见附件。", "file": evidence, "name": "证据.pdf"}
    commands.answer(proceeding=played("notified"), **words, by=the_cast.applicant, now=LATER)
    files.sweep_unused(now=LATER + timedelta(days=3))
    assert files.path_of(evidence.digest).exists()


def test_a_hearing_is_recorded_by_its_chair_on_its_day(played, the_cast):
    case = played("hearing_set")
    chair = the_cast.verifiers[0]
    with pytest.raises(StepNotOpen, match="还没有到"):
        commands.record_hearing(proceeding=case, record="笔录", by=chair, now=LATER)
    with pytest.raises(NotPermitted):
        commands.record_hearing(proceeding=case, record="笔录", by=the_cast.decider, now=LATER + timedelta(days=60))


def test_what_the_holder_said_is_answered_in_the_opinion(played, the_cast):
    case = played("answered")
    case = commands.close_statements(proceeding=case, by=the_cast.reviewer, now=LATER + timedelta(days=30))
    with pytest.raises(Invalid, match="采纳"):
        commands.propose(proceeding=case, opinion="撤销。", by=the_cast.reviewer, now=LATER + timedelta(days=30))


def test_the_periods_run_from_service_where_nobody_agreed_to_electronic_service(played, the_system):
    case = played("notified")
    notice = Notice.objects.get(about=case.stream)
    Proceeding.objects.filter(pk=case.pk).update(told_on=None, answer_by=None, hearing_by=None)
    commands.note_service(proceeding=case, served_on=notice.served_on, by=the_system, now=LATER)
    again = Proceeding.objects.get(pk=case.pk)
    assert (again.told_on, again.answer_by) == (notice.served_on, case.answer_by)
    # Whoever wrote it down corrects the day: the periods follow while nothing is decided.
    later = notice.served_on + timedelta(days=7)
    commands.note_service(proceeding=again, served_on=later, by=the_system, now=LATER)
    again.refresh_from_db()
    assert again.told_on == later and again.answer_by > case.answer_by
    Proceeding.objects.filter(pk=case.pk).update(state="dropped")
    commands.note_service(proceeding=again, served_on=notice.served_on, by=the_system, now=LATER)
    assert Proceeding.objects.get(pk=case.pk).told_on == later


# --- hands ----------------------------------------------------------------------------------------------------------


def test_who_investigates_does_not_decide_even_with_every_role(played, the_cast, world):
    case = played("proposed")
    investigator = the_cast.reviewer
    everything = type(investigator)(
        **{**vars(investigator), "roles": frozenset(the_cast.decider.roles | investigator.roles)}
    )
    with pytest.raises(NotPermitted, match="调查人员不能再决定"):
        commands.decide(proceeding=case, by=everything, now=LATER + timedelta(days=30))


def test_an_enterprise_reads_nothing_before_it_is_told_and_never_what_is_not_against_it(
    played, the_cast, the_sauce_cast
):
    case = played("opened")
    with pytest.raises(NotFound):
        queries.get(the_cast.applicant, case.pk)
    case = commands.notify(proceeding=case, by=the_cast.reviewer, now=LATER)
    assert queries.get(the_cast.applicant, case.pk)
    assert [each.pk for each in queries.open_against(the_cast.applicant)] == [case.pk]
    with pytest.raises(NotFound):
        queries.get(the_sauce_cast.applicant, case.pk)
    with pytest.raises(NotFound):
        commands.answer(proceeding=case, text="与我无关。", by=the_sauce_cast.applicant, now=LATER)


def test_another_county_neither_begins_nor_sees(played, licence, the_yidu_cast):
    case = played("opened")
    with pytest.raises((NotPermitted, NotFound)):
        commands.begin(
            kind="rescission", ground="fraud", facts="虚假。", licence=licence, by=the_yidu_cast.reviewer, now=LATER
        )
    with pytest.raises(NotFound):
        queries.get(the_yidu_cast.reviewer, case.pk)


def test_the_authority_above_takes_away_what_the_county_gave_and_the_county_decides_nothing_in_it(
    licence, the_cast, world
):
    """Administrative Licensing Law art. 69."""
    above, decider = world.officers["lihongmei"], world.officers["luojianguo"]
    case = commands.begin(
        kind="rescission", ground="beyond_power", facts="超越法定职权。", licence=licence, by=above, now=LATER
    )
    case = commands.notify(proceeding=case, by=above, now=LATER)
    case = commands.waive(proceeding=case, by=the_cast.applicant, now=LATER)
    case = commands.propose(proceeding=case, opinion="撤销。", by=above, now=LATER)
    with pytest.raises(NotFound), seen_by(the_cast.decider.scope):
        queries.get(the_cast.decider, case.pk)
    case = commands.decide(proceeding=case, by=decider, now=LATER)
    ended = Licence.objects.get(pk=licence.pk)
    assert (ended.state, ended.ended_on) == ("rescinded", TODAY)
    assert Notice.objects.get(about=case.stream, kind="rescission_decision").authority_id == decider.authority_id


# --- beginning ------------------------------------------------------------------------------------------------------


def test_one_case_is_open_against_a_licence_at_a_time(played):
    played("opened")
    with pytest.raises(Conflict, match="已经有一件案件"):
        played("opened", kind="withdrawal")


def test_a_licence_that_ended_is_not_taken_away_again(played):
    played("decided", kind="withdrawal")
    with pytest.raises(Conflict, match="已撤回"):
        played("opened")


def test_a_licence_that_has_not_expired_is_not_cancelled_for_it(played):
    with pytest.raises(Invalid, match="还没有届满"):
        played("opened", kind="cancellation", ground="expired")


def test_a_licence_whose_renewal_waits_is_not_cancelled_for_having_expired(licence, played, at):
    """Silence renews it (Administrative Licensing Law art. 50)."""
    day = TODAY - timedelta(days=1)
    Licence.objects.filter(pk=licence.pk).update(state="expired", valid_to=day, granted_on=day - timedelta(days=1))
    waiting = at("submitted")
    assert played("opened", kind="cancellation", ground="expired")
    Proceeding.objects.update(state="dropped")
    type(waiting).objects.filter(pk=waiting.pk).update(starts_from=licence)
    with pytest.raises(Conflict, match="行政许可法第五十条"):
        played("opened", kind="cancellation", ground="expired")


def test_a_click_sent_twice_does_it_once_and_an_old_page_is_told_who_was_faster(played, the_cast):
    case = played("opened")
    seen = case.revision
    told = commands.notify(proceeding=case, by=the_cast.reviewer, now=LATER, revision=seen)
    again = commands.notify(proceeding=case, by=the_cast.reviewer, now=LATER, revision=seen)
    assert again.revision == told.revision
    with pytest.raises(Conflict):
        commands.drop(proceeding=case, reason="不成立。", by=the_cast.decider, now=LATER, revision=seen)


def test_who_was_told_of_a_case_is_told_that_it_was_dropped(played, the_cast):
    case = commands.drop(proceeding=played("answered"), reason="证据不足。", by=the_cast.decider, now=LATER)
    assert case.state == "dropped"
    assert Notice.objects.filter(about=case.stream, kind="dropped_notice").exists()
    assert Licence.objects.get(pk=case.licence_id).state == "in_force"


def test_the_decision_keeps_what_it_was_made_on(played):
    case = played("decided", hearing=True)
    kept = case.decision
    assert kept["licence"]["state"] == "in_force"
    assert kept["hearing"]["record"] == stories.RECORD
    assert kept["limits"] == {"food.rescission_statement": 5, "food.ban_fraud": 3}
    assert kept["hands"]["decided_by"] not in kept["hands"]["investigated_by"]


def test_an_untrue_check_opens_a_case_once(licence, the_cast, the_system):
    event = Event(
        1, "check:1", 1, "check.recorded", LATER, TODAY, "", "system", "系统",
        {"number": licence.number, "result": "untrue", "text": "现场没有承诺的设备。"},
    )  # fmt: skip
    for _ in range(2):
        handlers.rescind_untrue(event, LATER)
    case = Proceeding.objects.get()
    assert (case.ground, case.source, case.investigator, case.facts) == (
        "untrue_commitment", "check:1", None, "现场没有承诺的设备。"
    )  # fmt: skip
    taken = commands.notify(proceeding=case, by=the_cast.reviewer, now=LATER)
    assert taken.investigator_id == the_cast.reviewer.user_id


def test_the_wall_of_the_database_keeps_cases_of_others_out_of_sight(played, the_cast, the_yidu_cast):
    played("notified")
    for actor, seen in ((the_cast.reviewer, 1), (the_cast.applicant, 1), (the_yidu_cast.reviewer, 0)):
        with seen_by(actor.scope):
            assert Proceeding.objects.count() == seen
