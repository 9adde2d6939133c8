"""Seeing what is hidden by default. Looking moves nothing, and it is written down who looked."""

from __future__ import annotations

from datetime import datetime

from xuke.accounts.officers import Officer, Role
from xuke.foundation.refusals import NotPermitted
from xuke.foundation.transactions import command
from xuke.licensing.commands.steps import lock, note
from xuke.licensing.models import Application, Material

HANDLING = (Role.ACCEPTOR, Role.REVIEWER, Role.VERIFIER, Role.DECIDER)
"""Whoever handles cases; to supervise, administer or audit nobody needs the number."""


@command
def show_contact(*, application: Application, by: Officer, now: datetime) -> str:
    """The applicant's telephone number, for those who handle the case (limited access: PIPL art. 51)."""
    application = lock(application)
    handles = by.authority_id == application.authority_id and any(by.has(role) for role in HANDLING)
    if not handles and by.user_id not in application.verified_by:
        raise NotPermitted("联系电话只对承办这件申请的受理、审查、核查、决定人员显示。")
    note(application, "show_contact", by=by, now=now)
    return str(application.form["enterprise"].get("contact_phone", ""))


@command
def read_material(*, material: Material, by: Officer, now: datetime) -> None:
    """Hand a filed material to an officer, and write down who read which file.

    Flow charts and layouts are trade secrets, rules name people (PIPL art. 51, Administrative Permit Law art. 5).
    """
    application = lock(material.application)
    note(application, "read_material", by=by, now=now, kind=material.kind, name=material.name)


@command
def read_statement(*, application: Application, signature: str, by: Officer, now: datetime) -> None:
    """Hand a signed statement to an officer, with every number in it. It is written down who took it."""
    note(lock(application), "read_statement", by=by, now=now, signature=signature)
