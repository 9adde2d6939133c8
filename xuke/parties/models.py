"""Enterprises, sites, mandates."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from xuke.foundation.models import Journalled
from xuke.parties import rules


class Enterprise(Journalled):
    """A market entity (市场主体) that applies for and holds licences."""

    uscc = models.CharField(max_length=18, unique=True)
    name = models.TextField()
    legal_representative = models.TextField()
    """法定代表人, or 负责人 of a subject that is no legal person."""
    domicile = models.TextField()
    division_code = models.CharField(max_length=6)
    STATES = {"in_operation": "存续", "revoked": "吊销", "deregistered": "注销", "moved_out": "迁出"}
    state = models.TextField(choices=list(STATES.items()), default="in_operation", db_default="in_operation")
    """As the registration authority keeps it (登记状态)."""
    term_ends_on = models.DateField(null=True, blank=True)
    """The last day of the term of operation (营业期限); None for a long term."""

    @property
    def stream(self) -> str:
        return f"enterprise:{self.uscc}"

    @property
    def journal_label(self) -> str:
        return self.name

    @property
    def journal_enterprise(self) -> str:
        return str(self.pk)


class Site(models.Model):
    """A place where an enterprise produces (生产地址)."""

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="sites")
    address = models.TextField()
    division_code = models.CharField(max_length=6)

    class Meta:
        constraints = [models.UniqueConstraint("enterprise", "address", name="one_row_per_site")]


def all_powers() -> list[str]:
    """What a mandate covers when nothing else is said."""
    return list(Mandate.ALL_POWERS)


class Mandate(models.Model):
    """A person acts for an enterprise, in a capacity, from a day, perhaps until a day."""

    LEGAL_REPRESENTATIVE, CASE_CONTACT = rules.LEGAL_REPRESENTATIVE, "case_contact"
    CAPACITIES = {LEGAL_REPRESENTATIVE: "法定代表人", CASE_CONTACT: "经办人"}
    DRAFT, SIGN, RECEIVE = rules.DRAFT, rules.SIGN, rules.RECEIVE
    POWERS, ALL_POWERS = rules.POWERS, rules.ALL_POWERS

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="mandates")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="mandates")
    capacity = models.TextField(choices=list(CAPACITIES.items()))
    powers = ArrayField(models.TextField(), default=all_powers, db_default=["draft", "sign", "receive"])
    """What the person may do for the enterprise (授权事项). A legal representative may do everything."""
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    """Who gave it; None where the platform did at registration."""
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("user", "enterprise", condition=Q(valid_to=None), name="one_open_mandate"),
            models.CheckConstraint(condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="mandate_days"),
        ]
