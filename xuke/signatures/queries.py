"""Questions about signatures, each on somebody's behalf."""

from __future__ import annotations

from uuid import UUID

from xuke.accounts.officers import Officer
from xuke.foundation import gate
from xuke.foundation.refusals import NotFound
from xuke.identity.certificates import trust
from xuke.parties.applicants import Applicant
from xuke.signatures import checking, keys
from xuke.signatures.checking import Trust, Verdict
from xuke.signatures.models import Signature


def about(actor: Officer | Applicant, stream: str) -> list[Signature]:
    """The signatures under one subject, oldest first."""
    return list(gate.seen_by(actor, Signature.objects.filter(about=stream)).order_by("about_revision"))


def get(actor: Officer | Applicant, stream: str, id: UUID) -> Signature:
    """One signature; raises `NotFound`, also for somebody else's."""
    found = gate.seen_by(actor, Signature.objects.filter(about=stream, pk=id)).first()
    if found is None:
        raise NotFound("没有找到这个签名，地址可能写错了，或者它属于另一件申请。")
    return found


def verify(signature: Signature) -> Verdict:
    """Whether a signature and its statement are right, asked now: certificates as they were judged then, and what is
    known today about keys that were lost before."""
    return checking.check(
        signature.record,
        text=signature.statement,
        attestation=bytes(signature.attestation),
        trust=Trust(trust.store(), keys.public_keys()),
    )
