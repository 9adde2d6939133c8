"""Who a person is, proven (实名): writing it down, and taking it back."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from xuke.accounts import masks, queries
from xuke.accounts.models import RealName, User
from xuke.accounts.officers import Officer, Role
from xuke.foundation import journal, vault
from xuke.foundation.actors import Actor, System
from xuke.foundation.identifiers import resident_id
from xuke.foundation.refusals import Conflict, Invalid, NotPermitted, Problem
from xuke.foundation.transactions import command

_MOBILE = re.compile(r"1[3-9]\d{9}")
_PASSPORT = re.compile(r"[A-Z0-9]{5,20}")
_PERMITS = {"permit_hk_mo": ("81", "82"), "permit_tw": ("83",)}
"""Residence permits carry a number like a resident's, with a division of their own (国办发〔2018〕81号)."""


@command
def prove_real_name(
    *,
    user: User,
    name: str,
    number: str,
    proven_by: str,
    by: Actor,
    now: datetime,
    document: str = RealName.RESIDENT_ID,
    mobile: str = "",
    valid_to: date | None = None,
    documents: str = "",
) -> RealName:
    """Write down who a person is, as somebody proved it. Proving it again renews it; nobody becomes somebody else.

    At the counter an officer who accepts says which `documents` were seen. What was taken back is proven anew there
    only: a login must not undo it.

    One person has one account: a number that another account proved is refused, without saying whose it is.
    """
    _demand_may_prove(user, proven_by, by)
    documents = documents.strip()
    name, mobile, number = " ".join(name.split()), mobile.strip(), normal_number(document, number)
    problems = [
        *_name_problems(name),
        *number_problems(document, number),
        *_other_problems(mobile, proven_by, valid_to, journal.legal_day(now)),
        *_document_problems(documents, proven_by),
    ]
    if problems:
        raise Invalid(*problems)
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    known = RealName.objects.filter(user=user).first()
    if known is not None and known.withdrawn_at is None and not _is_number_of(known, document, number):
        raise Conflict("这个账号已经实名为另一个人，不能改为别人的证件。请用您自己的账号。")
    if known is not None and known.withdrawn_at is not None and proven_by in _BY_LOGIN:
        raise Conflict("这个账号的实名已经撤回。请本人带身份证件到受理窗口重新核验。")
    if queries.is_proven_elsewhere(document, number, user=user):
        raise _taken()
    proven = known or RealName(user=user)
    proven.name, proven.document, proven.number, proven.mobile = name, document, number, mobile
    proven.number_mark = queries.number_mark(document, number)
    proven.mobile_mark = vault.fingerprint(mobile, "mobile") if mobile else b""
    proven.proven_at, proven.proven_by = now, proven_by
    proven.valid_to, proven.withdrawn_at = valid_to, None
    try:
        with transaction.atomic():
            proven.save(force_insert=known is None)
    except IntegrityError:
        raise _taken() from None  # Somebody proved the same number a moment ago.
    _advance(user)
    seen: dict[str, Any] = {"documents": documents} if documents else {}
    journal.record(
        "user.real_name_proven",
        subject=user,
        by=by,
        at=now,
        within=queries.place_of(user),
        name=name,
        document=RealName.DOCUMENTS[document],
        number=masks.document_number(number),
        mobile=masks.mobile(mobile),
        proven_by=RealName.MEANS[proven_by],
        valid_to=valid_to,
        **seen,
    )
    return proven


_BY_LOGIN = ("identity_platform", "certificate")


def _demand_may_prove(user: User, proven_by: str, by: Actor) -> None:
    """At the counter somebody looks at the person and the document; no officer proves a name in another way."""
    if proven_by == "counter":
        _demand_counter(user, by)
    elif isinstance(by, Officer):
        raise NotPermitted("实名由本人登录时核验，或者由受理窗口核验证件以后办理。")


def _demand_counter(user: User, by: Actor) -> None:
    if isinstance(by, System):
        return
    if not isinstance(by, Officer) or not by.has(Role.ACCEPTOR):
        raise NotPermitted("实名由受理窗口核验证件以后办理。")
    if by.user_id == user.pk:
        raise NotPermitted("自己的实名由另一位受理人员核验。")


def _document_problems(documents: str, proven_by: str) -> list[Problem]:
    if len(documents) <= 200 and (documents or proven_by != "counter"):
        return []
    return [Problem("documents", "请写明核验了哪些证件，最多200个字。")]


@command
def withdraw_real_name(*, user: User, reason: str, by: Actor, now: datetime) -> RealName:
    """Take back the proof of who a person is: it was wrong, or the person asks for it. The number is free again.

    By the system, or by an officer at the counter.
    """
    _demand_counter(user, by)
    if not 1 <= len(reason := reason.strip()) <= 200:
        raise Invalid(Problem("reason", "请写明撤销实名的原因，最多200个字。"))
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    proven = RealName.objects.filter(user=user, withdrawn_at=None).first()
    if proven is None:
        raise Conflict("这个账号现在没有实名。")
    proven.withdrawn_at = now
    proven.save(update_fields=["withdrawn_at"])
    _advance(user)
    journal.record(
        "user.real_name_withdrawn", subject=user, by=by, at=now, within=queries.place_of(user), reason=reason
    )
    return proven


def _advance(user: User) -> None:
    user.revision += 1
    user.save(update_fields=["revision"])


def _taken() -> Conflict:
    return Conflict(
        "这个证件号码已经在另一个账号上实名，一个人只能有一个账号。请用原来的账号登录，或者到受理窗口核实。"
    )


def _is_number_of(known: RealName, document: str, number: str) -> bool:
    return (known.document, known.number) == (document, number)


def normal_number(document: str, number: str) -> str:
    """The number in the one form that is compared: without spaces, in half-width capitals."""
    return resident_id.parse(number).normal_form if document != "passport" else "".join(number.split()).upper()


def _name_problems(name: str) -> list[Problem]:
    return [] if 1 <= len(name) <= 64 else [Problem("name", "请填写证件上的姓名，最多64个字。")]


def number_problems(document: str, number: str) -> list[Problem]:
    """What is wrong with the number of a document, in its normal form."""
    if document not in RealName.DOCUMENTS:
        return [Problem("document", "请选择证件种类。")]
    if document == "passport":
        fits = bool(_PASSPORT.fullmatch(number))
        return [] if fits else [Problem("number", "护照号码由5至20位字母和数字组成，请照护照填写。")]
    problems = [Problem("number", problem.message) for problem in resident_id.parse(number).errors]
    heads = _PERMITS.get(document, ())
    if not problems and heads and not number.startswith(heads):
        problems.append(Problem("number", f"{RealName.DOCUMENTS[document]}的号码以{'或者'.join(heads)}开头，请核对。"))
    return problems


def _other_problems(mobile: str, proven_by: str, valid_to: date | None, today: date) -> list[Problem]:
    problems = []
    if mobile and not _MOBILE.fullmatch(mobile):
        problems.append(Problem("mobile", "请填写11位手机号码。"))
    if proven_by not in RealName.MEANS:
        problems.append(Problem("proven_by", "没有这种实名方式。"))
    if valid_to is not None and valid_to < today:
        problems.append(Problem("valid_to", "这份证件已经过了有效期，请先换领。"))
    return problems
