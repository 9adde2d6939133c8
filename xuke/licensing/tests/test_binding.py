"""Running cases keep the rules they were filed under, unless a later rule says that it takes them over."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest

from xuke.catalogue import commands as rules
from xuke.catalogue import editions
from xuke.catalogue.rulebook import DECISION_DAY, FILING_DAY
from xuke.config.demonstration import stories_categories
from xuke.foundation import journal
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import Conflict, Invalid, NotPermitted
from xuke.licensing import binding, commands, permissions, snapshots
from xuke.licensing.commands.rebinding import rebind
from xuke.licensing.gate_facts import CommitmentFacts, GateFacts, OtherCase, Subject, Window
from xuke.licensing.gating import GateClosed
from xuke.licensing.models import Breach
from xuke.parties.bans import Barring
from xuke.tests.cast import HUBEI, NOON, YILING, verbs

TODAY = NOON.date()
LATER = date(2026, 9, 8)
PROMISE = {
    "title": "作出许可决定",
    "value": 8,
    "unit": "working_day",
    "starts_from": "受理申请",
    "text": "全省承诺八个工作日。",
}


@pytest.fixture
def promise(fan_of_the_province):
    """范治国 publishes that decisions take eight working days."""

    def publish(transition=FILING_DAY, *, valid_from=LATER, now=NOON, **other):
        facts = {"topic": "time_limit", "key": "food.decision", "content": PROMISE} | other
        return rules.publish(
            division=HUBEI,
            valid_from=valid_from,
            valid_to=None,
            basis="鄂市监〔2026〕15号",
            transition=transition,
            by=fan_of_the_province,
            now=now,
            **facts,
        )

    return publish


def days(application, on) -> int:
    return binding.limit(application, "food.decision", on=on).value


def test_submission_binds_what_applies_that_day_with_the_values(at):
    bound = at("submitted").rules
    assert (bound["filed_on"], bound["division"]) == (TODAY.isoformat(), YILING)
    decision = bound["limits"]["food.decision"]
    assert (decision["value"], decision["unit"], decision["extension"]) == (10, "working_day", 5)
    assert editions.book().edition(decision["edition"]).content["title"] == "作出许可决定"
    assert set(bound["competence"]) == {"2401", "2403"} and set(bound["commitment"]) == {"124"}


def test_a_running_case_keeps_its_limits_and_the_next_one_gets_the_new_ones(at, promise, the_sauce_cast):
    running = at("accepted")
    promise()
    assert [days(running, on) for on in (TODAY, LATER, LATER + timedelta(days=30))] == [10, 10, 10]
    filed = at("submitted", cast=the_sauce_cast, now=lambda: NOON + timedelta(days=1))
    assert (days(filed, LATER), binding.limit(filed, "food.decision", on=LATER).by_law) == (8, 10)


def test_an_edition_that_says_so_takes_running_cases_over(at, promise):
    running = at("accepted")
    promise(DECISION_DAY)
    assert [days(running, on) for on in (TODAY, LATER)] == [10, 8]


def test_what_was_published_a_moment_ago_binds_whoever_files_now(at, promise):
    editions.book()
    promise(valid_from=TODAY, now=NOON - timedelta(hours=4))
    assert days(at("submitted"), TODAY) == 8


def test_a_local_gate_and_a_switch_bind_in_the_same_way(at, promise):
    running = at("submitted")
    gate = {
        "title": "水质",
        "text": "须提交水质检测报告。",
        "condition": "requires_material",
        "material": "水质检测报告",
    }
    promise(topic="gate", key="local.water", content=gate)
    promise(DECISION_DAY, topic="gate", key="local.salt", content=gate | {"material": "用盐说明"})
    assert [each.code for each in binding.local_gates(running, on=LATER)] == ["local.salt"]
    assert binding.local_gates(running, on=TODAY) == ()
    assert binding.switch(running, "food.renewal_change", on=LATER)


def test_a_supervisor_binds_a_case_anew_with_a_reason_and_the_term_moves(
    at, promise, he_the_supervisor, zhou_the_acceptor
):
    running = at("accepted")
    due = running.due_on
    promise()
    tomorrow = NOON + timedelta(days=1)
    with pytest.raises(NotPermitted, match="监督人员"):
        rebind(application=running, reason="对申请人有利。", by=zhou_the_acceptor, now=tomorrow)
    with pytest.raises(Invalid, match="请写明为什么"):
        rebind(application=running, reason=" ", by=he_the_supervisor, now=tomorrow)
    rebound = rebind(application=running, reason="对申请人有利。", by=he_the_supervisor, now=tomorrow)
    assert days(rebound, LATER) == 8 and rebound.due_on < due
    entry = journal.history(rebound.stream)[-1]
    assert (entry.verb, entry.facts["reason"]) == ("application.rules_rebound", "对申请人有利。")
    (changed,) = entry.facts["changed"]
    assert (changed["topic"], changed["key"]) == ("limits", "food.decision")
    with pytest.raises(Conflict, match="不用重新适用"):
        rebind(application=rebound, reason="再来一次。", by=he_the_supervisor, now=tomorrow)


def test_a_term_that_was_let_pass_is_let_pass_once_whatever_he_binds_it_to(at, promise, he_the_supervisor):
    running = at("document_review")
    after = datetime.combine(running.due_on + timedelta(days=1), NOON.timetz())
    commands.raise_alarms(by=SYSTEM, now=after)
    promise(valid_from=after.date(), now=after)
    rebound = rebind(application=running, reason="承诺八个工作日。", by=he_the_supervisor, now=after)
    commands.raise_alarms(by=SYSTEM, now=after + timedelta(days=1))
    breach = Breach.objects.get(application=running)
    assert (breach.due_on, breach.limit, breach.lapsed_at) == (rebound.due_on, 8, None)
    assert breach.law_due_on == running.due_on, "what the law allows has not changed"


def test_what_was_let_pass_lapses_when_the_day_is_still_to_come(at, promise, he_the_supervisor):
    promise(valid_from=TODAY, now=NOON - timedelta(hours=4))
    running = at("document_review")
    after = datetime.combine(running.due_on + timedelta(days=1), NOON.timetz())
    commands.raise_alarms(by=SYSTEM, now=after)
    promise(valid_from=after.date(), now=after, content=PROMISE | {"value": 10})
    rebound = rebind(application=running, reason="按法定时限。", by=he_the_supervisor, now=after)
    assert rebound.due_on > after.date() and Breach.objects.get(application=running).lapsed_at == after


def test_a_decision_is_replayed_from_what_was_kept_and_not_from_what_is_true_now(at, promise, liu_the_decider):
    case = at("decision_proposed")
    facts = permissions.facts_of(case, today=TODAY)
    snapshot = snapshots.take(case, "grant", facts=facts, by=liu_the_decider, now=NOON)
    promise(DECISION_DAY)
    snapshot.refresh_from_db()
    assert snapshot.facts["passed"] == facts.passed and snapshot.taken_by == liu_the_decider.label
    assert snapshot.editions["limits"]["food.decision"]["value"] == 10
    assert snapshots.replay(snapshot) == snapshots.Replay("", ())
    snapshot.facts["passed"] = 0
    snapshot.editions["limits"]["food.decision"]["value"] = 9
    again = snapshots.replay(snapshot)
    assert "没有通过核查的品种" in again.why_not and again.changed == ("food.decision",)


def test_asking_for_all_that_binds_a_case_issues_no_statement(at, django_assert_num_queries):
    case = at("accepted")
    editions.book()
    with django_assert_num_queries(0):
        for id in case.rules["limits"]:
            binding.limit(case, id, on=TODAY)
        binding.local_gates(case, on=TODAY)
        binding.commitment_policies(case, on=TODAY)
        binding.effective(case, on=TODAY)


def test_submitting_leaves_one_entry_as_ever(at):
    assert verbs(at("submitted"))[-1] == "application.submitted"


def test_each_decision_of_a_case_keeps_what_it_was_made_on_and_can_be_replayed(at):
    case = at("certificate_issued")
    kept = case.snapshots.order_by("pk")
    assert [(each.verb, each.facts["state"]) for each in kept] == [
        ("accept", "submitted"),
        ("propose", "verification_done"),
        ("grant", "decision_proposed"),
    ]
    for each in kept:
        assert snapshots.replay(each) == snapshots.Replay("", ()), each.verb


def close_promises(valid_from, *, transition, by):
    return rules.publish(
        topic="commitment",
        key="*:renewal",
        division=HUBEI,
        content={"allowed": False},
        valid_from=valid_from,
        valid_to=None,
        basis="鄂市监〔2026〕21号",
        transition=transition,
        by=by,
        now=NOON,
    )


@pytest.mark.parametrize("transition", [FILING_DAY, DECISION_DAY])
def test_a_promise_that_is_closed_by_the_day_of_decision_decides_nothing_any_more(
    transition, at, the_cast, fan_of_the_province
):
    stories_categories.open_commitment(division=YILING, kind="renewal", now=NOON - timedelta(hours=4))
    case = at("accepted", procedure="food.renewal", **stories_categories.ON_PROMISE)
    kept = close_promises(TODAY, transition=transition, by=fan_of_the_province)
    (policy,) = set(binding.commitment_policies(case, on=TODAY).values())
    assert policy.allowed == (transition == FILING_DAY)
    assert (str(kept.pk) in binding.effective(case, on=TODAY)["commitment"].values()) == (transition == DECISION_DAY)
    if transition == DECISION_DAY:
        with pytest.raises(GateClosed, match="没有对这类申请开通告知承诺（鄂市监〔2026〕21号）"):
            commands.grant_on_commitment(application=case, by=the_cast.decider, now=NOON)
        case = commands.leave_commitment(application=case, reason="规定改变。", by=the_cast.decider, now=NOON)
        assert not case.committed
    else:
        assert commands.grant_on_commitment(application=case, by=the_cast.decider, now=NOON).state == "granted"


def test_more_time_and_standing_still_are_decisions_that_can_be_replayed(at, the_cast):
    case, decider, now = at("document_review"), the_cast.decider, NOON
    asked = {"application": case, "days": 5, "reason": "检验机构排期。", "by": the_cast.reviewer, "now": now}
    commands.ask_extension(**asked)
    commands.decline_extension(application=case, reason="人手足够。", by=decider, now=now)
    commands.ask_extension(**asked)
    commands.extend(application=case, by=decider, now=now)
    stop = {"ground": "investigation", "reason": "立案调查。", "until": LATER}
    commands.suspend(application=case, **stop, by=the_cast.reviewer, now=now)
    commands.terminate(application=case, reason="仍不能继续。", by=decider, now=now)
    kept = list(case.snapshots.order_by("pk"))[1:]
    assert [each.verb for each in kept] == ["decline_extension", "extend", "suspend", "terminate"]
    assert kept[1].facts["said"] == {"days": 5, "reason": "检验机构排期。"}
    assert kept[2].facts["said"]["until"] == LATER.isoformat()
    for each in kept:
        assert snapshots.replay(each) == snapshots.Replay("", ()), each.verb


def test_the_gates_are_asked_again_too_with_nothing_but_what_was_kept(at, liu_the_decider):
    case = at("decision_proposed", procedure="food.renewal")
    case = commands.grant(application=case, by=liu_the_decider, now=NOON)
    kept = case.snapshots.get(verb="grant")
    assert snapshots.gates_of(kept.facts["gates"]).as_json() == kept.facts["gates"]
    assert snapshots.gates_of(kept.facts["gates"]).window.last_on == date(2031, 7, 28)
    kept.facts["gates"]["subject"]["state"] = "revoked"
    kept.facts["gates"]["asked_by_a_later_release"] = 1
    (closed,) = snapshots.replay(kept).closed
    assert "没有合法的主体资格" in closed


def test_what_the_gates_were_asked_comes_back_as_it_was():
    ban = Barring("revoked", "郑国强", "head", TODAY, None, "食品安全法第一百三十五条", certain=False)
    facts = GateFacts(
        "renewal",
        TODAY,
        Subject("某公司", term_ends_on=LATER),
        bans=(ban,),
        others=(OtherCase("change", "变更", "1"),),
        window=Window(LATER, 30, True, TODAY),
        commitment=CommitmentFacts(True, ended_on=TODAY),
    )
    assert snapshots.gates_of(json.loads(json.dumps(facts.as_json()))) == facts
