"""Making everything anew that is published, in batches, while the system works.

A batch is one short transaction: it locks what it reads, so that a reaction to news about the same subject comes before
or after it, and each leaves the table as the journal has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.publication.projection import cases, endings, register

BATCH = 500


@dataclass(frozen=True)
class Rebuilder:
    """How one kind of thing is published anew."""

    title: str
    following: Callable[[str, int], str]
    """Write the next things after a position, at most so many; the new position, or "" when nothing was left."""


REBUILDERS = (
    Rebuilder("许可证", register.publish_next),
    Rebuilder("办件进度和决定公示", cases.publish_next),
    Rebuilder("撤回、撤销、吊销、注销公告", endings.publish_next),
)


def rebuild(rebuilder: Rebuilder, *, batch: int = BATCH) -> Iterator[str]:
    """Make everything of one kind anew; tells the position after each batch."""
    position = ""
    while True:
        with opened_for(EVERYTHING):
            position = rebuilder.following(position, batch)
        if not position:
            return
        yield position


def publish_one(number: str) -> bool:
    """Publish one licence anew; false when there is none of this number."""
    with opened_for(EVERYTHING):
        return register.publish(number)
