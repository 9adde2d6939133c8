"""The Merkle tree of RFC 9162, section 2: append, prove, check. Pure: no Django, no database.

A tree over n leaves splits at the largest power of two below n, so an old tree stays a part of every later one. What
appending needs is the *frontier*: the roots of the perfect subtrees, largest first, one for each binary one in n.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

WIDTH = 32
"""Bytes in a hash."""
EMPTY_ROOT = sha256(b"").digest()

Subtree = Callable[[int, int], bytes]
"""Gives the root over the leaves from `start` up to, not including, `end`."""


def leaf_hash(content: bytes) -> bytes:
    """The hash of a leaf. Its prefix differs from a node's, so that neither passes for the other."""
    return sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True)
class Frontier:
    """All that is needed to go on appending to a tree of `size` leaves."""

    size: int = 0
    roots: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.roots) != self.size.bit_count():
            raise ValueError("a frontier has one root for each binary one in its size")
        if any(len(root) != WIDTH for root in self.roots):
            raise ValueError("a root has 32 bytes")

    def grown(self, leaves: Iterable[bytes]) -> Frontier:
        """The frontier after appending these leaf hashes."""
        size, roots = self.size, list(self.roots)
        for leaf in leaves:
            node, rest = leaf, size
            while rest & 1:
                node, rest = node_hash(roots.pop(), node), rest >> 1
            roots.append(node)
            size += 1
        return Frontier(size, tuple(roots))

    @property
    def root(self) -> bytes:
        """The root of the whole tree."""
        if not self.roots:
            return EMPTY_ROOT
        root = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            root = node_hash(left, root)
        return root

    def __bytes__(self) -> bytes:
        return b"".join(self.roots)

    @classmethod
    def from_bytes(cls, size: int, content: bytes) -> Frontier:
        """Read back what `bytes(frontier)` gave; raises ValueError when it does not fit the size."""
        return cls(size, tuple(content[start : start + WIDTH] for start in range(0, len(content), WIDTH)))


def subtrees_of(leaves: Sequence[bytes]) -> Subtree:
    """Subtree roots computed from leaf hashes in memory."""
    return lambda start, end: Frontier().grown(leaves[start:end]).root


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_proof(index: int, size: int, subtree: Subtree) -> tuple[bytes, ...]:
    """That leaf `index` is in the tree of `size` leaves (RFC 9162, 2.1.3.1), lowest hash first."""
    if not 0 <= index < size:
        raise ValueError("the leaf is not in the tree")
    proof, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(subtree(middle, end))
            end = middle
        else:
            proof.append(subtree(start, middle))
            start = middle
    return tuple(reversed(proof))


def proves_inclusion(proof: Sequence[bytes], *, leaf: bytes, index: int, size: int, root: bytes) -> bool:
    """Whether the proof leads from the leaf hash to the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, current = leaf, size - 1, index
    for step in proof:
        if last == 0:
            return False
        if current & 1 or current == last:
            node = node_hash(step, node)
            while not current & 1 and current:
                current, last = current >> 1, last >> 1
        else:
            node = node_hash(node, step)
        current, last = current >> 1, last >> 1
    return last == 0 and node == root


def consistency_proof(old: int, size: int, subtree: Subtree) -> tuple[bytes, ...]:
    """That the tree of `old` leaves is the beginning of the tree of `size` leaves (RFC 9162, 2.1.4.1)."""
    if not 0 < old <= size:
        raise ValueError("the old tree is empty or larger than the new one")
    proof, start, end = [], 0, size
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            proof.append(subtree(middle, end))
            end = middle
        else:
            proof.append(subtree(start, middle))
            start = middle
    if start > 0:
        proof.append(subtree(start, end))
    return tuple(reversed(proof))


def proves_consistency(proof: Sequence[bytes], *, old: int, old_root: bytes, size: int, root: bytes) -> bool:
    """Whether the proof leads from the same subtrees to both roots (RFC 9162, 2.1.4.2)."""
    if old == size:
        return not proof and old_root == root
    if not 0 < old < size:
        return False
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    current, last = old - 1, size - 1
    while current & 1:
        current, last = current >> 1, last >> 1
    old_node = new_node = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if current & 1 or current == last:
            old_node, new_node = node_hash(step, old_node), node_hash(step, new_node)
            while not current & 1 and current:
                current, last = current >> 1, last >> 1
        else:
            new_node = node_hash(new_node, step)
        current, last = current >> 1, last >> 1
    return last == 0 and old_node == old_root and new_node == root
