"""Verifying: a row that the database superuser touched is found, and a package proves itself without any database."""

from __future__ import annotations

import io
import json
import subprocess
import time
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from shutil import copytree

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from xuke.config import cli
from xuke.config.demonstration import signing
from xuke.foundation import canonical, resealing, vault
from xuke.foundation.pki.algorithms import Family
from xuke.foundation.pki.crls import Revocation
from xuke.foundation.pki.issuing import CertificateMaker, Subject
from xuke.foundation.pki.stores import TrustStore
from xuke.identity.certificates import trust as trusted
from xuke.signatures import checking, keys, package, queries, records
from xuke.signatures.models import Signature
from xuke.signatures.package import NotAPackage, Package
from xuke.signatures.tests.signers import (
    MEANS,
    PASSKEYS,
    a_phone,
    by_certificate,
    by_passkey,
    number_of,
    sign_by,
    signed,
    statement_of,
)
from xuke.tests.cast import MORNING, NOON, everything

TARGET_MS = 10


@pytest.fixture
def statement(at, wu_the_applicant):
    return statement_of(at("draft"), wu_the_applicant)


def packed(signature: Signature) -> bytes:
    content = Package(signature.record, signature.statement, bytes(signature.attestation))
    return package.pack(content, platform=keys.public_keys()[signature.attested_by])


@pytest.fixture
def trust(world, settings, tmp_path) -> Path:
    """What a court has: the root, the list, the platform's published key. The home of the installation is elsewhere."""
    place = tmp_path / "trust"
    (place / "platform").mkdir(parents=True)
    maker = signing.authority(Path(settings.XUKE_HOME))
    for part, name, content in (
        ("roots", "root.pem", maker.certificate.pem.encode()),
        ("crls", "list.crl", maker.crl(now=signing.SINCE, next_update=signing.UNTIL)),
        (
            "platform",
            "published.pem",
            keys.attesting_key().private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        ),
    ):
        (place / part).mkdir(exist_ok=True)
        (place / part / name).write_bytes(content)
    return place


# --- in the database --------------------------------------------------------------------------------------------------

TAMPERED = {
    "digest": "repeat('0', 64)",
    "signer_name": "'郑国强'",
    "signer_id": "1 + signer_id",
    "capacity": "'法定代表人'",
    "means": "CASE means WHEN 'passkey' THEN 'confirmation' ELSE 'passkey' END",
    "standing": "jsonb_set(standing, '{mandate_from}', '\"2020-01-01\"')",
    "evidence": 'evidence || \'{"more": "x"}\'',
    "signed_at": "signed_at - interval '1 second'",
    "about": "'application:other'",
    "about_revision": "about_revision + 1",
    "kind": "'commitment'",
    "algorithm": "'x'",
    "attestation": "set_byte(attestation, 3, (get_byte(attestation, 3) + 1) % 256)",
    "attested_by": "repeat('0', 64)",
    "statement": "set_byte(statement, 40, (get_byte(statement, 40) + 1) % 256)",
    "key": "key || '\\x00'::bytea",
    "signature": "signature || '\\x00'::bytea",
}


@pytest.mark.parametrize("means", MEANS)
def test_whatever_a_superuser_changes_in_a_row_is_found(committed_db, at, wu_the_applicant, means):
    draft = at("draft")
    with everything():
        sign_by(means, statement_of(draft, wu_the_applicant), wu_the_applicant)
    with everything():
        assert queries.verify(Signature.objects.get()).good
    with psycopg.connect(committed_db.admin) as admin:
        for column, value in TAMPERED.items():
            before = admin.execute(f"SELECT {column} FROM signatures_signature").fetchone()
            admin.execute("ALTER TABLE signatures_signature DISABLE TRIGGER ALL")
            admin.execute(f"UPDATE signatures_signature SET {column} = {value}")
            admin.commit()
            with everything():
                verdict = queries.verify(Signature.objects.get())
            assert not verdict.good, column
            assert all(problem.endswith("。") for problem in verdict.problems)
            kept = psycopg.types.json.Jsonb(before[0]) if isinstance(before[0], dict) else before[0]
            admin.execute(f"UPDATE signatures_signature SET {column} = %s", [kept])
            admin.commit()
    with everything():
        assert queries.verify(Signature.objects.get()).good


def test_another_statement_under_the_same_signature_is_found(statement, wu_the_applicant):
    """Somebody who has the vault's key as well puts in a text with one character changed."""
    signature = sign_by("certificate", statement, wu_the_applicant)
    signature.statement = signature.statement.replace("1200", "1201")
    assert "内容的摘要与签名时的不一致" in "".join(queries.verify(signature).problems)


def test_a_new_data_key_seals_the_text_anew_and_changes_nothing(committed_db, at, wu_the_applicant, settings, tmp_path):
    for part in ("keys", "trust"):
        copytree(Path(settings.XUKE_HOME) / part, tmp_path / part, dirs_exist_ok=True)
    settings.XUKE_HOME = tmp_path
    draft = at("draft")
    with everything():
        sign_by("certificate", statement_of(draft, wu_the_applicant), wu_the_applicant)
        before = Signature.objects.get()
    vault.add_key()
    (place,) = [one for one in resealing.places() if one.model is Signature]
    assert resealing.reseal(place) == 1
    with everything():
        after = Signature.objects.get()
        assert after.statement == before.statement
        assert queries.verify(after).good


def test_after_a_new_attesting_key_older_signatures_are_still_right(at, statement, wu_the_applicant):
    older = sign_by("confirmation", statement, wu_the_applicant)
    keys.rotate()
    newer = sign_by("certificate", statement_of(at("draft"), wu_the_applicant), wu_the_applicant)
    assert older.attested_by != newer.attested_by
    assert queries.verify(older).good
    assert queries.verify(newer).good


@pytest.mark.parametrize("means", MEANS)
def test_verifying_takes_less_than_ten_milliseconds(statement, wu_the_applicant, means):
    signature = sign_by(means, statement, wu_the_applicant)
    queries.verify(signature)
    took = []
    for _ in range(10):
        began = time.process_time()
        assert queries.verify(signature).good
        took.append((time.process_time() - began) * 1000)
    assert min(took) < TARGET_MS


# --- as a package -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("means", MEANS)
def test_a_package_is_verified_without_database(statement, wu_the_applicant, trust, tmp_path, capsys, means):
    file = tmp_path / "signed.zip"
    file.write_bytes(packed(sign_by(means, statement, wu_the_applicant)))
    assert cli.main(["verify-submission", str(file), "--trust", str(trust), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["good"] is True
    assert (told["signer"], told["means"], told["digest"]) == ("吴晓梅", means, statement.digest)
    assert cli.main(["verify-submission", str(file), "--trust", str(trust)]) == 0
    assert "签名有效，内容没有改动" in capsys.readouterr().out


def test_without_trust_nothing_is_believed(statement, wu_the_applicant, tmp_path, capsys):
    file, nothing = tmp_path / "signed.zip", tmp_path / "nothing"
    nothing.mkdir()
    file.write_bytes(packed(sign_by("certificate", statement, wu_the_applicant)))
    assert cli.main(["verify-submission", str(file), "--trust", str(nothing)]) == 1
    told = capsys.readouterr().out
    assert "没有平台的公钥" in told
    assert "不信任签发这张证书的机构" in told
    assert cli.main(["verify-submission", str(file), "--trust", str(tmp_path / "none")]) == 2
    assert cli.main(["verify-submission", str(tmp_path / "none.zip"), "--trust", str(nothing)]) == 2


@pytest.mark.parametrize("name", [package.STATEMENT, package.RECORD, package.ATTESTATION])
def test_every_byte_of_a_package_counts(statement, wu_the_applicant, trust, tmp_path, name):
    good = packed(sign_by("certificate", statement, wu_the_applicant))
    length = len(zipfile.ZipFile(io.BytesIO(good)).read(name))
    for place in range(0, length, max(1, length // 40)):
        file = tmp_path / "changed.zip"
        file.write_bytes(_changed(good, name, place))
        assert cli.main(["verify-submission", str(file), "--trust", str(trust)]) == 1


COPIES = {
    "certificate": ("certificate.pem", "chain.pem", "message.bin", "signature.bin"),
    "passkey": ("public_key.pem", "client_data.json", "message.bin", "signature.bin"),
    "confirmation": (),
}


@pytest.mark.parametrize("means", MEANS)
def test_a_changed_or_missing_copy_in_a_package_is_told_by_its_name(
    statement, wu_the_applicant, trust, tmp_path, capsys, means
):
    good = packed(sign_by(means, statement, wu_the_applicant))
    files = _files(good)
    copies = {"README.txt", "statement.txt", "platform.pem", *COPIES[means]}
    assert set(files) == {package.STATEMENT, package.RECORD, package.ATTESTATION} | copies
    for name in copies:
        without = {other: content for other, content in files.items() if other != name}
        changed = {name: files[name] + "。".encode()}
        for spoilt, told in ((without | changed, "与签名的内容不一致，可能被改动。"), (without, "缺少")):
            code, out = _verified(_zipped(spoilt), trust, tmp_path, capsys)
            assert code == 1
            assert "签名核验没有通过" in out
            assert name in out
            assert told in out


def test_a_readable_copy_with_another_area_is_not_passed(statement, wu_the_applicant, trust, tmp_path, capsys):
    files = _files(packed(sign_by("certificate", statement, wu_the_applicant)))
    assert b"1200" in files["statement.txt"]
    files["statement.txt"] = files["statement.txt"].replace(b"1200", b"9200")
    code, out = _verified(_zipped(files), trust, tmp_path, capsys)
    assert code == 1
    assert "statement.txt（供阅读的内容）与签名的内容不一致，可能被改动。" in out


def test_a_file_that_does_not_belong_into_a_package_is_told(statement, wu_the_applicant, trust, tmp_path, capsys):
    files = _files(packed(sign_by("confirmation", statement, wu_the_applicant)))
    for extra, told in (("补充说明.txt", "补充说明.txt"), ("a\x1b[2J.txt", "a\ufffd[2J.txt"), ("public_key.pem",) * 2):
        code, out = _verified(_zipped(files | {extra: b"x"}), trust, tmp_path, capsys)
        assert code == 1
        assert f"多出不属于签名包的文件：{told}。" in out
        assert "\x1b" not in out


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_no_package(statement, wu_the_applicant):
    made = io.BytesIO(packed(sign_by("confirmation", statement, wu_the_applicant)))
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr("statement.txt", "别的内容")
    with pytest.raises(NotAPackage, match="同名"):
        package.unpack(made.getvalue())


def test_whoever_verifies_reads_chinese_and_the_name_of_the_case(statement, wu_the_applicant, trust, tmp_path, capsys):
    good = packed(sign_by("confirmation", statement, wu_the_applicant))
    _, out = _verified(good, trust, tmp_path, capsys)
    assert f"提交申请 · 食品生产许可首次申请（{statement.enterprise.name}）" in out
    assert "application:" not in out
    for place, told in ((tmp_path / "none.zip", "没有这个文件"), (tmp_path, "这是一个目录，不是文件")):
        assert cli.main(["verify-submission", str(place), "--trust", str(trust)]) == 2
        said = capsys.readouterr()
        assert f"无法核验：{told}：{place}。" in said.out + said.err


def test_a_numbered_case_is_told_by_its_number(statement, wu_the_applicant, trust, tmp_path, capsys):
    numbered = replace(statement, number="20260907-420506-0001")
    _, out = _verified(packed(sign_by("confirmation", numbered, wu_the_applicant)), trust, tmp_path, capsys)
    assert "接收凭证　20260907-420506-0001" in out
    assert statement.about.partition(":")[2] not in out


def _verified(content: bytes, trust: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    (place / "signed.zip").write_bytes(content)
    code = cli.main(["verify-submission", str(place / "signed.zip"), "--trust", str(trust)])
    return code, capsys.readouterr().out


def _files(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _zipped(files: dict[str, bytes]) -> bytes:
    return _zip(**files)


@pytest.mark.parametrize("means", MEANS)
def test_every_byte_of_a_record_counts_and_none_stops_the_check(statement, wu_the_applicant, means):
    signature = sign_by(means, statement, wu_the_applicant)
    good, believed = signature.record.encoded, checking.Trust(trusted.store(), keys.public_keys())
    for place in range(len(good)):
        for flipped in (1, 0x10):
            changed = bytearray(good)
            changed[place] ^= flipped
            try:
                record = records.read(changed.decode())
            except (records.NotARecord, UnicodeDecodeError):
                continue
            attestation = bytes(signature.attestation)
            assert not checking.check(record, text=signature.statement, attestation=attestation, trust=believed).good


@pytest.mark.parametrize(
    "facts",
    [
        {"evidence": {"chain": 7}},
        {"evidence": []},
        {"standing": "x"},
        {"name": {"a": "b"}},
        {"signed_at": "2026-09-07T12:00:00"},
        {"signed_at": "9999-12-31T23:59:59.999999Z"},
        {"digest": "zz"},
        {"means": "fax"},
        {"kind": "x"},
        {"key": "%"},
        {"signer": "x"},
        {"more": "x"},
    ],
)
def test_a_record_of_another_shape_is_no_record(statement, wu_the_applicant, facts):
    good = json.loads(sign_by("certificate", statement, wu_the_applicant).record.encoded)
    with pytest.raises(records.NotARecord):
        records.read(canonical.encode(good | facts).decode())


def _changed(content: bytes, name: str, place: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for member in old.namelist():
            part = bytearray(old.read(member))
            if member == name:
                part[place] ^= 1
            new.writestr(member, bytes(part))
    return made.getvalue()


def _zip(**members: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return made.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        b"%PDF-1.7",
        b"x" * (package.LARGEST + 1),
        _zip(statement__json=b"{}"),
        _zip(statement__json=b"{}", signature__json=b"{}", attestation__bin=b""),
        _zip(statement__json=b"{}", signature__json=b"\xff\xfe", attestation__bin=b""),
        _zip(statement__json=b"0" * 30_000_000, signature__json=b"{}", attestation__bin=b""),
        _zip(statement__json=b"{}", signature__json=b"[" * 300_000, attestation__bin=b""),
    ],
    ids=["empty", "stump", "pdf", "huge", "part", "no record", "no text", "bomb", "nested"],
)
def test_what_is_no_package_is_told(content):
    with pytest.raises(NotAPackage):
        package.unpack(content)


def test_the_same_signature_makes_the_same_package(statement, wu_the_applicant):
    signature = sign_by("certificate", statement, wu_the_applicant)
    assert packed(signature) == packed(Signature.objects.get())
    assert package.unpack(packed(signature)).record == signature.record


def test_a_spoilt_statement_can_still_be_taken_away(statement, wu_the_applicant):
    signature = sign_by("certificate", statement, wu_the_applicant)
    signature.statement = ""
    names = zipfile.ZipFile(io.BytesIO(packed(signature))).namelist()
    assert "signature.json" in names
    assert "statement.txt" not in names


# --- with other people's programs -------------------------------------------------------------------------------------


@pytest.mark.parametrize("means", ["ECDSA", "RSA", "SM2", "passkey", *PASSKEYS, "confirmation"])
def test_openssl_agrees_by_the_commands_of_the_readme(world, statement, wu_the_applicant, settings, tmp_path, means):
    if means in PASSKEYS:
        device = a_phone(wu_the_applicant, key=PASSKEYS[means]())
        signature = signed(statement, by_passkey(statement, device), wu_the_applicant)
    elif means in ("passkey", "confirmation"):
        signature = sign_by(means, statement, wu_the_applicant)
    else:
        signature = _signed_by_family(Family(means), statement, wu_the_applicant, settings)
    with zipfile.ZipFile(io.BytesIO(packed(signature))) as archive:
        archive.extractall(tmp_path)
    readme = (tmp_path / "README.txt").read_text()
    assert f"SHA-256 {statement.digest}" in readme
    commands = [line.strip() for line in readme.splitlines() if line.strip().startswith("openssl")]
    (tmp_path / "根证书.pem").write_text(_ROOT[0] if _ROOT else "")
    said = [subprocess.run(each, shell=True, cwd=tmp_path, capture_output=True, text=True) for each in commands]
    assert all(done.returncode == 0 for done in said), [(done.args, done.stderr) for done in said if done.returncode]
    digest = subprocess.run(["sha256sum", "statement.json"], cwd=tmp_path, capture_output=True, text=True).stdout
    assert digest.split()[0] == statement.digest
    assert queries.verify(signature).good
    assert ("pkeyutl -verify -pubin -inkey public_key.pem -rawin" in readme) is (means in ("SM2", "EdDSA"))


_ROOT: list[str] = []


def _signed_by_family(family, statement, by, settings):
    """With a personal certificate of a family of its own, issued by an authority in between."""
    home = Path(settings.XUKE_HOME)
    maker = CertificateMaker.root(f"甲{family}", now=signing.SINCE, family=family, days=9000)
    below = maker.intermediate(f"乙{family}", now=signing.SINCE, days=9000)
    _ROOT[:] = [maker.certificate.pem]
    for part, name, content in (
        ("roots", f"{family}.pem", maker.certificate.pem.encode()),
        ("crls", f"{family}-a.crl", maker.crl(now=signing.SINCE, next_update=signing.UNTIL)),
        ("crls", f"{family}-b.crl", below.crl(now=signing.SINCE, next_update=signing.UNTIL)),
    ):
        (home / "trust" / part).mkdir(parents=True, exist_ok=True)
        (home / "trust" / part / name).write_bytes(content)
    signing.trust.forget()
    held = below.issue(Subject("吴晓梅", resident_number=number_of(by)), now=MORNING)
    proof = replace(by_certificate(statement, by, held), above=(below.certificate.der,))
    return signed(statement, proof, by)


def test_a_list_that_says_the_key_was_lost_before_is_heard_later(statement, wu_the_applicant, settings):
    """The verdict of the day stays; a revocation that reaches back before the signature is told all the same."""
    signature = sign_by("certificate", statement, wu_the_applicant)
    maker = signing.authority(Path(settings.XUKE_HOME))
    serial = checking.Certificate.read(bytes(signature.key)).serial
    for since, good in ((NOON + timedelta(hours=1), True), (NOON - timedelta(hours=1), False)):
        revoked = [(serial, Revocation(since, x509.ReasonFlags.key_compromise))]
        crl = maker.revocation_list(now=NOON + timedelta(days=1), next_update=signing.UNTIL, revoked=revoked)
        store = TrustStore(roots=[maker.certificate], crls=[crl])
        verdict = checking.check(
            signature.record,
            text=signature.statement,
            attestation=bytes(signature.attestation),
            trust=checking.Trust(store, keys.public_keys()),
        )
        assert verdict.good is good
