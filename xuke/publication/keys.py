"""The key under signed answers: Ed25519 in `XUKE_HOME/keys/register`, apart from the journal's and the signatures'.

Whoever rules the database does not have it. The public halves of all times stay, and are published as a key set
(RFC 7517), so that an answer of today is verified in ten years.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings

from xuke.foundation import journal_keys
from xuke.foundation.journal_keys import SigningKey
from xuke.publication import jose

PLACE = Path("keys") / "register"


def place() -> Path:
    """Where the key and the public halves of all times lie."""
    return Path(settings.XUKE_HOME) / PLACE


def answering_key() -> SigningKey:
    """The key of today; made when the installation has none."""
    return journal_keys.signing_key(place())


def rotate() -> SigningKey:
    """Put a new key in place of the present one, whose public half is kept."""
    return journal_keys.rotate(place())


def published() -> dict[str, Any]:
    """The key set that is published."""
    return jose.key_set(journal_keys.public_keys(place()))
