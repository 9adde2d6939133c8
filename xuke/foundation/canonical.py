"""One text for one value: the bytes under every digest and signature of the journal. Pure: no Django, no database.

The form is JSON, written in exactly one way, so that a checker in any language arrives at the same bytes:

* UTF-8, no spaces, no line breaks; nothing is normalised, a character stays the character it is;
* the keys of an object in the order of their Unicode code points;
* in strings only ``"``, ``\\`` and the characters below U+0020 are escaped: ``\\b \\t \\n \\f \\r``, the others as
  ``\\u00xx`` in lower case;
* numbers in plain decimal notation, of any length: no exponent, no plus, no zeros after the last digit of a fraction,
  no minus before zero. A number is never a binary float: 0.1 has no such value;
* moments are strings in UTC with six decimals, ``2026-11-21T08:00:00.000000Z``; days are ``2026-11-21``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NoReturn

ENTRY = (
    "id",
    "stream",
    "seq",
    "verb",
    "at",
    "effective_on",
    "clock",
    "actor",
    "actor_label",
    "subject_label",
    "authority_path",
    "enterprise_id",
    "facts",
    "request_id",
)
"""What of a journal entry is sealed: the keys of one object."""

LEFT_OUT_WHEN_EMPTY = frozenset({"request_id"})
"""Keys that entries had not always: an entry without a value has the bytes it had before there was such a key."""

_SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_ESCAPES = str.maketrans({chr(code): f"\\u{code:04x}" for code in range(0x20)} | _SHORT)


def encode(value: Any) -> bytes:
    """The canonical bytes of a JSON value; raises TypeError for what is not one, floats among them."""
    return _text(value).encode()


def _text(value: Any) -> str:
    match value:
        case str():
            return f'"{value.translate(_ESCAPES)}"'
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal():
            return _number(value)
        case Mapping():
            return "{" + ",".join(f"{_key(key)}:{_text(value[key])}" for key in sorted(value)) + "}"
        case Sequence():
            return "[" + ",".join(map(_text, value)) + "]"
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError("a key is a string")
    return _text(key)


def _number(value: Decimal) -> str:
    if not value.is_finite():
        raise TypeError(f"{value} is not a number of JSON")
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def parse(text: str) -> Any:
    """Read JSON without losing a digit: every number becomes a Decimal. Raises ValueError."""
    return json.loads(text, parse_int=Decimal, parse_float=Decimal, parse_constant=_no_constant)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def moment(at: datetime) -> str:
    """A moment as canonical text."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def moment_from_database(text: str) -> str:
    """The same, from what PostgreSQL's to_json says of a timestamp in UTC.

    Values that no `datetime` can hold, such as ``infinity``, come out distorted but distinct: a tampered row must
    change its digest, not stop the check.
    """
    seconds, _, fraction = text.partition(".")
    return f"{seconds}.{fraction:0<6}Z"
