"""Proceedings against licences."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from xuke.accounts.models import Authority
from xuke.certificates.models import Licence
from xuke.foundation.identity import new_id
from xuke.foundation.journal import legal_day
from xuke.foundation.models import Journalled
from xuke.foundation.vault import SealedJSONField
from xuke.foundation.workflow import State
from xuke.parties.models import Enterprise
from xuke.proceedings.kinds import KINDS, Ground, Kind, kind
from xuke.proceedings.rules import Facts
from xuke.proceedings.workflow import LIFE, OPEN


def _separate(left: str, right: str) -> Q:
    """Two columns name two people, or at least one of them is empty."""
    return Q(**{f"{left}__isnull": True}) | Q(**{f"{right}__isnull": True}) | ~Q(**{left: F(right)})


class Proceeding(Journalled):
    """One case of an authority against a licence, or against who applied with false materials."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.TextField(unique=True)
    """案号, such as 夷市监食许案〔2026〕0003号."""
    kind = models.TextField(choices=[(each.code, each.title) for each in KINDS])
    ground = models.TextField()
    state = models.TextField(default=LIFE.initial)
    licence = models.ForeignKey(Licence, models.PROTECT, null=True, blank=True, related_name="+")
    about = models.TextField(default="", blank=True)
    """The stream of the application with false materials, where there is no licence."""
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    authority_path = models.TextField(db_collation="C")
    facts = models.TextField()
    """Facts and reasons (事实和理由), as notice and decision tell them."""
    basis = models.TextField()
    compensation = models.TextField(default="", blank=True)
    """What is said about compensating the holder of a lawful licence that is withdrawn."""
    head = models.TextField(default="", db_default="", blank=True)
    """Who was the legal representative when the case was opened: a revocation bars them, whoever is named later."""
    proof = models.TextField(default="", db_default="", blank=True)
    """The document, or the entry of the register, that says what a plain fact rests on."""
    source = models.TextField(default="", blank=True, db_index=True)
    """The stream of what led to it, such as a check after issue; empty where an officer began it."""
    opened_at = models.DateTimeField()
    opened_by = models.TextField()

    investigator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    investigated_by = ArrayField(models.BigIntegerField(), default=list, blank=True)
    """User ids of all who took a step of the investigation: one hand."""
    kept_away = ArrayField(models.BigIntegerField(), default=list, db_default=[], blank=True)
    """User ids of those whose own decision the case calls unlawful: they have no hand in it (回避)."""
    told_on = models.DateField(null=True, blank=True)
    """The day on which the notice was served; the periods run from it."""
    answer_by = models.DateField(null=True, blank=True)
    hearing_by = models.DateField(null=True, blank=True)
    statements = models.JSONField(default=list)
    """What the holder said: rows of text, at, by and, where a file came along, file and name."""
    waived_at = models.DateTimeField(null=True, blank=True)
    hearing = models.JSONField(default=dict)
    """asked_at, asked_by, reason; held_at, place, chair, closed; record, recorded_at; given_up_at."""
    chair = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    proposal = SealedJSONField(default=dict, sealed={"number": "resident_id"})
    """opinion, on_record, effective_on, penalty, people (name, duty, user_id, number), by, at."""
    considered_by = ArrayField(models.BigIntegerField(), default=list, blank=True)
    """User ids of all who took a step of the decision."""
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_on = models.DateField(null=True, blank=True)
    decision = models.JSONField(default=dict)
    """The snapshot of everything it was decided on, and what followed. Never changed."""

    class Meta:
        indexes = [
            models.Index(fields=["authority_path", "state", "-opened_at"], name="proceeding_of_authority"),
            models.Index(fields=["enterprise", "-opened_at"], name="proceeding_of_enterprise"),
            models.Index(fields=["licence"], name="proceeding_of_licence"),
        ]
        constraints = [
            models.UniqueConstraint("licence", condition=Q(state__in=OPEN), name="one_open_proceeding_per_licence"),
            models.CheckConstraint(
                condition=_separate("investigator", "decided_by"), name="investigator_is_not_decider"
            ),
            models.CheckConstraint(condition=_separate("investigator", "chair"), name="investigator_is_not_chair"),
            models.CheckConstraint(
                condition=Q(decided_by=None, decided_on=None) | Q(decided_by__isnull=False, decided_on__isnull=False),
                name="proceeding_decided_all_or_none",
            ),
            models.CheckConstraint(
                condition=Q(licence__isnull=False) | ~Q(about=""), name="proceeding_is_about_something"
            ),
        ]

    @property
    def stream(self) -> str:
        return f"proceeding:{self.pk}"

    @property
    def journal_label(self) -> str:
        return f"{self.of_kind.title} {self.number}"

    @property
    def of_kind(self) -> Kind:
        """What it is for."""
        return kind(self.kind)

    @property
    def of_ground(self) -> Ground:
        """Why, as the law lists the reasons."""
        found = self.of_kind.ground(self.ground)
        assert found is not None
        return found

    @property
    def life_state(self) -> State:
        """The row of the table it stands on: its word and tone."""
        return LIFE.state(self.state)

    @property
    def is_open(self) -> bool:
        """Whether nothing was decided yet."""
        return self.state in OPEN

    @property
    def is_formal(self) -> bool:
        """Whether its ground is a plain fact, on which there is nothing to be heard."""
        return self.of_ground.plain

    @property
    def was_heard(self) -> bool:
        """Whether a hearing was held."""
        return bool(self.hearing.get("record"))

    @property
    def facts_of_life(self) -> Facts:
        """What the rules of the life ask, without a day."""
        held_at = self.hearing.get("held_at", "")
        return Facts(
            formal=self.is_formal,
            formality=self.of_kind.is_formality,
            told_on=self.told_on,
            answer_by=self.answer_by,
            hearing_by=self.hearing_by,
            waived=self.waived_at is not None,
            hearing_on=legal_day(datetime.fromisoformat(held_at)) if held_at else None,
            ends_licence=self.of_kind.ends_licence,
        )
