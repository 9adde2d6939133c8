"""What belongs to visits: draws of a team, signed sheets, rectification after a passed visit, checks after issue."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q

from xuke.certificates.models import Licence
from xuke.foundation.identity import new_id
from xuke.foundation.models import Journalled, StoredFile
from xuke.parties.models import Enterprise


class TeamDraw(models.Model):
    """A team that was drawn once more: with its seed, what it was drawn from, and why. Written once."""

    id = models.BigAutoField(primary_key=True)
    application = models.ForeignKey("licensing.Application", models.PROTECT, related_name="draws")
    number = models.PositiveIntegerField()
    """The second draw is number 1; the first one follows from the case and is kept with the visit."""
    seed = models.TextField()
    visit_on = models.DateField()
    reason = models.TextField()
    excluded = models.JSONField(default=list)
    """Ids of people who were not to be drawn."""
    facts = models.JSONField()
    """The candidates and the visit as they were, so that the draw can be made again."""
    team = models.JSONField()
    drawn_by = models.TextField()
    drawn_at = models.DateTimeField()
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+")
    authority_path = models.TextField(db_collation="C")

    class Meta:
        constraints = [models.UniqueConstraint("application", "number", name="one_draw_per_number")]


class SignedSheet(models.Model):
    """The score sheet of a round as team and applicant signed it on paper, scanned (Measures art. 21). Written once."""

    id = models.BigAutoField(primary_key=True)
    application = models.ForeignKey("licensing.Application", models.PROTECT, related_name="signed_sheets")
    round = models.PositiveSmallIntegerField()
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    name = models.TextField()
    filed_at = models.DateTimeField()
    filed_by = models.TextField()
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+")
    authority_path = models.TextField(db_collation="C")

    class Meta:
        constraints = [models.UniqueConstraint("application", "round", name="one_signed_sheet_per_round")]


class Rectification(Journalled):
    """What a passed visit found to be only basically in order: put right within a month, reported, confirmed (通则)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    application = models.OneToOneField("licensing.Application", models.PROTECT, related_name="rectification")
    licence = models.ForeignKey(Licence, models.PROTECT, related_name="+")
    items = models.JSONField()
    """Rows of number, title, note, variety."""
    due_on = models.DateField()
    reported_at = models.DateTimeField(null=True, blank=True)
    report = models.TextField(default="", blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    file_name = models.TextField(default="", blank=True)
    confirmed_on = models.DateField(null=True, blank=True)
    confirmed_by = models.TextField(default="", blank=True)
    done = models.BooleanField(null=True, blank=True)
    """Whether everything was put right; NULL until the daily supervision found that it was."""
    earlier = models.JSONField(default=list, db_default=[], blank=True)
    """Times the daily supervision found that it was not: what was reported, what was found by whom, and the day set
    then."""
    note = models.TextField(default="", blank=True)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+")
    authority_path = models.TextField(db_collation="C")
    """The daily supervision body's: the authority nearest to the place of production."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_on=None, confirmed_by="", done=None)
                | Q(confirmed_on__isnull=False, done__isnull=False) & ~Q(confirmed_by=""),
                name="rectification_confirmed_all_or_none",
            )
        ]
        indexes = [
            models.Index(fields=["authority_path", "due_on"], condition=Q(confirmed_on=None), name="rectification_due"),
        ]

    @property
    def stream(self) -> str:
        return f"rectification:{self.pk}"

    @property
    def before(self) -> list[dict[str, Any]]:
        """The times it was not put right, for a page: days as days."""
        days = ("due_on", "found_on", "reported_on", "again_by")
        return [{**row, **{day: date.fromisoformat(row[day]) for day in days if row[day]}} for row in self.earlier]

    @property
    def journal_label(self) -> str:
        return f"核查后整改 {self.licence.number}"


class PostIssueCheck(Journalled):
    """A check after issue (证后检查) with its due day: of a first licence, of a commitment, of an exempt renewal."""

    AFTER_VISIT, COMMITMENT, EXEMPT = "after_visit", "commitment", "exempt"
    KINDS = {AFTER_VISIT: "取得许可后检查", COMMITMENT: "告知承诺核查", EXEMPT: "免现场核查的后续检查"}
    PASS, RECTIFY, UNTRUE = "pass", "rectify", "untrue"
    RESULTS = {PASS: "符合许可条件", RECTIFY: "有问题，责令整改", UNTRUE: "承诺或者声明不实"}

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    application = models.ForeignKey("licensing.Application", models.PROTECT, related_name="checks")
    licence = models.ForeignKey(Licence, models.PROTECT, related_name="+")
    kind = models.TextField(choices=list(KINDS.items()))
    ordered_on = models.DateField()
    due_on = models.DateField()
    basis = models.TextField()
    focus = models.JSONField(default=list)
    """What the visit found to be only basically in order: the check looks at it first."""
    checked_on = models.DateField(null=True, blank=True)
    checked_by = models.TextField(default="", blank=True)
    result = models.TextField(default="", blank=True, choices=[("", "未检查"), *RESULTS.items()])
    text = models.TextField(default="", blank=True)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+")
    authority_path = models.TextField(db_collation="C")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(checked_on=None, checked_by="", result="")
                | Q(checked_on__isnull=False) & ~Q(checked_by="") & ~Q(result=""),
                name="checked_all_or_none",
            ),
            models.UniqueConstraint("application", "kind", name="one_check_per_kind"),
        ]
        indexes = [
            models.Index(fields=["authority_path", "due_on"], condition=Q(checked_on=None), name="check_due"),
        ]

    @property
    def stream(self) -> str:
        return f"check:{self.pk}"

    @property
    def journal_label(self) -> str:
        return f"{self.get_kind_display()} {self.licence.number}"
