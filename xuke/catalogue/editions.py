"""The rule editions of this installation as one book, read once per process and again when something was published.

Behind a door the book is never older than `FRESH_SECONDS`; a statement that counts rows tells whether anything is new,
because editions are only ever added. Where something is bound, `fresh=True` asks now. Without a database (command line,
pure tests) and before any national rule was loaded, the rules that come with the release answer.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache

from django.db import DatabaseError, connection, transaction

from xuke.catalogue import rulefile
from xuke.catalogue.models import RuleEdition
from xuke.catalogue.rulebook import NATION, RuleBook

FRESH_SECONDS = 10.0
"""What somebody published reaches every process within this time."""
ALONE_SECONDS = 60.0
"""How long a page that opens no transaction of its own goes on with what was read last."""


@dataclass(frozen=True)
class _Kept:
    book: RuleBook
    count: int
    read_at: float


_kept: _Kept | None = None
_reads_alone = False


def book(*, fresh: bool = False) -> RuleBook:
    """All editions. One statement every few seconds and process; with `fresh`, one statement now."""
    global _kept
    now = time.monotonic()
    if not connection.in_atomic_block:
        return _book_alone(now)
    if _published_here():
        # What this transaction published is nobody else's before it commits.
        own: _Kept | None = getattr(connection, "xuke_rules", None)
        if own is None or fresh:
            own = _read(own, now)
            connection.xuke_rules = own  # type: ignore[attr-defined]
        return own.book
    if fresh or _kept is None or now - _kept.read_at >= FRESH_SECONDS:
        _kept = _read(_kept, now)
    return _kept.book


def read_alone() -> None:
    """From now on read the table also where no transaction is open: a web process shows public pages without one."""
    global _reads_alone
    _reads_alone = True


def forget() -> None:
    """Read the table again at the next call: after publishing, and between tests."""
    global _kept
    _kept = None


def note_publication() -> None:
    """Something was published in this transaction: it sees that at once, this process when it commits."""
    connection.xuke_rules = None  # type: ignore[attr-defined]
    if not _published_here():
        transaction.on_commit(forget)


def _published_here() -> bool:
    """Whether the running transaction published something. Django drops the hook when it is rolled back."""
    return any(hook[1] is forget for hook in connection.run_on_commit)


@cache
def shipped() -> RuleBook:
    """The rules that come with the release."""
    return rulefile.shipped()


def _read(known: _Kept | None, now: float) -> _Kept:
    """The book of the table, or the known one when nothing was added."""
    if known is not None and RuleEdition.objects.count() == known.count:
        return _Kept(known.book, known.count, now)
    found = tuple(row.as_edition() for row in RuleEdition.objects.order_by("pk"))
    is_loaded = any(each.level == NATION for each in found)
    return _Kept(RuleBook.of(found if is_loaded else (*shipped().editions, *found)), len(found), now)


def _book_alone(now: float) -> RuleBook:
    """The same without a transaction. What is known goes on being used while the database is away."""
    global _kept
    if _reads_alone and (_kept is None or now - _kept.read_at >= ALONE_SECONDS):
        try:
            _kept = _read(_kept, now)
        except DatabaseError:
            _kept = _Kept(_kept.book, _kept.count, now) if _kept else None
    return _kept.book if _kept else shipped()
