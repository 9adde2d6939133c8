"""Visits to the counter: begun with a document and, for an agent, a power of attorney; ended by the officer."""

from __future__ import annotations

from datetime import datetime

from xuke.accounts.models import RealName
from xuke.accounts.officers import Officer, Role
from xuke.foundation import journal
from xuke.foundation.identifiers import resident_id
from xuke.foundation.models import StoredFile
from xuke.foundation.refusals import Invalid, NotPermitted, Problem
from xuke.foundation.transactions import command
from xuke.parties import rules
from xuke.parties.models import CounterVisit, Enterprise, Mandate


@command
def begin_counter_visit(
    *,
    uscc: str,
    visitor: str,
    document: str,
    document_number: str,
    capacity: str,
    authorisation: StoredFile | None,
    by: Officer,
    now: datetime,
) -> CounterVisit:
    """Begin to file for a visitor whose document was checked; an agent brings an authorisation (Civil Code art. 165).

    The enterprise is one of the register of this installation.
    """
    if not by.has(Role.ACCEPTOR):
        raise NotPermitted("窗口代办由受理人员办理。")
    problems = []
    enterprise = Enterprise.objects.filter(uscc=uscc.strip().upper()).first()
    if enterprise is None:
        problems.append(Problem("uscc", "没有登记这家企业。请先核验营业执照，在“窗口登记”里登记。"))
    if not visitor.strip():
        problems.append(Problem("visitor", "请填写来访人姓名。"))
    if document not in RealName.DOCUMENTS:
        problems.append(Problem("document", "请选择证件种类。"))
    number = document_number.strip().upper()
    if not number:
        problems.append(Problem("document_number", "请填写证件号码。"))
    elif document == RealName.RESIDENT_ID and (found := resident_id.parse(number)).errors:
        problems.append(Problem("document_number", found.errors[0].message))
    problems += _of_capacity(capacity, visitor, authorisation, enterprise)
    if problems:
        raise Invalid(*problems)
    assert enterprise is not None
    visit = CounterVisit(
        enterprise=enterprise,
        officer_id=by.user_id,
        authority_id=by.authority_id,
        authority_path=by.authority_path,
        visitor=visitor.strip(),
        document=document,
        document_number=number,
        capacity=capacity,
        authorisation=authorisation,
        begun_on=journal.legal_day(now),
        begun_at=now,
        revision=1,
    )
    visit.save(force_insert=True)
    journal.record(
        "counter.visit_begun",
        subject=visit,
        by=by,
        at=now,
        uscc=enterprise.uscc,
        visitor=visit.visitor,
        documents=visit.get_document_display(),
        capacity=visit.get_capacity_display(),
    )
    return visit


def _of_capacity(
    capacity: str, visitor: str, authorisation: StoredFile | None, enterprise: Enterprise | None
) -> list[Problem]:
    if capacity == Mandate.LEGAL_REPRESENTATIVE:
        if enterprise is None or rules.is_same_name(visitor, enterprise.legal_representative):
            return []
        head = enterprise.legal_representative
        return [
            Problem("capacity", f"登记的法定代表人（负责人）是{head}。不是本人的，请按经办人办理，并提交授权委托书。")
        ]
    if capacity not in Mandate.CAPACITIES:
        return [Problem("capacity", "请选择来访人的身份。")]
    return (
        []
        if authorisation
        else [Problem("authorisation", "经办人办理的，请扫描上传授权委托书（民法典第一百六十五条）。")]
    )


@command
def end_counter_visit(*, visit: int, by: Officer, now: datetime) -> None:
    """End the visit; what was filed stays, and the enterprise goes on with it online."""
    found = (
        CounterVisit.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk=visit, officer=by.user_id, ended_at=None)
        .first()
    )
    if found is None:
        return
    found.ended_at = now
    found.revision += 1
    found.save(update_fields=["ended_at", "revision"])
    journal.record("counter.visit_ended", subject=found, by=by, at=now)
