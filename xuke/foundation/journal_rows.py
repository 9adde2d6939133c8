"""How rows of the journal become the bytes that are hashed and signed: as the database has them, read back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from xuke.foundation import merkle
from xuke.foundation.canonical import ENTRY, LEFT_OUT_WHEN_EMPTY, encode, moment_from_database, parse
from xuke.foundation.journal_heads import SignedHead

ENTRY_COLUMNS = """
    e.id, e.stream, e.seq, e.verb, to_json(e.at AT TIME ZONE 'UTC') #>> '{}', to_json(e.effective_on) #>> '{}',
    e.clock, e.actor, e.actor_label, e.subject_label, e.authority_path, e.enterprise_id, e.facts::text, e.request_id
"""
"""The sealed fields of an entry, as text that depends on no setting of the session."""

HEAD_COLUMNS = """
    h.size, h.root, h.sealed_below::text, h.sealed_id, to_json(h.at AT TIME ZONE 'UTC') #>> '{}', h.key_id, h.signature
"""


_READ = json.JSONDecoder(parse_float=Decimal)
_WRITE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
"""Writes texts and whole numbers exactly as `canonical.encode` does, in a third of the time. It knows no Decimal."""


def entry_bytes(row: Sequence[Any]) -> bytes:
    """The canonical bytes of an entry, from its row of ENTRY_COLUMNS."""
    fields = dict(zip(ENTRY, row, strict=True))
    fields["at"] = moment_from_database(fields["at"])
    told = {name: value for name, value in fields.items() if value != "" or name not in LEFT_OUT_WHEN_EMPTY}
    try:
        return _WRITE.encode(told | {"facts": _READ.decode(fields["facts"])}).encode()
    except (TypeError, ValueError):
        # Some number is not whole, or too long, or no number at all: rare, and written, or refused, with care.
        return encode(told | {"facts": parse(fields["facts"])})


def leaf_hash(row: Sequence[Any]) -> bytes:
    """The hash of an entry's leaf."""
    return merkle.leaf_hash(entry_bytes(row))


def head(row: Sequence[Any]) -> SignedHead:
    """A head, from its row of HEAD_COLUMNS."""
    size, root, sealed_below, sealed_id, at, key_id, signature = row
    return SignedHead(
        size, bytes(root), int(sealed_below), sealed_id, moment_from_database(at), key_id, bytes(signature)
    )
