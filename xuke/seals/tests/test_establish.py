from datetime import timedelta

import pytest

from xuke.seals import pki
from xuke.seals.provider import SoftwareKey
from xuke.seals.tests.conftest import NOON


def test_every_certificate_says_that_it_is_a_demonstration(authority):
    for certificate in (authority.root, authority.issuing, authority.signer):
        name = certificate.subject.rfc4514_string()
        assert "演示" in name
        assert "DEMO" in name


def test_the_chain_leads_from_the_signer_to_the_root(authority):
    assert authority.chain == (authority.signer, authority.issuing)
    authority.signer.verify_directly_issued_by(authority.issuing)
    authority.issuing.verify_directly_issued_by(authority.root)
    authority.root.verify_directly_issued_by(authority.root)


def test_certificates_outlive_the_licences_they_sign(authority):
    assert authority.root.not_valid_after_utc - NOON > timedelta(days=3652)
    assert authority.signer.not_valid_after_utc - NOON > timedelta(days=1825)


def test_only_the_owner_may_read_keys(tmp_path):
    pki.establish(tmp_path / "keys", now=NOON)
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    for file in (tmp_path / "keys").glob("*.key"):
        assert file.stat().st_mode & 0o777 == 0o600


def test_setting_up_again_keeps_the_keys(tmp_path):
    first = pki.establish(tmp_path / "keys", now=NOON)
    again = pki.establish(tmp_path / "keys", now=NOON + timedelta(days=400))
    assert again.chain == first.chain
    assert again.signer_key.private_numbers() == first.signer_key.private_numbers()


def test_a_crash_while_keys_are_made_leaves_none(tmp_path, monkeypatch):
    def crash(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(pki, "_write_key", crash)
        with pytest.raises(KeyboardInterrupt):
            pki.establish(tmp_path / "keys", now=NOON)
    assert not (tmp_path / "keys").exists()
    pki.establish(tmp_path / "keys", now=NOON)


def test_signing_twice_gives_the_same_signature(authority):
    key = SoftwareKey(authority.signer_key)
    assert key.sign("准予许可".encode()) == key.sign("准予许可".encode())


def test_keys_are_named_differently(authority, stranger):
    assert len(pki.key_id(authority.signer)) == 8
    assert pki.key_id(authority.signer) != pki.key_id(stranger.signer)


def test_trust_is_read_from_pem_and_from_der(tmp_path, authority):
    pem, der = tmp_path / "root.pem", tmp_path / "root.der"
    pem.write_bytes(authority.root.public_bytes(pki.serialization.Encoding.PEM))
    der.write_bytes(authority.root.public_bytes(pki.serialization.Encoding.DER))
    assert pki.load_trust(pem, der) == (authority.root, authority.root)
