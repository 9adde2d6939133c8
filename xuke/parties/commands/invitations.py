"""Asking somebody to act for an enterprise, with a code that is good for one person, once, for a week."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from xuke.accounts.models import RealName, User
from xuke.accounts.persons import Person
from xuke.foundation import journal
from xuke.foundation.identifiers import resident_id
from xuke.foundation.refusals import Conflict, Invalid, NotFound, NotPermitted, Problem
from xuke.foundation.transactions import command
from xuke.parties import permissions, queries, rules
from xuke.parties.applicants import Applicant
from xuke.parties.commands.mandates import demand_terms
from xuke.parties.commands.steps import end_row, lock, lock_headed, note_invitation, withdraw_all
from xuke.parties.models import Enterprise, Invitation, Mandate
from xuke.parties.rules import is_same_name

VALID_FOR = timedelta(days=7)
MOST = 50
"""Invitations of one enterprise that may wait at a time."""
_MOBILE = re.compile(r"1[3-9]\d{9}")


class NotYourInvitation(NotFound):
    """这个邀请不能用：邀请码写错了、已经撤回，或者它邀请的不是您本人。请与邀请您的企业核对姓名和号码。"""


def hash_of(code: str) -> bytes:
    """What is kept of a code. It has 192 random bits, so that a fast digest is enough."""
    return hashlib.sha256(code.strip().encode()).digest()


@command
def invite(
    *,
    enterprise: Enterprise,
    name: str,
    by: Applicant,
    now: datetime,
    mobile: str = "",
    number: str = "",
    capacity: str = Mandate.CASE_CONTACT,
    powers: Collection[str] = Mandate.ALL_POWERS,
    last_day: date | None = None,
) -> tuple[Invitation, str]:
    """Ask a person, known by name and mobile or resident number, to act for the enterprise.

    Returns the code as well, which is told this once. Asking the same person again takes the earlier code back.
    Where nobody heads the enterprise, its next legal representative may be asked by anybody who acts for it: the
    register says who it is. Nobody asks for a second head; a seated one gives way to the register or at the counter.
    """
    today = journal.legal_day(now)
    name, mobile = " ".join(name.split()), mobile.strip()
    number = resident_id.parse(number).normal_form if number.strip() else ""
    problems = _problems(name, mobile, number)
    if problems:
        raise Invalid(*problems)
    demand_terms(powers, today, last_day, today)
    if capacity == Mandate.LEGAL_REPRESENTATIVE and last_day is not None:
        raise Invalid(Problem("last_day", "法定代表人（负责人）以登记为准，不设授权期限。"))
    enterprise = _lock_inviting(enterprise, capacity, name, by, today)
    invitation = Invitation(
        enterprise=enterprise,
        name=name,
        mobile=mobile,
        number=number,
        capacity=capacity,
        powers=[power for power in Mandate.ALL_POWERS if power in powers],
        last_day=last_day,
        invited_by_id=by.user_id,
        invited_at=now,
        expires_at=now + VALID_FOR,
    )
    invitation.mark = invitation.marks()["mark"]
    asked = Invitation.objects.filter(enterprise=enterprise)
    withdraw_all(asked.filter(mark=invitation.mark), by=by, now=now)
    if asked.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=now).count() >= MOST:
        raise Conflict(f"已有{MOST}个邀请等待接受，请先撤回不用的。")
    code = secrets.token_urlsafe(24)
    invitation.code_hash = hash_of(code)
    invitation.save(force_insert=True)
    journal.record("invitation.made", subject=invitation, by=by, at=now, person=name, **_terms(invitation))
    return invitation, code


def _problems(name: str, mobile: str, number: str) -> list[Problem]:
    problems = [] if 1 <= len(name) <= 64 else [Problem("name", "请填写同事证件上的姓名，最多64个字。")]
    if bool(mobile) == bool(number):
        problems.append(Problem("mobile", "请填写同事的手机号码；没有的，填写身份证号码。两项填一项。"))
    elif mobile and not _MOBILE.fullmatch(mobile):
        problems.append(Problem("mobile", "请填写11位手机号码。"))
    elif number:
        problems += [Problem("number", problem.message) for problem in resident_id.parse(number).errors]
    return problems


def _lock_inviting(enterprise: Enterprise, capacity: str, name: str, by: Applicant, today: date) -> Enterprise:
    if capacity == Mandate.CASE_CONTACT:
        return lock_headed(enterprise, by, today)
    if capacity != Mandate.LEGAL_REPRESENTATIVE:
        raise Invalid(Problem("capacity", "请选择法定代表人或者经办人。"))
    permissions.demand_acting_for(by, enterprise)
    enterprise = lock(enterprise.pk)
    if not is_same_name(name, enterprise.legal_representative):
        raise NotPermitted(_not_the_head(enterprise.legal_representative), basis="民法典第六十一条")
    if enterprise.noted_at is None:
        raise NotPermitted("登记信息还没有核验。请法定代表人（负责人）带营业执照和本人身份证到受理窗口办理。")
    if Mandate.objects.filter(enterprise=enterprise, capacity=capacity, ended_at=None).exists():
        raise Conflict(_HEADED)
    return enterprise


_HEADED = (
    "这家企业已经有法定代表人（负责人）在办事，不能再邀请一位。已经更换的，由登记机关办理变更登记以后再邀请；"
    "本人换了账号的，带营业执照和身份证到受理窗口办理。"
)


def _not_the_head(registered: str) -> str:
    return (
        f"登记的法定代表人（负责人）是{registered}。已经更换的，请先由登记机关办理变更登记；"
        "登记信息还没有更新的，带营业执照到受理窗口办理。"
    )


def _terms(invitation: Invitation) -> dict[str, Any]:
    return {
        "capacity": Mandate.CAPACITIES[invitation.capacity],
        "powers": [Mandate.POWERS[power] for power in invitation.powers],
        "last_day": invitation.last_day,
    }


@command
def withdraw_invitation(*, invitation: Invitation, by: Applicant, now: datetime) -> None:
    """Take an invitation back before it is accepted: by the legal representative, or by whoever made it."""
    if by.user_id == invitation.invited_by_id and by.enterprise_id == invitation.enterprise_id:
        lock(invitation.enterprise_id)
    else:
        lock_headed(Enterprise(pk=invitation.enterprise_id), by, journal.legal_day(now))
    found = Invitation.objects.filter(pk=invitation.pk)
    if not found.filter(accepted_at=None).exists():
        raise Conflict("这个邀请已经接受。不再需要的，请结束授权。")
    withdraw_all(found, by=by, now=now)


@command
def accept_invitation(*, code: str, by: Person, now: datetime) -> Mandate:
    """Accept for oneself. Only whom the invitation means can: the database shows it to nobody else.

    A mandate that the person already has for this enterprise gives way to the new one. What the register says and who
    heads the enterprise is asked under its lock: a change that is being noted is waited for.
    """
    today = journal.legal_day(now)
    accepting = queries.accepting(hash_of(code))
    invitation = Invitation.objects.select_for_update(no_key=True).filter(code_hash=hash_of(code)).first()
    proven = RealName.objects.filter(user=by.user_id, withdrawn_at=None).first()
    if accepting is None or invitation is None or proven is None or not is_meant(invitation, proven):
        raise NotYourInvitation()
    firm = accepting.enterprise
    _demand_open(invitation, firm, today, now)
    heads = invitation.capacity == Mandate.LEGAL_REPRESENTATIVE
    if heads and not is_same_name(proven.name, firm.legal_representative):
        raise NotPermitted(_not_the_head(firm.legal_representative), basis="民法典第六十一条")
    if heads and accepting.head not in (None, by.user_id):
        raise Conflict(_HEADED)
    invitation.accepted_by_id, invitation.accepted_at = by.user_id, now
    note_invitation(
        invitation, "accepted", "accepted_by", "accepted_at", by=by, now=now, person=proven.name, **_terms(invitation)
    )
    for mandate in Mandate.objects.filter(user=by.user_id, enterprise=invitation.enterprise_id, ended_at=None):
        if mandate.capacity == Mandate.LEGAL_REPRESENTATIVE and mandate.is_held(today) and not heads:
            raise Conflict("您已经是这家企业的法定代表人（负责人），可以办理全部事项，不需要接受邀请。")
        if not mandate.is_over(today):
            end_row(mandate, by=by, now=now)
    return Mandate.objects.create(
        user_id=by.user_id,
        enterprise_id=invitation.enterprise_id,
        capacity=invitation.capacity,
        powers=invitation.powers,
        valid_from=today,
        valid_to=invitation.last_day + timedelta(days=1) if invitation.last_day else None,
        given_by_id=invitation.invited_by_id,
        invitation=invitation,
    )


def is_meant(invitation: Invitation, proven: RealName) -> bool:
    """Whether an invitation means this person: the name and the number they have proven."""
    if not is_same_name(invitation.name, proven.name):
        return False
    if invitation.number:
        return proven.document == RealName.RESIDENT_ID and proven.number == invitation.number
    return bool(invitation.mobile) and proven.mobile == invitation.mobile


def _demand_open(invitation: Invitation, firm: Enterprise, today: date, now: datetime) -> None:
    if invitation.accepted_at is not None:
        raise Conflict("这个邀请已经接受过了，一个邀请只能用一次。")
    if invitation.withdrawn_at is not None:
        raise Conflict("这个邀请已经撤回。还需要的，请企业重新邀请。")
    if not invitation.is_open(now):
        raise Conflict("这个邀请已经过期，邀请码七天内有效。请企业重新邀请。")
    if invitation.last_day and invitation.last_day < today:
        raise Conflict("邀请里写的授权期限已经过了。请企业重新邀请。")
    if failing := rules.why_not_standing(queries.legal_person(firm), today):
        raise NotPermitted(failing.sentence, basis=failing.basis)


@command
def note_refusal(*, code: str, reason: str, by: Person, now: datetime) -> None:
    """Write down that somebody tried a code that is not for them, or no code at all. Asked by the system only."""
    invitation = Invitation.objects.select_for_update(no_key=True).filter(code_hash=hash_of(code)).first()
    if invitation is not None:
        note_invitation(invitation, "refused", by=by, now=now, person=by.name, reason=reason)
        return
    user = User.objects.select_for_update(no_key=True).get(pk=by.user_id)
    user.revision += 1
    user.save(update_fields=["revision"])
    journal.record("user.invitation_refused", subject=user, by=by, at=now, reason=reason)
