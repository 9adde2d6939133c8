"""What enterprises ask for: online, at the counter, on a promise, of two levels at once, in time or at the last day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from xuke.accounts.officers import Role
from xuke.certificates.models import Licence
from xuke.config.demonstration import stories, stories_categories
from xuke.config.demonstration.filling import UNCHANGED
from xuke.config.demonstration.people import Cast
from xuke.licensing import commands, statements
from xuke.licensing.models import Application, PostIssueCheck, Rectification
from xuke.parties import commands as parties
from xuke.parties import queries as parties_queries
from xuke.parties.applicants import Applicant
from xuke.signatures.proofs import ByPaper
from xuke.tests.cast import Minutes
from xuke.tests.lives.playing import Playing

PROCEDURES = (
    "food.first",
    "food.change",
    "food.change",
    "food.renewal",
    "food.renewal",
    "food.report",
    "food.renewal_change",
    "food.cancellation",
    "food.reissue",
)
PROMISED = {"route": stories_categories.PROMISED}
CATEGORY_ADDED = stories_categories.MIXED | {
    "changes": {"category": "yes", "equipment": "yes", "since": "2026-09-07", "note": "增加乳制品。"},
}
SAID: dict[str, tuple[dict[str, Any], ...]] = {
    "food.first": (stories_categories.MIXED, PROMISED),
    "food.change": (CATEGORY_ADDED, PROMISED),
    "food.renewal": (stories_categories.ON_PROMISE,),
}
"""What a form can say instead: categories of two levels, a decision on a promise."""
VISITOR = "11010519491231002X"
SIGNED_ON_PAPER = {
    "draft": "submit",
    "correction_requested": "resubmit",
    "correcting_on_spot": "confirm_correction",
}
"""By state, what a visitor signs at the counter."""


class Filing(Playing):
    """Enterprises, by themselves or through an officer at the counter."""

    def an_enterprise_applies(self) -> None:
        cast = self.draw.choice(self.people.firms)
        if case := self._begun(cast, self._wish(cast)):
            self._go_on(case)

    def somebody_comes_to_the_counter(self) -> None:
        """A visitor signs on paper what was begun online, or an officer files everything for them."""
        cast = self.draw.choice(self.people.firms)
        officer = self.draw.choice(self.people.at(cast.authority.pk, Role.ACCEPTOR))
        visit = parties.begin_counter_visit(
            uscc=cast.applicant.uscc,
            visitor=cast.applicant.legal_representative,
            document="resident_id",
            document_number=VISITOR,
            capacity="legal_representative",
            authorisation=None,
            by=officer,
            now=self.now,
        )
        by = parties_queries.at_counter(officer, visit.pk, today=self._today)
        assert by is not None
        mine = Application.objects.filter(enterprise=cast.applicant.enterprise_id, state__in=SIGNED_ON_PAPER)
        case = mine.order_by("-saved_at", "pk").first()
        if case is None or self.draw.random() < 0.4:
            case = self._begun(replace(cast, applicant=by), self._wish(cast)) or case
        if case is not None:
            verb = SIGNED_ON_PAPER[case.state]
            self._try(f"counter {verb}", partial(self._sign_on_paper, verb, case, by))
            self._go_on(case)

    def _sign_on_paper(self, verb: str, case: Application, by: Applicant) -> None:
        case = Application.objects.get(pk=case.pk)
        signed = statements.prepare(verb, case, by=by, today=self._today)
        proof = ByPaper(digest=signed.digest, seen=dict(signed.marks), scan=self.world.digest)
        getattr(commands, verb)(application=case, proof=proof, by=by, now=self.now)

    def a_renewal_is_promised(self) -> None:
        """Where the province lets it be, a holder promises and is decided on at once, or looked at after all."""
        licence, cast = self._about_to_end()
        if licence is None or cast is None:
            return
        self._try(
            "open_commitment",
            lambda: stories_categories.open_commitment(division="420506", kind="renewal", now=self.now),
        )
        if case := self._begun(cast, "food.renewal", licence=licence, sections=stories_categories.ON_PROMISE):
            self._go_on(case)

    def a_lost_licence_is_made_out_anew(self) -> None:
        """Where the province offers it, perhaps as of this moment."""
        if self.draw.random() < 0.7:
            self._try(
                "switch_on food.reissue",
                lambda: stories.switch_on("food.reissue", division="420506", now=self.now),
            )
        if case := self._begun(self.draw.choice(self.people.firms), "food.reissue"):
            self._go_on(case)

    def a_renewal_is_left_lying_until_the_licence_ends(self) -> None:
        """In the end the law renews, or somebody was just in time."""
        licence, cast = self._about_to_end()
        if licence is None or cast is None:
            return
        begun = self._begun(cast, "food.renewal", licence=licence, sections=UNCHANGED)
        for verb in ("submit", "accept", "begin_review", "propose")[: self.draw.randint(2, 4)]:
            for case in Application.objects.filter(pk=begun.pk) if begun else ():
                who = next((who for step, who in self.people.open_steps(case, self._today) if step == verb), None)
                if who is not None:
                    self._take(case, verb, who, 0)
        self.check()
        self._wake(self.draw.random() < 0.7)
        self._pass(max(licence.valid_to + timedelta(days=self.draw.randint(0, 2)) - self._today, timedelta(0)))
        self._renew_credentials()
        for case in Application.objects.filter(pk=begun.pk, state="decision_proposed") if begun else ():
            self._take(case, self.draw.choice(["grant", "refuse"]), self.people.cast(case).decider, 0)

    def what_a_visit_found_is_put_right(self) -> None:
        """The holder reports, and the daily supervision confirms or does not."""
        open_rows = list(Rectification.objects.filter(confirmed_on=None).order_by("due_on", "pk"))
        if not open_rows:
            return
        row = self.draw.choice(open_rows)
        case = Application.objects.get(pk=row.application_id)
        report = {"rectification": row, "report": "已经改正。", "by": self.people.cast(case).applicant}
        self._try("report_rectification", partial(commands.report_rectification, **report, now=self.now))
        seen = {"rectification": row, "done": self.draw.random() < 0.7, "note": "现场核对。"}
        seen["again_by"] = self._today + timedelta(days=self.draw.randint(1, 28))
        chief = self.people.supervisor(case.authority_id)
        if self.draw.random() < 0.6:
            self._try("confirm_rectification", partial(commands.confirm_rectification, **seen, by=chief, now=self.now))

    def a_check_after_issue_is_recorded(self) -> None:
        checks = list(PostIssueCheck.objects.filter(checked_on=None).order_by("due_on", "pk"))
        if checks:
            check, result = self.draw.choice(checks), self.draw.choice(list(PostIssueCheck.RESULTS))
            chief = self.people.supervisor(Application.objects.get(pk=check.application_id).authority_id)
            said = {"check": check, "result": result, "text": "现场核对。", "by": chief, "now": self.now}
            self._try(f"record_check {result}", partial(commands.record_check, **said))

    def _about_to_end(self) -> tuple[Licence | None, Cast | None]:
        """A licence sixty days before its end, with its holder's people; nothing where nobody holds one."""
        licences = list(Licence.objects.filter(state="in_force").order_by("valid_to", "number"))
        if not licences:
            return None, None
        licence = self.draw.choice(licences)
        self._pass(max(licence.valid_to - timedelta(days=60) - self._today, timedelta(0)))
        self._renew_credentials()
        firms = self.people.firms
        return licence, next(each for each in firms if each.applicant.enterprise_id == licence.enterprise_id)

    def _wish(self, cast: Cast) -> str:
        """A procedure: mostly one that fits what the enterprise holds."""
        held = Licence.objects.filter(enterprise=cast.applicant.enterprise_id, state="in_force").exists()
        return self.draw.choice(PROCEDURES if held == (self.draw.random() < 0.9) else PROCEDURES[:1])

    def _begun(
        self, cast: Cast, code: str, *, licence: Licence | None = None, sections: dict[str, Any] | None = None
    ) -> Application | None:
        """A draft with its files, or nothing where it is refused; half of them say something out of the ordinary."""
        held = Licence.objects.filter(enterprise=cast.applicant.enterprise_id).order_by("-granted_on", "-number")
        if sections is None and code in SAID and self.draw.random() < 0.5:
            sections = self.draw.choice(SAID[code])
        begun: list[Application] = []
        how: dict[str, Any] = {
            "procedure": code,
            "licence": None if code == "food.first" else licence or held.first(),
            "sections": sections,
            "file": lambda *_: self.world.file,
        }
        now = Minutes(self.now, timedelta(0))
        where = "counter " if cast.applicant.counter else ""
        self._try(f"{where}begin {code}", lambda: begun.append(stories.draft(cast, now, **how)))
        return begun[0] if begun else None
