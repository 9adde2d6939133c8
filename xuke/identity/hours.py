"""What an hour brings from one person or one network: a stream of the journal that does not grow beyond a bound.

Entries are never removed, so whoever can make one at will could fill the disk. The stream's name follows from who it is
and the hour, and its numbers are counted where they are kept: every process counts the same, and a restart forgets
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from uuid import UUID, uuid5

from django.db import connection
from django.db.models import Max

from xuke.foundation.models import Entry

MOST = 20
"""Told one by one in an hour; a further entry says that there were more. Nobody mistakes an address twenty times."""
_NAMES = UUID("5f0e0b57-6c4f-4e0c-9d51-2f7f4f4a7c11")
_ONE_SITE = 64
"""Bits of an IPv6 address that name a network: every machine in one may take any of its addresses (RFC 4291)."""


@dataclass
class Refusals:
    """One refusal among those of an hour, as the subject of its entry."""

    stream: str
    revision: int
    journal_label: str
    journal_authority: str = ""
    journal_enterprise: str = ""

    @property
    def is_told(self) -> bool:
        """Whether it gets an entry at all."""
        return self.revision <= MOST + 1

    @property
    def is_last(self) -> bool:
        """Whether its entry only says that there were more."""
        return self.revision > MOST


def refusals(kind: str, *, of: str, label: str, now: datetime) -> Refusals:
    """The next refusal of this person or network in this hour. One at a time asks for the same ones."""
    hour = now.astimezone(UTC).strftime("%Y-%m-%dT%H")
    stream = f"{kind}:{uuid5(_NAMES, f'{of} {hour}')}"
    taken = _taken(stream)
    if taken <= MOST:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [stream])
        taken = _taken(stream)
    return Refusals(stream, taken + 1, label)


def _taken(stream: str) -> int:
    return Entry.objects.filter(stream=stream).aggregate(last=Max("seq"))["last"] or 0


def network(address: str) -> str:
    """The network an address stands for: itself, or the part of an IPv6 address that its owner cannot choose."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(found) if found.version == 4 else str(ip_network((found, _ONE_SITE), strict=False))
