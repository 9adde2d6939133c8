"""The tables of `identity`, one file per noun."""

from xuke.identity.models.attempts import Attempt
from xuke.identity.models.factors import Passkey, RecoveryCode, TotpDevice
from xuke.identity.models.sessions import Session

__all__ = ["Attempt", "Passkey", "RecoveryCode", "Session", "TotpDevice"]
