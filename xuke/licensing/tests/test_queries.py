"""Questions on somebody's behalf: what waits for me, what I had a hand in, what is somebody else's."""

import re
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from xuke.accounts.officers import Role
from xuke.certificates.models import Licence
from xuke.foundation.refusals import NotFound
from xuke.licensing import buttons, commands, lists, permissions, queries, queries_officer
from xuke.licensing.filters import Filters
from xuke.licensing.workflow import APPLICANT, LIFE, SYSTEM
from xuke.parties import names
from xuke.parties.models import Enterprise
from xuke.tests.cast import MORNING, NOON, Minutes

STATES = [state.name for state in LIFE.states]


def can_do_something(officer, application):
    """Whether any step that leads on is open to this officer now; a suspension on the way waits for nobody."""
    leading = [step for step in LIFE.open_from(application.state) if step.target != step.source]
    steps = [step for step in leading if step.role not in (APPLICANT, SYSTEM)]
    return any(not permissions.why_not(officer, step.verb, application) for step in steps)


@pytest.mark.parametrize("state", STATES)
def test_whatever_somebody_can_do_waits_for_them(state, at, world, the_cast):
    application = at(state)
    people = [*world.officers.values()]
    people += [replace(person, roles=frozenset(Role)) for person in the_cast.others.values()]
    for officer in people:
        waits = application in queries.waiting_for(officer)
        if can_do_something(officer, application):
            assert waits, officer
        elif waits:
            assert buttons.set_apart(officer, application), officer


def test_the_figures_are_the_lengths_of_the_lists(at, world, the_cast, the_sauce_cast, the_yidu_cast):
    for state in ("not_required", "refused", "verification_assigned"):
        at(state)
    at("accepted", cast=the_sauce_cast)
    at("decision_proposed", cast=the_yidu_cast)
    for officer in world.officers.values():
        tally = queries.tally(officer)
        assert tally.waiting == queries.waiting_for(officer).count()
        assert tally.open == queries.open_in(officer).count()
        assert tally.mine <= queries.handled_by(officer).count()


def test_what_ends_first_stands_first(at, the_cast, the_sauce_cast, zhou_the_acceptor):
    later = at("submitted", now=Minutes(NOON.replace(day=9)))
    sooner = at("submitted", cast=the_sauce_cast, now=Minutes(MORNING))
    assert list(queries.waiting_for(zhou_the_acceptor)) == [sooner, later]


def test_what_a_colleague_holds_waits_for_nobody_else(at, zhou_the_acceptor, zhouwen_of_two_roles):
    application = at("submitted")
    assert application in queries.waiting_for(zhouwen_of_two_roles)
    commands.claim(application=application, by=zhou_the_acceptor, now=NOON)
    assert application in queries.waiting_for(zhou_the_acceptor)
    assert application not in queries.waiting_for(zhouwen_of_two_roles)


def test_every_hand_in_a_case_is_remembered(at, the_cast):
    application = at("granted")
    hands = (the_cast.acceptor, the_cast.reviewer, *the_cast.verifiers, the_cast.decider)
    for officer in the_cast.others.values():
        assert (application in queries.handled_by(officer)) == (officer in hands)


def test_turning_somebody_away_leaves_a_hand_in_the_case(at, the_cast):
    application = at("not_required")
    assert application.accepted_by_id is None
    assert list(queries.handled_by(the_cast.acceptor)) == [application]
    assert not queries.handled_by(the_cast.reviewer)


def test_somebody_elses_case_is_not_found(at, the_yidu_cast, the_sauce_cast, the_cast):
    application = at("granted")
    for stranger in (the_yidu_cast.acceptor, the_sauce_cast.applicant):
        with pytest.raises(NotFound):
            queries.get(stranger, application.pk)
    assert queries.get(the_cast.applicant, application.pk) == queries.get(the_cast.decider, application.pk)


def test_the_newest_files_come_first(at, wu_the_applicant, world):
    application = at("correction_requested")
    commands.file_material(
        application=application,
        kind="equipment_layout_plan",
        file=world.file,
        name="新图.pdf",
        by=wu_the_applicant,
        now=NOON,
    )
    found = queries.materials(application)
    assert [material.superseded_at is None for material in found] == [True] * 4 + [False]


def test_a_page_of_one_case_costs_one_statement(at, zhou_the_acceptor, django_assert_num_queries):
    application = at("granted")
    with django_assert_num_queries(1):
        found = queries.get(zhou_the_acceptor, application.pk)
        assert found.enterprise.name
        assert found.authority.name
        assert found.licence.number
        assert (found.accepted_by.name, found.reviewed_by.name, found.decided_by.name) == ("周敏", "陈立新", "刘正平")
        assert queries.visit_of(found).team
    with django_assert_num_queries(1):
        assert len(queries.history(found)) > 10


# What an index serves: with hundreds of thousands of rows, anything else is felt on every page ------------------------


def plan_of(question):
    """How PostgreSQL answers the last statement of a question, when it would rather not read whole tables."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        with CaptureQueriesContext(connection) as asked:
            question()
        cursor.execute(f"EXPLAIN {asked[-1]['sql']}")
        return "\n".join(line for (line,) in cursor.fetchall())


def test_whole_lists_read_what_is_open(at, zhou_the_acceptor):
    at("submitted")
    for question in (
        lambda: list(queries.open_in(zhou_the_acceptor)),
        lambda: list(queries_officer.handled_by(zhou_the_acceptor, closed=False)),
    ):
        assert "on licensing_application" in (plan := plan_of(question))
        assert "application_open" in plan


def test_the_notices_of_a_case_are_read_by_their_subject(at, zhou_the_acceptor):
    application = at("accepted")
    assert "Index Cond: (about = " in plan_of(lambda: queries_officer.case(zhou_the_acceptor, application.pk))


@pytest.mark.parametrize(
    ("typed", "column"),
    [
        ("20260907-42", "receipt_number"),
        ("夷市监食许受〔2026〕00", "acceptance_number"),
        ("〔2026〕00", "acceptance_number"),
    ],
)
def test_the_beginning_of_a_number_is_looked_up(at, zhou_the_acceptor, typed, column):
    at("granted")
    (found,) = lists.search(zhou_the_acceptor, Filters(q=typed), today=NOON.date()).listed.parts
    plan = plan_of(lambda: list(found))
    assert re.search(rf"Index Cond: \(\(*{column}\)?(::text)? ~>=~ ", plan), plan


@pytest.mark.parametrize(
    ("rows", "column", "begin"), [(Enterprise, "uscc", "91420506"), (Licence, "number", "SC124420506")]
)
def test_the_beginning_of_a_credit_code_or_licence_number_is_looked_up(world, rows, column, begin):
    """Asked of these alone: with so few cases, PostgreSQL may as well start from those."""
    plan = plan_of(lambda: list(rows.objects.filter(queries_officer.begins(column, begin))))
    assert re.search(rf"Index Cond: \(\(*{column}\)?(::text)? ~>=~ ", plan), plan


@pytest.mark.parametrize("typed", ["（集团）", "(集团)", "禾穗坊（集团"])
def test_a_name_with_brackets_is_found_however_they_are_typed(typed, at, zhou_the_acceptor):
    application = at("submitted")
    Enterprise.objects.filter(pk=application.enterprise_id).update(name="宜昌禾穗坊（集团）有限公司")
    names.keep_missing()
    assert application in lists.search(zhou_the_acceptor, Filters(q=typed), today=NOON.date()).listed.parts[0]
