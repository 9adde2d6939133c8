"""Whom an installation trusts: roots, certificates in between, revocation lists; and what was found out with them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from xuke.foundation.pki.certificates import Certificate, Name
from xuke.foundation.pki.crls import LARGEST_LIST, RevocationList
from xuke.foundation.pki.pem import Unreadable

ROOTS, INTERMEDIATES, LISTS = "roots", "intermediates", "crls"
"""The directories below a directory of trust. Whatever lies in the first is trusted because somebody put it there."""
_MOST_REMEMBERED = 4096
"""Chains of some kilobytes each: a dozen megabytes at most."""
_KEPT = TypeVar("_KEPT")
State = tuple[tuple[str, int, int, int], ...]


class TrustStore:
    """An unchanging set of certificates and lists. It remembers the chains found with it, so keep it while it holds."""

    def __init__(
        self,
        *,
        roots: Iterable[Certificate] = (),
        intermediates: Iterable[Certificate] = (),
        crls: Iterable[RevocationList] = (),
        problems: Iterable[str] = (),
    ) -> None:
        self.roots, self.intermediates = tuple(roots), tuple(intermediates)
        self.crls = tuple(crls)
        self.problems = tuple(problems)
        """Sentences for the operator about files that could not be read."""
        self._anchors = frozenset(root.der for root in self.roots)
        self._lists: dict[bytes, tuple[RevocationList, ...]] = {}
        self._remembered: dict[tuple[bytes, ...], object] = {}

    def is_anchor(self, certificate: Certificate) -> bool:
        """Whether somebody put exactly this certificate among the roots."""
        return certificate.der in self._anchors

    def named(self, name: Name) -> list[Certificate]:
        """The certificates of this name, roots first."""
        return [one for one in (*self.roots, *self.intermediates) if one.subject.key == name.key]

    def lists_of(self, issuer: Certificate) -> tuple[RevocationList, ...]:
        """The revocation lists that this authority really signed. Each signature is checked once."""
        known = self._lists.get(issuer.der)
        if known is None:
            known = self._lists[issuer.der] = tuple(
                one
                for one in self.crls
                if issuer.may_revoke
                and one.issuer.key == issuer.subject.key
                and issuer.key.verify(one.signed, one.signature, one.signed_by)
            )
        return known

    def remember(
        self, question: Iterable[bytes], find: Callable[[], _KEPT], *, is_worth: Callable[[_KEPT], bool]
    ) -> _KEPT:
        """What was found for a question about these certificates, by their digests.

        Only what is worth it is kept, and only so much of that: anybody may ask about certificates of their own making.
        """
        key = tuple(sha256(der).digest() for der in question)
        known = self._remembered.get(key)
        if known is not None:
            return known  # type: ignore[return-value]
        found = find()
        if is_worth(found):
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[key] = found
        return found


class TrustDirectory:
    """A directory with `roots`, `intermediates` and `crls`, files in PEM or DER, read again when something changed."""

    def __init__(self, path: Path, *, look_every: float = 1.0) -> None:
        self.path, self.look_every = path, look_every
        self._state: State = ()
        self._store = TrustStore()
        self._looked_at = float("-inf")

    def store(self) -> TrustStore:
        """What the directory holds; at most `look_every` seconds late. Threads may ask at the same time."""
        if (now := time.monotonic()) - self._looked_at >= self.look_every:
            if (state := self._look()) != self._state:
                self._store, self._state = read_store(self.path), state
            self._looked_at = now
        return self._store

    def _look(self) -> State:
        """Names, sizes and times of all files."""
        found = []
        for file in _files(self.path, ROOTS, INTERMEDIATES, LISTS):
            try:
                facts = file.stat()
            except FileNotFoundError:
                continue
            found.append((str(file), facts.st_size, facts.st_mtime_ns, facts.st_ino))
        return tuple(found)


def read_store(path: Path) -> TrustStore:
    """Read the directory now. A file that cannot be read is a problem to tell, and does not keep out the others."""
    problems: list[str] = []
    roots = _read_each(path, ROOTS, Certificate.read_all, problems)
    intermediates = _read_each(path, INTERMEDIATES, Certificate.read_all, problems)
    crls = _read_each(path, LISTS, lambda content: (RevocationList.read(content),), problems)
    return TrustStore(roots=roots, intermediates=intermediates, crls=crls, problems=problems)


def _read_each(
    path: Path, part: str, read: Callable[[bytes], tuple[_KEPT, ...]], problems: list[str]
) -> Iterable[_KEPT]:
    found: list[_KEPT] = []
    for file in _files(path, part):
        try:
            with file.open("rb") as stream:
                found.extend(read(stream.read(LARGEST_LIST + 1)))
        except Unreadable as problem:
            problems.append(f"{part}/{file.name}：{problem}")
        except OSError as problem:
            problems.append(f"{part}/{file.name}：{problem.strerror}。")
    return found


def _files(path: Path, *parts: str) -> list[Path]:
    """The files of these parts in a fixed order, without hidden ones: a file being copied often begins with a dot."""
    found: list[Path] = []
    for part in parts:
        directory = path / part
        if directory.is_dir():
            found.extend(sorted(file for file in directory.iterdir() if not file.name.startswith(".")))
    return found
