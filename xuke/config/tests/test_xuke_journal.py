"""`xuke journal verify`: an auditor asks whether the journal is still what was sealed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from xuke.audit import signs
from xuke.audit.stand_alone import check_history
from xuke.config import cli
from xuke.foundation import journal_heads, journal_keys
from xuke.foundation.sealer import seal
from xuke.foundation.tests.journals import NOON, Case, Superuser, happens


@pytest.fixture
def mallory(committed_db: Any, tmp_path: Path, settings: Any) -> Superuser:
    """A superuser of a database in which three entries were sealed under two heads."""
    settings.XUKE_HOME = tmp_path / "home"
    case = Case("application:1")
    happens(case, times=2)
    seal(NOON)
    happens(case)
    seal(NOON)
    return Superuser(committed_db.admin)


def test_a_sound_journal_is_told_in_words(mallory: Superuser, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["journal", "verify"]) == 0
    said = capsys.readouterr().out
    assert "条目 3 个，已封存 3 个，待封存 0 个" in said
    assert "签名树头：数据库 2 个，文件 2 个" in said
    assert "日志完整" in said


def test_an_altered_entry_is_named(mallory: Superuser, capsys: pytest.CaptureFixture[str]) -> None:
    (victim,) = mallory.column("SELECT id FROM foundation_entry WHERE seq = 2")
    mallory.tamper("UPDATE foundation_entry SET actor = 'officer:13' WHERE id = %s", victim)
    assert cli.main(["journal", "verify"]) == 1
    said = capsys.readouterr().out
    assert f"✗ 条目{victim}（application:1 第2条）与封存时的摘要不符。" in said
    assert "发现 1 处问题，日志不可信。" in said


def test_machines_get_json(mallory: Superuser, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["journal", "verify", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["sound"], said["entries"], said["heads"], said["findings"]) == (True, 3, 2, [])
    mallory.tamper("DELETE FROM foundation_entry WHERE seq = 3")
    mallory.tamper("DELETE FROM foundation_leaf WHERE position = 2")
    mallory.tamper("DELETE FROM foundation_head WHERE size = 3")
    assert cli.main(["journal", "verify", "--json"]) == 1
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert (finding["kind"], finding["position"]) == ("truncated", 2)


def test_an_auditor_brings_a_copy_of_the_heads(
    mallory: Superuser, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy.jsonl"
    copy.write_bytes(journal_heads.place().read_bytes())
    assert cli.main(["journal", "verify", "--heads", str(copy)]) == 0
    assert cli.main(["journal", "verify", "--heads", str(tmp_path / "none")]) == 2
    assert "没有找到文件" in capsys.readouterr().err


def test_a_replaced_key_signs_the_next_head(mallory: Superuser, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["journal", "rotate-key"]) == 0
    assert journal_keys.signing_key().key_id in capsys.readouterr().out
    happens(Case("application:2"))
    seal(NOON)
    assert cli.main(["journal", "verify"]) == 0


# --- taking a history away --------------------------------------------------------------------------------------------


def test_a_history_is_taken_away_with_its_proof(
    mallory: Superuser, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "export.zip"
    assert cli.main(["journal", "export", "application:1", str(place), "--reason", "调卷"]) == 0
    assert "3个条目，已封存3个" in capsys.readouterr().out
    assert check_history.main([str(place)]) == 0
    assert "结论：核对通过" in capsys.readouterr().out
    assert cli.main(["journal", "export", "application:1", str(place)]) == 2
    assert "已经存在" in capsys.readouterr().err


def test_a_head_from_elsewhere_is_tied_in(
    mallory: Superuser, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept, place = tmp_path / "kept.jsonl", tmp_path / "export.zip"
    kept.write_bytes(journal_heads.place().read_bytes())
    happens(Case("application:2"), times=2)
    seal(NOON)
    assert cli.main(["journal", "export", "application:2", str(place), "--head", str(kept)]) == 0
    assert check_history.main([str(place), "--head", str(kept)]) == 0
    assert "2个树头与另处保存的相同" in capsys.readouterr().out


def test_a_tampered_history_is_taken_away_as_evidence(
    mallory: Superuser, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mallory.tamper("UPDATE foundation_entry SET actor = 'officer:13' WHERE seq = 2")
    place = tmp_path / "export.zip"
    assert cli.main(["journal", "export", "application:1", str(place)]) == 1
    assert "当场核对没有通过" in capsys.readouterr().out
    assert check_history.main([str(place)]) == 1


def test_what_cannot_be_taken_away(mallory: Superuser, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = str(tmp_path / "export.zip")
    assert cli.main(["journal", "export", "application:9", place]) == 2
    assert cli.main(["journal", "export", "application:1", place, "--reason", ""]) == 2
    assert cli.main(["journal", "export", "application:1", place, "--head", str(tmp_path / "none")]) == 2
    assert "没有找到这件事项的日志" in capsys.readouterr().err
    assert not Path(place).exists()


def test_what_the_command_line_found_is_what_auditors_see(mallory: Superuser, tmp_path: Path) -> None:
    assert signs.last_check() is None
    assert cli.main(["journal", "verify"]) == 0
    check = signs.last_check()
    assert check is not None and (check.entries, check.found) == (3, 0)
