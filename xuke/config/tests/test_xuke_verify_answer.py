"""`xuke verify-answer`: whoever was given an answer finds out whether the register said it."""

from __future__ import annotations

import json
import subprocess
from argparse import Namespace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from xuke.config import cli_verify_answer
from xuke.foundation import journal_keys
from xuke.publication import jose
from xuke.publication.answers import KIND, Told
from xuke.publication.rules import Answer, Standing

ASKED = datetime(2026, 11, 22, 4, tzinfo=UTC)
TOLD = Told(
    number="SC12442050600018",
    holder="宜昌禾穗坊食品有限公司",
    on=date(2025, 3, 1),
    known_at=ASKED,
    asked_at=ASKED,
    answer=Answer(Standing.IN_FORCE, date(2024, 1, 1), date(2028, 12, 31), date(2024, 1, 1), 2),
    issuer="https://licence.example.cn",
    demo=True,
)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / cli_verify_answer.PLACE


@pytest.fixture
def signed(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("XUKE_HOME", str(tmp_path))
    key = journal_keys.signing_key(place)
    return jose.sign(TOLD.facts(), key=key.private, key_id=key.key_id, kind=KIND)


def verify(file: Path, text: str, *, keys: Path | None = None, as_json: bool = False) -> int:
    file.write_text(text)
    return cli_verify_answer.run(Namespace(file=file, keys=keys, json=as_json))


def test_what_the_register_said_is_said_again_in_words(signed, tmp_path, capsys):
    assert verify(tmp_path / "answer.jws", f"{signed}\n") == 0
    told = capsys.readouterr().out
    assert "真实" in told and "2025年3月1日，宜昌禾穗坊食品有限公司" in told and "不具有法律效力" in told


def test_the_published_keys_serve_as_well_and_json_as_the_file(signed, place, tmp_path, capsys):
    keys = tmp_path / "jwks.json"
    keys.write_text(json.dumps(jose.key_set(journal_keys.public_keys(place))))
    around = json.dumps({**TOLD.facts(), "jws": signed})
    assert verify(tmp_path / "answer.json", around, keys=keys, as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["answer"]["valid"] is True


def test_whatever_was_changed_is_found(signed, place, tmp_path, capsys):
    head, _, rest = signed.partition(".")
    other = jose.sign(
        {**TOLD.facts(), "sub": "SC0"}, key=journal_keys.signing_key(place).private, key_id="x", kind=KIND
    )
    purpose = jose.sign(TOLD.facts(), key=journal_keys.signing_key(place).private, key_id="x", kind="other")
    changed = json.dumps({**TOLD.facts(), "holder": "别人", "jws": signed})
    for text, words in (
        (f"{head}.{rest[:20]}A{rest[21:]}", "签名不符"),
        (other, "不是这个许可登记簿的"),
        (purpose, "别的用途"),
        ("not signed", "不是签名答复"),
        (changed, "不一致"),
    ):
        assert verify(tmp_path / "answer", text) == 1
        assert words in capsys.readouterr().out
    for unusable in ("{", '{"no": "jws"}'):
        assert verify(tmp_path / "answer", unusable) == 2


def test_openssl_agrees(signed, place, tmp_path):
    import base64

    content, _, signature = signed.rpartition(".")
    (tmp_path / "content").write_text(content)
    (tmp_path / "signature").write_bytes(base64.urlsafe_b64decode(signature + "=="))
    key = next((place / "public").glob("*.pem"))
    words = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", str(key), "-rawin"]
    words += ["-in", str(tmp_path / "content"), "-sigfile", str(tmp_path / "signature")]
    assert subprocess.run(words, capture_output=True, check=False).returncode == 0


def test_a_file_that_does_not_exist_is_named_in_words(signed, tmp_path, capsys):
    assert cli_verify_answer.run(Namespace(file=tmp_path / "nope.jws", keys=None, json=False)) == 2
    assert "没有这个文件：" in capsys.readouterr().err
