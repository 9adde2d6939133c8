"""Which certification authorities this installation trusts, and what it makes of a certificate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from xuke.foundation.pki.certificates import Certificate
from xuke.foundation.pki.chains import Verdict, judge
from xuke.foundation.pki.stores import TrustDirectory, TrustStore


def place() -> Path:
    """Where roots, intermediates and revocation lists lie; `xuke trust` puts them there."""
    return Path(settings.XUKE_HOME) / "trust"


def store() -> TrustStore:
    """What lies there now, at most a second late. Chains found with it are remembered until something changes."""
    return _directory(place()).store()


def forget() -> None:
    """Look at the directory anew, now: for tests, and for whoever has just changed it."""
    _directory.cache_clear()


@lru_cache(maxsize=4)
def _directory(path: Path) -> TrustDirectory:
    return TrustDirectory(path)


def is_open() -> bool:
    """Whether any certificate could be trusted: without a root nobody can log in with one."""
    return bool(store().roots)


def verdict_on(certificate: Certificate, *, chain: Sequence[Certificate] = (), at: datetime) -> Verdict:
    """Whether a certificate is to be believed now."""
    return judge(certificate, store(), at=at, extra=chain, demand_crl=settings.XUKE_DEMAND_CRL)
