"""Authorities and certificate holders of these tests, made once for each family of keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

from xuke.foundation.pki.algorithms import Family
from xuke.foundation.pki.chains import TrustStore
from xuke.foundation.pki.issuing import CertificateMaker, Issued, Subject

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
NOON = NOW + timedelta(hours=2)
CREDIT_CODE = "91330106MA27XK8T66"
RESIDENT_NUMBER = "11010519491231002X"
FANG = Subject("王芳", "西溪食品有限公司", CREDIT_CODE, RESIDENT_NUMBER)


def root(family: Family = Family.ECDSA) -> CertificateMaker:
    """The root that everybody trusts."""
    return _cast(family)[0]


def authority(family: Family = Family.ECDSA) -> CertificateMaker:
    """The authority below it that issues to people."""
    return _cast(family)[1]


def fang(family: Family = Family.ECDSA) -> Issued:
    """Wang Fang of the food company, with her certificate."""
    return _cast(family)[2]


@cache
def _cast(family: Family) -> tuple[CertificateMaker, CertificateMaker, Issued]:
    top = CertificateMaker.root("演示根证书 DEMO", family=family, now=NOW)
    below = top.intermediate("演示签发证书 DEMO", now=NOW)
    return top, below, below.issue(FANG, now=NOW)


def trust(family: Family = Family.ECDSA, *, revoked=(), without=(), **changes) -> TrustStore:
    """A store with root, authority and the lists of both, unless something is to be different."""
    lists = (root(family).revocation_list(now=NOW), authority(family).revocation_list(now=NOW, revoked=revoked))
    found = {"roots": [root(family).certificate], "intermediates": [authority(family).certificate], "crls": lists}
    return TrustStore(**{name: value for name, value in (found | changes).items() if name not in without})
