"""Any life: random people take random steps in random order, late and twice, and what must never be true never is.

The numbers in the invariants are those of the handbook, 13.3.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from xuke.accounts.officers import Officer, Role
from xuke.catalogue.score_sheet import ScoreRule
from xuke.certificates.models import CertificateVersion, Licence
from xuke.config.demonstration import stories
from xuke.config.demonstration.people import Cast
from xuke.documents.models import Notice
from xuke.foundation import journal, scope
from xuke.foundation.actors import SYSTEM
from xuke.foundation.identifiers import food_licence
from xuke.foundation.models import Counter, Entry
from xuke.foundation.refusals import Refused
from xuke.licensing import clocks, commands, counts, lists, permissions, queries, rules
from xuke.licensing.commands.steps import PAST
from xuke.licensing.filters import Filters
from xuke.licensing.models import Application, Breach, EndedTerm, Visit
from xuke.licensing.sheet import rule_items
from xuke.licensing.tests.acts import BY_VERB, OF_SYSTEM, Act
from xuke.licensing.workflow import ACCEPTOR, CHAIR, DECIDER, JOINT, LIFE, REVIEWER, ROLES
from xuke.tests.cast import MORNING, Minutes, World, drafted

AHEAD = ("submit", "accept", "begin_review", "assign_verification", "conclude_verification", "propose", "grant")
"""The steps that lead to a licence: of several open ones they are taken more often."""
ACTS = BY_VERB | {act.verb: act for act in OF_SYSTEM}
VERBS = sorted(ACTS)
ON = sorted(VERBS, key=lambda verb: (verb not in AHEAD, verb))
WEAK = st.sets(st.integers(1, 33), max_size=9).map(tuple)
FAILED = st.sets(st.integers(1, 34), max_size=1).map(tuple)
STARTS = ("draft", "submitted", "resubmitted", "accepted", "verification_assigned", "decision_proposed", "granted")


class AnyLife(RuleBasedStateMachine):
    """Two enterprises of one county, its officers, and time, which only goes on."""

    world: ClassVar[World]

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        scope.enter(scope.EVERYTHING)
        self.now: datetime = MORNING
        self.casts = [self.world.casts["wuxiaomei"], self.world.casts["wangjie"]]
        self.cases: list[Application] = []
        self.touched: Application | None = None
        self.retracted: dict[Any, int] = {}
        self.seen: dict[Any, int] = {}

    def teardown(self) -> None:
        try:
            self.what_is_shown_is_what_is_there()
        finally:
            self._undo()

    def _undo(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    # --- what may happen ----------------------------------------------------------------------------------------------

    @initialize(state=st.sampled_from(STARTS))
    def one_case_is_under_way(self, state: str) -> None:
        clock = Minutes(self.now)
        case = drafted(self.world, self.casts[0], clock)
        for name in stories.road_to(state) if state != "draft" else ():
            case = stories.step_to(name, case, self.casts[0], clock)
        self.now = clock.moment
        self._keep(case)

    @precondition(lambda self: len(self.cases) < 4)
    @rule(which=st.integers(0, 1))
    def somebody_begins_another(self, which: int) -> None:
        self._keep(drafted(self.world, self.casts[which], Minutes(self.now)))

    @rule(hours=st.sampled_from([1, 5, 24, 72, 240]))
    def time_goes_by(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(place=st.integers(0, 3), choices=st.lists(st.integers(0, 12), min_size=3, max_size=8), twice=st.booleans())
    def the_right_people_take_some_open_steps(self, place: int, choices: list[int], twice: bool) -> None:
        for choice in choices:
            case = self._case(place)
            acts = sorted(self._open(case), key=lambda act: ON.index(act.verb))
            if not acts:
                return
            act = acts[choice] if choice < len(acts) else acts[0]
            if act.verb == "conclude_verification" and choice != 3:
                marks = stories.marks(weak=tuple(range(1, choice)), failed=(7,) if choice == 12 else ())
                commands.score(application=case, marks=marks, by=self._cast(case).verifiers[1], now=self.now)
                stories.sign_sheet(case, self._cast(case), self.now)
                case = self._case(place)
            right, shown = act.who(self._cast(case)), case.revision
            self._try(case, act, right, shown)
            if twice and act not in OF_SYSTEM:
                before = Application.objects.get(pk=case.pk).revision
                self._try(case, act, right, shown)
                assert Application.objects.get(pk=case.pk).revision == before
            self.check()

    @rule(
        place=st.integers(0, 9),
        verb=st.sampled_from(VERBS),
        who=st.integers(0, 30),
        everything=st.booleans(),
        behind=st.sampled_from([None, None, 0, 1, 5]),
    )
    def anybody_tries_anything(self, place: int, verb: str, who: int, everything: bool, behind: int | None) -> None:
        case = self._case(place)
        people = [SYSTEM, *(cast.applicant for cast in self.casts), *self.world.officers.values()]
        person = people[who % len(people)]
        if everything and isinstance(person, Officer):
            # Somebody who may do everything, and stands in for everybody.
            others = frozenset(officer.user_id for officer in self.world.officers.values())
            person = replace(person, roles=frozenset(Role), stands_in_for=others)
        self._try(case, ACTS[verb], person, None if behind is None else case.revision - behind)

    @rule(place=st.integers(0, 9), who=st.integers(0, 30), back=st.booleans())
    def somebody_claims_or_gives_back(self, place: int, who: int, back: bool) -> None:
        officers = [*self.world.officers.values()]
        verb = commands.release if back else commands.claim
        case = self._case(place)
        try:
            verb(application=case, by=officers[who % len(officers)], now=self.now)
        except Refused:
            pass
        self._touch(case)

    @rule(place=st.integers(0, 9), weak=WEAK, failed=FAILED, variety=st.sampled_from(["", "v1", "v2", "v3"]))
    def the_team_scores(self, place: int, weak: tuple[int, ...], failed: tuple[int, ...], variety: str) -> None:
        case = self._case(place)
        try:
            leader = self._cast(case).verifiers[0]
            marks = stories.marks(weak=weak, failed=failed)
            commands.score(application=case, marks=marks, variety=variety, by=leader, now=self.now)
        except Refused:
            pass
        self._touch(case)

    # --- how it is done -----------------------------------------------------------------------------------------------

    def _try(self, case: Application, act: Act, person: Any, shown: int | None) -> None:
        before = Application.objects.filter(pk=case.pk).values().get()
        entries = Entry.objects.count()
        other: dict[str, Any] = {} if act in OF_SYSTEM else {"revision": shown}
        if act.verb == "conclude_verification" and Visit.objects.filter(application=case).exclude(sheet={}).exists():
            other["not_possible"] = ""  # They were there and scored.
        if act.verb == "assign_verification":
            other["visit_on"] = journal.legal_day(self.now)
        try:
            act.do(case, self._cast(case), by=person, now=self.now, **other)
        except Refused:
            assert Application.objects.filter(pk=case.pk).values().get() == before
            assert Entry.objects.count() == entries
        else:
            self._judge(before, act, person)
        self._touch(case)

    def _judge(self, before: dict[str, Any], act: Act, person: Any) -> None:
        """A step that was taken stands in the table and was somebody's to take."""
        after = Application.objects.get(pk=before["id"])
        if after.revision == before["revision"]:
            return  # The repetition of a click.
        step = LIFE.find(act.verb, before["state"])
        assert step is not None
        assert after.state == step.target
        if isinstance(person, Officer) and step.role not in (CHAIR, JOINT):
            assert person.has(step.role)
        event = journal.history(after.stream)[-1]
        assert (event.verb, event.actor) == (f"application.{PAST[act.verb]}", person.code)

    def _open(self, case: Application) -> list[Act]:
        """The steps that the right people could take now."""
        acts = [ACTS[step.verb] for step in LIFE.open_from(case.state)]
        today = journal.legal_day(self.now)
        return [act for act in acts if not permissions.why_not(act.who(self._cast(case)), act.verb, case, today=today)]

    def _cast(self, case: Application) -> Cast:
        return next(cast for cast in self.casts if cast.applicant.enterprise_id == case.enterprise_id)

    def _case(self, place: int) -> Application:
        return Application.objects.get(pk=self.cases[place % len(self.cases)].pk)

    def _keep(self, case: Application) -> None:
        self.cases.append(case)
        self._touch(case)

    def _touch(self, case: Application) -> None:
        now = Application.objects.get(pk=case.pk)
        if self.seen.get(case.pk) != now.revision:
            self.seen[case.pk], self.touched = now.revision, now

    # --- what must never be true --------------------------------------------------------------------------------------

    @invariant()
    def check(self) -> None:
        """All of it, whenever something has happened."""
        if self.touched:
            assert LIFE.state(self.touched.state)
            self.every_journal_is_without_gaps(self.touched)
            self.what_lists_are_sorted_by_is_what_the_clock_reads(self.touched)
            self.numbers_are_valid_used_once_and_without_gaps()
            self.nobody_holds_two_licences_and_none_comes_without_a_decision()
            self.there_is_one_list_of_corrections_at_most(self.touched)
            self.three_hands_are_three_people(self.touched)
            self.two_verifiers_with_credentials_went_and_passed_what_the_sheet_says(self.touched)
            self.touched = None

    def what_is_shown_is_what_is_there(self) -> None:
        """Figures are the lengths of lists, lists are their parts, and there is nothing to repair."""
        day, everything = journal.legal_day(self.now), Filters()
        for officer in {officer.user_id: officer for officer in self.world.officers.values()}.values():
            if not officer.reads_cases:
                continue
            tally = queries.tally(officer)
            waiting, handled = set(queries.waiting_for(officer)), set(queries.handled_by(officer))
            open_here = set(queries.open_in(officer))
            assert (tally.waiting, tally.open, tally.mine) == (
                len(waiting),
                len(open_here),
                len(handled & open_here),
            )
            for listed, whole in (
                (lists.inbox(officer, everything, today=day), waiting),
                (lists.territory(officer, everything, today=day), open_here),
                (lists.mine(officer, replace(everything, closed=True), today=day), handled),
            ):
                found = [row.pk for part in listed.parts for row in part]
                assert len(found) == len(set(found))
                assert set(found) == {row.pk for row in whole}
        counts.fold()
        assert counts.repair() == 0

    def every_journal_is_without_gaps(self, case: Application) -> None:
        streams: dict[str, list[int]] = {}
        for stream, seq in Entry.objects.order_by("stream", "seq").values_list("stream", "seq"):
            streams.setdefault(stream, []).append(seq)
        for stream, seqs in streams.items():
            assert seqs == list(range(1, len(seqs) + 1)), stream
        assert len(streams[case.stream]) == case.revision

    def what_lists_are_sorted_by_is_what_the_clock_reads(self, case: Application) -> None:
        term = clocks.term(journal.history(case.stream), today=journal.legal_day(self.now))
        running = term is not None and term.reading.schedule is not None and term.reading.schedule.stop is None
        assert case.due_on == (term.reading.due_on if term and running else None)
        kept = clocks.kept_of(case, journal.history(case.stream))
        columns = ("term_began_on", "due_on", "due_provisional", "promised_on")
        assert [getattr(case, name) for name in columns] == [getattr(kept, name) for name in columns]
        assert case.term == (kept.term or {})
        self.no_term_is_let_pass_without_a_breach(case)
        if case.state == "retracted":
            assert not running
            assert self.retracted.setdefault(case.pk, case.revision) == case.revision

    def no_term_is_let_pass_without_a_breach(self, case: Application) -> None:
        """5, of every term that has ended; one that still runs gets its breach when somebody looks at the clocks."""
        for ended in EndedTerm.objects.filter(application=case):
            breached = Breach.objects.filter(application=case, clock=ended.clock, began_on=ended.began_on)
            assert ended.used <= ended.limit + ended.extension or breached.exists()

    def numbers_are_valid_used_once_and_without_gaps(self) -> None:
        """1, 2."""
        numbers = list(Licence.objects.values_list("number", flat=True))
        found = [food_licence.parse(number) for number in numbers]
        assert all(one.valid and 101 <= int(one.fields["category_code"]) <= 131 for one in found)
        given = Counter.objects.filter(key__startswith="licence:").values_list("value", flat=True)
        assert sum(given) == len(numbers) == len(set(numbers))

    def nobody_holds_two_licences_and_none_comes_without_a_decision(self) -> None:
        """3."""
        holders = list(Licence.objects.values_list("enterprise", flat=True))
        assert len(holders) == len(set(holders))
        granted = Application.objects.filter(state__in=("granted", "certificate_issued"))
        assert sorted(map(str, granted.values_list("licence", flat=True))) == sorted(
            map(str, Licence.objects.values_list("pk", flat=True))
        )
        assert CertificateVersion.objects.count() == len(holders)

    def there_is_one_list_of_corrections_at_most(self, case: Application) -> None:
        """6."""
        lists = Notice.objects.filter(about=case.stream, kind="correction_notice")
        assert lists.count() == bool(case.corrections)

    def three_hands_are_three_people(self, case: Application) -> None:
        """7."""
        reviewing = {case.reviewed_by_id, *case.verified_by} - {None}
        assert case.accepted_by_id not in reviewing
        assert case.decided_by_id not in reviewing
        assert case.decided_by_id is None or case.decided_by_id != case.accepted_by_id
        self.deputies_are_hands_too(case)

    def deputies_are_hands_too(self, case: Application) -> None:
        """7, as the journal tells it: whoever took a step for somebody else had that hand in the case."""
        took: dict[str, set[str]] = {role: set() for role in ROLES}
        for event in journal.history(case.stream):
            for step in LIFE.steps:
                if event.verb == f"application.{PAST[step.verb]}":
                    took[step.role].add(event.actor)
        reviewing = took[REVIEWER] | {f"officer:{person}" for person in case.verified_by}
        assert not took[ACCEPTOR] & reviewing
        assert not took[ACCEPTOR] & took[DECIDER]
        assert not reviewing & took[DECIDER]

    def two_verifiers_with_credentials_went_and_passed_what_the_sheet_says(self, case: Application) -> None:
        """8, 9."""
        visit = Visit.objects.filter(application=case).first()
        if visit is None:
            return
        assert len({member["user_id"] for member in visit.team}) >= 2
        assert all(member["credential"] for member in visit.team)
        assert sum(member["leader"] for member in visit.team) == 1
        for key, row in visit.result.get("varieties", {}).items():
            score = rules.score(rule_items(), rules.marks_for(visit.sheet, key), ScoreRule("2022", 85, True, ""))
            passed = not score.zeros and not score.unscored and score.points * 100 >= score.most * 85
            assert (row["result"] == "pass") == (passed and "not_possible" not in visit.result)


@pytest.mark.usefixtures("world")
def test_whatever_people_do_what_must_never_be_true_never_is(the_world):
    AnyLife.world = the_world
    run_state_machine_as_test(
        AnyLife,
        settings=settings(
            max_examples=15,
            stateful_step_count=30,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
        ),
    )
