"""Checking who somebody is, where only a name agrees with that of a person who may not apply."""

from __future__ import annotations

from datetime import datetime

from xuke.accounts.commands.real_names import normal_number, number_problems
from xuke.accounts.models import RealName
from xuke.accounts.officers import Officer, Role
from xuke.accounts.queries import number_mark
from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.refusals import Conflict, Invalid, NotPermitted, Problem
from xuke.foundation.transactions import command
from xuke.parties.models import Enterprise
from xuke.parties.models_bans import Ban
from xuke.parties.models_identity import IdentityCheck
from xuke.parties.permissions import why_not_of_place
from xuke.parties.queries_bans import namesakes

CHECKS = (Role.ACCEPTOR, Role.DECIDER)
"""Who accepts meets the person at the counter; who decides may be the first to see the doubt."""
LONGEST = 500


@command
def check_identity(
    *,
    ban: Ban,
    enterprise: Enterprise,
    name: str,
    is_same: bool,
    note: str,
    document: str = RealName.RESIDENT_ID,
    number: str = "",
    case_path: str = "",
    by: Actor,
    now: datetime,
) -> IdentityCheck:
    """Say whether somebody who stands for an enterprise is the person whom a ban binds, after looking at their card.

    Where the ban knows a number, the number on the card decides and is asked for; it is compared and not kept. Only a
    card of the same kind can say that somebody is another. It is said where the enterprise is registered, or where the
    case lies on whose page the doubt came up (`case_path`).
    """
    if reason := why_not_check(by):
        raise NotPermitted(reason)
    assert isinstance(by, Officer)
    if reason := why_not_of_place(by, enterprise, case_path):
        raise NotPermitted(reason)
    today, name = journal.legal_day(now), "".join(name.split())
    number = normal_number(document, number) if number.strip() else ""
    if not any((each.ban, each.name) == (str(ban.pk), name) for each in namesakes(enterprise, [name], on=today)):
        raise Conflict("没有需要核对的同名记录：限制已经解除、期限已满，或者本人已经实名，不再按姓名提示。")
    problems = _of_number(ban, document, number, is_same=is_same)
    if not 1 <= len(note := note.strip()) <= LONGEST:
        problems.append(Problem("note", f"请写明怎样核对的，最多{LONGEST}个字。"))
    if problems:
        raise Invalid(*problems)
    check = IdentityCheck(
        ban=ban,
        enterprise=enterprise,
        person=name,
        is_same=is_same,
        note=note,
        authority_path=by.authority_path,
        checked_at=now,
        checked_by=by.label,
    )
    check.save(force_insert=True)
    journal.record(
        "identity_check.made",
        subject=check,
        by=by,
        at=now,
        person=name,
        uscc=enterprise.uscc,
        source=ban.stream,
        found="是同一人" if is_same else "不是同一人",
        documents=RealName.DOCUMENTS[document] if number else "",
        reason=note,
    )
    return check


def why_not_check(actor: Actor) -> str:
    """The reason somebody checks no identities, or an empty string."""
    if isinstance(actor, Officer) and any(actor.has(role) for role in CHECKS):
        return ""
    return "身份核对由受理人员或者决定人员办理。"


def _of_number(ban: Ban, document: str, number: str, *, is_same: bool) -> list[Problem]:
    """What is wrong with the number on the card: missing, malformed, of another document, or saying the opposite."""
    known = bytes(ban.mark)
    if document in RealName.DOCUMENTS and not number:
        missing = Problem("number", "这条限制记录有证件号码，请填写当面查验的证件号码，由系统比对；号码不保存。")
        return [missing] if known else []
    if problems := number_problems(document, number):
        return problems
    if not known or (is_same and document != ban.document):
        return []  # Nothing to compare it with: the officer's account counts.
    if document != ban.document:
        # Everybody can have a second document, whose number differs from the first: it clears nobody.
        asked = RealName.DOCUMENTS[ban.document]
        return [Problem("document", f"限制记录里的是{asked}的号码，请当面查验{asked}；用别的证件不能认定不是同一人。")]
    agrees = number_mark(document, number) == known
    if agrees and not is_same:
        return [Problem("number", "这个号码与限制记录一致，是同一人，不能按不是同一人办理。")]
    if is_same and not agrees:
        return [Problem("number", "这个号码与限制记录不一致，请再核对证件；确实不一致的，不是同一人。")]
    return []
