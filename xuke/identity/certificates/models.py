"""Which certificates belong to which person, and which challenges were used."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from xuke.accounts.models import User


class BoundCertificate(models.Model):
    """A certificate with which a person logs in. It is theirs until they or an administrator end it.

    A certificate of an enterprise is bound to the person who keeps it: the code in it names the enterprise, and several
    people may act for one.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    fingerprint = models.BinaryField(max_length=32)
    """SHA-256 of the certificate."""
    issuer = models.TextField()
    serial = models.TextField()
    """In hexadecimal, as certification authorities print it."""
    content = models.BinaryField(default=b"")
    """The certificate itself (DER), so that it can be judged again: it may be revoked after it was bound."""
    subject = models.TextField()
    """The name in it, without numbers of persons."""
    credit_code = models.CharField(max_length=18, default="", blank=True)
    """The enterprise it was issued to, where it names one."""
    family = models.TextField(choices=[("RSA", "RSA"), ("ECDSA", "ECDSA"), ("SM2", "SM2")])
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    bound_at = models.DateTimeField()
    bound_by = models.TextField(choices=[("self", "本人绑定"), ("number", "证件号码相同")])
    used_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("fingerprint", condition=Q(ended_at=None), name="one_person_per_certificate"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("bound_at")), name="bound_certificate_days"
            ),
        ]
        indexes = [models.Index(fields=["user"], name="bound_certificate_user")]


class SpentChallenge(models.Model):
    """A challenge that was answered, kept a little longer than it could be answered again."""

    digest = models.BinaryField(primary_key=True, max_length=32)
    expires_at = models.DateTimeField(db_index=True)
