"""The platform's own key under signature records: Ed25519 in `XUKE_HOME/keys/signatures`, apart from the journal's.

It attests what the signer's key does not: when, on which facts, after which second proof. Whoever rules the database
does not have it.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from xuke.foundation import journal_keys
from xuke.foundation.journal_keys import SigningKey
from xuke.signatures.records import PlatformKeys


def place() -> Path:
    """Where the key and the public halves of all times lie."""
    return Path(settings.XUKE_HOME) / "keys" / "signatures"


def attesting_key() -> SigningKey:
    """The key of today; made when the installation has none."""
    return journal_keys.signing_key(place())


def public_keys() -> PlatformKeys:
    """Every key that ever attested here, by id."""
    return journal_keys.public_keys(place())


def rotate() -> SigningKey:
    """Put a new key in place of the present one, whose public half is kept."""
    return journal_keys.rotate(place())
