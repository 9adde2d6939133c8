"""How it is played: steps are taken or refused, time passes, the worker works, and what must never be true is asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any, ClassVar

from django.db import transaction
from hypothesis import note

from xuke.certificates import commands as certificates
from xuke.certificates.models import CertificateVersion
from xuke.config.demonstration import stories
from xuke.config.news import HANDLERS
from xuke.foundation import journal, news, scope
from xuke.foundation.actors import SYSTEM, Actor
from xuke.foundation.journal import Event
from xuke.foundation.models import Entry
from xuke.foundation.refusals import Refused
from xuke.licensing import commands, queries, watching
from xuke.licensing.commands import moving
from xuke.licensing.models import Application, Visit
from xuke.tests.cast import NOON, World
from xuke.tests.lives import invariants
from xuke.tests.lives.invariants import Remembered
from xuke.tests.lives.people import ACTS, People
from xuke.verifiers import commands as verifiers
from xuke.verifiers.models import Verifier

Act = Callable[[], object]


class Playing:
    """A world under way: who is there, what day it is, what was looked at already."""

    world: ClassVar[World]
    taken: ClassVar[dict[str, int]] = {}
    """How often each verb was carried out, and refused, for whoever asks what was tried."""

    people: People

    def _begin(self) -> None:
        self.people = People(self.world)
        self.now: datetime = NOON + timedelta(days=1)
        self.awake = True
        self.known = Remembered()
        self.heard = 0
        self.seen = -1
        self.turn = 0
        self.draw = Random(0)

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
        watching.run_again(self.now)
        watching.raise_all(self.now)
        watching.raise_overdue(self.now)
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
            self._confirm(case)

    def _confirm(self, case: Application) -> None:
        """Whoever was there confirms the sheet as it stands."""
        visit = Visit.objects.get(application=case)
        team = [member["user_id"] for member in visit.team if not member["leader"]]
        there = [each for each in self.people.officers if each.user_id in team]
        for who in (*there, self.people.cast(case).applicant):
            words = {"application": case, "by": who, "now": self.now}
            self._try("confirm_sheet", partial(commands.confirm_sheet, **words))

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

    def check(self) -> None:
        """What must never be true, whenever something was written."""
        if self.awake:
            self._hear()
        last = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        if last != self.seen:
            invariants.check(self.known, today=self._today, awake=self.awake)
            self.seen = last
