"""What a person can prove beside a password: an authenticator app, passkeys, recovery codes."""

from __future__ import annotations

from django.db import models

from xuke.accounts.models import User
from xuke.foundation.identity import new_id
from xuke.foundation.vault import SealedField


class TotpDevice(models.Model):
    """An authenticator app that shows one-time codes (动态口令, RFC 6238). A person has one."""

    user = models.OneToOneField(User, models.PROTECT, primary_key=True, related_name="+")
    secret = SealedField(purpose="totp")
    last_step = models.PositiveBigIntegerField()
    """The 30-second step of the newest code that was accepted: no code is taken twice, none older than it."""
    added_at = models.DateTimeField()


class Passkey(models.Model):
    """A passkey or security key (通行密钥, WebAuthn): we hold its public half."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    """What its owner calls it, such as 我的手机."""
    credential_id = models.BinaryField(unique=True)
    public_key = models.BinaryField()
    sign_count = models.PositiveBigIntegerField()
    """How often it has signed, as it says. One that goes back was copied. Many passkeys do not count and say 0."""
    handle = models.BinaryField()
    """How the device names the person: random, the same for all passkeys of one person."""
    rp_id = models.TextField()
    """The name of the site it was made for. It works nowhere else."""
    transports = models.JSONField(default=list)
    added_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user"], name="passkey_of_user")]


class RecoveryCode(models.Model):
    """A code on paper (恢复码) for the day the phone is lost. Works once. Kept as an Argon2 hash."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    """The part of the code before the first dash: which row to compare with."""
    code = models.TextField()
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("user", "number", name="one_recovery_code_per_number")]
