"""The ways of signing that we accept: RSA from 2048 bits, ECDSA on P-256 and P-384, SM2; SHA-256 or longer, SM3."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from cryptography.hazmat.primitives import hashes

from xuke.foundation.pki import der, oids


class Family(StrEnum):
    """Kinds of keys."""

    RSA = "RSA"
    ECDSA = "ECDSA"
    SM2 = "SM2"


class Algorithm(StrEnum):
    """Ways to sign. The values travel in messages and are kept with signatures."""

    RSA_PKCS1_SHA256 = "RSA-PKCS1-SHA256"
    RSA_PKCS1_SHA384 = "RSA-PKCS1-SHA384"
    RSA_PKCS1_SHA512 = "RSA-PKCS1-SHA512"
    RSA_PSS_SHA256 = "RSA-PSS-SHA256"
    RSA_PSS_SHA384 = "RSA-PSS-SHA384"
    RSA_PSS_SHA512 = "RSA-PSS-SHA512"
    ECDSA_SHA256 = "ECDSA-SHA256"
    ECDSA_SHA384 = "ECDSA-SHA384"
    ECDSA_SHA512 = "ECDSA-SHA512"
    SM2_SM3 = "SM2-SM3"

    @property
    def family(self) -> Family:
        """The kind of key that signs so."""
        return Family(self.value.partition("-")[0])

    @property
    def padded_by_pss(self) -> bool:
        """Whether it is the probabilistic way of RSA."""
        return self.value.startswith("RSA-PSS")

    @property
    def digest(self) -> hashes.HashAlgorithm:
        """What is taken of the message."""
        return _DIGESTS[self.value.rpartition("-")[2]]


_DIGESTS: Mapping[str, hashes.HashAlgorithm] = {
    "SHA256": hashes.SHA256(),
    "SHA384": hashes.SHA384(),
    "SHA512": hashes.SHA512(),
    "SM3": hashes.SM3(),
}
_WRITTEN_AS: Mapping[Algorithm, bytes] = {
    Algorithm.RSA_PKCS1_SHA256: der.sequence(der.object_identifier(oids.RSA_SHA256), der.null()),
    Algorithm.RSA_PKCS1_SHA384: der.sequence(der.object_identifier(oids.RSA_SHA384), der.null()),
    Algorithm.RSA_PKCS1_SHA512: der.sequence(der.object_identifier(oids.RSA_SHA512), der.null()),
    Algorithm.ECDSA_SHA256: der.sequence(der.object_identifier(oids.ECDSA_SHA256)),
    Algorithm.ECDSA_SHA384: der.sequence(der.object_identifier(oids.ECDSA_SHA384)),
    Algorithm.ECDSA_SHA512: der.sequence(der.object_identifier(oids.ECDSA_SHA512)),
    Algorithm.SM2_SM3: der.sequence(der.object_identifier(oids.SM2_SM3)),
}
_NAMES = {bytes(next(der.items(der.read_whole(written).content)).whole): one for one, written in _WRITTEN_AS.items()}
_PSS_DIGESTS = {
    der.object_identifier(f"2.16.840.1.101.3.4.2.{number}"): one
    for number, one in (
        (1, Algorithm.RSA_PSS_SHA256),
        (2, Algorithm.RSA_PSS_SHA384),
        (3, Algorithm.RSA_PSS_SHA512),
    )
}


def write(algorithm: Algorithm) -> bytes:
    """AlgorithmIdentifier, for certificates that we issue."""
    return _WRITTEN_AS[algorithm]


def read(identifier: bytes) -> Algorithm | None:
    """What an AlgorithmIdentifier in a certificate stands for; nothing when we do not accept it.

    Parameters of PKCS#1 and ECDSA say nothing; some authorities write NULL behind SM2 too. Those of PSS name the
    digest; with a mask over another digest the signature would not be verified, so they need no check of their own.
    """
    name, *parameters = der.items(der.read_whole(identifier, der.SEQUENCE).content)
    if der.dotted(name) != oids.RSA_PSS:
        return _NAMES.get(name.whole)
    chosen = [item for item in der.items(parameters[0].content) if item.tag == 0xA0] if parameters else []
    if not chosen:
        return None
    digest = next(der.items(der.read_whole(chosen[0].content, der.SEQUENCE).content))
    return _PSS_DIGESTS.get(digest.whole)
