"""The decision, by a third person (三分离), and what follows from it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from xuke.accounts.officers import Officer
from xuke.catalogue.limits import time_limit
from xuke.certificates import commands as certificates
from xuke.certificates.commands import Grant
from xuke.documents import commands as documents
from xuke.foundation import divisions, journal
from xuke.foundation.actors import Actor
from xuke.foundation.calendar import valid_until
from xuke.foundation.transactions import command
from xuke.licensing.commands.drafting import parties_of
from xuke.licensing.commands.steps import finish, open_step
from xuke.licensing.commands.wording import Wording
from xuke.licensing.models import Application

BASIS = "食品安全法第三十五条；食品生产许可管理办法（2020年）第二十一条、第二十二条"


@command
def grant(*, application: Application, by: Officer, now: datetime, revision: int | None = None) -> Application:
    """Grant the licence for every variety proposed to pass; the others are refused with their reasons.

    The right and its number are born in this transaction; the certificate is made by a job that commits with it.
    """
    application, step = open_step("grant", application, by=by, revision=revision, today=journal.legal_day(now))
    if step is None:
        return application
    assert application.authority is not None
    today = journal.legal_day(now)
    passed, failed = _split(application)
    granted = _grant_of(application, passed, today=today)
    application.decided_by_id, application.decided_on = by.user_id, today
    application.licence = certificates.issue(
        grant=granted, enterprise=application.enterprise, authority=application.authority, by=by, now=now
    )
    application.outcome = {"granted": [row["key"] for row in passed], "refused": failed, "basis": BASIS}
    documents.issue(
        kind="grant_decision",
        about=application.stream,
        authority=application.authority,
        enterprise=application.enterprise,
        content={
            **parties_of(application),
            "acceptance_number": application.acceptance_number,
            "licence_number": application.licence.number,
            "valid_to": granted.valid_to.isoformat(),
            "granted": [_shown(row) for row in passed],
            "refused": [{**_shown(_row(application, row["key"])), "reason": row["reason"]} for row in failed],
            "basis": BASIS,
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
    passed = [row for row in application.varieties if proposal["results"][row["key"]] == "pass"]
    failed = [
        {"key": row["key"], "reason": proposal["reasons"].get(row["key"], "")}
        for row in application.varieties
        if proposal["results"][row["key"]] != "pass"
    ]
    return passed, failed


def _grant_of(application: Application, passed: list[dict[str, Any]], *, today: date) -> Grant:
    typed, site = application.form["enterprise"], application.form["site"]
    # The number follows the main product; when that one did not pass, the first that did (handbook 1.1).
    main = next((row for row in passed if row["main"]), passed[0])
    return Grant(
        producer_name=typed["producer_name"],
        uscc=typed["uscc"],
        legal_representative=typed["legal_representative"],
        domicile=typed["domicile"],
        production_address=_full_address(site, today),
        division_code=site["division_code"],
        main_category=main["category_code"],
        food_categories=tuple(dict.fromkeys(row["category"] for row in passed)),
        product_details=tuple(
            {
                "seq": place,
                "category": row["category"],
                "code": row["code"],
                "name": row["name"],
                "detail": row["detail"],
                "remark": row["remark"],
            }
            for place, row in enumerate(passed, start=1)
        ),
        valid_to=valid_until(today, time_limit("food.validity", today).value),
    )


def _full_address(site: dict[str, Any], today: date) -> str:
    """The address with province, prefecture and county in front, unless the applicant wrote them."""
    place = divisions.full_name(site["division_code"], today)
    typed = str(site["production_address"])
    return typed if typed.startswith(place[:2]) else place + typed


def _row(application: Application, key: str) -> dict[str, Any]:
    return next(row for row in application.varieties if row["key"] == key)


def _shown(row: dict[str, Any]) -> dict[str, str]:
    return {"code": row["code"], "name": row["name"], "detail": row["detail"], "category": row["category"]}


@command
def refuse(
    *, application: Application, reason: str, by: Officer, now: datetime, revision: int | None = None
) -> Application:
    """Refuse the application; the applicant is told the reason, the basis and the remedies (art. 38)."""
    application, step = open_step("refuse", application, by=by, revision=revision, today=journal.legal_day(now))
    if step is None:
        return application
    wording = Wording()
    reason = wording.text("reason", reason, label="理由", most=2000, missing="请写明不予许可的理由。")
    wording.demand()
    assert application.authority is not None
    application.decided_by_id, application.decided_on = by.user_id, journal.legal_day(now)
    # Everything applied for is refused: what passed the review too, and for the decision's own reason.
    said = application.proposal["reasons"]
    failed = [{"key": row["key"], "reason": said.get(row["key"], "") or reason} for row in application.varieties]
    application.outcome = {"granted": [], "refused": failed, "reason": reason, "basis": BASIS}
    documents.issue(
        kind="refusal_decision",
        about=application.stream,
        authority=application.authority,
        enterprise=application.enterprise,
        content={
            **parties_of(application),
            "acceptance_number": application.acceptance_number,
            "reason": reason,
            "refused": [{**_shown(_row(application, row["key"])), "reason": row["reason"]} for row in failed],
            "basis": BASIS,
        },
        by=by,
        now=now,
    )
    return finish(application, step, "decided_by", "decided_on", "outcome", by=by, now=now, reason=reason)


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
