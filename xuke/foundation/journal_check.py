"""`verify`: recompute the whole journal and say what was altered, dropped, moved, slipped in or cut off.

What it rests on, from the outside in: the public keys and the file of heads, which lie outside the database; the signed
heads; the tree over the leaves; the entries. One consistent snapshot, read by cursors, so that a journal of any length
needs the memory of one batch.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from heapq import merge
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from sys import maxsize
from typing import Any

from django.db import connection, transaction

from xuke.foundation import journal_heads, journal_keys, journal_rows, scope
from xuke.foundation.actors import SYSTEM, Actor
from xuke.foundation.journal_heads import HeadsDamaged, SignedHead
from xuke.foundation.merkle import Frontier
from xuke.foundation.transactions import be_patient

AT_ONCE = 2_000
"""Rows fetched in one go."""
LONGEST_LIST = 1_000
"""Findings told one by one; more are counted."""

_SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_LEAVES = (
    f"SELECT l.position, l.entry_id, l.digest, {journal_rows.ENTRY_COLUMNS}"  # noqa: S608 - constants
    " FROM foundation_leaf l LEFT JOIN foundation_entry e ON e.id = l.entry_id ORDER BY l.position"
)
_HEADS = f"SELECT {journal_rows.HEAD_COLUMNS}, h.frontier FROM foundation_head h ORDER BY h.size"  # noqa: S608
_GAPS = (
    "SELECT stream, seq, before, id FROM ("
    " SELECT stream, seq, lag(seq, 1, 0) OVER (PARTITION BY stream ORDER BY seq) AS before, id FROM foundation_entry"
    ") AS entry WHERE seq <> before + 1"
)
_UNSEALED = (
    "SELECT e.id, e.transaction::text FROM foundation_entry e"
    " LEFT JOIN foundation_leaf l ON l.entry_id = e.id WHERE l.entry_id IS NULL ORDER BY e.id"
)
_HORIZON = "SELECT pg_snapshot_xmin(now)::text, pg_snapshot_xmax(now)::text FROM pg_current_snapshot() AS now"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong."""

    kind: str
    message: str
    """For the person who reads it, in Chinese."""
    entry: int | None = None
    position: int | None = None
    stream: str = ""


@dataclass
class Report:
    """What was read and what was found."""

    entries: int = 0
    sealed: int = 0
    waiting: int = 0
    """Entries that could be sealed at this moment and are not yet. Many of them: the worker stands still."""
    running: int = 0
    """Entries that a running transaction still holds back."""
    heads: int = 0
    lines: int = 0
    """Heads in the file outside the database."""
    findings: list[Finding] = field(default_factory=list)
    more: int = 0
    """Findings beyond those that are listed."""

    @property
    def is_sound(self) -> bool:
        return not self.findings

    def tell(self, finding: Finding) -> None:
        """Add a finding, or only count it when the list is long already."""
        if len(self.findings) < LONGEST_LIST:
            self.findings.append(finding)
        else:
            self.more += 1


def verify(*, by: Actor = SYSTEM, path: Path | None = None) -> Report:
    """Check the whole journal against its keys and the file of heads at `path` (by default the installation's own)."""
    if not by.scope.system:
        raise ValueError("whoever checks the journal must see every entry, or the hidden ones would look deleted")
    path = path or journal_heads.place()
    report = Report()
    # Measured before the snapshot is taken: every line up to here speaks of a head that the snapshot must contain.
    upto = journal_heads.length(path)
    with _snapshot(by):
        last = _Log(report, journal_keys.public_keys()).check(_claims_of_file(report, path, upto))
        if report.heads and not upto and not _is_just_begun(report, path):
            report.tell(Finding("no-file", f"没有找到 {path}，无法判断日志末尾是否被截去。"))
        _check_streams(report)
        _check_unsealed(report, last, restored=journal_heads.restored_mark(path).exists())
    return report


def _is_just_begun(report: Report, path: Path) -> bool:
    """Whether the very first head was signed between the look at the file and the snapshot; it is in the file by now.

    In a new installation the first seal and the first check of the worker begin in the same moment.
    """
    return report.heads == 1 and journal_heads.length(path) > 0


@contextmanager
def _snapshot(by: Actor) -> Iterator[None]:
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute(_SNAPSHOT)
        be_patient()
        scope.enter(by.scope)
        try:
            yield
        finally:
            scope.forget()


def _read(statement: str) -> Generator[Sequence[Any], None, None]:
    """Rows of a server-side cursor."""
    with closing(connection.chunked_cursor()) as cursor:
        cursor.execute(statement)
        while rows := cursor.fetchmany(AT_ONCE):
            yield from rows


def _one(statement: str) -> Sequence[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row: Sequence[Any] = cursor.fetchone()
    return row


# --- the log: leaves, heads, the file ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Claim:
    """A head as one of its two keepers has it, the database or the file."""

    head: SignedHead
    in_file: bool
    frontier: bytes = b""

    @property
    def size(self) -> int:
        return self.head.size


def _claim_of_database(row: Sequence[Any]) -> _Claim:
    *facts, frontier = row
    return _Claim(journal_rows.head(facts), in_file=False, frontier=bytes(frontier))


def _claims_of_file(report: Report, path: Path, upto: int) -> Iterator[_Claim]:
    """The heads of the file, in ascending size; a line that is none, or stands in the wrong place, is a finding."""
    size = 0
    for number, line in journal_heads.lines(path, upto=upto):
        report.lines += 1
        try:
            head = SignedHead.from_line(line)
        except HeadsDamaged as damaged:
            report.tell(Finding("line-altered", f"{path.name} 第{number}行：{damaged}"))
            continue
        if head.size <= size:
            report.tell(Finding("line-moved", f"{path.name} 第{number}行的树头不比前一行大。", position=head.size))
            continue
        size = head.size
        yield _Claim(head, in_file=True)


class _Leaves:
    """The leaves in their order, with a look at the next one."""

    def __init__(self, rows: Iterator[Sequence[Any]]) -> None:
        self._rows = rows
        self._next = next(rows, None)

    def below(self, size: int) -> Iterator[Sequence[Any]]:
        """Take the leaves whose position is below `size`."""
        while self._next is not None and self._next[0] < size:
            leaf, self._next = self._next, next(self._rows, None)
            yield leaf


class _Log:
    """One walk along the log: leaves are appended to a tree until it has the size of the next head."""

    def __init__(self, report: Report, keys: journal_keys.PublicKeys) -> None:
        self.report, self.keys = report, keys
        self.tree = Frontier()
        self.end = 0
        """The position behind the last leaf that was read."""
        self.proven = 0
        """The size of the last genuine head."""
        self.last: SignedHead | None = None
        """The last head of the database."""
        self.unwritten: list[int] = []
        """Sizes of the heads that the file has not mentioned yet."""

    def check(self, in_file: Iterator[_Claim]) -> SignedHead | None:
        """Walk to the end; returns the last head of the database."""
        with closing(_read(_LEAVES)) as rows, closing(_read(_HEADS)) as heads:
            leaves = _Leaves(rows)
            claims = merge(map(_claim_of_database, heads), in_file, key=attrgetter("size"))
            for size, same_size in groupby(claims, key=attrgetter("size")):
                self._append(leaves.below(size))
                self._compare(size, tuple(same_size))
            self._append(leaves.below(maxsize))
        if self.end > self.proven:
            self._tell("unsigned", f"日志第{self.proven}位起的条目没有有效的树头。", position=self.proven)
        elif self.end < self.proven:
            lost = f"签名的树头记有{self.proven}个条目，数据库只到第{self.end}个，少了{self.proven - self.end}个"
            self._tell("truncated", f"日志末尾被截去：{lost}。", position=self.end)
        return self.last

    def _append(self, leaves: Iterator[Sequence[Any]]) -> None:
        self.tree = self.tree.grown(self._digests(leaves))

    def _digests(self, leaves: Iterator[Sequence[Any]]) -> Iterator[bytes]:
        """The digests that continue the tree. Behind a gap none does, until a genuine frontier takes over."""
        expected = self.tree.size
        for position, entry, digest, *row in leaves:
            self._check_place(position, entry)
            self._check_entry(position, entry, bytes(digest), row)
            if position == expected:
                expected += 1
                yield bytes(digest)

    def _check_place(self, position: int, entry: int) -> None:
        if position > self.end:
            span = f"第{self.end}位" if position == self.end + 1 else f"第{self.end}至{position - 1}位"
            self._tell("dropped", f"日志{span}的条目被删除。", position=self.end)
        elif position < self.end:
            self._tell("moved", f"日志第{position}位出现了两次。", entry=entry, position=position)
        self.end = position + 1
        self.report.sealed += 1

    def _check_entry(self, position: int, entry: int, digest: bytes, row: Sequence[Any]) -> None:
        if row[0] is None:
            self._tell("dropped", f"条目{entry}封存在第{position}位，现已不存在。", entry=entry, position=position)
            return
        try:
            same = journal_rows.leaf_hash(row) == digest
        except (ValueError, TypeError, AttributeError, RecursionError):
            same = False  # Nothing we ever sealed, then: what we seal can be read.
        if not same:
            message = f"条目{entry}（{row[1]} 第{row[2]}条）与封存时的摘要不符。"
            self._tell("altered", message, entry=entry, position=position, stream=str(row[1]))

    def _compare(self, size: int, claims: tuple[_Claim, ...]) -> None:
        """Hold the heads of one size against each other, against their signatures and against the tree."""
        self._compare_keepers(size, claims)
        genuine = [claim for claim in claims if self._is_genuine(claim)]
        if not genuine:
            return
        root = genuine[0].head.root
        if any(claim.head.root != root for claim in genuine):
            self._tell("forked", f"有签名有效而内容不同的树头，大小都是{size}。", position=size)
        if self.tree.size == size and self.tree.root != root:
            span = f"第{self.proven}至{size - 1}位"
            self._tell("moved", f"日志{span}的条目或者其次序与签名的树头不符。", position=self.proven)
        self.proven = size
        for claim in genuine:
            self._take_over(claim)

    def _compare_keepers(self, size: int, claims: tuple[_Claim, ...]) -> None:
        """A head belongs in both places; only the newest may have missed the file, when the sealer was killed."""
        in_database = [claim.head for claim in claims if not claim.in_file]
        self.report.heads += len(in_database)
        self.last = in_database[-1] if in_database else self.last
        if any(claim.head != claims[0].head for claim in claims):
            self._tell("head-altered", f"大小为{size}的树头，数据库所记与文件所记不同。", position=size)
        if not any(claim.in_file for claim in claims):
            self.unwritten = [*self.unwritten[-LONGEST_LIST:], size]
            return
        if not in_database and size <= self.end:
            self._tell("head-dropped", f"大小为{size}的树头记在文件中，数据库里已不存在。", position=size)
        for missing in self.unwritten:
            self._tell("line-dropped", f"大小为{missing}的树头在数据库中，文件里已不存在。", position=missing)
        self.unwritten = []

    def _is_genuine(self, claim: _Claim) -> bool:
        head = claim.head
        if journal_keys.is_signed(self.keys, key_id=head.key_id, content=head.statement, signature=head.signature):
            return True
        what = "签名无效" if head.key_id in self.keys else "所用的密钥不是本系统的"
        where = "文件" if claim.in_file else "数据库"
        self._tell("unsigned", f"{where}中大小为{head.size}的树头{what}。", position=head.size)
        return False

    def _take_over(self, claim: _Claim) -> None:
        """Go on from the frontier that belongs to a genuine root, so that each stretch is judged by itself."""
        if claim.in_file:
            return
        try:
            tree = Frontier.from_bytes(claim.size, claim.frontier)
        except ValueError:
            tree = Frontier()
        if tree.root == claim.head.root:
            self.tree = tree
        else:
            self._tell("head-altered", f"大小为{claim.size}的树头，其前沿与签名的根不符。", position=claim.size)

    def _tell(self, kind: str, message: str, *, entry: int | None = None, position: int, stream: str = "") -> None:
        self.report.tell(Finding(kind, message, entry=entry, position=position, stream=stream))


# --- what the log does not say ----------------------------------------------------------------------------------------


def _check_streams(report: Report) -> None:
    """Entries of one subject count 1, 2, 3 … without gaps."""
    (report.entries,) = _one("SELECT count(*) FROM foundation_entry")
    with closing(_read(_GAPS)) as gaps:
        for stream, seq, before, entry in gaps:
            after = f"第{before}条之后" if before else "开头"
            message = f"{stream} 的{after}应为第{before + 1}条，却是第{seq}条（条目{entry}）。"
            report.tell(Finding("gap", message, entry=entry, stream=stream))


def _check_unsealed(report: Report, last: SignedHead | None, *, restored: bool) -> None:
    """Entries without a leaf: too young to be sealed, waiting for the sealer, or slipped in behind its back."""
    below, after = (last.sealed_below, last.sealed_id) if last else (0, 0)
    oldest, unborn = (int(number) for number in _one(_HORIZON))
    restored = restored or oldest < below
    with closing(_read(_UNSEALED)) as entries:
        for entry, transaction_number in entries:
            number = int(transaction_number)
            if not restored and ((number, entry) <= (below, after) or number >= unborn):
                message = f"条目{entry}没有封存，却声称早于已封存的条目，或者声称来自尚未发生的事务。"
                report.tell(Finding("slipped-in", message, entry=entry))
            elif number < oldest or restored:
                report.waiting += 1
            else:
                report.running += 1
