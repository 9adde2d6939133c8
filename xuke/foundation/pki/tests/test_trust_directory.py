"""The directory in which an operator says whom to trust."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest

from xuke.foundation.pki.chains import Outcome, TrustDirectory, judge
from xuke.foundation.pki.crls import Revocation
from xuke.foundation.pki.stores import read_store
from xuke.foundation.pki.tests.people import NOON, NOW, authority, fang, root


@pytest.fixture
def place(tmp_path):
    """Root and authority, with the lists of both."""
    for part in ("roots", "intermediates", "crls"):
        (tmp_path / part).mkdir()
    (tmp_path / "roots" / "root.pem").write_text(root().certificate.pem)
    (tmp_path / "intermediates" / "authority.cer").write_bytes(authority().certificate.der)
    (tmp_path / "crls" / "root.crl").write_bytes(root().crl(now=NOW))
    (tmp_path / "crls" / "authority.crl").write_bytes(authority().crl(now=NOW))
    return tmp_path


def test_what_lies_there_is_trusted(place):
    store = TrustDirectory(place).store()
    assert judge(fang().certificate, store, at=NOON).trusted and not store.problems


def test_a_new_list_counts_without_a_restart(place):
    directory = TrustDirectory(place, look_every=0)
    assert judge(fang().certificate, directory.store(), at=NOON).trusted
    renewed = authority().crl(now=NOW + timedelta(hours=1), revoked=[(fang().certificate, Revocation(NOW))])
    (place / "crls" / "authority.crl").write_bytes(renewed)
    assert judge(fang().certificate, directory.store(), at=NOON).outcome is Outcome.REVOKED
    (place / "roots" / "root.pem").unlink()
    assert judge(fang().certificate, directory.store(), at=NOON).outcome is Outcome.UNKNOWN_ISSUER


def test_an_unchanged_directory_is_read_once(place):
    directory = TrustDirectory(place, look_every=0)
    first = directory.store()
    assert directory.store() is first
    os.utime(place / "roots" / "root.pem", ns=(1, 1))
    assert directory.store() is not first


def test_between_two_looks_nothing_is_asked_of_the_disk(place, monkeypatch):
    directory = TrustDirectory(place, look_every=3600)
    first = directory.store()
    monkeypatch.setattr(TrustDirectory, "_look", lambda *_: pytest.fail("looked"))
    assert directory.store() is first


def test_a_broken_file_is_told_and_keeps_out_nothing_else(place):
    (place / "crls" / "half.crl").write_bytes(authority().crl(now=NOW)[:100])
    (place / "roots" / "notes.txt").write_text("请勿删除")
    (place / "roots" / "directory").mkdir()
    store = read_store(place)
    assert judge(fang().certificate, store, at=NOON).trusted
    assert len(store.problems) == 3
    assert any(problem.startswith("crls/half.crl：") for problem in store.problems)


def test_an_authority_among_the_roots_is_trusted_without_the_one_above(place):
    (place / "roots" / "root.pem").unlink()
    (place / "intermediates" / "authority.cer").rename(place / "roots" / "authority.cer")
    assert judge(fang().certificate, read_store(place), at=NOON).trusted


def test_a_root_among_the_others_is_not_trusted(place):
    (place / "roots" / "root.pem").rename(place / "intermediates" / "root.pem")
    assert judge(fang().certificate, read_store(place), at=NOON).outcome is Outcome.UNKNOWN_ISSUER


def test_files_still_being_copied_are_left_alone(place):
    (place / "crls" / ".authority.crl.part").write_bytes(b"half")
    assert not read_store(place).problems


def test_no_directory_means_no_trust(tmp_path):
    store = TrustDirectory(tmp_path / "nowhere").store()
    assert judge(fang().certificate, store, at=NOON).outcome is Outcome.UNKNOWN_ISSUER
