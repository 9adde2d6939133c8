"""The installation's key is made once, kept private, and can be replaced without losing the past."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from xuke.foundation import journal_keys


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    place = tmp_path / "keys" / "journal"
    first = journal_keys.signing_key(place)
    assert journal_keys.signing_key(place).key_id == first.key_id
    assert (place / "signing.pem").stat().st_mode & 0o777 == 0o600
    assert place.stat().st_mode & 0o777 == 0o700
    assert list(journal_keys.public_keys(place)) == [first.key_id]


def test_everybody_who_starts_at_once_gets_the_same_key(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib; from xuke.foundation import journal_keys;"
        "print(journal_keys.signing_key(pathlib.Path(sys.argv[1])).key_id)"
    )
    starters = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path / "journal")], stdout=subprocess.PIPE)
        for _ in range(4)
    ]
    ids = {starter.communicate()[0] for starter in starters}
    assert ids == {f"{journal_keys.signing_key(tmp_path / 'journal').key_id}\n".encode()}


def test_a_replaced_key_still_checks_what_it_signed_and_signs_no_more(tmp_path: Path) -> None:
    old = journal_keys.signing_key(tmp_path)
    signature = old.sign(b"past")
    new = journal_keys.rotate(tmp_path)
    keys = journal_keys.public_keys(tmp_path)
    assert set(keys) == {old.key_id, new.key_id}
    assert journal_keys.is_signed(keys, key_id=old.key_id, content=b"past", signature=signature)
    assert journal_keys.signing_key(tmp_path).key_id == new.key_id
    assert not [
        path for path in tmp_path.rglob("*.pem") if path.name != "signing.pem" and b"PRIVATE" in path.read_bytes()
    ]


def test_another_content_key_or_signature_is_not_signed(tmp_path: Path) -> None:
    key = journal_keys.signing_key(tmp_path)
    stranger = journal_keys.signing_key(tmp_path / "stranger")
    keys = journal_keys.public_keys(tmp_path)
    signature = key.sign(b"content")
    assert journal_keys.is_signed(keys, key_id=key.key_id, content=b"content", signature=signature)
    assert not journal_keys.is_signed(keys, key_id=key.key_id, content=b"other", signature=signature)
    assert not journal_keys.is_signed(keys, key_id=key.key_id, content=b"content", signature=b"")
    assert not journal_keys.is_signed(keys, key_id=key.key_id, content=b"x", signature=stranger.sign(b"x"))
    assert not journal_keys.is_signed(keys, key_id=stranger.key_id, content=b"x", signature=stranger.sign(b"x"))


def test_a_public_key_under_a_false_name_is_no_key(tmp_path: Path) -> None:
    key = journal_keys.signing_key(tmp_path)
    stranger = journal_keys.signing_key(tmp_path / "stranger")
    foreign = (tmp_path / "stranger" / "public" / f"{stranger.key_id}.pem").read_bytes()
    (tmp_path / "public" / f"{'0' * 64}.pem").write_bytes(foreign)
    (tmp_path / "public" / "notes.pem").write_text("not a key")
    assert list(journal_keys.public_keys(tmp_path)) == [key.key_id]


@pytest.mark.parametrize("step", range(6))
def test_killed_while_the_key_is_replaced_there_is_one_key_and_its_public_half(
    tmp_path: Path, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = journal_keys.signing_key(tmp_path)
    left = iter(range(step))
    flush = journal_keys.os.fsync

    def flush_or_die(handle: int) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        flush(handle)

    with monkeypatch.context() as patched:
        patched.setattr(journal_keys.os, "fsync", flush_or_die)
        with pytest.raises(KeyboardInterrupt):
            journal_keys.rotate(tmp_path)
    key = journal_keys.signing_key(tmp_path)
    keys = journal_keys.public_keys(tmp_path)
    assert {old.key_id, key.key_id} <= set(keys)
    assert (tmp_path / "public" / f"{key.key_id}.pem").exists()
    assert journal_keys.rotate(tmp_path).key_id not in keys
