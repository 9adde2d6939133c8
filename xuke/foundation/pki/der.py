"""Just enough DER (X.690) to write a signature container in no time, and to read our own back strictly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

INTEGER, OCTETS, OBJECT_IDENTIFIER, SEQUENCE, SET = 0x02, 0x04, 0x06, 0x30, 0x31


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


def items(content: bytes) -> Iterator[Element]:
    """The elements that follow one another in a content."""
    while content:
        found, content = read(content)
        yield found
