"""The tables of `identity`, one file per noun."""

from xuke.identity.certificates.models import BoundCertificate, SpentChallenge
from xuke.identity.models.attempts import Attempt
from xuke.identity.models.factors import Passkey, RecoveryCode, TotpDevice
from xuke.identity.models.sessions import Session
from xuke.identity.oidc.models import Departure, ExternalIdentity, PlatformHealth

__all__ = [
    "Attempt",
    "BoundCertificate",
    "Departure",
    "ExternalIdentity",
    "Passkey",
    "PlatformHealth",
    "RecoveryCode",
    "Session",
    "SpentChallenge",
    "TotpDevice",
]
