"""The tree against the reference vectors of Certificate Transparency, and against its own definition."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xuke.foundation import merkle
from xuke.foundation.merkle import Frontier

LEAVES = [
    merkle.leaf_hash(bytes.fromhex(content))
    for content in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
INCLUSION = {
    (0, 1): (),
    (0, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (5, 8): (
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 3): ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",),
    (1, 5): (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}
CONSISTENCY = {
    (1, 1): (),
    (1, 8): INCLUSION[0, 8],
    (3, 8): (
        "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7",
        "07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (6, 8): (
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 5): (
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}


def hexed(hashes: tuple[bytes, ...]) -> tuple[str, ...]:
    return tuple(value.hex() for value in hashes)


def by_definition(leaves: list[bytes]) -> bytes:
    """RFC 9162, 2.1.1, word for word."""
    if len(leaves) < 2:
        return leaves[0] if leaves else merkle.EMPTY_ROOT
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return merkle.node_hash(by_definition(leaves[:middle]), by_definition(leaves[middle:]))


@pytest.mark.parametrize("size", range(9))
def test_the_roots_are_those_of_the_reference(size: int) -> None:
    assert Frontier().grown(LEAVES[:size]).root.hex() == ROOTS[size]


@pytest.mark.parametrize(("place", "proof"), INCLUSION.items())
def test_the_inclusion_proofs_are_those_of_the_reference(place: tuple[int, int], proof: tuple[str, ...]) -> None:
    assert hexed(merkle.inclusion_proof(*place, merkle.subtrees_of(LEAVES))) == proof


@pytest.mark.parametrize(("sizes", "proof"), CONSISTENCY.items())
def test_the_consistency_proofs_are_those_of_the_reference(sizes: tuple[int, int], proof: tuple[str, ...]) -> None:
    assert hexed(merkle.consistency_proof(*sizes, merkle.subtrees_of(LEAVES))) == proof


trees = st.integers(1, 70).map(lambda size: [merkle.leaf_hash(bytes([number])) for number in range(size)])


@given(trees, st.data())
def test_a_tree_grown_in_parts_has_the_root_of_the_definition(leaves: list[bytes], data: st.DataObject) -> None:
    middle = data.draw(st.integers(0, len(leaves)))
    kept = bytes(Frontier().grown(leaves[:middle]))
    assert Frontier.from_bytes(middle, kept).grown(leaves[middle:]).root == by_definition(leaves)


@given(trees, st.data())
def test_an_inclusion_proof_proves_its_leaf_and_no_other(leaves: list[bytes], data: st.DataObject) -> None:
    size, root = len(leaves), by_definition(leaves)
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(index, size, merkle.subtrees_of(leaves))
    assert merkle.proves_inclusion(proof, leaf=leaves[index], index=index, size=size, root=root)
    other = data.draw(st.integers(-1, size).filter(lambda number: number != index))
    assert not merkle.proves_inclusion(proof, leaf=leaves[index], index=other, size=size, root=root)
    forged = merkle.leaf_hash(b"forged")
    assert not merkle.proves_inclusion(proof, leaf=forged, index=index, size=size, root=root)
    assert not merkle.proves_inclusion((*proof, forged), leaf=leaves[index], index=index, size=size, root=root)
    if proof:
        assert not merkle.proves_inclusion(proof[:-1], leaf=leaves[index], index=index, size=size, root=root)


@given(trees, st.data())
def test_a_consistency_proof_proves_growth_and_nothing_else(leaves: list[bytes], data: st.DataObject) -> None:
    size, root = len(leaves), by_definition(leaves)
    old = data.draw(st.integers(1, size))
    old_root = by_definition(leaves[:old])
    proof = merkle.consistency_proof(old, size, merkle.subtrees_of(leaves))
    assert merkle.proves_consistency(proof, old=old, old_root=old_root, size=size, root=root)
    forged = merkle.leaf_hash(b"forged")
    assert not merkle.proves_consistency(proof, old=old, old_root=forged, size=size, root=root)
    assert not merkle.proves_consistency(proof, old=old, old_root=old_root, size=size, root=forged)
    assert not merkle.proves_consistency((*proof, forged), old=old, old_root=old_root, size=size, root=root)
    if proof:
        assert not merkle.proves_consistency(proof[:-1], old=old, old_root=old_root, size=size, root=root)


@given(trees, st.data())
def test_an_old_tree_with_another_leaf_is_not_consistent(leaves: list[bytes], data: st.DataObject) -> None:
    size, root = len(leaves), by_definition(leaves)
    old = data.draw(st.integers(1, size))
    rewritten = [*leaves[: old - 1], merkle.leaf_hash(b"rewritten")]
    proof = merkle.consistency_proof(old, size, merkle.subtrees_of(leaves))
    assert not merkle.proves_consistency(proof, old=old, old_root=by_definition(rewritten), size=size, root=root)


def test_a_frontier_that_does_not_fit_its_size_is_refused() -> None:
    whole = Frontier().grown(LEAVES)
    with pytest.raises(ValueError, match="binary one"):
        Frontier.from_bytes(7, bytes(whole))
    with pytest.raises(ValueError, match="32 bytes"):
        Frontier.from_bytes(8, bytes(whole)[:-1])
    with pytest.raises(ValueError, match="binary one"):
        replace(whole, size=-1)


def test_proofs_of_what_is_not_there_are_refused() -> None:
    subtree = merkle.subtrees_of(LEAVES)
    for index in (-1, 8):
        with pytest.raises(ValueError, match="not in the tree"):
            merkle.inclusion_proof(index, 8, subtree)
    for old in (0, 9):
        with pytest.raises(ValueError, match="larger"):
            merkle.consistency_proof(old, 8, subtree)
    assert not merkle.proves_consistency((), old=0, old_root=merkle.EMPTY_ROOT, size=8, root=by_definition(LEAVES))
    assert not merkle.proves_consistency(
        (), old=3, old_root=by_definition(LEAVES[:3]), size=8, root=by_definition(LEAVES)
    )
