"""The machine: enterprises, officers and time, which only goes on; whatever they do, they do by commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any, ClassVar

from django.db import transaction
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from xuke.accounts.officers import Officer, Role
from xuke.catalogue import editions
from xuke.certificates import commands as certificates
from xuke.certificates.models import CertificateVersion, Licence
from xuke.config.demonstration import stories, stories_categories
from xuke.config.news import HANDLERS
from xuke.foundation import journal, news, scope, working_days
from xuke.foundation.actors import SYSTEM, Actor
from xuke.foundation.journal import Event
from xuke.foundation.models import Entry
from xuke.foundation.refusals import Refused
from xuke.licensing import commands, queries, statements, watching
from xuke.licensing.commands import moving
from xuke.licensing.models import Application, PostIssueCheck, Visit
from xuke.licensing.models_moves import MovePlan
from xuke.licensing.workflow import LIFE
from xuke.parties import commands as parties
from xuke.parties import queries as parties_queries
from xuke.proceedings import commands as proceedings
from xuke.proceedings import permissions as proceeding_permissions
from xuke.proceedings.models import Proceeding
from xuke.proceedings.tests.test_any_proceeding import GROUNDS
from xuke.proceedings.tests.test_any_proceeding import words as proceeding_words
from xuke.proceedings.workflow import LIFE as PROCEEDING
from xuke.signatures.proofs import ByPaper
from xuke.tests.cast import NOON, Minutes, World
from xuke.tests.lives import invariants, public
from xuke.tests.lives.invariants import Remembered
from xuke.tests.lives.people import ACTS, People
from xuke.verifiers import commands as verifiers
from xuke.verifiers.models import Recusal, Verifier

CLOSED = [state.name for state in LIFE.states if state.final]
VERBS = sorted(set(ACTS) - {"record_certificate"})
PROCEDURES = (
    "food.first",
    "food.change",
    "food.change",
    "food.renewal",
    "food.renewal",
    "food.report",
    "food.renewal_change",
    "food.cancellation",
)
SAID: dict[str, dict[str, Any]] = {
    "food.first": stories_categories.MIXED,
    "food.renewal": stories_categories.ON_PROMISE,
}
"""What a form can say instead: categories of two levels, a decision on a promise."""
VISITOR = "11010519491231002X"
DRAWS = st.integers(0, 2**60)
"""What a while is drawn from: hypothesis left to itself plays few steps, and mostly the same."""
Act = Callable[[], object]


class AnyWorld(RuleBasedStateMachine):
    """Four enterprises of three authorities, two of them licensed already."""

    world: ClassVar[World]
    taken: ClassVar[dict[str, int]] = {}
    """How often each verb was carried out, and refused, for whoever asks what was tried."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        scope.enter(scope.EVERYTHING)
        self._forget_rules()
        self.people = People(self.world)
        self.now: datetime = NOON + timedelta(days=1)
        self.awake = True
        self.known = Remembered()
        self.heard = 0
        self.seen = -1
        self.turn = 0
        self.draw = Random(0)
        often: dict[Callable[[], None], int] = {
            self.an_enterprise_applies: 8,
            self.somebody_comes_to_the_counter: 2,
            self.the_right_people_go_on: 9,
            self.what_waits_longest_goes_on: 9,
            self.anybody_tries_anything: 5,
            self.one_person_breaks_the_glass: 2,
            self.a_case_changes_hands: 3,
            self.the_team_scores: 1,
            self.a_verifier_stays_away_or_comes_back: 3,
            self.a_check_after_issue_is_recorded: 1,
            self.a_proceeding_is_begun: 1,
            self.a_proceeding_goes_on: 2,
            self.the_province_publishes: 1,
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

    # --- enterprises --------------------------------------------------------------------------------------------------

    def an_enterprise_applies(self) -> None:
        firm = self.draw.randint(0, 3)
        cast = self.people.firms[firm]
        licence = Licence.objects.filter(enterprise=cast.applicant.enterprise_id).order_by("-granted_on", "-number")
        holds = licence.filter(state="in_force").exists()
        code = self.draw.choice(PROCEDURES if holds == (self.draw.random() < 0.9) else PROCEDURES[:1])
        other = self.draw.random() < 0.5
        begun: list[Application] = []
        how: dict[str, Any] = {"sections": SAID.get(code)} if other else {}
        self._try(
            f"begin {code}",
            lambda: begun.append(
                stories.draft(
                    cast,
                    Minutes(self.now, timedelta(0)),
                    procedure=code,
                    licence=licence.first() if code != "food.first" else None,
                    file=lambda *_: self.world.file,
                    **how,
                )
            ),
        )
        if begun:
            self._go_on(begun[0])

    def somebody_comes_to_the_counter(self) -> None:
        firm = self.draw.randint(0, 3)
        cast = self.people.firms[firm]
        draft = Application.objects.filter(enterprise=cast.applicant.enterprise_id, state="draft").first()
        if draft is None:
            return
        visit = parties.begin_counter_visit(
            uscc=cast.applicant.uscc,
            visitor=cast.applicant.legal_representative,
            document="resident_id",
            document_number=VISITOR,
            capacity="legal_representative",
            authorisation=None,
            by=cast.acceptor,
            now=self.now,
        )
        by = parties_queries.at_counter(cast.acceptor, visit.pk, today=self._today)
        assert by is not None
        signed = statements.prepare("submit", draft, by=by, today=self._today)
        proof = ByPaper(digest=signed.digest, seen=dict(signed.marks), scan=self.world.digest)
        self._try("counter submit", lambda: commands.submit(application=draft, proof=proof, by=by, now=self.now))
        self._go_on(draft)

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

    def a_check_after_issue_is_recorded(self) -> None:
        place = self.draw.randint(0, 7)
        result = self.draw.choice(list(PostIssueCheck.RESULTS))
        checks = list(PostIssueCheck.objects.filter(checked_on=None).order_by("due_on", "pk"))
        if checks:
            check = checks[place % len(checks)]
            chief = self.people.supervisor(Application.objects.get(pk=check.application_id).authority_id)
            self._try(
                "record_check",
                lambda: commands.record_check(check=check, result=result, text="现场核对。", by=chief, now=self.now),
            )

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

    # --- the province, the worker, time -------------------------------------------------------------------------------

    def the_province_publishes(self) -> None:
        what = self.draw.choice(["105", "124", "103", "promise"])
        level = self.draw.choice(["county", "prefecture"])
        choice = self.draw.choice(list(MovePlan.CHOICES))
        if what == "promise":
            self._try(
                "open_commitment",
                lambda: stories_categories.open_commitment(division="420506", kind="renewal", now=self.now),
            )
            return
        self._try(
            "move_competence",
            lambda: moving.move_competence(
                key=what,
                division="420500",
                level=level,
                valid_from=self._today,
                basis="鄂市监〔2026〕30号",
                choice=choice,
                by=self.people.of_the_province,
                now=self.now,
            ),
        )

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

    def a_renewal_is_left_lying_until_the_licence_ends(self) -> None:
        """In the end the law renews, or somebody was just in time."""
        licences = list(Licence.objects.filter(state="in_force").order_by("valid_to", "number"))
        if not licences:
            return
        licence = self.draw.choice(licences)
        cast = next(each for each in self.people.firms if each.applicant.enterprise_id == licence.enterprise_id)
        self._pass(max(licence.valid_to - timedelta(days=60) - self._today, timedelta(0)))
        self._renew_credentials()
        begun: list[Application] = []
        how = {"procedure": "food.renewal", "licence": licence, "file": lambda *_: self.world.file}
        self._try("begin food.renewal", lambda: begun.append(stories.draft(cast, lambda: self.now, **how)))
        for verb in ("submit", "accept", "begin_review", "propose")[: self.draw.randint(2, 4)]:
            for case in Application.objects.filter(pk__in=[each.pk for each in begun]):
                who = next((who for step, who in self.people.open_steps(case, self._today) if step == verb), None)
                if who is not None:
                    self._take(case, verb, who, 0)
        self.check()
        self._wake(self.draw.random() < 0.7)
        self._pass(max(licence.valid_to + timedelta(days=self.draw.randint(0, 2)) - self._today, timedelta(0)))
        self._renew_credentials()
        for case in Application.objects.filter(pk__in=[each.pk for each in begun], state="decision_proposed"):
            self._take(case, self.draw.choice(["grant", "refuse"]), self.people.cast(case).decider, 0)

    def _wake(self, awake: bool) -> None:
        """The worker is there, or nobody hears of what happens."""
        if awake and not self.awake:
            self.worker_works()
        self.awake = awake

    def _renew_credentials(self) -> None:
        """Those who verify were trained every year, and most have seen to it that their credential goes on."""
        year = self._today.year - 1
        for row in Verifier.objects.exclude(user=None).order_by("pk"):
            who = {"verifier": row, "by": SYSTEM, "now": self.now}
            if str(year) not in row.training:
                lesson = {"day": date(year, 12, 1), "title": "年度培训", "hours": Decimal(48)}
                self._try("verifier train", partial(verifiers.record_training, **who, **lesson))
            if row.valid_to and row.valid_to < self._today and self.draw.random() < 0.8:
                until = self._today + timedelta(days=1095)
                card = {
                    "credential": row.credential,
                    "issuer": row.issuer,
                    "valid_from": self._today,
                    "valid_to": until,
                }
                self._try("verifier renew", partial(verifiers.renew_credential, **who, **card))

    def _pass(self, time: timedelta) -> None:
        self.now += time
        if self.awake:
            self.worker_works()

    def worker_works(self) -> None:
        """What the worker does every second, every minute, every day."""
        self.awake = True
        self._hear()
        watching.accept_silent(self.now)
        watching.renew_silent(self.now)
        watching.raise_all(self.now)
        moving.go_on(lambda: self.now)
        scope.enter(scope.EVERYTHING)
        certificates.expire_ended(keep=queries.renewals_waiting(today=self._today), by=SYSTEM, now=self.now)
        for version in CertificateVersion.objects.filter(file=None):
            certificates.attach_file(version=version, file=self.world.file, by=SYSTEM, now=self.now)
        self._hear()
        self._hear()

    def _hear(self) -> None:
        """The news of what happened since the last time reaches every handler, in its order."""
        fields = [*Event.__dataclass_fields__]
        for row in Entry.objects.filter(pk__gt=self.heard).order_by("pk").values_list(*fields):
            event = Event(*row)
            done = news.deliver_now(event, handlers=HANDLERS, now=self.now)
            assert not done.failed, f"a reaction to {event.verb} failed"
            self.heard = event.id
        scope.enter(scope.EVERYTHING)

    # --- how it is done -----------------------------------------------------------------------------------------------

    @property
    def _today(self) -> Any:
        return journal.legal_day(self.now)

    def _case(self, place: int) -> Application | None:
        """One of the last cases, finished or not."""
        found = list(Application.objects.order_by("-saved_at", "-pk")[:8])
        return found[place % len(found)] if found else None

    def _choices(self) -> list[int]:
        """Some choices, most of which take the step that leads on."""
        return [self.draw.choice((0,) * 9 + (*range(1, 10),)) for _ in range(self.draw.randint(2, 10))]

    def _go_on(self, case: Application) -> None:
        """The right people take some of the steps that are open, mostly the one that leads on."""
        for choice in self._choices():
            case = Application.objects.get(pk=case.pk)
            found = self.people.open_steps(case, self._today)
            if not found:
                return
            verb, who = found[choice if choice < len(found) else 0]
            if verb == "retract" and self.draw.random() < 0.8:
                verb, who = found[0]
            self._make_ready(case, verb, choice)
            if not self._take(case, verb, who, choice) and verb == "submit":
                # Nothing can come of it: they give it up.
                words = {"application": case, "by": who, "now": self.now}
                self._try("discard", partial(commands.discard, **words))
                return
            self.check()

    def _make_ready(self, case: Application, verb: str, choice: int) -> None:
        """Some days have to come first, and a sheet is filled in before it is signed."""
        day = None
        if verb == "conclude_hearing":
            day = datetime.fromisoformat(case.hearing["held_on"]).date()
        if verb == "conclude_verification" and (visit := Visit.objects.filter(application=case).first()):
            day = visit.visit_on
        if day and day > self._today:
            self._pass(day - self._today)
        if verb == "conclude_verification" and choice != 7 and (leader := self.people.leader(case)):
            marks = stories.marks(weak=tuple(range(1, choice)), failed=(7,) if choice == 9 else ())
            self._try("score", lambda: commands.score(application=case, marks=marks, by=leader, now=self.now))

    def _take(self, case: Application, verb: str, who: Actor, choice: int) -> bool:
        cast = self.people.cast(case)
        words = self.people.words(verb, case, who, today=self._today, choice=choice)
        if verb == "conclude_verification" and (leader := self.people.leader(case)) and who in self.people.officers:
            who = leader
        before = Application.objects.filter(pk=case.pk).values().get()
        if not self._try(verb, lambda: ACTS[verb].do(case, cast, by=who, now=self.now, **words)):
            assert Application.objects.filter(pk=case.pk).values().get() == before, f"{verb} was refused and changed it"
            return False
        return True

    def _try(self, name: str, act: Act) -> bool:
        """Do it, or be refused and change nothing."""
        entries = Entry.objects.count()
        try:
            with transaction.atomic():
                act()
        except Refused as refused:
            scope.enter(scope.EVERYTHING)
            assert Entry.objects.count() == entries
            problems = getattr(refused, "problems", ())
            self._tell(f"{name} refused", "".join(each.message for each in problems) or refused.sentence)
            return False
        self._tell(name)
        return True

    def _tell(self, name: str, why: str = "") -> None:
        self.taken[name] = self.taken.get(name, 0) + 1
        note(f"{self.now:%Y-%m-%d %H:%M} {name} {why}")

    @invariant()
    def check(self) -> None:
        """What must never be true, whenever something was written."""
        if self.awake:
            self._hear()
        last = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        if last != self.seen:
            invariants.check(self.known, today=self._today, awake=self.awake)
            self.seen = last
