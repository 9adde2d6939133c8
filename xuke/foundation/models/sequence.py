"""Counters behind legal numbers."""

from django.db import models


class Counter(models.Model):
    """The last number given under a key, such as ``licence:SC124420506`` or ``notice:acceptance:420500:2026``."""

    key = models.TextField(primary_key=True)
    value = models.PositiveIntegerField()
