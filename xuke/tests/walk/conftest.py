"""What walkers need where a test is one transaction."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from xuke.exports.columns import SOURCES
from xuke.exports.reading import Reading, Rows


@pytest.fixture(autouse=True)
def lists_are_read_in_the_transaction_of_the_test(monkeypatch):
    """A list that leaves at once is read on a connection of its own, which would see nothing of the test; and it is
    read while it leaves, when the walker's transaction is over."""
    seen: list[Rows] = []

    def read(reading: Reading) -> None:
        seen[:] = [list(reading.found.values_list(*SOURCES))]

    def pieces(_: Reading) -> Iterator[Rows]:
        return iter(list(seen))

    monkeypatch.setattr(Reading, "hold", lambda *_: True)
    monkeypatch.setattr(Reading, "open", read)
    monkeypatch.setattr(Reading, "pieces", pieces)
