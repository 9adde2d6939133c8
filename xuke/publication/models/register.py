"""The public register of licences (公示), and what happened to each."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Func, Q, Value


class PublishedLicence(models.Model):
    """A licence as everybody finds it: one row each, written anew whenever something happened to it."""

    number = models.TextField(primary_key=True, db_collation="C")
    place = models.BigIntegerField(db_default=Func(Value("publication_place"), function="nextval"))
    """In the order of first publication, without meaning: sitemaps are cut by it."""
    kind = models.TextField(default="food")
    state = models.TextField()
    """As the register has it; a validity that is over shows by `valid_to`."""
    holder = models.TextField()
    """The producer's name on the newest version."""
    uscc = models.TextField(db_collation="C")
    categories = ArrayField(models.SmallIntegerField())
    """Numbers of the food categories (1 to 32) of the newest version, ascending."""
    products = models.TextField()
    """What may be produced, in one line: 茶叶及相关制品：茶叶、代用茶."""
    division = models.CharField(max_length=6, db_collation="C")
    """Where it produces (GB/T 2260)."""
    authority = models.TextField()
    """The issuing authority (发证机关)."""
    authority_path = models.TextField(db_collation="C")
    granted_on = models.DateField()
    valid_to = models.DateField()
    ended_on = models.DateField(null=True)
    """The day from which it no longer counts, other than by the end of its validity."""
    next_on = models.DateField(null=True)
    """The day on which something that was ordered takes effect that the row cannot say beforehand, such as a renewal
    after a gap: it is written anew then."""
    version = models.PositiveIntegerField()
    identifier = models.TextField()
    """The e-licence identifier of the newest version."""
    changed_at = models.DateTimeField()
    """When something last happened to it (record time)."""
    plain = models.TextField()
    """The holder's name as it is compared (`foundation.bigrams.plain`); not longer than an index can carry."""
    tokens = ArrayField(models.TextField())
    """What it is found by: bigrams of the holder's name (`foundation.bigrams`), and facets such as ``d:420506``,
    ``c:14``, ``s:in_force``."""

    class Meta:
        constraints = [
            # A sitemap reads this index and nothing else.
            models.UniqueConstraint(fields=["place"], include=["number", "changed_at"], name="published_place"),
        ]
        indexes = [
            GinIndex(fields=["tokens"], name="published_tokens"),
            # The order of every list: what changed last comes first. With what a search looks at, so that a word that
            # every third name has is found by reading this index alone.
            models.Index(
                fields=["-changed_at", "-number"],
                include=["plain", "division", "categories", "state", "granted_on", "valid_to", "ended_on"],
                name="published_newest",
            ),
            # The same for "as it was on a day", which begins with what was granted last by then.
            models.Index(
                fields=["-granted_on", "-number"],
                include=["plain", "division", "categories", "state", "valid_to", "ended_on"],
                name="published_granted",
            ),
            models.Index(fields=["uscc"], name="published_uscc"),
            models.Index(fields=["division", "-changed_at", "-number"], name="published_division"),
            models.Index(fields=["next_on"], condition=Q(next_on__isnull=False), name="published_next"),
        ]


class PublishedEvent(models.Model):
    """Something that happened to a licence, as everybody may read it: with the day it took effect, and when it became
    known, so that "was it valid on that day" has one answer for each day of asking."""

    number = models.TextField(db_collation="C")
    seq = models.PositiveIntegerField()
    """The revision of the licence's stream in the journal."""
    verb = models.TextField()
    effective_on = models.DateField()
    recorded_at = models.DateTimeField()
    state = models.TextField()
    """From then on."""
    valid_to = models.DateField()
    """From then on."""
    version = models.PositiveIntegerField()
    """The version of the certificate it is about."""

    class Meta:
        constraints = [models.UniqueConstraint("number", "seq", name="published_event_once")]
