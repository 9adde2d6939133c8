"""Administrative divisions with the time in which their codes were in use (GB/T 2260)."""

from django.db import models
from django.db.models import F, Q


class Level(models.IntegerChoices):
    """The three levels that six digits can tell apart."""

    PROVINCE = 1, "省级"
    PREFECTURE = 2, "地级"
    COUNTY = 3, "县级"


class Division(models.Model):
    """One code with one name for one stretch of time; a renamed division has two rows."""

    code = models.CharField(max_length=6)
    name = models.TextField()
    parent_code = models.CharField(max_length=6, blank=True)
    """The code above; empty for a province."""
    level = models.PositiveSmallIntegerField(choices=Level.choices)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    """The first day on which the code or the name was no longer in use; null while it is."""
    is_gbt2260 = models.BooleanField(default=True)
    """False for codes that development zones made for themselves."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="division_code_from_unique"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="division_valid_to_after_from",
            ),
        ]
        indexes = [models.Index(fields=["parent_code"], name="division_parent")]
