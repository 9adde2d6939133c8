"""Bans: enterprises and persons who may not apply for a while."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from xuke.accounts.queries import number_mark
from xuke.foundation import vault
from xuke.foundation.identity import new_id
from xuke.foundation.models import Journalled
from xuke.parties.bans import KINDS


class Ban(Journalled):
    """Somebody may not apply from a day on, perhaps until a day: either an enterprise or a person (禁止申请).

    A person is known by the fingerprint of their number, as real names keep it, so that the ban finds them under
    whatever enterprise they come back; where nobody knew the number, by their name, which proves nothing and asks for
    an identification. Rows are read by officers who handle cases, each through a query, and by the system.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.TextField(choices=[(kind.code, kind.title) for kind in KINDS])
    scope = models.TextField(default="food", db_default="food")
    """Which licences it closes."""
    enterprise = models.ForeignKey("parties.Enterprise", models.PROTECT, null=True, blank=True, related_name="+")
    """The enterprise it binds; None where it binds a person."""
    person = models.TextField(default="", db_default="", blank=True)
    """The name of the person it binds; empty where it binds an enterprise."""
    document = models.TextField(default="resident_id", db_default="resident_id")
    number = vault.SealedField(purpose="resident_id", default="")
    mark = models.BinaryField(default=b"")
    """The fingerprint of document and number; empty where nobody knew the number."""
    account = models.BigIntegerField(null=True, blank=True)
    """The account of the person, where they act or acted for the enterprise they are known from."""
    duty = models.TextField(default="", db_default="", blank=True)
    """What the person answered for: 法定代表人, 直接负责的主管人员."""
    from_on = models.DateField()
    """The day of the decision."""
    last_on = models.DateField(null=True, blank=True)
    """The last day; None for life."""
    basis = models.TextField()
    origin = models.TextField()
    """Where it comes from, in words, such as the enterprise and the decision."""
    source = models.TextField(db_index=True)
    """The stream of what it follows from, such as ``proceeding:0192…``."""
    authority_path = models.TextField(db_collation="C")
    """Of the authority that decided."""
    imposed_at = models.DateTimeField()
    imposed_by = models.TextField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    """When it was taken back, because the decision it follows from was."""
    lifted_by = models.TextField(default="", db_default="", blank=True)
    lift_reason = models.TextField(default="", db_default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(enterprise__isnull=False, person="") | (Q(enterprise=None) & ~Q(person="")),
                name="ban_binds_one",
            ),
            models.CheckConstraint(condition=Q(last_on=None) | Q(last_on__gte=F("from_on")), name="ban_days"),
        ]
        indexes = [
            models.Index(fields=["enterprise"], condition=Q(lifted_at=None), name="ban_of_enterprise"),
            models.Index(fields=["mark"], condition=Q(lifted_at=None), name="ban_of_mark"),
            models.Index(fields=["person"], condition=Q(lifted_at=None) & ~Q(person=""), name="ban_of_person"),
        ]

    @property
    def stream(self) -> str:
        return f"ban:{self.pk}"

    @property
    def journal_label(self) -> str:
        return f"禁止申请：{self.person or (self.enterprise.name if self.enterprise else '')}"

    @property
    def journal_enterprise(self) -> str:
        return str(self.enterprise_id or "")

    def marks(self) -> dict[str, bytes]:
        """The fingerprint under the key of today, for when a key is replaced."""
        return {"mark": number_mark(self.document, self.number) if self.number else b""}
