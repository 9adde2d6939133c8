"""The demonstration authority of one installation: root, issuing CA, signer. Made once, at set-up.

It stands where a licensed certification authority stands in production, and says 演示 and DEMO in every name, so that
nobody takes its seals for real ones. Its root is the anchor with which this installation's certificates are verified.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID, ObjectIdentifier

from xuke.foundation.directories import appear

PLACE = Path("keys") / "demonstration"
"""Where the demonstration authority lies below an installation's home."""
ROOT, ISSUING, SIGNER = "root", "issuing", "signer"
ORGANISATION = "许可平台演示机构 DEMO"
COMMON_NAMES = {
    ROOT: "许可平台演示根证书 DEMO Root",
    ISSUING: "许可平台演示签发证书 DEMO Issuing CA",
    SIGNER: "许可平台演示电子印章 DEMO Seal",
}
_YEAR = timedelta(days=365, hours=6)
VALID_FOR = {ROOT: 20 * _YEAR, ISSUING: 15 * _YEAR, SIGNER: 6 * _YEAR}
"""The seal outlives a licence of today: stories renew one by law on the morning after its last day."""
BACKDATED = 2 * _YEAR
"""Demonstration stories begin before the installation does, and their certificates were signed back then."""
DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")


@dataclass(frozen=True)
class DemonstrationAuthority:
    """The three certificates and the key of the signer."""

    root: x509.Certificate
    issuing: x509.Certificate
    signer: x509.Certificate
    signer_key: ec.EllipticCurvePrivateKey

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """The signer's certificate and its issuers, without the root: what travels inside a signature."""
        return (self.signer, self.issuing)


def establish(directory: Path, *, now: datetime) -> DemonstrationAuthority:
    """Make the demonstration authority unless it exists. A crash leaves it whole or absent."""
    appear(directory, lambda place: _found(place, now), mode=0o700)
    return load(directory)


def load(directory: Path) -> DemonstrationAuthority:
    """Read the authority back."""
    key = serialization.load_pem_private_key((directory / f"{SIGNER}.key").read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    certificates = {name: _certificates(directory / f"{name}.pem")[0] for name in COMMON_NAMES}
    return DemonstrationAuthority(signer_key=key, **certificates)


def load_trust(*files: Path) -> tuple[x509.Certificate, ...]:
    """The certificates of trusted roots, from PEM or DER files."""
    return tuple(certificate for file in files for certificate in _certificates(file))


def key_id(certificate: x509.Certificate) -> bytes:
    """Eight bytes that name a key wherever there is no room for its certificate: SHA-256 of the public key."""
    public = certificate.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    digest = hashes.Hash(hashes.SHA256())
    digest.update(public)
    return digest.finalize()[:8]


def _certificates(file: Path) -> list[x509.Certificate]:
    content = file.read_bytes()
    if b"-----BEGIN" in content:
        return x509.load_pem_x509_certificates(content)
    return [x509.load_der_x509_certificate(content)]


def _found(place: Path, now: datetime) -> None:
    keys = {name: ec.generate_private_key(ec.SECP256R1()) for name in COMMON_NAMES}
    for name, issuer in ((ROOT, ROOT), (ISSUING, ROOT), (SIGNER, ISSUING)):
        certificate = _certify(name, keys[name], issuer, keys[issuer], now - BACKDATED)
        (place / f"{name}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        _write_key(place / f"{name}.key", keys[name])


def _write_key(file: Path, key: ec.EllipticCurvePrivateKey) -> None:
    file.touch(mode=0o600)
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def _certify(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    issuer_key: ec.EllipticCurvePrivateKey,
    start: datetime,
) -> x509.Certificate:
    is_ca = name != SIGNER
    builder = (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + BACKDATED + VALID_FOR[name])
        .add_extension(x509.BasicConstraints(is_ca, {ROOT: 1, ISSUING: 0}.get(name)), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .add_extension(_usage(is_ca=is_ca), critical=True)
    )
    if not is_ca:
        builder = builder.add_extension(x509.ExtendedKeyUsage([DOCUMENT_SIGNING]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _usage(*, is_ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_ca,
        content_commitment=not is_ca,
        key_cert_sign=is_ca,
        crl_sign=is_ca,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _named(name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, COMMON_NAMES[name]),
        ]
    )
