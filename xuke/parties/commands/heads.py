"""Seating a legal representative at the counter, where nobody of the enterprise can do it any more."""

from __future__ import annotations

from datetime import datetime

from xuke.accounts.models import RealName, User
from xuke.accounts.officers import Officer
from xuke.foundation import journal
from xuke.foundation.refusals import Invalid, Problem
from xuke.foundation.transactions import command
from xuke.parties import permissions
from xuke.parties.commands.steps import end_row, lock, note, withdraw_all
from xuke.parties.models import Enterprise, Invitation, Mandate
from xuke.parties.rules import is_same_name


@command
def note_counter_refusal(*, act: str, about: str, reason: str, by: Officer, now: datetime) -> None:
    """Write down that an officer tried something at the counter that was refused.

    No number of a person is told. Asked by the system.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=by.user_id)
    user.revision += 1
    user.save(update_fields=["revision"])
    journal.record(
        "user.counter_refused",
        subject=user,
        by=by,
        at=now,
        within=by.authority_path,
        act=act,
        about=about,
        reason=reason[:200],
    )


@command
def seat_head(*, enterprise: Enterprise, user: User, documents: str, by: Officer, now: datetime) -> Mandate:
    """Let the registered legal representative act for the enterprise, once their documents were checked.

    Whoever was seated before heads the enterprise no longer. Asked by the system: nobody else reads real names.
    """
    permissions.demand_registrar(by, enterprise.division_code)
    if not 1 <= len(documents := documents.strip()) <= 200:
        raise Invalid(Problem("documents", "请写明核验了哪些证照，最多200个字。"))
    enterprise = lock(enterprise.pk)
    proven = RealName.objects.filter(user=user, withdrawn_at=None).first()
    if proven is None or not is_same_name(proven.name, enterprise.legal_representative):
        name = enterprise.legal_representative
        raise Invalid(Problem("number", f"登记的法定代表人（负责人）是{name}，与这个证件号码实名的人不一致。"))
    today = journal.legal_day(now)
    seated = Mandate.objects.filter(enterprise=enterprise, ended_at=None).select_related("user").order_by("pk")
    for mandate in seated:
        heads = mandate.capacity == Mandate.LEGAL_REPRESENTATIVE
        if (heads or mandate.user_id == user.pk) and not mandate.is_over(today):
            end_row(mandate, by=by, now=now)
    asked = Invitation.objects.filter(enterprise=enterprise, capacity=Mandate.LEGAL_REPRESENTATIVE)
    withdraw_all(asked, by=by, now=now)
    mandate = Mandate.objects.create(
        user=user,
        enterprise=enterprise,
        capacity=Mandate.LEGAL_REPRESENTATIVE,
        valid_from=today,
        given_by_id=by.user_id,
    )
    note(enterprise, "head_seated", by=by, now=now, person=proven.name, documents=documents)
    return mandate
