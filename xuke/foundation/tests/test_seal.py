"""Sealing: every entry once, in a final order, whoever writes, waits or is killed meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import DatabaseError, ProgrammingError, connection, connections, transaction

from xuke.foundation import journal_check, journal_heads, journal_keys, journal_rows, request_ids, sealer
from xuke.foundation.canonical import ENTRY, LEFT_OUT_WHEN_EMPTY, encode
from xuke.foundation.merkle import Frontier
from xuke.foundation.scope import EVERYTHING, Scope
from xuke.foundation.sealer import LogIsForged, LogIsShorter, Sealed, seal
from xuke.foundation.tests.journals import NOON, ZHOU_MIN, Case, Officer, Superuser, happens, happens_here, killed_at
from xuke.foundation.transactions import opened_for

SEALED = "SELECT entry_id FROM foundation_leaf ORDER BY position"
ENTRIES = "SELECT id FROM foundation_entry ORDER BY transaction, id"


def demand_sealed_once(mallory: Superuser) -> None:
    """Every entry is in the log exactly once, in the order of the transactions, and the whole checks."""
    assert mallory.column(SEALED) == mallory.column(ENTRIES)
    assert journal_check.verify().findings == []


# --- what is sealed ---------------------------------------------------------------------------------------------------


def test_what_has_happened_is_sealed_once(mallory: Superuser, home: Path) -> None:
    happens(Case("application:1"), times=3)
    happens(Case("application:2"), times=2)
    assert seal(NOON) == Sealed(first=0, last=4, size=5)
    assert seal(NOON) == Sealed(first=5, last=4, size=5)
    happens(Case("application:3"))
    assert seal(NOON) == Sealed(first=5, last=5, size=6)
    demand_sealed_once(mallory)
    lines = (home / "journal-heads.jsonl").read_bytes().splitlines(keepends=True)
    assert [journal_heads.SignedHead.from_line(line).size for line in lines] == [5, 6]


def test_nothing_happened_leaves_no_head(mallory: Superuser, home: Path) -> None:
    assert seal(NOON).count == 0
    assert mallory.rows("SELECT * FROM foundation_head") == []
    assert journal_check.verify().is_sound


def test_the_leaf_is_made_of_every_fact_of_the_entry(mallory: Superuser) -> None:
    case = Case("application:1")
    happens(
        case, "application.corrected", reason="缺“营业执照”\n𠮷 e\u0301", amount=Decimal("0.10"), days=[1, 2.5, 1e21]
    )
    seal(NOON)
    (row,) = mallory.rows(f"SELECT {journal_rows.ENTRY_COLUMNS}, l.digest FROM foundation_entry e, foundation_leaf l")
    entry = {
        "id": row[0],
        "stream": "application:1",
        "seq": 1,
        "verb": "application.corrected",
        "at": "2026-11-21T04:00:00.123456Z",
        "effective_on": "2026-11-21",
        "clock": "",
        "actor": "officer:12",
        "actor_label": "周敏（宜昌市市场监督管理局）",
        "subject_label": "湖北𠮷祥食品有限公司",
        "authority_path": "42/4205",
        "enterprise_id": "91420500MA4900001X",
        "facts": {
            "reason": "缺“营业执照”\n𠮷 e\u0301",
            "amount": "0.10",
            "days": [1, Decimal("2.5"), 10**21],
        },
    }
    assert set(entry) == set(ENTRY) - LEFT_OUT_WHEN_EMPTY
    assert journal_rows.entry_bytes(row[:-1]) == encode(entry)
    assert journal_rows.leaf_hash(row[:-1]) == row[-1]


def test_a_head_needs_nothing_but_itself_to_go_on(mallory: Superuser) -> None:
    case = Case("application:1")
    for times in (1, 2, 5, 8):
        happens(case, times=times)
        seal(NOON)
    digests = mallory.column("SELECT digest FROM foundation_leaf ORDER BY position")
    for size, root, frontier in mallory.rows("SELECT size, root, frontier FROM foundation_head"):
        tree = Frontier().grown(digests[:size])
        assert (root, frontier) == (tree.root, bytes(tree))


def test_a_long_backlog_is_sealed_in_batches(mallory: Superuser) -> None:
    with opened_for(EVERYTHING):
        case = Case("application:1")
        for _ in range(7):
            happens_here(case)
    happens(Case("application:2"), times=3)
    assert seal(NOON, limit=4) == Sealed(0, 3, 4, more=True)
    assert seal(NOON, limit=4) == Sealed(4, 7, 8, more=True)
    assert seal(NOON) == Sealed(8, 9, 10)
    demand_sealed_once(mallory)


def test_a_batch_that_ends_exactly_with_the_entries_loses_none(mallory: Superuser) -> None:
    case = Case("application:1")
    happens(case, times=4)
    assert seal(NOON, limit=4).more
    assert seal(NOON, limit=4).count == 0
    happens(case)
    assert seal(NOON, limit=4).count == 1
    demand_sealed_once(mallory)


def test_a_replaced_key_signs_from_the_next_head_on(mallory: Superuser) -> None:
    case = Case("application:1")
    for _ in range(2):
        happens(case)
        seal(NOON)
        journal_keys.rotate()
    assert len(set(mallory.column("SELECT key_id FROM foundation_head"))) == 2
    demand_sealed_once(mallory)


def test_sealing_inside_somebody_elses_transaction_is_a_mistake(mallory: Superuser) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError):
        seal(NOON)


# --- who else is at work ----------------------------------------------------------------------------------------------


def test_a_long_transaction_only_delays(mallory: Superuser) -> None:
    early, slow, late = Case("application:1"), Case("application:2"), Case("application:3")
    happens(early)
    with mallory.long_transaction(slow):
        happens(late, times=2)
        assert seal(NOON).count == 1
        assert journal_check.verify().running == 2
    assert seal(NOON).count == 3
    order = mallory.column(
        "SELECT e.stream FROM foundation_leaf l JOIN foundation_entry e ON e.id = l.entry_id ORDER BY l.position"
    )
    assert order == [early.stream, slow.stream, late.stream, late.stream]
    demand_sealed_once(mallory)


def test_what_was_rolled_back_is_not_missed(mallory: Superuser) -> None:
    case = Case("application:1")
    happens(case)
    with opened_for(EVERYTHING):
        happens_here(Case("application:2"))
        transaction.set_rollback(True)
    happens(case)
    assert seal(NOON).count == 2
    demand_sealed_once(mallory)


def in_threads(*works: Callable[[], object]) -> None:
    """Do these at once and let their mistakes be ours."""
    mistakes: list[BaseException] = []

    def run(work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as mistake:
            mistakes.append(mistake)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if mistakes:
        raise mistakes[0]


def test_many_writers_and_two_sealers_at_once_seal_each_entry_once(mallory: Superuser) -> None:
    finished = threading.Event()
    slow = Case("application:slow")

    def write(number: int) -> None:
        happens(Case(f"application:{number}"), times=40)

    def write_slowly() -> None:
        with mallory.long_transaction(slow):
            in_threads(*(lambda number=number: write(number) for number in range(4)))
        finished.set()

    def keep_sealing() -> None:
        while not finished.wait(0.002):
            seal(NOON, limit=7)

    in_threads(write_slowly, keep_sealing, keep_sealing, lambda: write(9))
    seal(NOON)
    assert len(mallory.column(SEALED)) == 5 * 40 + 1
    demand_sealed_once(mallory)


def test_the_second_of_two_sealers_waits_and_finds_the_work_done(mallory: Superuser) -> None:
    happens(Case("application:1"), times=50)
    done: list[Sealed] = []
    in_threads(*[lambda: done.append(seal(NOON))] * 4)
    assert sorted(sealed.count for sealed in done) == [0, 0, 0, 50]
    demand_sealed_once(mallory)


# --- killed anywhere --------------------------------------------------------------------------------------------------


@pytest.mark.kill
def test_killed_at_any_step_the_sealer_loses_nothing_and_seals_nothing_twice(mallory: Superuser, home: Path) -> None:
    case = Case("application:1")
    step, killed = 0, True
    while killed:
        happens(case, times=2)
        killed = killed_at(step, lambda: seal(NOON), mallory=mallory)
        size = len(mallory.column(SEALED))
        seal(NOON + timedelta(seconds=1))
        demand_sealed_once(mallory)
        assert size in (len(mallory.column(SEALED)), len(mallory.column(SEALED)) - 2)
        report = journal_check.verify()
        assert report.lines == report.heads
        step += 1
    assert step > 10


# --- what it refuses --------------------------------------------------------------------------------------------------


def test_a_log_shorter_than_its_file_of_heads_is_not_continued(mallory: Superuser) -> None:
    case = Case("application:1")
    for _ in range(2):
        happens(case)
        seal(NOON)
    for table, column in (("leaf", "position >= 1"), ("head", "size > 1"), ("entry", "seq > 1")):
        mallory.tamper(f"DELETE FROM foundation_{table} WHERE {column}")
    happens(Case("application:2"))
    with pytest.raises(LogIsShorter):
        seal(NOON)
    assert mallory.column("SELECT size FROM foundation_head") == [1]


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE foundation_head SET frontier = sha256('x')",
        "UPDATE foundation_head SET frontier = frontier || frontier",
        "UPDATE foundation_head SET root = sha256('x'), frontier = sha256('x')",
        "UPDATE foundation_head SET sealed_below = '999999'",
        "UPDATE foundation_head SET signature = decode(repeat('00', 64), 'hex')",
        "UPDATE foundation_head SET key_id = repeat('0', 64)",
        "UPDATE foundation_head SET at = at + interval '1 second'",
    ],
)
def test_a_forged_head_is_not_continued(mallory: Superuser, forgery: str) -> None:
    case = Case("application:1")
    happens(case)
    seal(NOON)
    mallory.tamper(forgery)
    happens(case)
    with pytest.raises(LogIsForged):
        seal(NOON)
    assert len(mallory.column(SEALED)) == 1


def test_the_application_can_neither_change_nor_delete_what_it_wrote(mallory: Superuser) -> None:
    happens(Case("application:1"))
    seal(NOON)
    for table, column in (("entry", "verb"), ("leaf", "digest"), ("head", "root"), ("handled", "handler")):
        for statement in (f"UPDATE foundation_{table} SET {column} = {column}", f"DELETE FROM foundation_{table}"):
            with pytest.raises(ProgrammingError, match="permission denied"), opened_for(EVERYTHING):
                connection.cursor().execute(statement)


# --- after a restore --------------------------------------------------------------------------------------------------


def test_after_a_restore_into_a_new_server_sealing_goes_on(mallory: Superuser, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new server counts transactions from the beginning; the entries that were restored carry larger numbers."""
    old, new = Case("application:1"), Case("application:2")
    happens(old, times=4)
    mallory.tamper("UPDATE foundation_entry SET transaction = (90000000 + id)::text::xid8")
    with monkeypatch.context() as before:
        before.setattr(sealer, "_horizon", lambda: (91_000_000, 91_000_000))
        assert seal(NOON, limit=3).count == 3  # The fourth was not sealed yet when the copy was made.
    happens(new)
    assert journal_check.verify().is_sound
    assert seal(NOON).count == 2
    happens(new)
    assert seal(NOON).count == 1
    assert seal(NOON).count == 0
    assert sorted(mallory.column(SEALED)) == sorted(mallory.column(ENTRIES))
    assert journal_check.verify().findings == []


def test_a_restore_into_a_server_that_counts_otherwise_is_sealed_at_once(mallory: Superuser) -> None:
    """Unsealed entries of another server may carry any number: what a restore brought back is settled all the same."""
    happens(Case("application:1"))
    assert seal(NOON).count == 1
    happens(Case("application:2"), times=2)
    mallory.tamper("UPDATE foundation_entry SET transaction = mod(id * 90000000, 170000001)::text::xid8")
    assert {finding.kind for finding in journal_check.verify().findings} == {"slipped-in"}
    journal_heads.restored_mark(journal_heads.place()).touch()
    assert journal_check.verify().findings == []
    assert seal(NOON).count == 2
    assert not journal_heads.restored_mark(journal_heads.place()).exists()
    happens(Case("application:3"))
    assert seal(NOON).count == 1
    assert journal_check.verify().findings == []


def test_the_actor_who_seals_must_see_everything(mallory: Superuser) -> None:
    happens(Case("application:1"))
    with pytest.raises(ValueError, match="see every entry"):
        seal(NOON, by=Officer(scope=Scope(authority_path="42/4205")))
    assert seal(NOON, by=ZHOU_MIN).count == 1


def test_an_entry_of_a_request_is_sealed_with_its_id(mallory: Superuser) -> None:
    with request_ids.entered("0192-request"):
        happens(Case("application:1"))
    happens(Case("application:2"))
    seal(NOON)
    statement = f"SELECT {journal_rows.ENTRY_COLUMNS} FROM foundation_entry e ORDER BY e.id"
    asked, unasked = (journal_rows.entry_bytes(row) for row in mallory.rows(statement))
    assert b'"request_id":"0192-request"' in asked
    assert b"request_id" not in unasked  # The bytes it had before there were ids: old leaves stay valid.
    assert journal_check.verify().is_sound


def test_a_sealer_that_does_not_know_of_requests_is_refused(
    mallory: Superuser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Old and new code run side by side: an entry waits for the sealer that covers all of it."""
    monkeypatch.setattr(sealer, "_BEGIN", sealer._BEGIN.replace("'request_id'", "''"))
    happens(Case("application:1"))
    assert seal(NOON).count == 1  # What no request wrote, it may seal.
    with request_ids.entered("0192-request"):
        happens(Case("application:2"))
    with pytest.raises(DatabaseError, match="start the newer one"):
        seal(NOON)
    monkeypatch.undo()
    assert seal(NOON).count == 1
    assert journal_check.verify().is_sound
