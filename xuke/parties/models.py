"""Enterprises, sites, mandates, invitations."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from xuke.accounts.queries import number_mark, path_serving
from xuke.foundation import vault
from xuke.foundation.models import Journalled
from xuke.parties import rules
from xuke.parties.models_bans import Ban
from xuke.parties.models_counter import CAPACITIES, CounterVisit
from xuke.parties.models_identity import IdentityCheck

__all__ = [
    "CAPACITIES",
    "Ban",
    "CounterVisit",
    "Enterprise",
    "EnterpriseName",
    "IdentityCheck",
    "Invitation",
    "Mandate",
    "Site",
    "all_powers",
]


class Enterprise(Journalled):
    """A market entity (市场主体) that applies for and holds licences.

    What the registration authority keeps about it is changed by the system only (`note_registration`).
    """

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

    noted_at = models.DateTimeField(null=True, blank=True)
    """When the register, or an officer with the licence in hand, last said so; None where only the enterprise has."""

    @property
    def stream(self) -> str:
        return f"enterprise:{self.uscc}"

    @property
    def journal_label(self) -> str:
        return self.name

    @property
    def journal_authority(self) -> str:
        """Where it lies in the tree of authorities, so that auditors there find what happened to it."""
        return path_serving(self.division_code)

    @property
    def journal_enterprise(self) -> str:
        return str(self.pk)


class EnterpriseName(models.Model):
    """The present name of an enterprise cut into pairs of characters, so that officers find it by any part of it.

    Beside the enterprise and not in it: under a policy PostgreSQL does not use the index that finds pairs, so a
    function of the database does, and only for officers (`parties_named`).
    """

    enterprise = models.OneToOneField(Enterprise, models.CASCADE, primary_key=True, related_name="naming")
    name = models.TextField()
    """As the enterprise has it; where it differs, the cutting is out of date."""
    plain = models.TextField()
    """As it is compared (`xuke.foundation.bigrams.plain`)."""
    tokens = ArrayField(models.TextField())

    class Meta:
        indexes = [GinIndex(fields=["tokens"], name="enterprise_name_tokens", fastupdate=False)]


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


class Invitation(Journalled):
    """An enterprise asks a person to act for it. Whoever is meant, known by name and number, accepts with the code.

    The code is told once, to whoever invites; what is kept here lets nobody in.
    """

    code_hash = models.BinaryField(unique=True)
    """SHA-256 of the code."""
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+")
    name = models.TextField()
    mobile = vault.SealedField(purpose="mobile", default="")
    number = vault.SealedField(purpose="resident_id", default="")
    mark = models.BinaryField()
    """The fingerprint of the one number by which the person is known, as their real name keeps it."""
    capacity = models.TextField(choices=list(CAPACITIES.items()))
    powers = ArrayField(models.TextField())
    last_day = models.DateField(null=True, blank=True)
    """Until when the mandate is to be; None where no end is said."""
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_by=None, accepted_at=None)
                | Q(accepted_by__isnull=False, accepted_at__isnull=False, withdrawn_at=None),
                name="invitation_answered",
            )
        ]

    @property
    def stream(self) -> str:
        return f"invitation:{self.pk}"

    @property
    def journal_label(self) -> str:
        return f"邀请{self.name}"

    @property
    def journal_enterprise(self) -> str:
        return str(self.enterprise_id)

    def marks(self) -> dict[str, bytes]:
        """The fingerprint under the key of today."""
        known = vault.fingerprint(self.mobile, "mobile") if self.mobile else number_mark("resident_id", self.number)
        return {"mark": known}

    def is_open(self, now: datetime) -> bool:
        """Whether it still waits for its answer."""
        return self.accepted_at is None and self.withdrawn_at is None and now < self.expires_at


class Mandate(models.Model):
    """A person acts for an enterprise, in a capacity, from a day, perhaps until a day.

    What was given is never changed, only ended: other powers or another last day are another mandate. The database
    keeps that as well.
    """

    LEGAL_REPRESENTATIVE, CASE_CONTACT = rules.LEGAL_REPRESENTATIVE, "case_contact"
    CAPACITIES = CAPACITIES
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
    """The first day on which it is no longer valid."""
    ended_at = models.DateTimeField(null=True, blank=True)
    """When somebody ended it, before its time or without one."""
    ended_by = models.TextField(default="", db_default="", blank=True)
    invitation = models.OneToOneField(Invitation, models.PROTECT, null=True, blank=True, related_name="+")
    """What the person accepted, where it was given that way."""

    class Meta:
        constraints = [
            models.UniqueConstraint("user", "enterprise", condition=Q(valid_to=None), name="one_open_mandate"),
            models.CheckConstraint(condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="mandate_days"),
            models.UniqueConstraint(
                "enterprise", condition=Q(capacity=rules.LEGAL_REPRESENTATIVE, valid_to=None), name="one_head"
            ),
            models.CheckConstraint(
                condition=~Q(capacity=rules.LEGAL_REPRESENTATIVE) | Q(valid_to=None) | Q(ended_at__isnull=False),
                name="head_without_end",
            ),
        ]

    @property
    def last_day(self) -> date | None:
        """The last day on which it is or was valid; None while no end was said."""
        if self.valid_to is None:
            return None
        return self.valid_to if self.ended_at else self.valid_to - timedelta(days=1)

    def is_held(self, today: date) -> bool:
        """Whether it is valid on this day."""
        return self.valid_from <= today and (self.valid_to is None or self.valid_to > today)

    def is_over(self, today: date) -> bool:
        """Whether it is no longer valid, and will not be again."""
        return self.valid_to is not None and self.valid_to <= max(today, self.valid_from)

    @property
    def covers(self) -> frozenset[str]:
        """What the person may do with it."""
        return frozenset(self.ALL_POWERS if self.capacity == self.LEGAL_REPRESENTATIVE else self.powers)
