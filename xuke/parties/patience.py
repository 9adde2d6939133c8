"""A brake for whoever tries again and again from one address, counted by each web process for itself."""

from __future__ import annotations

from django.core.cache import cache

from xuke.foundation.refusals import TooMany

HOUR = 3600


def demand(key: str, most: int, sentence: str) -> None:
    """Raise `TooMany` once as many tries as this were counted within the hour."""
    if cache.get(key, 0) >= most:
        raise TooMany(sentence)


def count(key: str) -> None:
    """One more try. The first one begins the hour."""
    if not cache.add(key, 1, timeout=HOUR):
        try:
            cache.incr(key)
        except ValueError:  # The hour ended between the two.
            cache.set(key, 1, timeout=HOUR)
