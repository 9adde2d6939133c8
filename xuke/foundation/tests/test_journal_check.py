"""Whoever rules the database and changes the journal is found out, however thoroughly it is done."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from xuke.foundation import journal_check, journal_heads, journal_keys, journal_rows
from xuke.foundation.journal_check import Finding, Report, verify
from xuke.foundation.merkle import Frontier
from xuke.foundation.scope import EVERYTHING, Scope
from xuke.foundation.sealer import seal
from xuke.foundation.tests.journals import NOON, Case, Officer, Superuser, happens
from xuke.foundation.transactions import opened_for


@pytest.fixture
def cases(mallory: Superuser) -> list[Case]:
    """Three cases with four entries each, under four heads of three entries."""
    cases = [Case(f"application:{number}") for number in range(3)]
    for _ in range(4):
        for case in cases:
            happens(case, reason="材料齐全", amount=1.5)
        seal(NOON)
    return cases


def entry(mallory: Superuser, position: int) -> int:
    return mallory.column("SELECT entry_id FROM foundation_leaf WHERE position = %s", position)[0]


def kinds(report: Report) -> set[str]:
    return {finding.kind for finding in report.findings}


def only(report: Report) -> Finding:
    assert len(report.findings) == 1, report.findings
    return report.findings[0]


def rehash(mallory: Superuser, where: str = "true") -> None:
    """Give the leaves the digests of what their entries say now, as an attacker with our code would."""
    for position, *row in mallory.rows(
        f"SELECT l.position, {journal_rows.ENTRY_COLUMNS} FROM foundation_leaf l"
        f" JOIN foundation_entry e ON e.id = l.entry_id WHERE {where}"
    ):
        mallory.tamper(
            "UPDATE foundation_leaf SET digest = %s WHERE position = %s", journal_rows.leaf_hash(row), position
        )


def rebuild_heads(mallory: Superuser) -> None:
    """Make every head fit the leaves again: all of it but the signatures, for want of the key."""
    digests = mallory.column("SELECT digest FROM foundation_leaf ORDER BY position")
    for size in mallory.column("SELECT size FROM foundation_head"):
        tree = Frontier().grown(digests[:size])
        mallory.tamper(
            "UPDATE foundation_head SET root = %s, frontier = %s WHERE size = %s", tree.root, bytes(tree), size
        )


def test_an_honest_journal_is_sound(mallory: Superuser, cases: list[Case]) -> None:
    happens(cases[0])
    report = verify()
    assert report.is_sound
    assert (report.entries, report.sealed, report.waiting, report.running) == (13, 12, 1, 0)
    assert (report.heads, report.lines) == (4, 4)


def test_an_empty_journal_is_sound(mallory: Superuser) -> None:
    assert verify() == Report()


def test_whoever_checks_must_see_every_entry(mallory: Superuser) -> None:
    with pytest.raises(ValueError, match="see every entry"):
        verify(by=Officer(scope=Scope(authority_path="42/4205")))


def test_checking_changes_nothing_and_leaves_no_scope(mallory: Superuser, cases: list[Case]) -> None:
    verify()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('xuke.system', true)")
        assert cursor.fetchone()[0] in (None, "")


# --- altered ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        "verb = 'application.refused'",
        "at = at + interval '1 microsecond'",
        "at = 'infinity'",
        "at = '0044-03-15 12:00:00.5 BC'",
        "effective_on = effective_on + 1",
        "effective_on = '2026-11-21 BC'",
        "clock = 'stop'",
        "actor = 'officer:13'",
        "actor_label = '别人'",
        "subject_label = subject_label || ' '",
        "authority_path = '43'",
        "enterprise_id = ''",
        "stream = 'application:9'",
        "seq = seq + 100",
        """facts = facts || '{"amount": 1.6}'""",
        """facts = facts || '{"amount": "1.5"}'""",
        "facts = facts - 'reason'",
        "facts = '[]'",
        "facts = 'null'",
        "facts = (repeat('[', 5000) || repeat(']', 5000))::jsonb",
    ],
)
def test_an_altered_entry_is_found(mallory: Superuser, cases: list[Case], change: str) -> None:
    victim = entry(mallory, 4)
    mallory.tamper(f"UPDATE foundation_entry SET {change} WHERE id = %s", victim)
    report = verify()
    assert [(found.entry, found.position) for found in report.findings if found.kind == "altered"] == [(victim, 4)]


def test_an_altered_entry_with_its_leaf_is_found(mallory: Superuser, cases: list[Case]) -> None:
    mallory.tamper("UPDATE foundation_entry SET actor = 'officer:13' WHERE id = %s", entry(mallory, 4))
    rehash(mallory)
    found = only(verify())
    assert (found.kind, found.position) == ("moved", 3)
    assert "第3至5位" in found.message


def test_an_altered_entry_with_its_leaf_and_all_heads_is_found(mallory: Superuser, cases: list[Case]) -> None:
    mallory.tamper("UPDATE foundation_entry SET actor = 'officer:13' WHERE id = %s", entry(mallory, 4))
    rehash(mallory)
    rebuild_heads(mallory)
    assert {"unsigned", "head-altered"} <= kinds(verify())


def test_somebody_elses_signature_is_no_signature(mallory: Superuser, cases: list[Case], tmp_path: Path) -> None:
    stranger = journal_keys.signing_key(tmp_path / "stranger")
    for size, *row in mallory.rows(f"SELECT h.size, {journal_rows.HEAD_COLUMNS} FROM foundation_head h"):
        forged = journal_rows.head([*row[:-2], stranger.key_id, b""])
        mallory.tamper(
            "UPDATE foundation_head SET key_id = %s, signature = %s WHERE size = %s",
            stranger.key_id,
            stranger.sign(forged.statement),
            size,
        )
    assert "所用的密钥不是本系统的" in verify().findings[0].message + verify().findings[1].message
    assert kinds(verify()) == {"unsigned", "head-altered"}


# --- dropped ----------------------------------------------------------------------------------------------------------


def test_a_dropped_entry_is_found(mallory: Superuser, cases: list[Case]) -> None:
    victim = entry(mallory, 4)
    mallory.tamper("DELETE FROM foundation_entry WHERE id = %s", victim)
    report = verify()
    assert kinds(report) == {"dropped", "gap"}
    assert [found.entry for found in report.findings if found.kind == "dropped"] == [victim]


def test_a_dropped_entry_with_its_leaf_is_found(mallory: Superuser, cases: list[Case]) -> None:
    mallory.tamper("DELETE FROM foundation_entry WHERE id = %s", entry(mallory, 4))
    mallory.tamper("DELETE FROM foundation_leaf WHERE position = 4")
    report = verify()
    assert kinds(report) == {"dropped", "gap"}
    assert [found.position for found in report.findings if found.kind == "dropped"] == [4]


def test_a_dropped_leaf_is_found(mallory: Superuser, cases: list[Case]) -> None:
    victim = entry(mallory, 4)
    mallory.tamper("DELETE FROM foundation_leaf WHERE position = 4")
    report = verify()
    assert kinds(report) == {"dropped", "slipped-in"}
    assert [found.entry for found in report.findings if found.kind == "slipped-in"] == [victim]


def test_a_whole_dropped_stream_is_found(mallory: Superuser, cases: list[Case]) -> None:
    """No chain of its own is left that could have a gap: only the log over everything knows."""
    mallory.tamper(
        "DELETE FROM foundation_leaf WHERE entry_id IN (SELECT id FROM foundation_entry WHERE stream = %s)",
        cases[1].stream,
    )
    mallory.tamper("DELETE FROM foundation_entry WHERE stream = %s", cases[1].stream)
    report = verify()
    assert kinds(report) == {"dropped"}
    assert len(report.findings) == 4


def test_a_dropped_stream_with_the_leaves_closed_up_is_found(mallory: Superuser, cases: list[Case]) -> None:
    mallory.tamper(
        "DELETE FROM foundation_leaf WHERE entry_id IN (SELECT id FROM foundation_entry WHERE stream = %s)",
        cases[1].stream,
    )
    mallory.tamper("DELETE FROM foundation_entry WHERE stream = %s", cases[1].stream)
    mallory.tamper(
        "UPDATE foundation_leaf l SET position = place + 999 FROM"
        " (SELECT entry_id, row_number() OVER (ORDER BY position) AS place FROM foundation_leaf) AS kept"
        " WHERE kept.entry_id = l.entry_id"
    )
    mallory.tamper("UPDATE foundation_leaf SET position = position - 1000")
    assert {"moved", "truncated"} <= kinds(verify())


# --- re-ordered and slipped in ----------------------------------------------------------------------------------------


SWAP = (
    "UPDATE foundation_leaf SET position = 1000 WHERE position = 3",
    "UPDATE foundation_leaf SET position = 3 WHERE position = 4",
    "UPDATE foundation_leaf SET position = 4 WHERE position = 1000",
)


def test_entries_that_changed_places_are_found(mallory: Superuser, cases: list[Case]) -> None:
    for statement in SWAP:
        mallory.tamper(statement)
    found = only(verify())
    assert (found.kind, found.position) == ("moved", 3)


def test_entries_that_changed_numbers_are_found(mallory: Superuser, cases: list[Case]) -> None:
    first, second = entry(mallory, 3), entry(mallory, 4)
    mallory.tamper("UPDATE foundation_entry SET id = -1 WHERE id = %s", first)
    mallory.tamper("UPDATE foundation_entry SET id = %s WHERE id = %s", first, second)
    mallory.tamper("UPDATE foundation_entry SET id = %s WHERE id = -1", second)
    report = verify()
    assert kinds(report) == {"altered"}
    assert {found.entry for found in report.findings} == {first, second}


def test_each_stretch_is_judged_by_itself(mallory: Superuser, cases: list[Case]) -> None:
    for statement in SWAP:
        mallory.tamper(statement)
    mallory.tamper("UPDATE foundation_leaf SET digest = sha256('x') WHERE position = 10")
    report = verify()
    assert [found.position for found in report.findings if found.kind == "moved"] == [3, 9]


@pytest.mark.parametrize("number", ["1", "4000000000"])
def test_an_entry_slipped_in_behind_the_sealer_is_found(mallory: Superuser, cases: list[Case], number: str) -> None:
    mallory.tamper(
        "INSERT INTO foundation_entry (stream, seq, verb, at, effective_on, clock, actor, actor_label,"
        " subject_label, authority_path, enterprise_id, facts, transaction)"
        " SELECT stream, 5, verb, at, effective_on, clock, actor, actor_label, subject_label, authority_path,"
        " enterprise_id, facts, %s::xid8 FROM foundation_entry WHERE stream = %s AND seq = 4",
        number,
        cases[0].stream,
    )
    assert only(verify()).kind == "slipped-in"
    seal(NOON)
    assert only(verify()).kind == "slipped-in"


def test_a_gap_in_a_stream_is_found_before_it_is_sealed(mallory: Superuser, cases: list[Case]) -> None:
    cases[2].revision += 1
    happens(cases[2])
    found = only(verify())
    assert (found.kind, found.stream) == ("gap", cases[2].stream)
    assert "第4条之后应为第5条，却是第6条" in found.message


# --- cut off ----------------------------------------------------------------------------------------------------------


def truncate(mallory: Superuser, size: int) -> None:
    """Cut the newest entries off, leaves, heads and all."""
    mallory.tamper(
        "DELETE FROM foundation_entry WHERE id IN (SELECT entry_id FROM foundation_leaf WHERE position >= %s)", size
    )
    mallory.tamper("DELETE FROM foundation_leaf WHERE position >= %s", size)
    mallory.tamper("DELETE FROM foundation_head WHERE size > %s", size)


@pytest.mark.parametrize("size", [0, 6, 9])
def test_a_log_that_was_cut_off_is_found(mallory: Superuser, cases: list[Case], size: int) -> None:
    truncate(mallory, size)
    report = verify()
    found = only(report)
    assert (found.kind, found.position, report.sealed) == ("truncated", size, size)
    assert f"少了{12 - size}个" in found.message


def test_a_log_that_was_cut_off_between_two_heads_is_found(mallory: Superuser, cases: list[Case]) -> None:
    truncate(mallory, 7)
    found = only(verify())
    assert (found.kind, found.position) == ("truncated", 7)


def test_a_log_that_was_cut_off_and_grew_again_is_found(
    mallory: Superuser, cases: list[Case], home: Path, tmp_path: Path
) -> None:
    """Even where our own sealer was made to go on: a copy of the file that lies elsewhere gives it away."""
    copy = tmp_path / "copy.jsonl"
    copy.write_bytes(journal_heads.place().read_bytes())
    truncate(mallory, 6)
    journal_heads.place().unlink()
    for number in range(9):
        happens(Case(f"other:{number}"))
    seal(NOON)
    assert kinds(verify()) == set()
    assert {"moved", "head-dropped"} <= kinds(verify(path=copy))


# --- heads and their file ---------------------------------------------------------------------------------------------


def test_a_dropped_head_is_found(mallory: Superuser, cases: list[Case]) -> None:
    mallory.tamper("DELETE FROM foundation_head WHERE size = 6")
    found = only(verify())
    assert (found.kind, found.position) == ("head-dropped", 6)


def test_a_frontier_that_does_not_belong_to_its_root_is_found(mallory: Superuser, cases: list[Case]) -> None:
    mallory.tamper("UPDATE foundation_head SET frontier = frontier || frontier WHERE size = 6")
    mallory.tamper("UPDATE foundation_head SET frontier = sha256('x') || sha256('y') WHERE size = 9")
    report = verify()
    assert [(found.kind, found.position) for found in report.findings] == [("head-altered", 6), ("head-altered", 9)]


def test_the_first_head_may_be_signed_while_the_check_begins(
    monkeypatch: pytest.MonkeyPatch, cases: list[Case]
) -> None:
    lengths = [0, 120]
    monkeypatch.setattr(journal_check, "_HEADS", journal_check._HEADS.replace("ORDER", "WHERE h.size = 12 ORDER"))
    monkeypatch.setattr(journal_heads, "length", lambda path: lengths.pop(0))
    assert verify().is_sound, "no head was lost: the file did not exist a moment ago"
    lengths.extend((0, 0))
    assert only(verify()).kind == "no-file"


def test_a_missing_file_of_heads_is_said(mallory: Superuser, cases: list[Case]) -> None:
    journal_heads.place().unlink()
    assert only(verify()).kind == "no-file"
    seal(NOON)
    assert verify().is_sound


def test_the_newest_head_may_be_missing_in_the_file_but_no_older_one(mallory: Superuser, cases: list[Case]) -> None:
    """A sealer that was killed after its commit leaves the newest out, and writes it the next time."""
    path = journal_heads.place()
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:3]))
    assert verify().is_sound
    path.write_bytes(b"".join([lines[0], *lines[2:]]))
    found = only(verify())
    assert (found.kind, found.position) == ("line-dropped", 6)


def test_rubbish_in_the_file_of_heads_is_found(mallory: Superuser, cases: list[Case]) -> None:
    path = journal_heads.place()
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], b"{}\n", *lines[1:]]))
    assert only(verify()).kind == "line-altered"
    path.write_bytes(b"".join([*lines[:2], lines[0], *lines[2:]]))
    assert only(verify()).kind == "line-moved"
    path.write_bytes(b"".join(lines).replace(b'"sealed_id":0', b'"sealed_id":1', 1))
    assert kinds(verify()) == {"unsigned", "head-altered"}


# --- at work ----------------------------------------------------------------------------------------------------------


def test_heads_that_come_while_the_check_runs_are_no_finding(
    mallory: Superuser, cases: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = journal_heads.length

    def length_then_more_work(path: Path) -> int:
        upto = measured(path)
        happens(cases[0])
        seal(NOON)
        return upto

    monkeypatch.setattr(journal_heads, "length", length_then_more_work)
    assert verify().is_sound


def test_many_findings_are_counted_and_not_all_listed(
    mallory: Superuser, cases: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_check, "LONGEST_LIST", 5)
    mallory.tamper("UPDATE foundation_entry SET actor = 'nobody'")
    report = verify()
    assert (len(report.findings), report.more, report.is_sound) == (5, 7, False)


def test_a_cursor_of_many_batches_reads_all(
    mallory: Superuser, cases: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_check, "AT_ONCE", 2)
    assert verify().sealed == 12


def test_an_entry_is_checked_where_row_level_security_hides_it(mallory: Superuser, cases: list[Case]) -> None:
    with opened_for(Scope(authority_path="99")), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM foundation_entry")
        assert cursor.fetchone() == (0,)
    with opened_for(EVERYTHING), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM foundation_entry")
        assert cursor.fetchone() == (12,)
    assert verify().entries == 12
