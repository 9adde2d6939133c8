"""The life of an application as a table: its properties, not each of its cells again."""

import pytest

from xuke.foundation.workflow import Step
from xuke.licensing import clocks, commands
from xuke.licensing.commands.steps import PAST, TOLD
from xuke.licensing.queries import OPEN_STATES, WAITING_FOR
from xuke.licensing.workflow import LIFE, RETRACTABLE, ROLES

VERBS = sorted({step.verb for step in LIFE.steps})


def test_every_state_can_be_reached():
    assert LIFE.unreachable() == set()


def test_no_case_is_stuck():
    assert LIFE.dead_ends() == set()


def test_a_closed_case_stays_closed():
    closed = {state.name for state in LIFE.states if state.final}
    assert [step for step in LIFE.steps if step.source in closed] == []
    assert closed == {
        "not_required",
        "not_competent",
        "not_accepted",
        "refused",
        "certificate_issued",
        "retracted",
        "licence_cancelled",
        "recorded",
        "terminated",
    }


def test_a_verb_means_one_thing_in_one_state():
    pairs = [(step.verb, step.source) for step in LIFE.steps]
    assert len(pairs) == len(set(pairs))


def test_every_state_and_every_role_has_a_word():
    assert all(state.title for state in LIFE.states)
    assert {step.role for step in LIFE.steps} <= ROLES.keys()


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_a_command_and_an_event(verb):
    assert getattr(commands, verb).is_command
    assert PAST[verb] in TOLD


def test_no_two_verbs_leave_the_same_event():
    assert len(set(PAST.values())) == len(PAST)


@pytest.mark.parametrize("state", [state.name for state in LIFE.states if not state.final and state.name != "draft"])
def test_every_open_case_waits_for_somebody(state):
    assert [step for step in LIFE.open_from(state) if step.verb != "retract"]


def test_what_waits_for_a_role_is_what_the_role_can_do():
    for role, states in WAITING_FOR.items():
        moving = [step for step in LIFE.steps if step.role == role and step.source != step.target]
        usual = {step.source for step in moving if step.verb not in ("terminate", "grant_on_commitment")}
        assert set(states) == usual, role


def test_the_open_states_are_those_between_submission_and_decision():
    assert set(OPEN_STATES) == set(RETRACTABLE)


def test_the_applicant_may_take_back_whatever_is_not_decided():
    decided = {"granted", "certificate_issued", "refused", "licence_cancelled", "recorded", "terminated"}
    turned_away = {"not_required", "not_competent", "not_accepted", "retracted"}
    assert set(RETRACTABLE) == {state.name for state in LIFE.states} - decided - turned_away - {"draft"}


def test_only_an_acceptance_a_decision_or_leaving_stops_a_clock():
    stopping = {step.verb for step in LIFE.steps if step.clock.endswith(".stop")}
    assert stopping == {
        "tell_not_required",
        "tell_not_competent",
        "ask_correction",
        "decline_acceptance",
        "refuse",
        "cancel_licence",
        "record_certificate",
        "record_report",
        "retract",
        "terminate",
    }


@pytest.mark.parametrize("state", [state.name for state in LIFE.states])
def test_a_list_reads_the_clock_that_the_table_started(state):
    """Whatever road leads to a state, the clock that runs there is the one that `glance` reads."""
    assert {_clock_after(step) for step in LIFE.steps if step.target == state} <= {clocks.RUNS_IN.get(state, "")}


def _clock_after(step: Step) -> str:
    """The clock that runs once the step is taken: the one it starts, none, or the one that ran before."""
    name, _, mark = step.clock.partition(".")
    if mark in ("start", "stop"):
        return name if mark == "start" else ""
    return clocks.RUNS_IN.get(step.source, "")
