"""The register of verifiers, what is kept about each, and recusal."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from xuke.accounts.models import Authority
from xuke.foundation.identity import new_id
from xuke.foundation.models import Journalled
from xuke.parties.models import Enterprise
from xuke.verifiers import rules


class Verifier(Journalled):
    """Somebody in the register (核查人员名册): a verifier, a technical expert or an observer, with their credential."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    """The account; experts and observers need none."""
    name = models.TextField()
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    """The unit that keeps the row; a verifier may serve elsewhere for a while (借调)."""
    authority_path = models.TextField(db_collation="C")
    unit = models.TextField(default="", db_default="", blank=True)
    """Where an expert works; of officers, the division of the authority."""
    qualification = models.TextField(choices=list(rules.QUALIFICATIONS.items()), default=rules.VERIFIER)
    level = models.TextField(choices=list(rules.LEVELS.items()), default="", db_default="", blank=True)
    may_lead = models.BooleanField(default=True, db_default=True)
    credential = models.TextField(default="", db_default="", blank=True)
    issuer = models.TextField(default="", db_default="", blank=True)
    issuing_province = models.CharField(max_length=2, default="", db_default="", blank=True)
    """The two digits of the province that issued the credential; empty where it was not entered."""
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    """The last day of the credential; NULL counts as open-ended."""
    specialities = ArrayField(models.TextField(), null=True, blank=True)
    """Three-digit categories; NULL where nothing was entered yet, and nobody is left out for it."""
    is_entered = models.BooleanField(default=True, db_default=True)
    """False where the row was made from a posting and its validity has not been entered yet."""
    status = models.TextField(choices=list(rules.STATUSES.items()), default=rules.ACTIVE)
    status_from = models.DateField(null=True, blank=True)
    status_until = models.DateField(null=True, blank=True)
    status_reason = models.TextField(default="", db_default="", blank=True)
    registered_on = models.DateField()
    training = models.JSONField(default=dict, db_default={}, blank=True)
    """Hours by year, added up from the records."""
    examined_until = models.DateField(null=True, blank=True)
    failed_on = models.DateField(null=True, blank=True)
    """Since when an examination stands failed; NULL once a later one is passed."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "user", condition=Q(user__isnull=False) & ~Q(status="withdrawn"), name="one_register_row_per_person"
            ),
            models.UniqueConstraint(
                "credential", condition=~Q(credential="") & ~Q(status="withdrawn"), name="one_row_per_credential"
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="credential_days",
            ),
        ]
        indexes = [models.Index(fields=["authority_path", "name", "id"], name="verifier_place")]

    @property
    def stream(self) -> str:
        return f"verifier:{self.pk}"

    @property
    def journal_label(self) -> str:
        return f"{self.get_qualification_display()} {self.name}"


class Recognition(Journalled):
    """That a credential of another province may be used in a territory (互认), kept by whoever uses it there.

    The row of the person stays where it is kept: in the register of their own province, or in this one.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    verifier = models.ForeignKey(Verifier, models.PROTECT, related_name="recognitions")
    user_id = models.BigIntegerField(null=True, blank=True)
    """Whose it is, for the wall: everybody reads their own."""
    name = models.TextField()
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    """Who keeps it; it counts for visits of this authority and of those below."""
    authority_path = models.TextField(db_collation="C")
    credential = models.TextField()
    """The credential that was recognised; a new one is recognised anew."""
    document = models.TextField()
    """On which document, or which look into the other register, it rests."""
    recognised_on = models.DateField()
    until = models.DateField(null=True, blank=True)
    """The last day; NULL counts as long as the credential."""
    recorded_by = models.TextField()
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.TextField(default="", db_default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "verifier", "authority", condition=Q(ended_on=None), name="one_recognition_per_authority"
            ),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("recognised_on")), name="recognition_days"),
        ]

    @property
    def stream(self) -> str:
        return f"recognition:{self.pk}"

    @property
    def journal_label(self) -> str:
        return f"互认 {self.name}"


class Record(models.Model):
    """One thing kept about somebody in the register: training, an examination, a witnessed visit, integrity."""

    TRAINING, EXAMINATION, WITNESS, INTEGRITY = "training", "examination", "witness", "integrity"
    KINDS = {TRAINING: "培训", EXAMINATION: "考核", WITNESS: "见证评价", INTEGRITY: "廉洁与诚信"}

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    verifier = models.ForeignKey(Verifier, models.PROTECT, related_name="records")
    user_id = models.BigIntegerField(null=True, blank=True)
    """Whose record it is, for the wall: everybody reads their own."""
    authority_path = models.TextField(db_collation="C")
    kind = models.TextField(choices=list(KINDS.items()))
    day = models.DateField()
    title = models.TextField()
    hours = models.DecimalField(max_digits=6, decimal_places=1, null=True, blank=True)
    points = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    passed = models.BooleanField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    recorded_by = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["verifier", "-day"], name="record_of_verifier")]


class Recusal(Journalled):
    """Why somebody stays away from an enterprise (回避): declared by themselves, or requested by the applicant."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    verifier = models.ForeignKey(Verifier, models.PROTECT, related_name="recusals")
    user_id = models.BigIntegerField(null=True, blank=True)
    name = models.TextField()
    authority_path = models.TextField(db_collation="C")
    """Where it was declared, or whose case it is about."""
    uscc = models.CharField(max_length=18)
    enterprise_name = models.TextField()
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, null=True, blank=True, related_name="+")
    """The applicant who asked for it, and sees it; NULL for what somebody declared about themselves."""
    about = models.TextField(default="", db_default="", blank=True)
    """The stream of the case in which it was requested."""
    ground = models.TextField(choices=list(rules.GROUNDS.items()))
    text = models.TextField(default="", db_default="", blank=True)
    state = models.TextField(choices=list(rules.RECUSAL_STATES.items()))
    declared_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    """The last day of what it rests on; of former employment, the day of leaving."""
    decided_on = models.DateField(null=True, blank=True)
    decided_by = models.TextField(default="", db_default="", blank=True)
    decision = models.TextField(default="", db_default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "verifier", "about", condition=Q(state="requested"), name="one_open_request_per_case"
            ),
            models.CheckConstraint(
                condition=Q(decided_on=None, decided_by="") | Q(decided_on__isnull=False) & ~Q(decided_by=""),
                name="recusal_decided_all_or_none",
            ),
        ]
        indexes = [
            models.Index(fields=["uscc"], name="recusal_of_enterprise"),
            models.Index(fields=["about"], name="recusal_of_case"),
        ]

    @property
    def stream(self) -> str:
        return f"recusal:{self.pk}"

    @property
    def journal_label(self) -> str:
        return f"{self.name}回避{self.enterprise_name}"
