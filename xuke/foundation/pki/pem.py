"""PEM around DER, and the one way in which reading fails."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from contextlib import contextmanager

_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----(.*?)-----END \1-----", re.DOTALL)
_LINE = 64


class Unreadable(ValueError):
    """The bytes are not what they should be. The message is a Chinese sentence for the person who supplied them."""


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Whatever a parser stumbles over inside: the bytes were not readable as this."""
    try:
        yield
    except Unreadable:
        raise
    except Exception as problem:
        raise Unreadable(f"这不是可以识别的{what}。") from problem


def wrap(label: str, content: bytes) -> bytes:
    """One PEM block."""
    text = base64.b64encode(content).decode()
    lines = [text[start : start + _LINE] for start in range(0, len(text), _LINE)]
    return "\n".join((f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", "")).encode()


def unwrap(content: bytes | str, *labels: str, what: str, limit: int) -> tuple[bytes, ...]:
    """The DER of every block with one of these labels; bytes that are no PEM at all are taken for DER."""
    if len(content) > limit:
        raise Unreadable(f"{what}太大，没有读取。")
    content = content.encode("utf-8", "replace") if isinstance(content, str) else content
    if not content.strip():
        raise Unreadable(f"{what}是空的。")
    if b"-----BEGIN" not in content:
        return (content,)
    wanted = {label.encode() for label in labels}
    with reading(what):
        found = tuple(
            base64.b64decode(b"".join(body.split()), validate=True)
            for label, body in _BLOCK.findall(content)
            if label in wanted
        )
    if not found:
        raise Unreadable(f"文件里没有{what}。")
    return found
