"""Applications, the materials filed with them, the visits they need."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from xuke.accounts.models import Authority
from xuke.certificates.models import Licence
from xuke.foundation.identity import new_id
from xuke.foundation.models import Journalled, StoredFile
from xuke.foundation.vault import SealedJSONField
from xuke.foundation.workflow import State
from xuke.licensing.gate_facts import GateFacts
from xuke.licensing.models_clocks import Alarm, Breach, EndedTerm
from xuke.licensing.models_decisions import DecisionSnapshot
from xuke.licensing.models_interruptions import HearingRequest, Interruption, ThirdParty
from xuke.licensing.models_joint import JointReview
from xuke.licensing.models_lists import Hand, OpenCount, WaitingCount
from xuke.licensing.models_moves import MovedCase, MovePlan
from xuke.licensing.models_together import BrokenGlass, Comment, Message
from xuke.licensing.models_visits import PostIssueCheck, Rectification, SignedSheet, TeamDraw
from xuke.licensing.procedures import procedure
from xuke.licensing.rules import Facts
from xuke.licensing.workflow import LIFE, RETRACTABLE
from xuke.parties.models import Enterprise

__all__ = [
    "Alarm",
    "Application",
    "Breach",
    "BrokenGlass",
    "Comment",
    "DecisionSnapshot",
    "EndedTerm",
    "Hand",
    "HearingRequest",
    "Interruption",
    "JointReview",
    "Material",
    "Message",
    "MovePlan",
    "MovedCase",
    "OpenCount",
    "PostIssueCheck",
    "Rectification",
    "SignedSheet",
    "TeamDraw",
    "ThirdParty",
    "Visit",
    "WaitingCount",
]

REVIEWED = ("document_review", "verification_done")
"""States in which only the reviewer who has begun goes on."""
_OPEN = Q(state__in=RETRACTABLE)

SEALED = {"contact_phone": "mobile"}
"""Keys of a form whose values are personal numbers, and their purpose: every field of kind ``phone``."""


def _separate(left: str, right: str) -> Q:
    """Two columns name two people, or at least one of them is empty."""
    return Q(**{f"{left}__isnull": True}) | Q(**{f"{right}__isnull": True}) | ~Q(**{left: F(right)})


class Application(Journalled):
    """One application for a licence, from draft to decision."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    procedure = models.TextField(default="food.first")
    state = models.TextField(default=LIFE.initial)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+")
    form = SealedJSONField(default=dict, sealed=SEALED)
    """What the applicant typed, by section. Raw until submission, complete and checked from then on. Telephone numbers
    are sealed in the database."""
    saved_at = models.DateTimeField()

    authority = models.ForeignKey(Authority, models.PROTECT, null=True, blank=True, related_name="+")
    """The accepting authority (受理机关), known from submission on."""
    authority_path = models.TextField(default="", blank=True, db_collation="C")
    receipt_number = models.TextField(unique=True, null=True, blank=True)
    """接收凭证, such as 20260918-420500-0137."""
    acceptance_number = models.TextField(default="", blank=True)
    """受理号: the number of the acceptance notice."""
    title = models.TextField(default="", blank=True)
    """What the lists show: the subcategory names applied for."""
    categories = ArrayField(models.TextField(), default=list, db_default=[], blank=True)
    """The codes of the categories applied for, such as 124. Kept by the database from the form, for lists to filter."""
    submitted_at = models.DateTimeField(null=True, blank=True)
    received_on = models.DateField(null=True, blank=True)
    accepted_on = models.DateField(null=True, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    term_began_on = models.DateField(null=True, blank=True)
    """The legal day on which the running term was started; the day itself does not count."""
    due_on = models.DateField(null=True, blank=True)
    """When the running term ends, kept only to be sorted by; None while it stands still. What has legal consequences
    asks `clocks`."""
    due_provisional = models.BooleanField(default=False)
    promised_on = models.DateField(null=True, blank=True)
    """The day that the applicant was told. A holiday plan that is announced later moves `due_on`, and not this."""
    term = models.JSONField(default=dict, db_default={}, blank=True)
    """The running term as `licensing.kept` puts it together from the journal: clock, limit, extension, pauses."""

    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    claimed_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    received_by = ArrayField(models.BigIntegerField(), default=list, blank=True)
    """User ids of all who handled the receipt: one hand with whoever accepted."""
    examined_by = ArrayField(models.BigIntegerField(), default=list, db_default=[], blank=True)
    """User ids of all who took a step of the review, deputies too: one hand with whoever began it."""
    considered_by = ArrayField(models.BigIntegerField(), default=list, db_default=[], blank=True)
    """User ids of all who took a step of the decision, also those who sent the case back."""
    verified_by = ArrayField(models.BigIntegerField(), default=list, blank=True)
    """User ids of the verification team."""

    corrections = models.JSONField(default=list)
    """The one list of what has to be corrected (一次告知): rows of item, defect and remedy."""
    spot_correction = SealedJSONField(default=dict, sealed={"from": "mobile", "to": "mobile"})
    """An on-the-spot correction that waits for the applicant's confirmation, or the last one confirmed."""
    proposal = models.JSONField(default=dict)
    """The reviewer's opinion and the outcome proposed for each variety."""
    outcome = models.JSONField(default=dict)
    """The decision: varieties granted, varieties refused with reasons, basis."""
    licence = models.ForeignKey(Licence, models.PROTECT, null=True, blank=True, related_name="+")
    """The licence that was granted; a change or a renewal grants the one it started from."""
    starts_from = models.ForeignKey(Licence, models.PROTECT, null=True, blank=True, related_name="+")
    """The licence to be changed, renewed, issued again or cancelled; None for a first application."""
    rules = models.JSONField(default=dict, db_default={}, blank=True)
    """The rule editions that were bound at submission (`licensing.binding`)."""
    channel = models.TextField(default="online", db_default="online")
    """How it was filed: ``online``, or at the ``counter`` (窗口) by an officer for a visitor."""
    committed = models.BooleanField(default=False, db_default=False)
    """Whether it was filed with a letter of commitment (告知承诺), to be decided at once and checked afterwards."""
    paused_for = models.TextField(default="", db_default="", blank=True)
    """The interruption that stops the decision term now: suspension, hearing, testing, expert_review; or empty."""
    hearing = models.JSONField(default=dict, db_default={}, blank=True)
    """The hearing (听证), as `licensing.hearing` reads it."""
    hearing_chair = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    """Who chairs the hearing: nobody who reviewed (art. 48; also a constraint of the database)."""
    extension = models.JSONField(default=dict, db_default={}, blank=True)
    """The one extension of the decision term: asked, approved or declined, with days and reason."""
    next_alarm_on = models.DateField(null=True, blank=True)
    """The next day on which the clock has something to say; kept by the function that keeps ``due_on``."""
    comment_count = models.PositiveIntegerField(default=0, db_default=0)
    """How much officers have said to each other about the case."""
    message_count = models.PositiveIntegerField(default=0, db_default=0)
    unread_by_office = models.BooleanField(default=False, db_default=False)
    unread_by_applicant = models.BooleanField(default=False, db_default=False)
    glass = models.JSONField(default=dict, db_default={}, blank=True)
    """Who may take a second hand in this case, approved by whom, until when (`BrokenGlass`); empty for nobody."""
    glass_broken = models.BooleanField(default=False, db_default=False)
    """Whether somebody took a second hand in this case: the constraints that keep hands apart let that pass."""
    shared_with = ArrayField(models.TextField(), default=list, db_default=[], blank=True)
    """Paths of other authorities that take part: joint review (联合审查), a visit entrusted to a lower level."""
    joint_waits = models.JSONField(default=dict, db_default={}, blank=True)
    """Whose opinion a joint review still waits for: authorities' codes and names (`JointReview`)."""

    asked: Facts | None = None
    """What the rules were asked about a decision that is being made, kept from the question to the snapshot."""
    gated: GateFacts | None = None
    """What the gates were asked about it, likewise."""

    class Meta:
        indexes = [
            models.Index(
                fields=["next_alarm_on", "id"],
                condition=Q(next_alarm_on__isnull=False),
                name="application_next_alarm",
            ),
            models.Index(fields=["authority"], condition=~Q(paused_for=""), name="application_paused"),
            models.Index(
                fields=["starts_from"], condition=Q(starts_from__isnull=False), name="application_starts_from"
            ),
            models.Index(
                fields=["authority", "due_on", "id"],
                condition=Q(committed=True, state="accepted"),
                name="application_promised",
            ),
            GinIndex(fields=["shared_with"], condition=~Q(shared_with=[]), name="application_shared"),
            models.Index(fields=["authority"], condition=Q(extension__status="asked"), name="application_extension"),
            models.Index(fields=["authority", "state", "due_on", "id"], name="application_inbox"),
            models.Index(fields=["enterprise", "-saved_at"], name="application_of_enterprise"),
            # Lists and figures of the office read what is open; what is closed is read newest first, page by page.
            models.Index(
                fields=["authority_path", "state", "due_on", "id"],
                condition=Q(state__in=RETRACTABLE),
                name="application_open",
            ),
            models.Index(
                F("submitted_at").desc(nulls_last=True), F("id").desc(), "authority_path", name="application_newest"
            ),
            models.Index(fields=["acceptance_number"], opclasses=["text_pattern_ops"], name="application_acceptance"),
            # Each list of open cases is read in its order from an index that begins with what narrows it, so that a
            # page costs a page (docs/decisions/0031-lists-and-counters.md).
            models.Index(fields=["due_on", "id"], condition=_OPEN, name="application_open_due"),
            models.Index(fields=["state", "due_on", "id"], condition=_OPEN, name="application_open_state"),
            models.Index(fields=["authority_path", "due_on", "id"], condition=_OPEN, name="application_open_place"),
            models.Index(
                fields=["authority", "state", "due_on", "id"],
                condition=_OPEN & Q(claimed_by=None),
                name="application_pool",
            ),
            models.Index(
                fields=["claimed_by", "due_on", "id"], condition=Q(claimed_by__isnull=False), name="application_claimed"
            ),
            models.Index(
                fields=["reviewed_by", "state", "due_on", "id"],
                condition=Q(state__in=REVIEWED),
                name="application_reviewed",
            ),
            models.Index(
                "authority_path",
                F("submitted_at").desc(nulls_last=True),
                F("id").desc(),
                name="application_newest_place",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(glass_broken=True) | _separate("accepted_by", "reviewed_by"),
                name="acceptor_is_not_reviewer",
            ),
            models.CheckConstraint(
                condition=Q(glass_broken=True) | _separate("accepted_by", "decided_by"), name="acceptor_is_not_decider"
            ),
            models.CheckConstraint(
                condition=Q(glass_broken=True) | _separate("reviewed_by", "decided_by"), name="reviewer_is_not_decider"
            ),
            models.CheckConstraint(
                condition=Q(claimed_by=None, claimed_at=None) | Q(claimed_by__isnull=False, claimed_at__isnull=False),
                name="claim_all_or_none",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at=None, receipt_number=None, received_on=None, authority=None)
                | Q(
                    submitted_at__isnull=False,
                    receipt_number__isnull=False,
                    received_on__isnull=False,
                    authority__isnull=False,
                ),
                name="submitted_all_or_none",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None, decided_on=None) | Q(decided_by__isnull=False, decided_on__isnull=False),
                name="decided_all_or_none",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("granted", "certificate_issued")) | Q(licence__isnull=False),
                name="granted_has_licence",
            ),
        ]

    @property
    def waits_on_promise(self) -> bool:
        """Whether it waits to be decided at once on the applicant's promise (告知承诺)."""
        return self.committed and self.state == "accepted"

    @property
    def asked_for(self) -> str:
        """The title without its act, for wherever the procedure is named beside it."""
        return self.title.removeprefix(f"{procedure(self.procedure).act}：")

    @property
    def stream(self) -> str:
        return f"application:{self.pk}"

    @property
    def journal_label(self) -> str:
        return f"{procedure(self.procedure).title} {self.acceptance_number or self.receipt_number or '草稿'}"

    @property
    def life_state(self) -> State:
        """The row of the table it stands on: its tone, and its word in those of the procedure (准予变更)."""
        state = LIFE.state(self.state)
        return replace(state, title=procedure(self.procedure).in_words(state.title))

    @property
    def varieties(self) -> list[dict[str, Any]]:
        """The product rows applied for: key, code, name, category, detail, remark, main."""
        return list(self.form.get("products", {}).get("varieties", []))


class Material(models.Model):
    """A file filed with an application. A replacement is a new row; the old one stays, superseded."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    application = models.ForeignKey(Application, models.PROTECT, related_name="materials")
    kind = models.TextField()
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    name = models.TextField()
    uploaded_at = models.DateTimeField()
    uploaded_by = models.TextField()
    superseded_at = models.DateTimeField(null=True, blank=True)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+")
    authority_path = models.TextField(default="", blank=True, db_collation="C")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "application", "kind", condition=Q(superseded_at=None), name="one_current_material_per_kind"
            )
        ]


class Visit(models.Model):
    """The on-site verification (现场核查) of an application: team, day, score sheet, result per variety."""

    application = models.OneToOneField(Application, models.PROTECT, primary_key=True, related_name="visit")
    team = models.JSONField()
    """Rows of user_id, name, credential, leader; at least two (Measures art. 21)."""
    observer = models.TextField(default="", blank=True)
    visit_on = models.DateField()
    """The day the applicant was told."""
    visited_on = models.DateField(null=True, blank=True)
    """The day on which the team of this round was there: of its first mark, or as the leader says; NULL before."""
    assigned_at = models.DateTimeField()
    due_on = models.DateField()
    """Five working days from the day after the task was received (Measures art. 21)."""
    sheet = models.JSONField(default=dict)
    """``common``: marks by item number; ``varieties``: marks by variety key, where they differ. Of this round only."""
    sheet_revision = models.PositiveIntegerField(default=0)
    confirmed = models.JSONField(default=list, db_default=[], blank=True)
    """Who confirmed the sheet as it stands: rows of user_id, name, at, and whether for the applicant. Any new mark ends
    it."""
    result = models.JSONField(default=dict)
    """``varieties``: what was found by variety key; ``not_possible``: why; ``paper``: the signed sheet's name."""
    concluded_at = models.DateTimeField(null=True, blank=True)
    concluded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    applicant_signed = models.BooleanField(null=True, blank=True)
    """Whether the applicant signed the record; False keeps the refusal, with its note."""
    signing_note = models.TextField(default="", blank=True)
    round = models.PositiveSmallIntegerField(default=1, db_default=1)
    """The second one visits what could not be verified the first time, or with another team."""
    earlier = models.JSONField(default=list, db_default=[], blank=True)
    """Rounds before this one: team, day, result, and why there is another."""
    varieties = models.JSONField(default=list, db_default=[], blank=True)
    """Keys of what this round verifies; empty for everything."""
    draw = models.JSONField(default=dict, db_default={}, blank=True)
    """Seed, candidates and visit as they were when the team was drawn; what was chosen instead, and why."""
    experts = models.JSONField(default=list, db_default=[], blank=True)
    """Rows of id, name and unit: technical experts, who give no independent conclusion."""
    entrusted_to = models.TextField(default="", db_default="", blank=True)
    """The path of the lower authority whose verifiers visit (委托下级)."""
    entrusted_name = models.TextField(default="", db_default="", blank=True)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+")
    authority_path = models.TextField(db_collation="C")

    class Meta:
        indexes = [models.Index(fields=["due_on"], condition=Q(concluded_at=None), name="visit_due")]

    @property
    def day(self) -> date:
        """The day on which the team was there, as far as it is known; before that, the day it is to go (again)."""
        return max(self.visited_on or self.visit_on, self.visit_on)
