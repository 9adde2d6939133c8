"""Public keys that check signatures and private keys that make them, the same for RSA, ECDSA and SM2."""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from xuke.foundation.pki import der, pem, protection, sm2
from xuke.foundation.pki.algorithms import Algorithm, Family
from xuke.foundation.pki.pem import Unreadable, reading
from xuke.foundation.pki.sm2 import encoding

LARGEST_KEY_FILE = 64 * 1024
LARGEST_SIGNATURE = 2048
_CURVES = ("secp256r1", "secp384r1")
_RSA_BITS = range(2048, 8192 + 1)


@dataclass(frozen=True)
class PublicKey:
    """The public half, as a certificate carries it."""

    family: Family
    size: int
    """Bits: of the modulus or of the field."""
    spki: bytes = field(repr=False)
    """SubjectPublicKeyInfo, in DER."""
    curve: str = ""
    _loaded: rsa.RSAPublicKey | ec.EllipticCurvePublicKey | bytes = field(default=b"", repr=False, compare=False)

    @classmethod
    def read(cls, spki: bytes) -> PublicKey:
        """From SubjectPublicKeyInfo; raises Unreadable."""
        with reading("公钥（RSA、ECDSA或SM2）"):
            algorithm, point = der.items(der.read_whole(spki, der.SEQUENCE).content)
            if algorithm.whole == encoding.ALGORITHM:
                raw = point.content[1:]
                sm2.read_point(raw)
                return cls(Family.SM2, 256, spki, "sm2p256v1", raw)
            loaded = serialization.load_der_public_key(spki)
            if isinstance(loaded, rsa.RSAPublicKey):
                return cls(Family.RSA, loaded.key_size, spki, "", loaded)
            if isinstance(loaded, ec.EllipticCurvePublicKey):
                return cls(Family.ECDSA, loaded.key_size, spki, loaded.curve.name, loaded)
        raise Unreadable("公钥不是RSA、ECDSA或SM2的，本平台不支持。")

    @property
    def acceptable(self) -> bool:
        """Whether signatures of this key may count: RSA from 2048 bits, P-256, P-384, SM2."""
        if self.family is Family.RSA:
            return self.size in _RSA_BITS
        return self.family is Family.SM2 or self.curve in _CURVES

    @property
    def algorithms(self) -> tuple[Algorithm, ...]:
        """The ways in which it may sign, the usual one first."""
        usual = Algorithm.ECDSA_SHA384 if self.curve == "secp384r1" else None
        mine = [algorithm for algorithm in Algorithm if algorithm.family is self.family]
        return tuple(sorted(mine, key=lambda algorithm: algorithm is not usual))

    def verify(self, message: bytes, signature: bytes, algorithm: Algorithm | None) -> bool:
        """Whether the holder of the private half signed the message in this way. Never raises; weak keys never did."""
        if algorithm is None or algorithm.family is not self.family or not self.acceptable:
            return False
        if len(signature) > LARGEST_SIGNATURE:
            return False
        try:
            if isinstance(self._loaded, bytes):
                return sm2.verify(self._loaded, message, signature)
            if isinstance(self._loaded, rsa.RSAPublicKey):
                self._loaded.verify(signature, message, _rsa_padding(algorithm, signing=False), algorithm.digest)
            else:
                self._loaded.verify(signature, message, ec.ECDSA(algorithm.digest))
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class PrivateKey:
    """The private half."""

    public: PublicKey
    _secret: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | int = field(repr=False)

    @property
    def family(self) -> Family:
        """Its kind."""
        return self.public.family

    def sign(self, message: bytes, algorithm: Algorithm | None = None) -> bytes:
        """The signature of a message, in the usual way of this key unless told otherwise."""
        algorithm = algorithm or self.public.algorithms[0]
        if algorithm.family is not self.family:
            raise ValueError(f"{algorithm} does not go with a key of {self.family}")
        if isinstance(self._secret, int):
            return sm2.sign(self._secret, message)
        if isinstance(self._secret, rsa.RSAPrivateKey):
            return self._secret.sign(message, _rsa_padding(algorithm, signing=True), algorithm.digest)
        return self._secret.sign(message, ec.ECDSA(algorithm.digest))

    def protected(self, pin: str, *, rounds: int = protection.ROUNDS) -> bytes:
        """PKCS#8 in PEM, encrypted under a PIN."""
        return pem.wrap("ENCRYPTED PRIVATE KEY", protection.protect(self._pkcs8(), pin, rounds=rounds))

    def _pkcs8(self) -> bytes:
        if isinstance(self._secret, int):
            return encoding.private_key(self._secret, sm2.public_of(self._secret))
        return self._secret.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


def generate(family: Family, *, size: int = 0) -> PrivateKey:
    """A new key: RSA 2048, P-256 or SM2, unless another size is named."""
    if family is Family.SM2:
        return _of(sm2.new_secret())
    if family is Family.RSA:
        return _of(rsa.generate_private_key(public_exponent=65537, key_size=size or 2048))
    return _of(ec.generate_private_key(ec.SECP384R1() if size == 384 else ec.SECP256R1()))


def unlock(content: bytes | str, pin: str) -> PrivateKey:
    """Open an encrypted key file. Raises Unreadable when it is none, WrongPin when the PIN is not the right one."""
    (hidden, *_) = pem.unwrap(content, "ENCRYPTED PRIVATE KEY", what="加密的私钥", limit=LARGEST_KEY_FILE)
    exposed = protection.expose(hidden, pin)
    with reading("私钥（RSA、ECDSA或SM2）"):
        _, algorithm, *_ = der.items(der.read_whole(exposed, der.SEQUENCE).content)
        if algorithm.whole == encoding.ALGORITHM:
            return _of(encoding.read_private_key(exposed))
        secret = serialization.load_der_private_key(exposed, password=None)
        if isinstance(secret, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            return _of(secret)
    raise Unreadable("私钥不是RSA、ECDSA或SM2的，本平台不支持。")


def _of(secret: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | int) -> PrivateKey:
    if isinstance(secret, int):
        spki = encoding.public_key(sm2.public_of(secret))
    else:
        spki = secret.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    return PrivateKey(PublicKey.read(spki), secret)


def _rsa_padding(algorithm: Algorithm, *, signing: bool) -> padding.AsymmetricPadding:
    """We write salts as long as the digest and accept salts of any length."""
    if not algorithm.padded_by_pss:
        return padding.PKCS1v15()
    salt = padding.PSS.DIGEST_LENGTH if signing else padding.PSS.AUTO
    return padding.PSS(mgf=padding.MGF1(algorithm.digest), salt_length=salt)
