"""A signature to take away: one zip with statement, record, certificate, and how to check them. Pure: no database.

What a court or an archive needs years later stands in files that other programs read: the signed bytes, the signature,
the certificate in PEM, so that `openssl` alone can verify.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta, timezone

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from webauthn.helpers import base64url_to_bytes, decode_credential_public_key, decoded_public_key_to_cryptography
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException

from xuke.foundation.pki.algorithms import Family
from xuke.foundation.pki.certificates import Certificate
from xuke.foundation.pki.purposes import statement_message
from xuke.signatures import checking, records, statement
from xuke.signatures.checking import Check, Trust, Verdict
from xuke.signatures.records import Means, NotARecord, Record, from_base64
from xuke.signatures.statement import NotAStatement

STATEMENT, RECORD, ATTESTATION = "statement.json", "signature.json", "attestation.bin"
READABLE, README, PLATFORM = "statement.txt", "README.txt", "platform.pem"
LARGEST = 8_000_000
"""Bytes of a package."""
_LIMITS = {STATEMENT: 4 * statement.LARGEST, RECORD: 4 * records.LARGEST, ATTESTATION: 1024}
_BESIDE = {READABLE: "供阅读的内容", README: "说明和核验方法", PLATFORM: "平台公钥"}
_COPIES = (
    *_BESIDE,
    "certificate.pem",
    "chain.pem",
    "public_key.pem",
    "client_data.json",
    "message.bin",
    "signature.bin",
)
"""What repeats the statement and the record in other forms, and is read when a package is checked."""
MOST_FILES = 100
MOST_TOLD = 5
"""Names told of files that do not belong into a package."""
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
    beside: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """The other files, as they were found in a package that was read; empty for names that are none of ours."""


def check(package: Package, *, trust: Trust) -> Verdict:
    """Everything that can be asked of a package: the signature, and whether every file says what was signed."""
    signature = checking.check(package.record, text=package.text, attestation=package.attestation, trust=trust)
    return Verdict((*signature.checks, *_files_agree(package, trust)))


def _files_agree(package: Package, trust: Trust) -> Iterator[Check]:
    """What is beside the signed bytes is made again and compared: a reader believes the copy that can be read.

    So the wording of the copies stays: with another wording every package that was taken away before would fail.
    """
    label = "其他文件与签名的内容一致"
    platform = trust.platform.get(package.record.attested_by)
    try:
        right = dict(_members(package, platform))
    except (ValueError, TypeError, KeyError, IndexError, WebAuthnException, UnsupportedAlgorithm):
        yield Check(label, "签名记录里的公钥或者证书读不出来，无法核对其他文件。")
        return
    expected = {name: content for name, content in right.items() if name not in _LIMITS}
    if platform is None:
        expected.pop(PLATFORM, None)
    found = {name: content for name, content in package.beside.items() if platform or name != PLATFORM}
    changed = [name for name in expected if name in found and found[name] != expected[name]]
    missing = [name for name in expected if name not in found]
    sentences = (
        f"{_called(changed)}与签名的内容不一致，可能被改动。" if changed else "",
        f"缺少{_called(missing)}。" if missing else "",
        _extra(sorted(set(found) - set(expected))),
    )
    yield Check(label, "".join(sentences))


def _called(names: list[str]) -> str:
    return "、".join(f"{name}（{_BESIDE[name]}）" if name in _BESIDE else name for name in names)


def _extra(names: list[str]) -> str:
    """Whoever chose the names may have chosen them for the terminal on which they are printed."""
    if not names:
        return ""
    told = "、".join("".join(sign if sign.isprintable() else "\ufffd" for sign in name) for name in names[:MOST_TOLD])
    return f"多出不属于签名包的文件：{told}{f'等{len(names)}个' if len(names) > MOST_TOLD else ''}。"


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
            names = archive.namelist()
            if len(set(names)) < len(names) or len(names) > MOST_FILES:
                raise NotAPackage("包里有同名的文件，或者文件太多，不是签名包。")
            parts = {name: _member(archive, name) for name in (STATEMENT, RECORD, ATTESTATION)}
            beside = {name: _member(archive, name) if name in _COPIES else b"" for name in names if name not in parts}
        record = records.read(parts[RECORD].decode())
        return Package(record, parts[STATEMENT].decode(), parts[ATTESTATION], beside)
    except NotAPackage:
        raise
    except NotARecord:
        raise NotAPackage("签名记录读不出来，可能被改动。") from None
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, NotImplementedError, RuntimeError, EOFError):
        raise NotAPackage(NotAPackage.__doc__) from None


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    limit = _LIMITS.get(name, _LIMITS[STATEMENT])
    with archive.open(name) as stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise NotAPackage("文件里的内容太大，不是签名包。")
    return content


def _members(package: Package, platform: Ed25519PublicKey | None) -> Iterator[tuple[str, bytes]]:
    record = package.record
    yield README, _readme(package).encode()
    yield STATEMENT, package.text.encode()
    try:
        yield READABLE, statement.as_text(statement.read(package.text)).encode()
    except NotAStatement:
        pass  # Somebody spoilt it; the check says so, and what is left can still be taken away.
    yield RECORD, record.encoded
    yield ATTESTATION, package.attestation
    if platform is not None:
        yield PLATFORM, platform.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
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
            "  statement.txt    同样的内容，供阅读；与statement.json不一致时以statement.json为准",
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
        return (_command_for_passkey(decode_credential_public_key(record.key).alg),)
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


def _command_for_passkey(algorithm: int) -> str:
    """By the algorithm the device registered its key with (COSE): Ed25519 signs the message itself, not its digest."""
    name = COSEAlgorithmIdentifier(algorithm).name
    if "_SHA_" not in name:
        return "  openssl pkeyutl -verify -pubin -inkey public_key.pem -rawin -in message.bin -sigfile signature.bin"
    digest = f"sha{name.rpartition('_')[2]}{' -sigopt rsa_padding_mode:pss' if 'PSS' in name else ''}"
    return f"  openssl dgst -{digest} -verify public_key.pem -signature signature.bin message.bin"
