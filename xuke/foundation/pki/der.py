"""Just enough DER (X.690) to write signatures, keys and certificates in no time, and to read them back strictly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

BOOLEAN, INTEGER, BITS, OCTETS, NULL, OBJECT_IDENTIFIER, ENUMERATED = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0A
UTF8, PRINTABLE, TELETEX, IA5, UTC_TIME, GENERALIZED_TIME, BMP = 0x0C, 0x13, 0x14, 0x16, 0x17, 0x18, 0x1E
SEQUENCE, SET = 0x30, 0x31


class NotDER(ValueError):
    """The bytes are not DER."""


def element(tag: int, *contents: bytes) -> bytes:
    """One element: tag, length, contents."""
    content = b"".join(contents)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def sequence(*items: bytes) -> bytes:
    """SEQUENCE of encoded items."""
    return element(SEQUENCE, *items)


def set_of(*items: bytes) -> bytes:
    """SET OF encoded items, in the order DER demands."""
    return element(SET, *sorted(items))


def tagged(number: int, *items: bytes) -> bytes:
    """Context-specific constructed tag [number]."""
    return element(0xA0 | number, *items)


def octets(content: bytes) -> bytes:
    """OCTET STRING."""
    return element(OCTETS, content)


def bits(content: bytes) -> bytes:
    """BIT STRING of whole octets."""
    return element(BITS, b"\0", content)


def null() -> bytes:
    """NULL."""
    return element(NULL)


def yes() -> bytes:
    """BOOLEAN true; false is the default wherever we write one, and DER leaves defaults out."""
    return element(BOOLEAN, b"\xff")


def utf8(text: str) -> bytes:
    """UTF8String."""
    return element(UTF8, text.encode())


def moment(at: datetime) -> bytes:
    """The Time of X.509: two digits for the year until 2049 (RFC 5280, 4.1.2.5)."""
    at = at.astimezone(UTC)
    if 1950 <= at.year < 2050:
        return element(UTC_TIME, at.strftime("%y%m%d%H%M%SZ").encode())
    return element(GENERALIZED_TIME, at.strftime("%Y%m%d%H%M%SZ").encode())


def integer(value: int) -> bytes:
    """A non-negative INTEGER."""
    return element(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def object_identifier(dotted: str) -> bytes:
    """OBJECT IDENTIFIER from its dotted form."""
    first, second, *rest = map(int, dotted.split("."))
    return element(OBJECT_IDENTIFIER, bytes((first * 40 + second,)), *map(_base128, rest))


def _base128(value: int) -> bytes:
    groups = [value & 0x7F]
    while value := value >> 7:
        groups.append(0x80 | value & 0x7F)
    return bytes(reversed(groups))


@dataclass(frozen=True, slots=True)
class Element:
    """One element read back: `whole` includes tag and length."""

    tag: int
    content: bytes
    whole: bytes


def read(data: bytes, expected: int | None = None) -> tuple[Element, bytes]:
    """The first element and the bytes after it; only the shortest form of a length is DER."""
    if len(data) < 2:
        raise NotDER("cut short")
    size, start = data[1], 2
    if size >= 0x80:
        start += size & 0x7F
        if not 2 < start <= 6 or len(data) < start:
            raise NotDER("length")
        size = int.from_bytes(data[2:start], "big")
        if size < 0x80 or data[2] == 0:
            raise NotDER("a length not in its shortest form")
    end = start + size
    if len(data) < end:
        raise NotDER("cut short")
    if expected is not None and data[0] != expected:
        raise NotDER(f"tag {data[0]:#x} instead of {expected:#x}")
    return Element(data[0], data[start:end], data[:end]), data[end:]


def read_whole(data: bytes, expected: int | None = None) -> Element:
    """The one element that the bytes are."""
    found, rest = read(data, expected)
    if rest:
        raise NotDER("something follows")
    return found


def natural(found: Element) -> int:
    """The value of a non-negative INTEGER in its shortest form."""
    value = int.from_bytes(found.content, "big")
    if found.whole != integer(value):
        raise NotDER("no natural number")
    return value


def dotted(found: Element) -> str:
    """The dotted form of an OBJECT IDENTIFIER."""
    if found.tag != OBJECT_IDENTIFIER or not found.content or found.content[-1] & 0x80:
        raise NotDER("no object identifier")
    arcs, value = [], 0
    for octet in found.content:
        value = value << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))


def items(content: bytes) -> Iterator[Element]:
    """The elements that follow one another in a content."""
    while content:
        found, content = read(content)
        yield found
