"""Signed texts that any program can verify: compact JWS (RFC 7515) with Ed25519 (RFC 8037), and key sets (RFC 7517).

The algorithm is called EdDSA here, as every library knows it; RFC 9864 would rather have it called Ed25519, which few
know yet, so the library's warning about the name is switched off and nothing else is. Pure: no Django.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_public_key,
)
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from joserfc.jws import JWSRegistry

ALGORITHM = "EdDSA"
LONGEST = 20_000
"""Characters of a signed answer; ours have about a thousand."""


class NotSigned(Exception):
    """The text is not a signed answer, or its signature does not hold; the message says which, in words."""


class _EdDSA(type(JWSRegistry.algorithms[ALGORITHM])):  # type: ignore[misc]
    security_warning = None


class _Registry(JWSRegistry):
    algorithms = {ALGORITHM: _EdDSA()}


_REGISTRY = _Registry(algorithms=[ALGORITHM])


def sign(facts: Mapping[str, Any], *, key: Ed25519PrivateKey, key_id: str, kind: str) -> str:
    """Facts as compact JWS: header, payload and signature, joined by full stops."""
    header = {"alg": ALGORITHM, "kid": key_id, "typ": kind}
    payload = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return jws.serialize_compact(header, payload, OKPKey.import_key(pem), registry=_REGISTRY)


def verify(text: str, *, keys: Mapping[str, Ed25519PublicKey], kind: str) -> dict[str, Any]:
    """The facts under a signature that one of these keys made; raises `NotSigned`."""
    if len(text) > LONGEST or text.count(".") != 2:
        raise NotSigned("这不是签名答复：应是由两个句点连成的三段文字。")
    try:
        header = jws.extract_compact(text.encode("ascii")).headers()
    except (JoseError, ValueError):
        raise NotSigned("这不是签名答复，读不出来。") from None
    if header.get("alg") != ALGORITHM or header.get("typ") != kind:
        raise NotSigned("这是别的用途的签名，不是许可登记簿的答复。")
    key = keys.get(str(header.get("kid")))
    if key is None:
        raise NotSigned("签名用的密钥不是这个许可登记簿的。请核对公钥从哪里来，或者用最新公布的公钥再试。")
    try:
        signed = jws.deserialize_compact(text.encode("ascii"), _imported(key), registry=_REGISTRY)
        facts: dict[str, Any] = json.loads(signed.payload)
    except (JoseError, ValueError):
        raise NotSigned("签名不符：内容被改动过，或者不是这把密钥签的。") from None
    return facts


def key_set(keys: Mapping[str, Ed25519PublicKey]) -> dict[str, Any]:
    """Public keys as others read them."""
    return {
        "keys": [
            {**_imported(key).as_dict(private=False), "kid": key_id, "use": "sig", "alg": ALGORITHM}
            for key_id, key in sorted(keys.items())
        ]
    }


def read_key_set(text: str) -> dict[str, Ed25519PublicKey]:
    """The Ed25519 keys of a published key set; raises `ValueError` when it is none."""
    found: dict[str, Ed25519PublicKey] = {}
    try:
        for entry in json.loads(text)["keys"]:
            if entry.get("kty") == "OKP" and entry.get("crv") == "Ed25519":
                pem = OKPKey.import_key({name: entry[name] for name in ("kty", "crv", "x")}).as_pem(private=False)
                key = load_pem_public_key(pem)
                if isinstance(key, Ed25519PublicKey):
                    found[str(entry["kid"])] = key
    except (JoseError, AttributeError, KeyError, TypeError) as problem:
        raise ValueError("文件不是公布的公钥（JWKS）。") from problem
    return found


def _imported(key: Ed25519PublicKey) -> OKPKey:
    return OKPKey.import_key(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
