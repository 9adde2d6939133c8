"""A signature to take away: one zip with statement, record, certificate, and how to check them. Pure: no database.

What a court or an archive needs years later stands in files that other programs read: the signed bytes, the signature,
the certificate in PEM, so that `openssl` alone can verify.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta, timezone

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from webauthn.helpers import base64url_to_bytes, decode_credential_public_key, decoded_public_key_to_cryptography

from xuke.foundation.pki.algorithms import Family
from xuke.foundation.pki.certificates import Certificate
from xuke.foundation.pki.purposes import statement_message
from xuke.signatures import checking, records, statement
from xuke.signatures.records import Means, NotARecord, Record, from_base64
from xuke.signatures.statement import NotAStatement

STATEMENT, RECORD, ATTESTATION = "statement.json", "signature.json", "attestation.bin"
LARGEST = 8_000_000
"""Bytes of a package."""
_LIMITS = {STATEMENT: 4 * statement.LARGEST, RECORD: 4 * records.LARGEST, ATTESTATION: 1024}
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The same package has the same bytes, whenever it is made."""
_BEIJING = timezone(timedelta(hours=8))


class NotAPackage(ValueError):
    """这个文件不是签名包，或者已经损坏。"""


@dataclass(frozen=True)
class Package:
    """What is checked: the texts, and what the platform attested."""

    record: Record
    text: str
    attestation: bytes


def pack(package: Package, *, platform: Ed25519PublicKey | None) -> bytes:
    """The zip. `platform` is the key that attested, put in to be compared with the published one, where it is known."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _members(package, platform):
            archive.writestr(zipfile.ZipInfo(name, _FIRST_DAY), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def unpack(content: bytes) -> Package:
    """Read a package back; raises `NotAPackage`. Nothing is unpacked beyond its limit."""
    if len(content) > LARGEST:
        raise NotAPackage("文件太大，不是签名包。")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {name: _member(archive, name) for name in (STATEMENT, RECORD, ATTESTATION)}
        record = records.read(parts[RECORD].decode())
        return Package(record, parts[STATEMENT].decode(), parts[ATTESTATION])
    except NotARecord:
        raise NotAPackage("签名记录读不出来，可能被改动。") from None
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, NotImplementedError, RuntimeError, EOFError):
        raise NotAPackage(NotAPackage.__doc__) from None


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as stream:
        content = stream.read(_LIMITS[name] + 1)
    if len(content) > _LIMITS[name]:
        raise NotAPackage("文件里的内容太大，不是签名包。")
    return content


def _members(package: Package, platform: Ed25519PublicKey | None) -> Iterator[tuple[str, bytes]]:
    record = package.record
    yield "README.txt", _readme(package).encode()
    yield STATEMENT, package.text.encode()
    try:
        yield "statement.txt", statement.as_text(statement.read(package.text)).encode()
    except NotAStatement:
        pass  # Somebody spoilt it; the check says so, and what is left can still be taken away.
    yield RECORD, record.encoded
    yield ATTESTATION, package.attestation
    if platform is not None:
        yield "platform.pem", platform.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    if record.means is Means.CERTIFICATE:
        yield from _by_certificate(record)
    elif record.means is Means.PASSKEY:
        yield from _by_passkey(record)


def _by_certificate(record: Record) -> Iterator[tuple[str, bytes]]:
    certificate = Certificate.read(record.key)
    above = record.evidence.get(checking.CHAIN, "").split(",")
    yield "certificate.pem", certificate.pem.encode()
    yield "chain.pem", "".join(Certificate.read(from_base64(one)).pem for one in above if one).encode()
    yield "message.bin", statement_message(record.digest)
    yield "signature.bin", record.signature


def _by_passkey(record: Record) -> Iterator[tuple[str, bytes]]:
    key = decoded_public_key_to_cryptography(decode_credential_public_key(record.key))
    data = base64url_to_bytes(record.evidence[checking.AUTHENTICATOR_DATA])
    client = base64url_to_bytes(record.evidence[checking.CLIENT_DATA])
    yield "public_key.pem", key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    yield "client_data.json", client
    yield "message.bin", data + hashlib.sha256(client).digest()
    yield "signature.bin", record.signature


# --- README -----------------------------------------------------------------------------------------------------------


def _readme(package: Package) -> str:
    record = package.record
    when = record.at.astimezone(_BEIJING).strftime("%Y-%m-%d %H:%M:%S")
    return "\n".join(
        (
            f"签名包：{statement.Kind(record.kind).words}",
            "",
            f"签名人　　{record.name}（{record.capacity}）",
            f"签名方式　{record.means.label}：{record.means.proves}",
            f"签名时间　{when}（北京时间，平台时钟）",
            f"内容摘要　SHA-256 {record.digest}",
            "",
            "文件",
            "  statement.json   签名的内容，逐字节（规范JSON）；它的SHA-256就是上面的摘要",
            "  statement.txt    同样的内容，供阅读",
            "  signature.json   签名记录；attestation.bin 是平台对它的Ed25519签名",
            "  platform.pem     平台公钥。请与平台另行公布的公钥比对，不要只信包里的",
            *_files_of[record.means],
            "",
            "用许可平台的程序核验（不需要数据库和网络）",
            "  xuke verify-submission 本文件.zip --trust 信任目录",
            "  信任目录：roots/ 根证书，crls/ 吊销列表，platform/ 平台公钥（PEM）",
            "",
            "用 OpenSSL 核验",
            "  sha256sum statement.json        # 应当等于上面的摘要",
            *_commands(record),
            "  openssl pkeyutl -verify -pubin -inkey platform.pem -rawin -in signature.json -sigfile attestation.bin",
            "",
            "材料文件不在包里；statement.json 里有每份材料的SHA-256，可以逐份比对。",
            "",
        )
    )


_files_of = {
    Means.CERTIFICATE: (
        "  certificate.pem  签名人的数字证书；chain.pem 是上级证书",
        "  message.bin      证书私钥签的字节：一行用途说明和内容摘要",
        "  signature.bin    证书私钥的签名",
    ),
    Means.PASSKEY: (
        "  public_key.pem   签名设备的公钥",
        "  client_data.json 浏览器交给设备的内容，其中challenge是内容摘要（base64url）",
        "  message.bin      设备签的字节：设备数据和client_data.json的SHA-256",
        "  signature.bin    设备的签名",
    ),
    Means.CONFIRMATION: ("  （这种方式没有签名人自己的私钥，由平台的签名作证）",),
}


def _commands(record: Record) -> tuple[str, ...]:
    """How OpenSSL checks the signer's own signature."""
    if record.means is Means.CONFIRMATION:
        return ()
    if record.means is Means.PASSKEY:
        return ("  openssl dgst -sha256 -verify public_key.pem -signature signature.bin message.bin",)
    extract = "  openssl x509 -in certificate.pem -pubkey -noout > public_key.pem"
    if record.algorithm.startswith(Family.SM2):
        options = "-rawin -digest sm3 -pkeyopt distid:1234567812345678"
        return (
            extract,
            f"  openssl pkeyutl -verify -pubin -inkey public_key.pem {options} -in message.bin -sigfile signature.bin",
        )
    digest = record.algorithm.rpartition("-")[2].lower()
    padding = " -sigopt rsa_padding_mode:pss" if "PSS" in record.algorithm else ""
    return (
        extract,
        f"  openssl dgst -{digest}{padding} -verify public_key.pem -signature signature.bin message.bin",
        "  openssl verify -CAfile 根证书.pem -untrusted chain.pem -attime "
        f"{int(record.at.timestamp())} certificate.pem",
    )
