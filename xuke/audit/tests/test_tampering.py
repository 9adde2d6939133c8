"""Whoever rules the database, and everything one can do to a journal there: `xuke journal verify` finds each.

The finer points of the check are in `xuke/foundation/tests/test_journal_check.py`; this is the list of attacks.
"""

from __future__ import annotations

import pytest

from xuke.config import cli
from xuke.foundation import journal_heads, journal_rows, request_ids
from xuke.foundation.journal_check import verify
from xuke.foundation.merkle import Frontier
from xuke.foundation.sealer import LogIsForged, LogIsShorter, seal
from xuke.foundation.tests.journals import NOON, Case, Superuser, happens

STREAM = "stream = 'application:1'"
COPY_OF_SECOND = (
    "INSERT INTO foundation_entry (id, stream, seq, verb, at, effective_on, clock, actor, actor_label, subject_label,"
    " authority_path, enterprise_id, facts, transaction) SELECT {id}, stream, 3, verb, at, effective_on, clock, actor,"
    " actor_label, subject_label, authority_path, enterprise_id, facts, transaction FROM foundation_entry"
    f" WHERE {STREAM} AND seq = 2"
)
MAKE_ROOM = (
    f"UPDATE foundation_entry SET seq = seq + 100 WHERE {STREAM} AND seq >= 3",
    f"UPDATE foundation_entry SET seq = seq - 99 WHERE {STREAM} AND seq >= 103",
)

ATTACKS: dict[str, tuple[str, ...]] = {
    "a row is altered": (f"UPDATE foundation_entry SET verb = 'application.refused' WHERE {STREAM} AND seq = 2",),
    "a fact is altered": (
        f"UPDATE foundation_entry SET facts = jsonb_set(facts, '{{amount}}', '2.5') WHERE {STREAM} AND seq = 2",
    ),
    "a fact is taken out": (f"UPDATE foundation_entry SET facts = facts - 'amount' WHERE {STREAM} AND seq = 2",),
    "somebody else did it": (f"UPDATE foundation_entry SET actor = 'officer:13' WHERE {STREAM} AND seq = 2",),
    "it is dated back": (f"UPDATE foundation_entry SET at = at - interval '3 days' WHERE {STREAM} AND seq = 2",),
    "the legal day is dated back": (
        f"UPDATE foundation_entry SET effective_on = effective_on - 3 WHERE {STREAM} AND seq = 2",
    ),
    "it was another request": (f"UPDATE foundation_entry SET request_id = 'job:13' WHERE {STREAM} AND seq = 2",),
    "the request is taken out": (f"UPDATE foundation_entry SET request_id = '' WHERE {STREAM} AND seq = 3",),
    "a request is made up": (f"UPDATE foundation_entry SET request_id = 'job:13' WHERE {STREAM} AND seq = 1",),
    "one is dropped": (f"DELETE FROM foundation_entry WHERE {STREAM} AND seq = 2",),
    "one is dropped with its leaf": (
        f"DELETE FROM foundation_leaf WHERE entry_id = (SELECT id FROM foundation_entry WHERE {STREAM} AND seq = 2)",
        f"DELETE FROM foundation_entry WHERE {STREAM} AND seq = 2",
    ),
    "one is dropped and the numbers closed up": (
        f"DELETE FROM foundation_entry WHERE {STREAM} AND seq = 2",
        f"UPDATE foundation_entry SET seq = seq + 100 WHERE {STREAM} AND seq > 2",
        f"UPDATE foundation_entry SET seq = seq - 101 WHERE {STREAM} AND seq > 100",
    ),
    "the last ones are dropped": (
        "DELETE FROM foundation_entry WHERE id IN (SELECT entry_id FROM foundation_leaf WHERE position >= 9)",
        "DELETE FROM foundation_leaf WHERE position >= 9",
        "DELETE FROM foundation_head WHERE size > 9",
    ),
    "the last one of a subject is dropped": (f"DELETE FROM foundation_entry WHERE {STREAM} AND seq = 4",),
    "a whole subject is dropped": (
        f"DELETE FROM foundation_leaf WHERE entry_id IN (SELECT id FROM foundation_entry WHERE {STREAM})",
        f"DELETE FROM foundation_entry WHERE {STREAM}",
    ),
    "entries are truncated": ("TRUNCATE foundation_entry CASCADE",),
    "everything is truncated": ("TRUNCATE foundation_entry, foundation_leaf, foundation_head CASCADE",),
    "the log is truncated": ("TRUNCATE foundation_leaf, foundation_head",),
    "entries change places in the log": (
        "UPDATE foundation_leaf SET position = 1000 WHERE position = 4",
        "UPDATE foundation_leaf SET position = 4 WHERE position = 7",
        "UPDATE foundation_leaf SET position = 7 WHERE position = 1000",
    ),
    "entries change places in their history": (
        f"UPDATE foundation_entry SET seq = 99 WHERE {STREAM} AND seq = 2",
        f"UPDATE foundation_entry SET seq = 2 WHERE {STREAM} AND seq = 3",
        f"UPDATE foundation_entry SET seq = 3 WHERE {STREAM} AND seq = 99",
    ),
    "entries change their ids": (
        "UPDATE foundation_entry SET id = -id",
        "UPDATE foundation_entry SET id = (SELECT min(-id) + max(-id) FROM foundation_entry) + id",
    ),
    "leaves change their entries": (
        "UPDATE foundation_leaf SET entry_id = -entry_id",
        "UPDATE foundation_leaf SET entry_id = entry_id"
        " + (SELECT min(-entry_id) + max(-entry_id) FROM foundation_leaf)",
    ),
    "one is slipped in between": (*MAKE_ROOM, COPY_OF_SECOND.format(id="nextval('foundation_entry_id_seq')")),
    "one is slipped in under an old id": (*MAKE_ROOM, COPY_OF_SECOND.format(id="-5")),
    "it is moved to another subject": (
        f"UPDATE foundation_entry SET stream = 'x', seq = 1 WHERE {STREAM} AND seq = 4",
    ),
    "a leaf is altered": ("UPDATE foundation_leaf SET digest = sha256('x') WHERE position = 4",),
    "the root of a head is altered": ("UPDATE foundation_head SET root = sha256('x') WHERE size = 6",),
    "the moment of a head is altered": ("UPDATE foundation_head SET at = at - interval '1 day' WHERE size = 6",),
    "a head is dropped": ("DELETE FROM foundation_head WHERE size = 6",),
    "the newest head is dropped": ("DELETE FROM foundation_head WHERE size = 12",),
    "all heads are dropped": ("DELETE FROM foundation_head",),
    "the signature of a head is altered": (
        "UPDATE foundation_head SET signature = decode(repeat('00', 64), 'hex') WHERE size = 12",
    ),
    "a head claims another size": ("UPDATE foundation_head SET size = 11 WHERE size = 12",),
}


@pytest.fixture
def cases(mallory: Superuser) -> list[Case]:
    """Three cases with four entries each, under four heads of three entries."""
    cases = [Case(f"application:{number}") for number in range(3)]
    for turn in range(4):
        with request_ids.entered(f"0192-turn-{turn}" if turn else ""):
            for case in cases:
                happens(case, reason="材料齐全", amount=1.5)
        seal(NOON)
    return cases


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_check_finds(
    mallory: Superuser, cases: list[Case], attack: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify().is_sound
    for statement in ATTACKS[attack]:
        mallory.tamper(statement)
    assert cli.main(["journal", "verify"]) == 1
    assert "日志不可信" in capsys.readouterr().out


@pytest.mark.parametrize("attack", ATTACKS)
def test_going_on_sealing_does_not_launder(mallory: Superuser, cases: list[Case], attack: str) -> None:
    """Whatever the sealer does afterwards, refuse or go on: the check still finds it."""
    for statement in ATTACKS[attack]:
        mallory.tamper(statement)
    happens(Case("application:later"))
    try:
        seal(NOON)
    except (LogIsForged, LogIsShorter):
        pass
    assert not verify().is_sound


def rebuild(mallory: Superuser) -> None:
    """Give leaves and heads what the entries say now: all of it but the signatures, for want of the key."""
    rows = mallory.rows(
        f"SELECT l.position, {journal_rows.ENTRY_COLUMNS} FROM foundation_leaf l"
        " JOIN foundation_entry e ON e.id = l.entry_id"
    )
    for position, *row in rows:
        mallory.tamper(
            "UPDATE foundation_leaf SET digest = %s WHERE position = %s", journal_rows.leaf_hash(row), position
        )
    digests = mallory.column("SELECT digest FROM foundation_leaf ORDER BY position")
    for size in mallory.column("SELECT size FROM foundation_head"):
        tree = Frontier().grown(digests[:size])
        mallory.tamper(
            "UPDATE foundation_head SET root = %s, frontier = %s WHERE size = %s", tree.root, bytes(tree), size
        )


@pytest.mark.parametrize(
    "attack",
    [
        name
        for name in ATTACKS
        if name.startswith(("a row", "a fact", "somebody", "it is dated", "the request", "entries ch"))
    ],
)
def test_not_even_with_leaves_and_heads_made_to_fit(mallory: Superuser, cases: list[Case], attack: str) -> None:
    for statement in ATTACKS[attack]:
        mallory.tamper(statement)
    rebuild(mallory)
    assert not verify().is_sound


def test_not_even_when_the_file_of_heads_goes_too(mallory: Superuser, cases: list[Case]) -> None:
    """Whoever also removes the file is told of by its absence, until somebody makes a new one."""
    mallory.tamper("UPDATE foundation_entry SET actor = 'officer:13' WHERE seq = 1")
    rebuild(mallory)
    journal_heads.place().unlink()
    assert {"unsigned", "no-file"} <= {finding.kind for finding in verify().findings}
