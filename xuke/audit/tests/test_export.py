"""What an auditor takes away proves itself: to a script that needs nothing of ours, and to nobody who changed it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from xuke.audit import commands, export, proof, queries
from xuke.audit.export import Export, NothingSealed
from xuke.audit.stand_alone import check_history
from xuke.audit.stand_alone.check_history import Result, check
from xuke.foundation import journal, journal_heads, journal_keys, journal_rows, request_ids
from xuke.foundation.actors import SYSTEM
from xuke.foundation.canonical import encode
from xuke.foundation.refusals import Invalid, NotFound, NotPermitted
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.sealer import seal
from xuke.foundation.tests.journals import NOON, ZHOU_MIN, Case, Superuser, happens
from xuke.foundation.transactions import opened_for

REASON = "行政复议〔2026〕3号调卷"


@pytest.fixture
def cases(mallory: Superuser) -> list[Case]:
    """Three cases with four entries each, under four heads of three entries."""
    cases = [Case(f"application:{number}") for number in range(3)]
    for _ in range(4):
        for case in cases:
            happens(case, reason="材料齐全", amount=1.5, phone="13800005678")
        seal(NOON)
    return cases


def taken(case: Case, kept: bytes = b"") -> Export:
    return commands.export(stream=case.stream, reason=REASON, by=SYSTEM, now=NOON, kept=kept)


def told(result: Result) -> str:
    return "\n".join(result.lines)


def unpacked(made: Export, place: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(made.as_zip())) as archive:
        archive.extractall(place)
    return place


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """The script as somebody runs it years later: another interpreter, nothing of ours in its path."""
    return subprocess.run(
        [sys.executable, "-I", *map(str, arguments)], capture_output=True, text=True, check=False, cwd="/"
    )


# --- an honest export -------------------------------------------------------------------------------------------------


def test_an_export_checks_by_itself_with_nothing_of_ours(cases: list[Case], tmp_path: Path) -> None:
    made = taken(cases[1])
    assert (made.entries, made.sealed, made.head, made.sound) == (4, 4, 12, True)
    done = run(unpacked(made, tmp_path / "export") / "check_history.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "结论：核对通过" in done.stdout
    assert "4 entries are, byte for byte, in the signed log" in done.stdout
    assert "3个树头都是最新日志的开头" in done.stdout


def test_the_zip_checks_as_it_is(cases: list[Case], tmp_path: Path) -> None:
    place = tmp_path / "export.zip"
    place.write_bytes(taken(cases[0]).as_zip())
    assert run(Path(check_history.__file__), place).returncode == 0


def test_every_file_is_there_and_told_in_the_readme(cases: list[Case]) -> None:
    files = taken(cases[0]).files
    (key,) = [name for name in files if name.startswith("keys/")]
    plain = {name for name in files if not name.startswith("keys/")}
    assert plain == {
        "README.txt",
        "history.html",
        "history.jsonl",
        "proof.json",
        "heads.jsonl",
        "manifest.json",
        "check_history.py",
    }
    readme = files["README.txt"].decode()
    assert all(name in readme for name in plain - {"README.txt"})
    assert key == f"keys/{journal_keys.signing_key().key_id}.pem"


def test_the_lines_are_the_bytes_that_were_sealed(mallory: Superuser, cases: list[Case]) -> None:
    rows = mallory.rows(
        f"SELECT {journal_rows.ENTRY_COLUMNS} FROM foundation_entry e WHERE stream = %s ORDER BY seq", cases[2].stream
    )
    sealed = b"".join(journal_rows.entry_bytes(row) + b"\n" for row in rows)
    assert taken(cases[2]).files["history.jsonl"] == sealed


def test_the_number_of_a_request_goes_with_its_entry_and_is_proven(mallory: Superuser, cases: list[Case]) -> None:
    with request_ids.entered("0192-request"):
        happens(cases[0])
    seal(NOON)
    made = taken(cases[0])
    assert made.sound
    *old, newest = made.files["history.jsonl"].splitlines()
    assert b'"request_id":"0192-request"' in newest
    assert not any(b"request_id" in line for line in old)
    assert "请求0192-request" in made.files["history.html"].decode()
    mallory.tamper("UPDATE foundation_entry SET request_id = 'job:1' WHERE request_id <> ''")
    assert not taken(cases[0]).sound


def test_the_readable_history_hides_nothing_and_says_it_in_words(cases: list[Case]) -> None:
    page = taken(cases[0]).files["history.html"].decode()
    assert "<b>受理</b>" in page
    assert "周敏（宜昌市市场监督管理局）" in page
    assert "13800005678" in page
    assert REASON in page


def test_what_is_not_sealed_yet_is_named(cases: list[Case], tmp_path: Path) -> None:
    happens(cases[0])
    made = taken(cases[0])
    assert (made.entries, made.sealed, made.sound) == (5, 4, True)
    result = check(dict(made.files))
    assert result.sound
    assert "尚未封存、因此没有证明的条目：第5条" in told(result)
    assert "尚未封存，没有证明" in made.files["history.html"].decode()


def test_taking_away_is_itself_recorded(mallory: Superuser, cases: list[Case]) -> None:
    made = taken(cases[0])
    ((stream, facts),) = mallory.rows("SELECT stream, facts FROM foundation_entry WHERE verb = 'journal.exported'")
    assert stream.startswith("reading:")
    assert facts == {
        "about": cases[0].stream,
        "reason": REASON,
        "entries": 4,
        "sealed": 4,
        "head": 12,
        "sound": True,
        "manifest": sha256(made.files["manifest.json"]).hexdigest(),
    }


def test_no_reason_no_export(cases: list[Case]) -> None:
    for reason in ("", " x ", "长" * 201):
        with pytest.raises(Invalid, match="事由"):
            commands.export(stream=cases[0].stream, reason=reason, by=SYSTEM, now=NOON)


def test_nothing_is_taken_away_by_somebody_who_does_not_audit(cases: list[Case]) -> None:
    with pytest.raises(NotPermitted):
        commands.export(stream=cases[0].stream, reason=REASON, by=ZHOU_MIN, now=NOON)
    with pytest.raises(NotPermitted):
        commands.show_entry(stream=cases[0].stream, seq=1, by=ZHOU_MIN, now=NOON)


def test_there_is_nothing_to_take_away(mallory: Superuser, cases: list[Case]) -> None:
    with pytest.raises(NotFound):
        taken(Case("application:unknown"))
    with opened_for(EVERYTHING), pytest.raises(NotFound):
        queries.rows_of("application:\x00")


def test_before_anything_was_sealed_there_is_no_proof(mallory: Superuser) -> None:
    case = Case("application:1")
    happens(case)
    with pytest.raises(NothingSealed):
        taken(case)


def test_entries_under_a_replaced_key_are_proven_too(mallory: Superuser) -> None:
    case = Case("application:1")
    for _ in range(3):
        happens(case)
        seal(NOON)
        journal_keys.rotate()
    made = taken(case)
    assert len([name for name in made.files if name.startswith("keys/")]) == 4  # Three heads, and who signs today.
    assert made.sound


# --- with a head kept elsewhere ---------------------------------------------------------------------------------------


def test_a_copy_of_the_heads_from_elsewhere_agrees(cases: list[Case], tmp_path: Path) -> None:
    copy = tmp_path / "copy.jsonl"
    copy.write_bytes(journal_heads.place().read_bytes())
    happens(cases[0])
    seal(NOON)
    done = run(unpacked(taken(cases[0]), tmp_path / "export") / "check_history.py", "--head", copy)
    assert done.returncode == 0, done.stdout
    assert "4个树头与另处保存的相同" in done.stdout


def test_a_head_that_covers_no_entry_is_tied_in_when_it_is_given(cases: list[Case]) -> None:
    """A notary kept one head, under which the case has nothing: the export proves that it is a beginning of ours."""
    for _ in range(5):
        happens(cases[2])
        seal(NOON)
    kept = journal_heads.place().read_bytes().splitlines(keepends=True)[-2]
    assert not check(dict(taken(cases[0]).files), kept=kept).sound
    made = taken(cases[0], kept=kept)
    assert made.sound
    assert "1个树头与另处保存的相同" in told(check(dict(made.files), kept=kept))


def test_a_head_from_elsewhere_that_was_rewritten_at_home_is_found(
    mallory: Superuser, cases: list[Case], tmp_path: Path
) -> None:
    """Whoever rules the machine and its key wrote a new past, signed it and all; the copy elsewhere knows better."""
    copy = journal_heads.place().read_bytes()
    mallory.tamper("UPDATE foundation_entry SET actor = 'officer:13' WHERE seq = 1")
    mallory.tamper("DELETE FROM foundation_leaf")
    mallory.tamper("DELETE FROM foundation_head")
    journal_heads.place().unlink()
    seal(NOON)
    made = taken(cases[0])
    assert made.sound
    result = check(dict(made.files), kept=copy)
    assert not result.sound
    assert "日志有过两个版本" in told(result)


def test_a_file_of_heads_that_is_none(cases: list[Case], tmp_path: Path) -> None:
    made = taken(cases[0])
    assert "读不懂的行" in told(check(dict(made.files), kept=b"{}\n"))
    empty = tmp_path / "empty"
    empty.write_bytes(b"")
    assert run(unpacked(made, tmp_path / "export") / "check_history.py", "--head", empty).returncode == 1
    with pytest.raises(Invalid):
        taken(cases[0], kept=b"{}\n")


def test_the_key_that_was_published_can_be_demanded(cases: list[Case]) -> None:
    files = dict(taken(cases[0]).files)
    assert check(files, key=journal_keys.signing_key().key_id.upper()).sound
    assert not check(files, key="0" * 64).sound


# --- a tampered journal -----------------------------------------------------------------------------------------------


_SEQ = "UPDATE foundation_entry SET seq = {} WHERE stream = %s AND seq {}"
SWAP_THREE_AND_FOUR = ";".join((_SEQ.format(99, "= 3"), _SEQ.format(3, "= 4"), _SEQ.format(4, "= 99")))
INSERT_A_THIRD = ";".join(
    (
        _SEQ.format("seq + 100", ">= 3"),
        _SEQ.format("seq - 99", ">= 103"),
        "INSERT INTO foundation_entry (stream, seq, verb, at, effective_on, clock, actor, actor_label, subject_label,"
        " authority_path, enterprise_id, facts) SELECT stream, 3, verb, at, effective_on, clock, actor, actor_label,"
        " subject_label, authority_path, enterprise_id, facts FROM foundation_entry WHERE stream = %s AND seq = 2",
    )
)


@pytest.mark.parametrize(
    ("attack", "words"),
    [
        ("UPDATE foundation_entry SET facts = '{}' WHERE stream = %s AND seq = 2", "第2条与签名的日志不符"),
        ("UPDATE foundation_entry SET at = at - interval '1 day' WHERE stream = %s AND seq = 2", "第2条与签名"),
        ("UPDATE foundation_entry SET at = 'infinity' WHERE stream = %s AND seq = 2", "第2条与签名"),
        ("UPDATE foundation_entry SET actor_label = '别人' WHERE stream = %s AND seq = 4", "第4条与签名"),
        (
            "UPDATE foundation_entry SET facts = (repeat('[', 5000) || repeat(']', 5000))::jsonb"
            " WHERE stream = %s AND seq = 3",
            "第3条与签名",
        ),
        ("DELETE FROM foundation_entry WHERE stream = %s AND seq = 2", "序号不是从1起连续"),
        ("DELETE FROM foundation_entry WHERE stream = %s AND seq = 1", "序号不是从1起连续"),
        (SWAP_THREE_AND_FOUR, "第3条与签名"),
        (INSERT_A_THIRD, "第4条与签名"),
    ],
)
def test_the_proof_of_a_tampered_history_fails(mallory: Superuser, cases: list[Case], attack: str, words: str) -> None:
    for statement in attack.split(";"):
        mallory.tamper(statement, cases[1].stream)
    made = taken(cases[1])
    assert not made.sound
    assert "核对未通过" in made.name
    result = check(dict(made.files))
    assert not result.sound
    assert words in told(result)


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE foundation_leaf SET digest = sha256('x') WHERE position = 1",
        "DELETE FROM foundation_leaf WHERE position = 2",
        "UPDATE foundation_leaf SET position = position + 100 WHERE position = 1",
        "UPDATE foundation_head SET root = sha256('x') WHERE size = 12",
        "UPDATE foundation_head SET signature = decode(repeat('00', 64), 'hex') WHERE size = 3",
        "UPDATE foundation_head SET key_id = repeat('0', 64)",
    ],
)
def test_the_proof_out_of_a_tampered_log_fails(mallory: Superuser, cases: list[Case], attack: str) -> None:
    mallory.tamper(attack)
    made = taken(cases[0])
    assert not made.sound
    assert not check(dict(made.files)).sound


# --- a tampered export ------------------------------------------------------------------------------------------------


def flipped(content: bytes, place: int) -> bytes:
    """One bit of one byte is another."""
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def test_no_byte_of_any_file_can_be_changed(cases: list[Case]) -> None:
    happens(cases[0])
    files = dict(taken(cases[0]).files)
    for name, content in files.items():
        for place in {0, 1, len(content) // 3, len(content) // 2, len(content) - 2, len(content) - 1}:
            changed = {**files, name: flipped(content, place)}
            assert not check(changed).sound, (name, place)


MUTATIONS: dict[str, Callable[[bytes], bytes]] = {
    "cut off": lambda content: content[: len(content) // 2],
    "emptied": lambda content: b"",
    "longer": lambda content: content + b"\n",
    "other ends of lines": lambda content: content.replace(b"\n", b"\r\n"),
    "rubbish": lambda content: b"\xff\x00" * 40,
    "deep": lambda content: b"[" * 100_000,
    "a list": lambda content: b"[]\n",
    "a number": lambda content: b"1e999\n",
}


@pytest.mark.parametrize("how", MUTATIONS)
def test_no_file_can_be_mangled(cases: list[Case], how: str) -> None:
    files = dict(taken(cases[0]).files)
    for name, content in files.items():
        assert not check({**files, name: MUTATIONS[how](content)}).sound, name


def test_no_file_can_be_dropped_added_or_renamed(cases: list[Case]) -> None:
    files = dict(taken(cases[0]).files)
    for name in files:
        assert not check({other: content for other, content in files.items() if other != name}).sound, name
        renamed = {other if other != name else f"{name}x": content for other, content in files.items()}
        assert not check(renamed).sound, name
    assert not check({**files, "more.txt": b""}).sound
    assert not check({**files, "keys/more.pem": b""}).sound


def resigned(files: dict[str, bytes]) -> dict[str, bytes]:
    """Make the manifest fit again, as somebody with our code would who has got hold of the key of the log."""
    key = journal_keys.signing_key()
    facts = {name: value for name, value in json.loads(files["manifest.json"]).items() if name != "signature"}
    facts["files"] = {name: sha256(content).hexdigest() for name, content in files.items() if name != "manifest.json"}
    return {**files, "manifest.json": encode(facts | {"signature": key.sign(encode(facts)).hex()}) + b"\n"}


def lines_of(files: dict[str, bytes]) -> list[bytes]:
    return files["history.jsonl"].splitlines(keepends=True)


def test_even_with_a_manifest_signed_anew_the_log_tells(cases: list[Case]) -> None:
    """The proofs do not rest on the manifest: what was sealed stays what it was."""
    files = dict(taken(cases[0]).files)
    assert check(resigned(files)).sound
    lines = lines_of(files)
    changed = [lines[0], lines[1].replace("周敏".encode(), "孙敏".encode()), *lines[2:]]
    for others in (changed, lines[1:], lines[:-1], [lines[1], lines[0], *lines[2:]], [*lines, lines[-1]], []):
        assert not check(resigned({**files, "history.jsonl": b"".join(others)})).sound


@pytest.mark.parametrize(
    "change",
    [
        lambda facts: facts["entries"][1].update(position=None, path=[]),
        lambda facts: facts["entries"][1].update(position=facts["entries"][0]["position"]),
        lambda facts: facts["entries"][1].update(position=True),
        lambda facts: facts["entries"][1].update(position=-1),
        lambda facts: facts["entries"][1].update(position=10**30),
        lambda facts: facts["entries"][1]["path"].pop(),
        lambda facts: facts["entries"][1]["path"].append("00" * 32),
        lambda facts: facts["entries"][1]["path"].reverse(),
        lambda facts: facts["entries"].pop(),
        lambda facts: facts["older"].pop(),
        lambda facts: facts["older"][0].update(path=[]),
        lambda facts: facts.update(head=3),
        lambda facts: facts.update(type="x"),
        lambda facts: facts.update(stream="application:9"),
    ],
)
def test_even_with_a_manifest_signed_anew_the_proof_must_fit(cases: list[Case], change: Callable[..., object]) -> None:
    files = dict(taken(cases[0]).files)
    facts = json.loads(files["proof.json"])
    change(facts)
    assert not check(resigned({**files, "proof.json": encode(facts) + b"\n"})).sound


def test_entries_of_somebody_else_do_not_pass_for_ours(cases: list[Case]) -> None:
    mine, other = dict(taken(cases[0]).files), dict(taken(cases[1]).files)
    mixed = {**mine, "history.jsonl": other["history.jsonl"], "proof.json": other["proof.json"]}
    result = check(resigned(mixed))
    assert not result.sound
    assert "不属于同一件事项" in told(result)


def test_a_head_signed_by_a_stranger_is_no_head(cases: list[Case], tmp_path: Path) -> None:
    files = dict(taken(cases[0]).files)
    stranger = journal_keys.signing_key(tmp_path / "stranger")
    heads = []
    for line in files["heads.jsonl"].splitlines(keepends=True):
        facts = json.loads(line)
        facts = {**facts, "key_id": stranger.key_id}
        facts.pop("signature")
        heads.append(encode(facts | {"signature": stranger.sign(encode(facts)).hex()}) + b"\n")
    assert not check(resigned({**files, "heads.jsonl": b"".join(heads)})).sound


def test_a_manifest_never_passes_for_a_head(cases: list[Case]) -> None:
    """Both are signed with one key; their types keep them apart."""
    files = dict(taken(cases[0]).files)
    assert not check(resigned({**files, "heads.jsonl": files["manifest.json"]})).sound
    assert not check({**files, "manifest.json": files["heads.jsonl"].splitlines(keepends=True)[-1]}).sound


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x03\x04" + b"\x00" * 60, b"rubbish" * 100])
def test_what_is_no_zip_is_told_calmly(tmp_path: Path, content: bytes) -> None:
    place = tmp_path / "export.zip"
    place.write_bytes(content)
    done = run(Path(check_history.__file__), place)
    assert done.returncode == 1
    assert "读不到材料：它不是完好的压缩包，或者已经损坏。" in done.stdout
    assert done.stderr == ""


def test_a_place_that_is_not_there(tmp_path: Path) -> None:
    done = run(Path(check_history.__file__), tmp_path / "nowhere")
    assert done.returncode == 1
    assert f"读不到材料：没有这个文件：{tmp_path / 'nowhere'}。" in done.stdout
    assert "No such file" not in done.stdout


# --- a long log -------------------------------------------------------------------------------------------------------


def test_a_proof_out_of_a_long_log_reads_little_of_it(mallory: Superuser, monkeypatch: pytest.MonkeyPatch) -> None:
    """Large subtrees come from the frontiers of old heads, and lead to the same roots."""
    case = Case("application:1")
    with opened_for(EVERYTHING):
        for number in range(700):
            other = Case(f"application:{number + 10}", revision=1)
            journal.record("application.saved", subject=other, by=ZHOU_MIN, at=NOON)
    happens(case, times=3)
    while seal(NOON, limit=37).more:
        pass
    happens(case)
    seal(NOON + timedelta(seconds=1))
    monkeypatch.setattr(proof, "SMALL", 8)
    read: list[int] = []
    rows = proof._rows

    def counted(statement: str, *arguments: object) -> list[object]:
        found = rows(statement, *arguments)
        read.append(len(found) if statement == proof._DIGESTS else 0)
        return found

    monkeypatch.setattr(proof, "_rows", counted)
    made = taken(case)
    assert made.sound
    assert made.head == 704
    assert sum(read) < 300
    monkeypatch.setattr(proof.Log, "_found", lambda self, start, end: None)
    with opened_for(EVERYTHING):
        again = export.build(case.stream, by=SYSTEM, now=NOON, reason=REASON)
    assert again.files["proof.json"] == made.files["proof.json"]
