"""Public pages kept for a few seconds, so that a page many people look at is made once. Pure: no Django, no clock.

A shared cache in the sense of RFC 9111, as small as it can be: it keeps an answer only when the page itself says
``Cache-Control: public, s-maxage=N`` and sets no cookie, and gives one only to a request without a cookie and without
credentials. Bounded in number and in bytes; what was not asked for longest goes first, so a machine that asks for a
thousand addresses pushes out others and costs no more memory.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol

from xuke.config.encodings import chosen, compressed, is_compressible

Headers = list[tuple[str, str]]
Key = tuple[str, ...]

LONGEST = 10.0
"""Seconds a page is kept at most, whatever it says: what was decided a moment ago must be seen."""
LARGEST = 500_000
"""Bytes of a page that is kept."""
MOST, MOST_BYTES = 2_000, 32_000_000
_SHARED = re.compile(r"(?:^|[,\s])s-maxage=(\d{1,9})\b")
_PUBLIC = re.compile(r"(?:^|[,\s])public\b")
_PER_REQUEST = frozenset({"content-length", "x-request-id", "connection", "date", "age"})
_NOT_ASKED_AGAIN = ("cache-control", "content-location", "etag", "expires", "vary", "last-modified")
"""What a 304 repeats (RFC 9110, 15.4.5)."""


class Asked(Protocol):
    """The headers of a request."""

    def get(self, name: str, default: str = "", /) -> str: ...


@dataclass
class Kept:
    """A page that was made, ready to be given again."""

    headers: Headers
    body: bytes
    etag: str
    made: float
    until: float
    route: str = ""
    forms: dict[str, bytes] = field(default_factory=dict)
    """The body in the encodings that were asked for so far."""

    @property
    def weight(self) -> int:
        """Bytes in memory; both forms are counted from the beginning."""
        return 2 * len(self.body) + 2_000

    def answer(self, asked: Asked, *, now: float, head: bool = False) -> tuple[int, Headers, bytes]:
        """Status, headers and body for somebody who asks."""
        if self.etag and matches(asked.get("if-none-match") or "", self.etag):
            return 304, [pair for pair in self.headers if pair[0] in _NOT_ASKED_AGAIN], b""
        headers, body = self.headers, self.body
        encoding = chosen(asked.get("accept-encoding") or "") if self._is_compressible() else ""
        if encoding:
            body = self.forms.get(encoding) or self._in(encoding)
            headers = [*headers, ("content-encoding", encoding)]
        age = ("age", str(int(max(0.0, now - self.made))))
        return 200, [*headers, age, ("content-length", str(len(body)))], b"" if head else body

    def _is_compressible(self) -> bool:
        names = dict(self.headers)
        return "content-encoding" not in names and is_compressible(names.get("content-type", ""), len(self.body))

    def _in(self, encoding: str) -> bytes:
        self.forms[encoding] = compressed(encoding, self.body, kept=True)
        return self.forms[encoding]


class PageCache:
    """The pages one process keeps."""

    def __init__(self, *, most: int = MOST, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._most_bytes = most, most_bytes
        self._pages: OrderedDict[Key, Kept] = OrderedDict()
        self._varies: dict[Key, tuple[str, ...]] = {}
        """Of an address: the headers by which its answers differ."""
        self._passing: OrderedDict[Key, None] = OrderedDict()
        """Addresses whose last answer could not be kept: nobody waits there for somebody else's."""
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._pages)

    def find(self, address: Key, asked: Asked, *, now: float) -> Kept | None:
        """The page for this request, if there is a fresh one."""
        key = self._key(address, asked)
        kept = self._pages.get(key)
        if kept is None:
            return None
        if kept.until <= now:
            self._drop(key)
            return None
        self._pages.move_to_end(key)
        return kept

    def is_passing(self, address: Key) -> bool:
        """Whether the last answer at this address could not be kept."""
        return address in self._passing

    def keep(
        self,
        address: Key,
        asked: Asked,
        *,
        status: int,
        headers: Iterable[tuple[str, str]],
        body: bytes,
        now: float,
        route: str = "",
    ) -> Kept | None:
        """Keep an answer when it says that it may be, and it fits; what was kept."""
        named = {name.lower(): value for name, value in headers}
        seconds = lifetime(status, named)
        varies = tuple(sorted(name.strip().lower() for name in named.get("vary", "").split(",") if name.strip()))
        if not seconds or "*" in varies or len(body) > LARGEST:
            self._pass(address)
            return None
        self._passing.pop(address, None)
        # Nobody with a cookie gets here, and the encoding is chosen from one and the same page.
        self._varies[address] = tuple(name for name in varies if name not in ("cookie", "accept-encoding"))
        kept_headers = [(name.lower(), value) for name, value in headers if name.lower() not in _PER_REQUEST]
        etag = named.get("etag") or f'W/"{sha256(body).hexdigest()[:24]}"'
        etag = etag if etag.startswith("W/") else f"W/{etag}"
        kept_headers = [pair for pair in kept_headers if pair[0] not in ("etag", "vary")]
        kept_headers += [("etag", etag), ("vary", _with_encoding(named.get("vary", "")))]
        kept = Kept(kept_headers, body, etag, now, now + seconds, route)
        self._put(self._key(address, asked), kept)
        return kept

    def _key(self, address: Key, asked: Asked) -> Key:
        return (*address, *((asked.get(name) or "")[:500] for name in self._varies.get(address, ())))

    def _put(self, key: Key, kept: Kept) -> None:
        self._drop(key)
        self._pages[key] = kept
        self.bytes += kept.weight
        while self._pages and (len(self._pages) > self._most or self.bytes > self._most_bytes):
            self._drop(next(iter(self._pages)))
        if len(self._varies) > 2 * self._most:
            self._varies.clear()
            self._pages.clear()
            self.bytes = 0

    def _drop(self, key: Key) -> None:
        if kept := self._pages.pop(key, None):
            self.bytes -= kept.weight

    def _pass(self, address: Key) -> None:
        self._passing[address] = None
        self._passing.move_to_end(address)
        if len(self._passing) > self._most:
            self._passing.popitem(last=False)


def lifetime(status: int, headers: Mapping[str, str]) -> float:
    """The seconds for which an answer may be kept; 0 when it may not."""
    control = headers.get("cache-control", "").lower()
    shared = _SHARED.search(control)
    if status != 200 or "set-cookie" in headers or not shared or not _PUBLIC.search(control):
        return 0.0
    if "no-store" in control or "private" in control or "no-cache" in control:
        return 0.0
    return min(float(shared[1]), LONGEST)


def matches(if_none_match: str, etag: str) -> bool:
    """Whether the client has this page already (weak comparison)."""
    if if_none_match.strip() == "*":
        return True
    plain = etag.removeprefix("W/")
    return any(entry.strip().removeprefix("W/") == plain for entry in if_none_match[:2_000].split(","))


def _with_encoding(vary: str) -> str:
    return vary if "accept-encoding" in vary.lower() else ", ".join(filter(None, (vary, "Accept-Encoding")))
