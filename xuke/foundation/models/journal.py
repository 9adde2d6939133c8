"""The journal: audit trail, outbox and clock marks in one row; the Merkle log over it; what handlers have done.

Entries, leaves, heads and `Handled` are written once: the application may insert and select them, nothing else.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Func, Q


class TransactionIdField(models.Field):  # type: ignore[type-arg]
    """PostgreSQL's 64-bit transaction number, which never wraps."""

    def db_type(self, connection: object) -> str:
        return "xid8"


class Entry(models.Model):
    """One thing that happened. Written once, by the transaction that did it; never changed, never deleted.

    Actor and subject are text, so that the record outlives what it describes.
    """

    id = models.BigAutoField(primary_key=True)
    stream = models.TextField()
    """One subject, such as ``application:0192…``."""
    seq = models.PositiveIntegerField()
    """The subject's revision after this entry; 1, 2, 3 … without gaps."""
    verb = models.TextField()
    """``subject.past_participle``, such as ``application.accepted``."""
    at = models.DateTimeField()
    """When it was recorded (record time)."""
    effective_on = models.DateField()
    """The legal day, in Asia/Shanghai (valid time)."""
    clock = models.TextField(default="", blank=True)
    """The mark it leaves on the statutory clock: start, pause, resume, extend, stop, or nothing."""
    actor = models.TextField()
    actor_label = models.TextField()
    subject_label = models.TextField()
    authority_path = models.TextField(default="", blank=True, db_collation="C")
    enterprise_id = models.TextField(default="", blank=True)
    facts = models.JSONField(default=dict)
    request_id = models.TextField(default="", db_default="", blank=True)
    """Which request or background job it was written in (`xuke.foundation.request_ids`); the same in the logs."""
    transaction = TransactionIdField(db_default=Func(function="pg_current_xact_id"), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint("stream", "seq", name="journal_stream_seq")]
        indexes = [
            models.Index("transaction", "id", name="journal_transaction"),
            # The orders in which an auditor reads: everything, one person's doings, one kind of event; newest first.
            models.Index("at", "id", name="journal_at"),
            models.Index("actor", "at", "id", name="journal_actor"),
            models.Index("verb", "at", "id", name="journal_verb"),
            models.Index("request_id", "id", name="journal_request", condition=~Q(request_id="")),
        ]


class Leaf(models.Model):
    """The place of an entry in the Merkle log (RFC 9162), in sealed order."""

    position = models.PositiveBigIntegerField(primary_key=True)
    """0, 1, 2 … without gaps."""
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="+")
    digest = models.BinaryField()
    """SHA-256 of the leaf: 0x00 followed by the entry's canonical bytes."""


class Head(models.Model):
    """A signed head of the log: everything up to `size` entries, in one digest."""

    size = models.PositiveBigIntegerField(primary_key=True)
    root = models.BinaryField()
    frontier = models.BinaryField()
    """The roots of the perfect subtrees, largest first, 32 bytes each: all that is needed to append."""
    sealed_below = TransactionIdField()
    """Every entry of a transaction below this number is in the log."""
    sealed_id = models.PositiveBigIntegerField(default=0)
    """Of the transaction `sealed_below` itself, every entry up to this id is in the log too."""
    at = models.DateTimeField()
    key_id = models.TextField()
    signature = models.BinaryField()


class Handled(models.Model):
    """A reaction that was carried out: inserted in the same transaction, so that it can be tried twice without harm."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")
    handler = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("entry", "handler", name="journal_handled_once")]


class Follower(models.Model):
    """How far into the log a handler has been told: everything below `position` is in `Handled` or in `Unhandled`."""

    handler = models.TextField(primary_key=True)
    position = models.PositiveBigIntegerField()


class Unhandled(models.Model):
    """A reaction still to be carried out: the outbox of news. The row goes when the reaction is in `Handled`."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")
    handler = models.TextField()
    line = models.TextField()
    """Those who wait in one line go one after the other: the reactions of one app to one stream."""
    attempts = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField()
    problem = models.TextField(default="", blank=True)
    """What went wrong the last time."""

    class Meta:
        constraints = [models.UniqueConstraint("entry", "handler", name="journal_unhandled_once")]
        indexes = [models.Index("line", "entry", "id", name="journal_unhandled_line")]
