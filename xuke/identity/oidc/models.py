"""Who is whom on the platform, who is on the way there, and whether it can be reached."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from xuke.accounts.models import User
from xuke.foundation import vault


class ExternalIdentity(models.Model):
    """An account on an identity platform belongs to one of our people."""

    issuer = models.TextField()
    subject = models.TextField()
    """What the platform calls the person: never shown, never re-used by it."""
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    linked_at = models.DateTimeField()
    linked_by = models.TextField(choices=[("number", "证件号码相同"), ("new", "新建账号"), ("self", "本人关联")])
    """How we know that it is the same person."""
    used_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "issuer", "subject", condition=Q(ended_at=None), name="one_person_per_external_identity"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("linked_at")), name="external_identity_days"
            ),
        ]
        indexes = [models.Index(fields=["user"], name="external_identity_user")]


class Departure(models.Model):
    """Somebody has gone to the platform and may come back once, in the same browser, within ten minutes."""

    digest = models.BinaryField(primary_key=True, max_length=32)
    """SHA-256 of the state, so that reading the table lets nobody come back in somebody's place."""
    browser = models.BinaryField(max_length=32)
    """SHA-256 of the cookie of the browser it began in."""
    issuer = models.TextField()
    nonce = models.TextField()
    verifier = models.TextField()
    wanted = models.TextField(default="", blank=True)
    """The page somebody wanted to see."""
    kept = vault.SealedField(purpose="kept", default="", blank=True)
    """A form that waits to be sent again (`xuke.web.kept`); there may be numbers of persons in it."""
    user = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="+")
    """Who wants to link the platform's account to theirs; empty for a login."""
    left_at = models.DateTimeField(db_index=True)


class PlatformHealth(models.Model):
    """How often the platform could not be reached in a row. All processes share it."""

    issuer = models.TextField(primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    failed_at = models.DateTimeField()
    rests_until = models.DateTimeField(null=True, blank=True)
    """Nobody is sent there before."""
