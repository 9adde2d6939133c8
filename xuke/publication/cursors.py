"""Where the next page of a search begins, in an address: signed, and good only for the search it was given with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.signing import BadSignature, Signer

from xuke.publication.finding import Place, order_of
from xuke.publication.searching import Question

LONGEST = 600
_TYPES: dict[str, Callable[[str], Any]] = {
    "changed_at": datetime.fromisoformat,
    "granted_on": date.fromisoformat,
    "number": str,
    "uscc": str,
}
"""What the first column of an order holds."""
_SIGNER = "xuke.publication.search"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a search: where it begins, and how many rows come before it."""

    place: Place | None = None
    before: int = 0


def write(question: Question, values: tuple[Any, ...], *, before: int, backwards: bool = False) -> str:
    """The cursor behind a row of an answer."""
    plain = [value.isoformat() if isinstance(value, date) else value for value in values]
    return Signer(salt=_SIGNER).sign_object([question.digest, plain, before, backwards])


def read(question: Question, text: str) -> Page | None:
    """The page a cursor stands for; None when it was made for another search, or by somebody else."""
    try:
        digest, values, before, backwards = Signer(salt=_SIGNER).unsign_object(text[:LONGEST])
    except (BadSignature, ValueError, UnicodeError):
        return None
    if digest != question.digest:
        return None
    first = _TYPES[order_of(question).columns[0]](values[0])
    return Page(Place((first, *values[1:]), backwards), before)
