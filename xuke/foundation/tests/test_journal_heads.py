"""The file of heads: complete after any crash, never with half a line, and read with suspicion."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from xuke.foundation import journal_heads
from xuke.foundation.journal_heads import HeadsDamaged, SignedHead

HEADS = [
    SignedHead(size, bytes([size]) * 32, 700 + size, 0, "2026-11-21T04:00:00.123456Z", "ab" * 32, b"\x01" * 64)
    for size in range(1, 6)
]


def newer_than(size: int) -> list[SignedHead]:
    """A database that gives two heads at a time."""
    return [head for head in HEADS if head.size > size][:2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal-heads.jsonl"


def test_a_head_reads_back_from_its_line() -> None:
    assert SignedHead.from_line(HEADS[0].line) == HEADS[0]
    assert HEADS[0].line.count(b"\n") == 1


def test_the_statement_covers_every_fact() -> None:
    head = HEADS[0]
    others = {"size": 9, "root": b"x", "sealed_below": 9, "sealed_id": 9, "at": "x", "key_id": "x"}
    assert len({replace(head, **{name: value}).statement for name, value in others.items()} | {head.statement}) == 7


def test_missing_lines_are_written_in_order_and_once(path: Path) -> None:
    assert journal_heads.last(path) is None
    assert journal_heads.catch_up(path, newer_than) == 5
    assert journal_heads.catch_up(path, newer_than) == 0
    assert path.read_bytes() == b"".join(head.line for head in HEADS)
    assert journal_heads.last(path) == HEADS[-1]


@pytest.mark.parametrize("kept", range(0, len(HEADS[0].line) * 2 + 1, 50))
def test_a_torn_line_is_written_again(path: Path, kept: int) -> None:
    whole = b"".join(head.line for head in HEADS)
    path.write_bytes(whole[:kept])
    journal_heads.catch_up(path, newer_than)
    assert path.read_bytes() == whole


def test_a_torn_line_is_not_yet_said(path: Path) -> None:
    path.write_bytes(HEADS[0].line + HEADS[1].line[:-1])
    assert journal_heads.last(path) == HEADS[0]
    assert [line for _, line in journal_heads.lines(path, upto=journal_heads.length(path))] == [HEADS[0].line]


def test_lines_beyond_the_measured_length_are_left_alone(path: Path) -> None:
    path.write_bytes(HEADS[0].line)
    upto = journal_heads.length(path)
    journal_heads.catch_up(path, newer_than)
    assert list(journal_heads.lines(path, upto=upto)) == [(1, HEADS[0].line)]


def test_rubbish_is_damage_and_not_silence(path: Path) -> None:
    path.write_bytes(HEADS[0].line + b"{}\n")
    with pytest.raises(HeadsDamaged):
        journal_heads.last(path)
    path.write_bytes(b"x" * 100_000)
    with pytest.raises(HeadsDamaged):
        journal_heads.catch_up(path, newer_than)
    assert path.stat().st_size == 100_000
    assert next(journal_heads.lines(path, upto=100_000)) == (1, b"x" * journal_heads.LONGEST_LINE)


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"{}\n",
        b"[]\n",
        b"\xff\n",
        HEADS[0].line.replace(b'"size":1', b'"size":"1"'),
        HEADS[0].line.replace(b'"size":1', b'"size":1.5'),
        HEADS[0].line.replace(b'"size":1', b'"size": 1'),
        HEADS[0].line.replace(b'"at"', b'"by":"me","at"'),
        HEADS[0].line.replace(b"0101", b"zz", 1),
        b"[" * 100_000 + b"\n",
    ],
)
def test_only_a_line_exactly_as_we_write_it_is_a_head(line: bytes) -> None:
    with pytest.raises(HeadsDamaged):
        SignedHead.from_line(line)
