"""Any proceeding: random people take random steps, late and out of turn, and what must never be true never is.

The numbers in the invariants are those of the handbook, 13.3.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from xuke.accounts.officers import Officer, Role
from xuke.certificates import answering, endings
from xuke.certificates import commands as certificates
from xuke.certificates.endings import TAKEN_AWAY
from xuke.certificates.models import Licence
from xuke.certificates.tests.test_issue import CAKES
from xuke.config.demonstration import proceedings as stories
from xuke.config.demonstration.people import Cast
from xuke.documents.commands import give_consent
from xuke.documents.models import Notice
from xuke.documents.queries import may_serve_electronically
from xuke.foundation import journal, scope
from xuke.foundation.actors import SYSTEM
from xuke.foundation.models import Entry
from xuke.foundation.refusals import Refused
from xuke.parties.bans import why_barred
from xuke.parties.models import Ban, Enterprise
from xuke.parties.queries_bans import bans_touching
from xuke.proceedings import commands, permissions
from xuke.proceedings.kinds import KINDS
from xuke.proceedings.models import Proceeding
from xuke.proceedings.workflow import CHAIR, DECIDER, HOLDER, LIFE, OPEN
from xuke.tests.cast import NOON, World

VERBS = sorted({step.verb for step in LIFE.steps})
STARTS = [
    *(
        (kind, state)
        for kind in ("withdrawal", "rescission", "revocation")
        for state in ("notified", "heard", "proposed")
    ),
    ("rescission", "decided"),
    ("revocation", "record_closed"),
    ("rescission", "hearing_set"),
    ("cancellation", "opened"),
]
GROUNDS = [(kind.code, ground.code) for kind in KINDS if kind.ends_licence for ground in kind.grounds]


def words(verb: str, case: Proceeding, cast: Cast, now: datetime) -> dict[str, Any]:
    """What a step needs, well said."""
    head = [{"name": case.enterprise.legal_representative, "duty": "法定代表人"}]
    return {
        "answer": {"text": stories.STATEMENT},
        "set_hearing": {
            "held_at": now + timedelta(days=21),
            "place": "听证室",
            "chair": cast.verifiers[0].user_id,
        },
        "record_hearing": {"record": stories.RECORD},
        "propose": {"opinion": stories.OPINION, "on_record": stories.ON_RECORD, "people": head},
        "send_back": {"reason": "请核对。"},
        "drop": {"reason": "证据不足。"},
    }.get(verb, {})


class AnyProceeding(RuleBasedStateMachine):
    """Two enterprises of one county with their licences, its officers, and time, which only goes on."""

    world: ClassVar[World]

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        scope.enter(scope.EVERYTHING)
        self.now: datetime = NOON
        self.casts = [self.world.casts["wuxiaomei"], self.world.casts["wangjie"]]
        self.numbers: set[str] = set()
        self.ended: dict[str, str] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    # --- what may happen ----------------------------------------------------------------------------------------------

    @initialize(begun=st.sampled_from(STARTS))
    def both_are_licensed_and_one_case_is_under_way(self, begun: tuple[str, str]) -> None:
        for cast in self.casts:
            enterprise = self._enterprise(cast)
            if not may_serve_electronically(enterprise):
                give_consent(enterprise=enterprise, by=cast.applicant, now=self.now)
            self._licence(cast)
        kind, state = begun
        cast, licence = self.casts[0], Licence.objects.get(enterprise=self.casts[0].applicant.enterprise_id)
        self.now += timedelta(days=9)
        case = stories.play(state, licence, cast, kind=kind, now=self.now, hearing=state == "hearing_set")
        self.now = max(event.at for event in journal.history(case.stream)) + timedelta(hours=1)

    @rule(days=st.sampled_from([1, 3, 9, 30]))
    def time_goes_by(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule(which=st.integers(0, 1))
    def one_is_licensed_anew(self, which: int) -> None:
        """As a decision would: the gate asks for bans first."""
        cast, today = self.casts[which], journal.legal_day(self.now)
        if why_barred(bans_touching(self._enterprise(cast), on=today), on=today):
            return
        try:
            self._licence(cast)
        except Refused:
            pass

    @rule(which=st.integers(0, 5), ground=st.sampled_from(GROUNDS), who=st.integers(0, 30))
    def somebody_begins(self, which: int, ground: tuple[str, str], who: int) -> None:
        licences = list(Licence.objects.order_by("number"))
        licence = licences[which % len(licences)]
        person = self.casts[0].reviewer if who % 2 else self._people()[who % len(self._people())]
        entries = Entry.objects.count()
        try:
            about = {"licence": licence, "proof": "登记通知书〔2026〕第1号", "facts": "事实清楚。"}
            commands.begin(kind=ground[0], ground=ground[1], **about, by=person, now=self.now)
        except Refused:
            assert Entry.objects.count() == entries

    @rule(which=st.integers(0, 5))
    def its_holder_gives_a_licence_up(self, which: int) -> None:
        """As a decision on the request would; while a case is to take it away, that waits."""
        licences = list(Licence.objects.order_by("number"))
        licence = licences[which % len(licences)]
        cast = next(cast for cast in self.casts if cast.applicant.enterprise_id == licence.enterprise_id)
        words = {"basis": "第四十条", "source": "application:1", "by": cast.decider, "now": self.now}
        try:
            endings.cancel(licence=licence, **words)
        except Refused:
            assert Licence.objects.get(pk=licence.pk).state == licence.state

    @rule(place=st.integers(0, 5), choices=st.lists(st.integers(0, 5), min_size=2, max_size=8))
    def the_right_people_go_on(self, place: int, choices: list[int]) -> None:
        for choice in choices:
            if (case := self._case(place)) is None:
                return
            cast = self._cast(case)
            steps = [step for step in LIFE.open_from(case.state) if step.verb != "drop"]
            open_now = [step for step in steps if self._is_open(case, step, cast)]
            if open_now:
                step = open_now[choice % len(open_now)]
                self._try(case, step.verb, self._right(step.role, cast))
            self.now += timedelta(days=choice * 3)

    @rule(place=st.integers(0, 5), verb=st.sampled_from(VERBS), who=st.integers(0, 30), everything=st.booleans())
    def anybody_tries_anything(self, place: int, verb: str, who: int, everything: bool) -> None:
        person = self._people()[who % len(self._people())]
        if everything and isinstance(person, Officer):
            person = replace(person, roles=frozenset(Role))
        if (case := self._case(place)) is not None:
            self._try(case, verb, person)

    # --- how it is done -----------------------------------------------------------------------------------------------

    def _try(self, case: Proceeding, verb: str, person: Any) -> None:
        before = Proceeding.objects.filter(pk=case.pk).values().get()
        entries = Entry.objects.count()
        try:
            with transaction.atomic():
                getattr(commands, verb)(
                    proceeding=case, by=person, now=self.now, **words(verb, case, self._cast(case), self.now)
                )
        except Refused:
            assert Proceeding.objects.filter(pk=case.pk).values().get() == before
            assert Entry.objects.count() == entries
            return
        step = LIFE.find(verb, before["state"])
        assert step is not None
        assert Proceeding.objects.get(pk=case.pk).state == step.target

    def _is_open(self, case: Proceeding, step: Any, cast: Cast) -> bool:
        who, today = self._right(step.role, cast), journal.legal_day(self.now)
        return not permissions.why_not(who, step.verb, case, today=today)

    def _enterprise(self, cast: Cast) -> Enterprise:
        return Enterprise.objects.get(pk=cast.applicant.enterprise_id)

    def _licence(self, cast: Cast) -> None:
        enterprise, today = self._enterprise(cast), journal.legal_day(self.now)
        grant = replace(CAKES, uscc=enterprise.uscc, valid_to=today + timedelta(days=1825))
        given = {"enterprise": enterprise, "authority": cast.authority, "by": cast.decider, "now": self.now}
        licence = certificates.issue(grant=grant, **given)
        assert licence.number not in self.numbers, "1: a number is never used again"
        self.numbers.add(licence.number)

    def _case(self, place: int) -> Proceeding | None:
        cases = list(Proceeding.objects.select_related("enterprise", "licence").order_by("opened_at", "number"))
        return cases[place % len(cases)] if cases else None

    def _cast(self, case: Proceeding) -> Cast:
        return next(cast for cast in self.casts if cast.applicant.enterprise_id == case.enterprise_id)

    def _people(self) -> list[Any]:
        return [SYSTEM, *(cast.applicant for cast in self.casts), *self.world.officers.values()]

    def _right(self, role: str, cast: Cast) -> Any:
        return {HOLDER: cast.applicant, DECIDER: cast.decider, CHAIR: cast.verifiers[0]}.get(role, cast.reviewer)

    # --- what must never be true --------------------------------------------------------------------------------------

    @invariant()
    def one_licence_counts_and_what_ended_is_verified_in_the_negative(self) -> None:
        """3 and 16; and how a licence ended does not change any more."""
        for cast in self.casts:
            assert Licence.objects.filter(enterprise=cast.applicant.enterprise_id, state="in_force").count() <= 1
        for licence in Licence.objects.exclude(state="in_force"):
            answer = answering.by_number(answering.read_number(licence.number), today=journal.legal_day(self.now))
            assert answer.answer.verdict == "ended"
            assert licence.ended_on is not None and licence.granted_on <= licence.ended_on
            before = self.ended.get(licence.number, licence.state)
            # What was given up is rescinded or revoked all the same; every other end is for good.
            assert before == licence.state or (before == "cancelled" and licence.state in ("rescinded", "revoked"))
            self.ended[licence.number] = licence.state

    @invariant()
    def investigation_chair_and_decision_are_in_different_hands(self) -> None:
        """7, for proceedings."""
        for case in Proceeding.objects.all():
            hands = set(permissions.investigating(case))
            assert not hands & {*case.considered_by, case.decided_by_id, case.chair_id}

    @invariant()
    def nothing_was_taken_away_from_somebody_who_was_not_heard(self) -> None:
        for case in Proceeding.objects.filter(state__in=("decided", "record_closed")):
            kinds = set(Notice.objects.filter(about=case.stream).values_list("kind", flat=True))
            assert case.decision and case.of_kind.document in kinds
            if case.is_formal:
                continue
            assert case.of_kind.notice in kinds and case.told_on is not None
            if not case.waived_at and not case.was_heard:
                assert case.decided_on > max(case.answer_by, case.hearing_by)

    @invariant()
    def bans_follow_their_decisions_and_nothing_else(self) -> None:
        """A licence is rescinded for fraud, or revoked, and its holder barred, or neither."""
        sources = {}
        for ban in Ban.objects.all():
            sources.setdefault(ban.source, []).append(ban)
        for case in Proceeding.objects.all():
            kind = case.of_ground.ban if case.decided_on else ""
            found = sources.pop(case.stream, [])
            assert {ban.kind for ban in found} == ({kind} if kind else set())
            if kind:
                assert case.enterprise_id in {ban.enterprise_id for ban in found}
                assert {ban.from_on for ban in found} == {case.decided_on}
            if kind == "revoked_food":
                assert case.head in {ban.person for ban in found}
        assert not sources

    @invariant()
    def each_ending_has_its_case_and_each_case_its_licence(self) -> None:
        for licence in Licence.objects.filter(state__in=TAKEN_AWAY):
            case = Proceeding.objects.get(pk=licence.ended_by.partition(":")[2])
            assert case.of_kind.outcome == licence.state and case.decided_on is not None
            assert case.state != "record_closed" or licence.cancelled_on is not None
        open_cases = Proceeding.objects.filter(state__in=OPEN).values_list("licence", flat=True)
        assert len(open_cases) == len(set(open_cases))

    @invariant()
    def a_licence_knows_of_the_case_that_is_to_take_it_away(self) -> None:
        cases = Proceeding.objects.filter(state__in=OPEN, kind__in=("rescission", "revocation"))
        expected = {case.licence_id: (case.stream, case.state != "opened") for case in cases}
        marked = Licence.objects.exclude(contested_by="").values_list("pk", "contested_by", "contest_told")
        assert {pk: (source, told) for pk, source, told in marked} == expected


@pytest.mark.usefixtures("world")
def test_no_sequence_of_steps_breaks_what_the_law_promises(the_world: World) -> None:
    AnyProceeding.world = the_world
    run_state_machine_as_test(
        AnyProceeding,
        settings=settings(
            max_examples=6,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
