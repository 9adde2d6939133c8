"""Questions about enterprises and the people acting for them."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from xuke.accounts.models import User
from xuke.parties.applicants import Applicant
from xuke.parties.models import Enterprise, Mandate


def mandates(user: User, *, today: date) -> list[Mandate]:
    """The mandates a person holds today, oldest first."""
    held = Q(valid_from__lte=today) & (Q(valid_to=None) | Q(valid_to__gt=today))
    return list(Mandate.objects.filter(held, user=user).select_related("enterprise").order_by("pk"))


def applicant(user: User, *, today: date, enterprise: Enterprise | None = None) -> Applicant | None:
    """The applicant a person is today, for one enterprise (their only or first one when none is given)."""
    for mandate in mandates(user, today=today):
        if enterprise is None or mandate.enterprise_id == enterprise.pk:
            return applicant_from(mandate, user)
    return None


def applicant_from(mandate: Mandate, user: User) -> Applicant:
    """The applicant that a mandate makes."""
    return Applicant(user.pk, user.name, mandate.enterprise_id, mandate.enterprise.name, mandate.capacity)
