"""What every step of the life does alike: it moves one case by one row of the table, once, by the right person."""

from dataclasses import replace
from datetime import timedelta

import pytest

from xuke.accounts.officers import Officer
from xuke.documents.commands.issuing import overheard
from xuke.documents.kinds import RECORDS
from xuke.foundation import journal
from xuke.foundation.actors import SYSTEM, System
from xuke.foundation.models import Entry
from xuke.foundation.refusals import Conflict, NotFound, NotPermitted, StepNotOpen
from xuke.licensing import clocks, commands, permissions
from xuke.licensing.commands.steps import PAST, TOLD
from xuke.licensing.models import Application
from xuke.licensing.tests.acts import ACTS, BY_VERB, OF_SYSTEM, RECORD
from xuke.licensing.views.officer_acts import PREVIEWED
from xuke.licensing.workflow import LIFE
from xuke.parties.applicants import Applicant
from xuke.tests.cast import NOON, verbs

EVERY = pytest.mark.parametrize("act", [*ACTS, *OF_SYSTEM], ids=lambda act: act.verb)
OF_PEOPLE = pytest.mark.parametrize("act", ACTS, ids=lambda act: act.verb)


def test_the_acts_are_all_the_verbs_of_the_table():
    assert {*BY_VERB, *(act.verb for act in OF_SYSTEM)} == {step.verb for step in LIFE.steps}


@EVERY
def test_a_step_leads_where_the_table_says_and_leaves_one_entry(act, at, the_cast):
    application = act.ready(at, the_cast)
    before = Entry.objects.count()
    seen = set(Entry.objects.values_list("stream", "seq"))

    with overheard() as issued:
        done = act.do(application, the_cast)

    # Whatever an officer sends could be read before it is sent, and nothing else offers a preview.
    is_sent = isinstance(act.who(the_cast), Officer) and any(notice.kind not in RECORDS for notice in issued)
    assert (act.verb in PREVIEWED) == is_sent
    step = LIFE.find(act.verb, act.state)
    kept = Application.objects.get(pk=application.pk)
    assert done.state == kept.state == step.target
    assert kept.revision == application.revision + 1
    event = journal.history(application.stream)[-1]
    assert (event.verb, event.seq) == (f"application.{PAST[act.verb]}", kept.revision)
    assert (event.clock, event.actor, event.at) == (step.clock, act.who(the_cast).code, act.when)
    fresh = set(Entry.objects.values_list("stream", "seq")) - seen
    assert len({stream for stream, _ in fresh}) == len(fresh) == Entry.objects.count() - before


@EVERY
def test_what_the_list_is_sorted_by_is_what_the_clock_reads(act, at, the_cast):
    done = act.do(act.ready(at, the_cast), the_cast)
    term = clocks.term(journal.history(done.stream), today=act.when.date())
    running = term is not None and term.reading.schedule.stop is None
    assert done.due_on == (term.reading.due_on if running else None)
    assert done.due_provisional == (running and term.reading.provisional)


@pytest.mark.parametrize("state", [state.name for state in LIFE.states])
def test_a_step_that_is_not_open_is_refused_with_a_reason(state, at, the_cast):
    application = at(state)
    for act in (*ACTS, *OF_SYSTEM):
        who = act.who(the_cast)
        if LIFE.find(act.verb, state) or (state == "draft" and not isinstance(who, Applicant | System)):
            continue  # It is open, or nobody at the office can know of it yet.
        with pytest.raises(StepNotOpen) as refusal:
            act.do(application, the_cast)
        assert refusal.value.status == 409
        assert refusal.value.sentence.endswith("。")
        assert permissions.why_not(who, act.verb, application) == refusal.value.sentence
    assert Application.objects.get(pk=application.pk).revision == application.revision


def test_the_office_does_not_know_of_a_draft(at, the_cast):
    draft = at("draft")
    for officer in the_cast.others.values():
        with pytest.raises(NotFound):
            BY_VERB["accept"].do(draft, the_cast, by=officer)


@OF_PEOPLE
def test_nobody_takes_the_step_of_somebody_else(act, at, the_cast):
    application = act.ready(at, the_cast)
    role = LIFE.find(act.verb, act.state).role
    people = (the_cast.applicant, *the_cast.others.values())
    for other in people:
        if other == act.who(the_cast) or role in getattr(other, "roles", ()):
            continue  # A colleague with the same role may.
        hidden = act.state == "draft" or not getattr(other, "reads_cases", True)
        with pytest.raises(NotFound if hidden else NotPermitted) as refusal:
            act.do(application, the_cast, by=other)
        assert refusal.value.status in (403, 404)
        assert refusal.value.sentence.endswith("。")
    assert Application.objects.get(pk=application.pk).revision == application.revision


@OF_PEOPLE
def test_the_system_takes_no_step_for_people(act, at, the_cast):
    application = act.ready(at, the_cast)
    with pytest.raises(NotPermitted):
        act.do(application, the_cast, by=SYSTEM)


def test_nobody_takes_the_step_of_the_system(at, the_cast):
    application = at("granted")
    for person in (the_cast.applicant, *the_cast.others.values()):
        with pytest.raises(NotPermitted if getattr(person, "reads_cases", True) else NotFound):
            RECORD.do(application, the_cast, by=person)


@OF_PEOPLE
def test_a_stranger_does_not_find_the_case(act, at, the_cast, the_sauce_cast, the_yidu_cast):
    """Row-level security hides it before any permission is asked."""
    application = act.ready(at, the_cast)
    for stranger in (the_sauce_cast.applicant, the_yidu_cast.applicant, *the_yidu_cast.others.values()):
        with pytest.raises(NotFound):
            act.do(application, the_cast, by=stranger)


@pytest.mark.parametrize("act", [act for act in ACTS if act.state != "draft"], ids=lambda act: act.verb)
def test_the_authority_above_sees_the_case_and_does_not_handle_it(act, at, the_cast, the_yichang_cast):
    application = act.ready(at, the_cast)
    for officer in the_yichang_cast.others.values():
        if officer == act.who(the_cast):
            continue  # Its own reviewer answers where its opinion is asked.
        with pytest.raises(NotPermitted):
            act.do(application, the_cast, by=officer)


@OF_PEOPLE
def test_two_clicks_are_one(act, at, the_cast):
    application = act.ready(at, the_cast)
    shown = application.revision
    once = act.do(application, the_cast, revision=shown)
    again = act.do(application, the_cast, revision=shown, now=act.when + timedelta(days=1))
    assert (again.state, again.revision) == (once.state, once.revision)
    assert verbs(application).count(f"application.{PAST[act.verb]}") == 1
    assert Application.objects.get(pk=application.pk).revision == once.revision


@OF_PEOPLE
def test_who_comes_second_is_told_who_did_what_and_when(act, at, the_cast):
    """The page shows an older state than the case has: somebody was faster, and the page says who."""
    application = act.ready(at, the_cast)
    shown = application.revision - 1
    last = journal.history(application.stream)[-1]
    if last.actor == act.who(the_cast).code:
        application = _somebody_else_acts(application, the_cast)
        shown, last = application.revision - 1, journal.history(application.stream)[-1]
    with pytest.raises(Conflict) as refusal:
        act.do(application, the_cast, revision=shown)
    assert (refusal.value.who, refusal.value.at) == (last.actor_label, last.at)
    assert refusal.value.what == TOLD[last.verb.partition(".")[2]]


def _somebody_else_acts(application, cast):
    """A colleague of the applicant saves the form, or the applicant takes the case back."""
    if application.state != "draft":
        return BY_VERB["retract"].do(application, cast)
    colleague = replace(cast.applicant, user_id=10**6, name="吴小海")
    values = {**application.form["site"], "area": "1300"}
    return commands.save_section(application=application, section="site", values=values, by=colleague, now=NOON)


@OF_PEOPLE
def test_a_page_from_the_future_is_refused(act, at, the_cast):
    application = act.ready(at, the_cast)
    with pytest.raises(Conflict):
        act.do(application, the_cast, revision=application.revision + 5)
