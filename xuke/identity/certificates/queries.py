"""Questions about bound certificates. Asked by the system, before anybody is known, or by the person."""

from __future__ import annotations

from xuke.accounts.backends import person
from xuke.accounts.models import User
from xuke.foundation.pki.certificates import Certificate
from xuke.identity.certificates.models import BoundCertificate


def binding_of(certificate: Certificate) -> BoundCertificate | None:
    """The binding of a certificate, while it holds."""
    return BoundCertificate.objects.filter(fingerprint=bytes.fromhex(certificate.fingerprint), ended_at=None).first()


def owner(certificate: Certificate) -> User | None:
    """The person a certificate is bound to, while their account is open."""
    bound = binding_of(certificate)
    return person(bound.user_id) if bound else None
