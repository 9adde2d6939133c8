"""What every verb does the same way: lock the enterprise, change, write it down."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from xuke.foundation import journal
from xuke.foundation.actors import Actor, System
from xuke.foundation.refusals import NotFound, NotPermitted
from xuke.parties import permissions
from xuke.parties.models import Enterprise, Invitation, Mandate


def lock(id: int) -> Enterprise:
    """The enterprise, locked until the transaction ends. One that may not be seen is not found."""
    enterprise = Enterprise.objects.select_for_update(no_key=True).filter(pk=id).first()
    if enterprise is None:
        raise NotFound("您现在不代表这家企业，或者它不存在。")
    return enterprise


def lock_headed(enterprise: Enterprise, by: Actor, today: date) -> Enterprise:
    """Lock the enterprise for whoever heads it at this very moment."""
    permissions.demand_heading(by, enterprise)
    enterprise = lock(enterprise.pk)
    if not isinstance(by, System):
        heads = Mandate.objects.filter(enterprise=enterprise, capacity=Mandate.LEGAL_REPRESENTATIVE, ended_at=None)
        if not any(mandate.is_held(today) for mandate in heads.filter(user=permissions.user_id_of(by))):
            raise NotPermitted("您已经不是这家企业的法定代表人（负责人）。")
    return enterprise


def note(enterprise: Enterprise, past: str, *, by: Actor, now: datetime, **facts: Any) -> None:
    """Advance the enterprise and record what happened to it."""
    enterprise.revision += 1
    enterprise.save(update_fields=["revision"])
    journal.record(f"enterprise.{past}", subject=enterprise, by=by, at=now, **facts)


def note_invitation(invitation: Invitation, past: str, *fields: str, by: Actor, now: datetime, **facts: Any) -> None:
    """The same for an invitation; `fields` were changed."""
    invitation.revision += 1
    invitation.save(update_fields=["revision", *fields])
    journal.record(f"invitation.{past}", subject=invitation, by=by, at=now, **facts)


def end_row(mandate: Mandate, *, by: Actor, now: datetime) -> None:
    """End a mandate at once, and take back whom its holder had asked and who has not answered: but for the next head,
    whom the register bears out."""
    mandate.valid_to = max(journal.legal_day(now), mandate.valid_from)
    mandate.ended_at, mandate.ended_by = now, by.label
    mandate.save(update_fields=["valid_to", "ended_at", "ended_by"])
    asked = Invitation.objects.filter(enterprise=mandate.enterprise_id, invited_by=mandate.user_id)
    withdraw_all(asked.exclude(capacity=Mandate.LEGAL_REPRESENTATIVE), by=by, now=now)


def withdraw_all(invitations: Any, *, by: Actor, now: datetime) -> None:
    """Take back whichever of these invitations still wait."""
    waiting = invitations.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=now)
    for invitation in waiting.select_for_update(no_key=True).order_by("pk"):
        invitation.withdrawn_at = now
        note_invitation(invitation, "withdrawn", "withdrawn_at", by=by, now=now)
