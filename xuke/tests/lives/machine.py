"""The machine: enterprises, officers and time, which only goes on; whatever they do, they do by commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from xuke.accounts.officers import Officer, Role
from xuke.catalogue import editions
from xuke.certificates.models import Licence
from xuke.config.demonstration import stories
from xuke.foundation import scope, working_days
from xuke.foundation.actors import SYSTEM
from xuke.licensing import commands
from xuke.licensing.models import Application, Visit
from xuke.licensing.workflow import LIFE
from xuke.proceedings import commands as proceedings
from xuke.proceedings import permissions as proceeding_permissions
from xuke.proceedings.models import Proceeding
from xuke.proceedings.tests.test_any_proceeding import GROUNDS
from xuke.proceedings.tests.test_any_proceeding import words as proceeding_words
from xuke.proceedings.workflow import LIFE as PROCEEDING
from xuke.tests.lives import public
from xuke.tests.lives.filing import Filing
from xuke.tests.lives.people import ACTS
from xuke.tests.lives.playing import Act
from xuke.tests.lives.ruling import Ruling
from xuke.verifiers import commands as verifiers
from xuke.verifiers.models import Recusal, Verifier

CLOSED = [state.name for state in LIFE.states if state.final]
VERBS = sorted(set(ACTS) - {"record_certificate"})
DRAWS = st.integers(0, 2**60)
"""What a while is drawn from: hypothesis left to itself plays few steps, and mostly the same."""


class AnyWorld(Filing, Ruling, RuleBasedStateMachine):
    """Four enterprises of three authorities, two of them licensed already."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        scope.enter(scope.EVERYTHING)
        self._forget_rules()
        self._begin()
        often: dict[Callable[[], None], int] = {
            self.an_enterprise_applies: 8,
            self.somebody_comes_to_the_counter: 3,
            self.a_renewal_is_promised: 1,
            self.the_right_people_go_on: 9,
            self.what_waits_longest_goes_on: 9,
            self.anybody_tries_anything: 5,
            self.one_person_breaks_the_glass: 2,
            self.a_case_changes_hands: 3,
            self.the_team_scores: 1,
            self.a_verifier_stays_away_or_comes_back: 3,
            self.a_check_after_issue_is_recorded: 1,
            self.what_a_visit_found_is_put_right: 1,
            self.a_proceeding_is_begun: 1,
            self.a_proceeding_goes_on: 2,
            self.the_province_moves_a_category: 1,
            self.the_province_publishes: 1,
            self.a_lost_licence_is_made_out_anew: 2,
            self.the_province_takes_it_back: 1,
            self.a_case_is_bound_to_the_rules_of_today: 2,
            self.time_goes_by: 3,
            self.time_goes_on_to_a_day_that_counts: 3,
            self.a_renewal_is_left_lying_until_the_licence_ends: 1,
        }
        self.doings, self.weights = list(often), list(often.values())

    def teardown(self) -> None:
        try:
            self.worker_works()
            public.nothing_private_is_told(self.people)
        finally:
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)
            self._forget_rules()

    def _forget_rules(self) -> None:
        editions.forget()
        working_days.forget()

    @rule(draw=DRAWS)
    def some_things_happen(self, draw: int) -> None:
        """A few things, and what must never be true after each."""
        self.turn += 1
        self.draw = Random(f"{draw} {self.turn}")
        for doing in self.draw.choices(self.doings, weights=self.weights, k=3):
            doing()
            self.check()

    # --- officers -----------------------------------------------------------------------------------------------------

    def the_right_people_go_on(self) -> None:
        case = self.draw.randint(0, 7)
        if found := self._case(case):
            self._go_on(found)

    def what_waits_longest_goes_on(self) -> None:
        waiting = Application.objects.exclude(state__in=CLOSED).order_by("due_on", "-saved_at", "pk")
        for found in waiting[:2]:
            self._go_on(found)

    def anybody_tries_anything(self) -> None:
        case = self.draw.randint(0, 7)
        verb = self.draw.choice(VERBS)
        who = self.draw.randint(0, 30)
        everything = self.draw.random() < 0.5
        choice = self.draw.randint(0, 9)
        person = self.people.everybody[who % len(self.people.everybody)]
        if everything and isinstance(person, Officer):
            person = replace(
                person, roles=frozenset(Role), stands_in_for=frozenset(o.user_id for o in self.people.officers)
            )
        if found := self._case(case):
            self._take(found, verb, person, choice)

    def one_person_breaks_the_glass(self) -> None:
        case = self.draw.randint(0, 7)
        role = self.draw.choice(["reviewer", "decider"])
        approved = self.draw.random() < 0.5
        found = self._case(case)
        if found is None or found.authority_id is None:
            return
        person = replace(self.people.cast(found).acceptor, roles=frozenset({Role.ACCEPTOR, Role(role)}))
        asked: list[Any] = []
        self._try(
            "ask_glass",
            lambda: asked.append(
                commands.ask_glass(application=found, role=role, reason="只有一人在岗。", by=person, now=self.now)
            ),
        )
        chief = self.people.supervisor(found.authority_id)
        for each in asked:
            answer = {"asked": each.pk, "approved": approved, "answer": "已核实。", "by": chief, "now": self.now}
            self._try("answer_glass", partial(commands.answer_glass, **answer))
        for choice in self._choices():
            fresh = Application.objects.get(pk=found.pk)
            verbs = [step.verb for step in LIFE.open_from(fresh.state) if step.role == role]
            if verbs:
                self._take(fresh, verbs[choice % len(verbs)], person, choice)

    def a_case_changes_hands(self) -> None:
        case = self.draw.randint(0, 7)
        who = self.draw.randint(0, 30)
        how = self.draw.choice(["claim", "release", "hand_over", "hand_out"])
        found = self._case(case)
        if found is None or found.authority_id is None:
            return
        colleagues = self.people.at(found.authority_id)
        person, chief = colleagues[who % len(colleagues)], self.people.supervisor(found.authority_id)
        acts: dict[str, Act] = {
            "claim": lambda: commands.claim(application=found, by=person, now=self.now),
            "release": lambda: commands.release(application=found, by=person, now=self.now),
            "hand_over": lambda: commands.hand_over(
                application=found, to=person.user_id, reason="休假。", by=chief, now=self.now
            ),
            "hand_out": lambda: commands.hand_out(
                lines=[(found.pk, person.user_id, found.revision)], by=chief, now=self.now
            ),
        }
        self._try(how, acts[how])

    def the_team_scores(self) -> None:
        case = self.draw.randint(0, 7)
        weak = set(self.draw.sample(range(1, 34), self.draw.randint(0, 9)))
        failed = set(self.draw.sample(range(1, 35), self.draw.randint(0, 1)))
        key = self.draw.choice(["", "v1", "v2"])
        if (found := self._case(case)) and (leader := self.people.leader(found)):
            marks = stories.marks(weak=tuple(weak), failed=tuple(failed))
            self._try(
                "score", lambda: commands.score(application=found, marks=marks, variety=key, by=leader, now=self.now)
            )

    def a_verifier_stays_away_or_comes_back(self) -> None:
        case = self.draw.randint(0, 7)
        place = self.draw.randint(0, 5)
        what = self.draw.choice(["declare", "request", "decide", "suspend", "reinstate", "renew"])
        yes = self.draw.random() < 0.5
        found, register = self._case(case), list(Verifier.objects.exclude(user=None).order_by("credential", "pk"))
        row = register[place % len(register)]
        if found is None:
            return
        cast, today = self.people.cast(found), self._today
        who = next(each for each in self.people.officers if each.user_id == row.user_id)
        visit = Visit.objects.filter(application=found).first()
        request = Recusal.objects.filter(about=found.stream, state="requested").first()
        acts: dict[str, Act] = {
            "declare": lambda: verifiers.declare_recusal(
                verifier=row,
                uscc=cast.applicant.uscc,
                enterprise_name=cast.firm.name,
                ground="relative",
                by=who,
                now=self.now,
            ),
            "request": lambda: (
                visit
                and commands.request_team_recusal(
                    application=found,
                    member=visit.team[0]["user_id"],
                    ground="dispute",
                    text="有诉讼。",
                    by=cast.applicant,
                    now=self.now,
                )
            ),
            "decide": lambda: (
                request
                and commands.decide_team_recusal(
                    application=found, recusal=request, upheld=yes, decision="经核实。", by=cast.decider, now=self.now
                )
            ),
            "suspend": lambda: verifiers.suspend(
                verifier=row, reason="培训。", until=today + timedelta(days=3) if yes else None, by=SYSTEM, now=self.now
            ),
            "reinstate": lambda: verifiers.reinstate(verifier=row, reason="培训合格。", by=SYSTEM, now=self.now),
            "renew": lambda: verifiers.renew_credential(
                verifier=row,
                credential=row.credential,
                issuer="湖北省市场监督管理局",
                valid_from=today,
                valid_to=today + timedelta(days=1 if yes else 1095),
                by=SYSTEM,
                now=self.now,
            ),
        }
        self._try(f"verifier {what}", acts[what])

    # --- proceedings --------------------------------------------------------------------------------------------------

    def a_proceeding_is_begun(self) -> None:
        place = self.draw.randint(0, 3)
        ground = self.draw.choice(GROUNDS)
        licences = list(Licence.objects.order_by("granted_on", "number"))
        licence = licences[place % len(licences)]
        cast = self.people.by_seat[licence.authority_id]
        begun: list[Proceeding] = []
        self._try(
            f"begin {ground[0]}",
            lambda: begun.append(
                proceedings.begin(
                    kind=ground[0],
                    ground=ground[1],
                    licence=licence,
                    facts="事实清楚。",
                    by=cast.reviewer,
                    now=self.now,
                )
            ),
        )
        if begun:
            self._proceed(begun[0])

    def a_proceeding_goes_on(self) -> None:
        place = self.draw.randint(0, 7)
        running = list(
            Proceeding.objects.exclude(state__in=("record_closed", "dropped")).order_by("opened_at", "number")
        )
        if running:
            self._proceed(running[place % len(running)])

    def _proceed(self, proceeding: Proceeding) -> None:
        for choice in self._choices():
            row = Proceeding.objects.select_related("enterprise", "licence", "authority").get(pk=proceeding.pk)
            firm = next(cast for cast in self.people.firms if cast.applicant.enterprise_id == row.enterprise_id)
            cast = replace(self.people.by_seat[row.authority_id], applicant=firm.applicant)
            found = [
                (step.verb, who)
                for step in PROCEEDING.open_from(row.state)
                if step.verb != "drop"
                for who in (cast.applicant, cast.reviewer, cast.decider, cast.verifiers[0])
                if not proceeding_permissions.why_not(who, step.verb, row, today=self._today)
            ]
            if found:
                verb, who = found[choice % len(found)]
                words = {"proceeding": row, "by": who, "now": self.now} | proceeding_words(verb, row, cast, self.now)
                self._try(f"proceeding {verb}", partial(getattr(proceedings, verb), **words))
            self._pass(timedelta(days=choice))

    # --- time ---------------------------------------------------------------------------------------------------------

    def time_goes_by(self) -> None:
        days = self.draw.choice([0, 1, 3, 10])
        awake = self.draw.choice([True, True, True, False])
        self._wake(awake)
        self._pass(timedelta(days=days, hours=3))

    def time_goes_on_to_a_day_that_counts(self) -> None:
        place = self.draw.randint(0, 7)
        to = self.draw.choice(["due", "over", "renewable", "late", "last", "ended"])
        awake = self.draw.random() < 0.5
        self._wake(awake)
        case, licences = (
            self._case(place),
            list(Licence.objects.filter(state="in_force").order_by("valid_to", "number")),
        )
        day = case.due_on if case and to in ("due", "over") else None
        if to not in ("due", "over") and licences:
            day = licences[place % len(licences)].valid_to - timedelta(days={"renewable": 70, "late": 20}.get(to, 0))
        if day is not None:
            ahead = day + timedelta(days=to in ("over", "ended")) - self._today
            if ahead > timedelta(0):
                self._pass(ahead)
                self._renew_credentials()

    @invariant()
    def nothing_is_broken(self) -> None:
        """Before the first thing happens, and after each."""
        self.check()
