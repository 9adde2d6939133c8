"""What the certificate maker makes, checked by OpenSSL."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from xuke.foundation.pki.algorithms import Family
from xuke.foundation.pki.certificates import Certificate
from xuke.foundation.pki.crls import Revocation
from xuke.foundation.pki.issuing import CertificateMaker, Subject
from xuke.foundation.pki.tests.people import FANG, NOON, NOW, authority, fang, root

AT = str(int(NOON.timestamp()))


def verified(tmp_path, *arguments):
    return subprocess.run(
        ["openssl", "verify", "-x509_strict", "-attime", AT, *map(str, arguments)],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("family", [Family.RSA, Family.ECDSA])
def test_openssl_believes_chain_and_lists(family, tmp_path):
    revoked = authority(family).issue(Subject("李雷"), now=NOW).certificate
    (tmp_path / "trust").write_text(root(family).certificate.pem + authority(family).certificate.pem)
    lists = root(family).crl(now=NOW) + authority(family).crl(now=NOW, revoked=[(revoked, Revocation(NOW))])
    (tmp_path / "lists").write_bytes(lists)
    (tmp_path / "fang").write_text(fang(family).certificate_pem)
    (tmp_path / "li").write_text(revoked.pem)
    options = ("-CAfile", "trust", "-CRLfile", "lists", "-crl_check_all")
    done = verified(tmp_path, *options, "fang")
    assert done.stdout == "fang: OK\n", done.stderr
    assert "certificate revoked" in verified(tmp_path, *options, "li").stderr


def test_openssl_believes_each_link_of_sm2(tmp_path):
    """It applies the identity of SM2 to the certificate asked about only, so each link is asked about."""
    (tmp_path / "root").write_text(root(Family.SM2).certificate.pem)
    (tmp_path / "authority").write_text(authority(Family.SM2).certificate.pem)
    (tmp_path / "fang").write_text(fang(Family.SM2).certificate_pem)
    identity = ("-vfyopt", "distid:1234567812345678", "-partial_chain", "-trusted")
    for above, below in (("root", "authority"), ("authority", "fang")):
        done = verified(tmp_path, *identity, above, below)
        assert done.stdout == f"{below}: OK\n", done.stderr


def test_serial_numbers_differ_and_are_positive():
    serials = {authority().issue(FANG, now=NOW).certificate.serial for _ in range(20)}
    assert len(serials) == 20 and min(serials) > 0


def test_an_authority_may_issue_to_keys_of_another_family():
    person = authority(Family.RSA).issue(FANG, now=NOW, family=Family.SM2)
    assert person.certificate.family is Family.SM2
    assert person.certificate.signed_by is not None and person.certificate.signed_by.family is Family.RSA


def test_the_chain_that_travels_along_leaves_out_the_root():
    assert root().chain == ()
    lower = root().intermediate("上级", now=NOW, path_length=None).intermediate("下级", now=NOW)
    assert [one.common_name for one in lower.chain] == ["下级", "上级"]


def test_validity_beyond_2049_is_written_with_four_digits():
    long = CertificateMaker.root("长期", family=Family.ECDSA, now=NOW, days=365 * 40)
    assert Certificate.read(long.certificate.pem).not_after == NOW + timedelta(days=365 * 40)
    assert long.certificate.not_after > datetime(2050, 1, 1, tzinfo=UTC)
