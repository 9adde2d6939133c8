"""The decision, by a third person (三分离), and what follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from xuke.accounts.officers import Officer
from xuke.certificates import endings
from xuke.documents import commands as documents
from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.transactions import command
from xuke.licensing import checks, gates, gating, hearing
from xuke.licensing.commands import outcomes
from xuke.licensing.commands.drafting import parties_of
from xuke.licensing.commands.outcomes import Decided
from xuke.licensing.commands.reviewing import PASS
from xuke.licensing.commands.steps import finish, open_step
from xuke.licensing.commands.wording import Wording
from xuke.licensing.judging import WHOLE, is_whole, judged
from xuke.licensing.models import Application
from xuke.licensing.procedures import procedure


@command
def grant(
    *,
    application: Application,
    full_term_basis: str = "",
    by: Officer,
    now: datetime,
    revision: int | None = None,
) -> Application:
    """Grant what was applied for: every variety proposed to pass; the others are refused with their reasons.

    What becomes of the licence follows from the procedure (`outcomes`). `full_term_basis` says why a change brings five
    new years: a full verification ordered after a major change of standards (Measures art. 38).
    """
    application, step = open_step("grant", application, by=by, revision=revision, today=journal.legal_day(now))
    if step is None:
        return application
    gating.demand(application, gates.DECIDE, today=journal.legal_day(now))
    which = procedure(application.procedure)
    wording = Wording()
    basis = wording.text("full_term_basis", full_term_basis, label="重新计算有效期的依据", most=200)
    if basis and which.kind != "change":
        wording.wrong("full_term_basis", "只有变更可以说明重新计算有效期的依据。")
    wording.demand()
    passed, failed = _split(application)
    application.decided_by_id, application.decided_on = by.user_id, journal.legal_day(now)
    keys = [row["key"] for row in (application.varieties if is_whole(application) else passed)]
    application.outcome = {"granted": keys, "refused": failed, "basis": which.basis}
    if basis:
        application.outcome |= {"full_term_basis": basis}
    return favour(application, passed, step=step, by=by, now=now, full_term_basis=basis)


def favour(
    application: Application,
    passed: list[dict[str, Any]],
    *,
    step: Any,
    by: Actor,
    now: datetime,
    full_term_basis: str = "",
    more: Mapping[str, Any] | None = None,
) -> Application:
    """Do to the licence what was decided, tell the applicant, and finish the step.

    The outcome stands on the application already; `more` is told besides.
    """
    assert application.authority is not None
    which, day = procedure(application.procedure), journal.legal_day(now)
    foreseen = outcomes.foresee(application, passed)
    decided = Decided(application, foreseen.rows, by, now, day, full_term_basis)
    application.licence = outcomes.carry_out(decided)
    checks.order_for(application, application.licence, today=day, by=by, now=now)
    failed = application.outcome["refused"]
    about: dict[str, Any] = {}
    if not is_whole(application):
        # The notice lists what the certificate does: what was reported meanwhile stands on it too.
        about = {"granted": shown(foreseen.rows), "refused": _refused(application, failed)}
        if which.needs_licence:
            application.outcome["stands"] = list(dict.fromkeys(row["name"] for row in foreseen.rows))
    documents.issue(
        kind=which.decision_notice,
        about=application.stream,
        authority=application.authority,
        enterprise=application.enterprise,
        content={
            **parties_of(application),
            "acceptance_number": application.acceptance_number,
            **outcomes.told(application, application.licence, foreseen.changes),
            **about,
            **({"renewed": True, "renewed_basis": full_term_basis} if full_term_basis else {}),
            **(more or {}),
            "basis": which.basis,
        },
        by=by,
        now=now,
    )
    return finish(
        application,
        step,
        "decided_by",
        "decided_on",
        "licence",
        "outcome",
        by=by,
        now=now,
        number=application.licence.number,
        granted=application.outcome["granted"],
        refused=[row["key"] for row in failed],
    )


def _split(application: Application) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    proposal = application.proposal
    rows = judged(application)
    passed = [row for row in rows if proposal["results"][row["key"]] == PASS]
    failed = [
        {"key": row["key"], "reason": proposal["reasons"].get(row["key"], "")}
        for row in rows
        if proposal["results"][row["key"]] != PASS
    ]
    return passed, failed


def shown(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Product rows as notices print them."""
    return [{name: row[name] for name in ("code", "name", "detail", "category")} for row in rows]


def _refused(application: Application, failed: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """What was refused, with the reasons, as notices print it."""
    rows = {row["key"]: row for row in judged(application)}
    return [{**shown([rows[each["key"]]])[0], "reason": each["reason"]} for each in failed if each["key"] != WHOLE]


@command
def refuse(
    *, application: Application, reason: str, by: Officer, now: datetime, revision: int | None = None
) -> Application:
    """Refuse the application; the applicant is told the reason, the basis and the remedies (art. 38).

    A licence that it started from stays as it is.
    """
    application, step = open_step("refuse", application, by=by, revision=revision, today=journal.legal_day(now))
    if step is None:
        return application
    which = procedure(application.procedure)
    wording = Wording()
    reason = wording.text("reason", reason, label="理由", most=2000, missing=f"请写明不予{which.act}的理由。")
    wording.demand()
    assert application.authority is not None
    application.decided_by_id, application.decided_on = by.user_id, journal.legal_day(now)
    # Everything applied for is refused: what passed the review too, and for the decision's own reason.
    said = application.proposal["reasons"]
    failed = [{"key": row["key"], "reason": said.get(row["key"], "") or reason} for row in judged(application)]
    application.outcome = {"granted": [], "refused": failed, "reason": reason, "basis": which.basis}
    refused = _refused(application, failed)
    documents.issue(
        kind="refusal_decision",
        about=application.stream,
        authority=application.authority,
        enterprise=application.enterprise,
        content={
            **parties_of(application),
            "acceptance_number": application.acceptance_number,
            "reason": reason,
            **({"refused": refused} if refused else {}),
            **hearing.adopted(application.hearing, application.proposal),
            "basis": which.basis,
        },
        by=by,
        now=now,
    )
    return finish(application, step, "decided_by", "decided_on", "outcome", by=by, now=now, reason=reason)


@command
def cancel_licence(*, application: Application, by: Officer, now: datetime, revision: int | None = None) -> Application:
    """Cancel the licence as its holder asks (准予注销, Measures art. 40). Its number is never used again."""
    application, step = open_step("cancel_licence", application, by=by, revision=revision, today=journal.legal_day(now))
    if step is None:
        return application
    assert application.authority is not None and application.starts_from is not None
    which, today = procedure(application.procedure), journal.legal_day(now)
    gating.demand(application, gates.DECIDE, today=today)
    reason = why_ended(application)
    application.licence = endings.cancel(
        licence=application.starts_from, basis=which.basis, source=application.stream, reason=reason, by=by, now=now
    )
    application.decided_by_id, application.decided_on = by.user_id, today
    keys = [row["key"] for row in application.varieties]
    application.outcome = {"granted": keys, "refused": [], "basis": which.basis, "reason": reason}
    documents.issue(
        kind=which.decision_notice,
        about=application.stream,
        authority=application.authority,
        enterprise=application.enterprise,
        content={
            **parties_of(application),
            "acceptance_number": application.acceptance_number,
            "licence_number": application.licence.number,
            "cancelled_on": today.isoformat(),
            "reason": reason,
            **hearing.adopted(application.hearing, application.proposal),
            "basis": which.basis,
        },
        by=by,
        now=now,
    )
    return finish(
        application,
        step,
        "decided_by",
        "decided_on",
        "licence",
        "outcome",
        by=by,
        now=now,
        number=application.licence.number,
        reason=reason,
    )


def why_ended(application: Application) -> str:
    """Why a licence is to be cancelled, in the words of the form; empty where no cancellation is asked for."""
    section = procedure(application.procedure).section("ended")
    fields = section.fields if section else ()
    choices = dict(next((field.choices for field in fields if field.name == "reason"), ()))
    return choices.get(application.form.get("ended", {}).get("reason", ""), "")


@command
def return_to_review(
    *, application: Application, reason: str, by: Officer, now: datetime, revision: int | None = None
) -> Application:
    """Send the case back to its reviewer with the question to be answered. The term goes on."""
    application, step = open_step("return_to_review", application, by=by, revision=revision)
    if step is None:
        return application
    wording = Wording()
    reason = wording.text("reason", reason, label="要查清的问题", most=1000, missing="请写明要查清的问题。")
    wording.demand()
    return finish(application, step, by=by, now=now, reason=reason)


@command
def record_certificate(*, application: Application, by: Actor, now: datetime, version: int, digest: str) -> Application:
    """Note that the certificate was made: the last step of the life, taken by the system."""
    application, step = open_step("record_certificate", application, by=by, revision=None)
    assert step is not None
    return finish(application, step, by=by, now=now, version=version, digest=digest)
