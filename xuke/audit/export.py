"""The history of one subject as a folder that proves itself: entries, proofs, heads, keys, and the script that checks.

What lies in it, and what each file is for, is told in its own README; `stand_alone/check_history.py` is the other half.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from importlib import resources
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.template.loader import render_to_string

from xuke.audit import proof, queries, telling
from xuke.audit.stand_alone import check_history
from xuke.foundation import canonical, journal_keys, journal_rows, merkle
from xuke.foundation.actors import Actor
from xuke.foundation.journal import SHANGHAI
from xuke.foundation.journal_heads import HeadsDamaged, SignedHead
from xuke.foundation.refusals import Conflict, Invalid, Problem

MOST_KEPT = 100
"""Heads kept elsewhere that an export is tied to: the last ones of a file."""


class NothingSealed(Conflict):
    """日志还没有封存过，没有可以附上的证明。请确认后台作业（xuke worker）正在运行。"""


@dataclass(frozen=True)
class Export:
    """The files of an export, and what its own checker says of them at once."""

    stream: str
    label: str
    files: Mapping[str, bytes]
    entries: int
    sealed: int
    head: int
    sound: bool
    """Whether the checker agrees; when it does not, the journal was changed after it was sealed."""
    made_at: datetime

    @property
    def manifest(self) -> str:
        """The digest that names this export."""
        return sha256(self.files[check_history.MANIFEST]).hexdigest()

    @property
    def name(self) -> str:
        """The name of the zip."""
        doubt = "" if self.sound else "（核对未通过）"
        return f"办理经过及证明 {self.label}{doubt} {self.made_at:%Y%m%d-%H%M}.zip"

    def as_zip(self) -> bytes:
        """The files in one zip."""
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self.files.items():
                archive.writestr(zipfile.ZipInfo(name, self.made_at.timetuple()[:6]), content, zipfile.ZIP_DEFLATED)
        return made.getvalue()


def build(stream: str, *, by: Actor, now: datetime, reason: str, kept: bytes = b"") -> Export:
    """Put together what is known about a subject, with proofs; `kept` are heads kept elsewhere to be tied to.

    A history that was tampered with is exported as it is: its check then fails, and that is the evidence.
    """
    newest = proof.newest_head()
    if newest is None:
        raise NothingSealed()
    rows = queries.rows_of(stream)
    positions = [position if position is not None and position < newest.size else None for *_, position in rows]
    lines = [_line(row[:-1]) for row in rows]
    sealed = [position for position in positions if position is not None]
    older = proof.covering(sealed) | _sizes(kept)
    heads = [*proof.heads_of(size for size in older if size < newest.size), newest]
    local = now.astimezone(SHANGHAI)
    told = telling.told_rows(rows, open_=True)
    label = told[-1].label
    files = {
        "README.txt": _readme(label, stream, newest, len(rows), len(sealed)),
        "history.html": _readable(told, positions, label=label, stream=stream, by=by, at=local, reason=reason),
        check_history.HISTORY: b"".join(line + b"\n" for line in lines),
        check_history.PROOF: _proof(stream, rows, positions, heads),
        check_history.HEADS: b"".join(head.line for head in heads),
        "check_history.py": resources.files(check_history.__package__).joinpath("check_history.py").read_bytes(),
        **_keys({head.key_id for head in heads}),
    }
    about = {"stream": stream, "label": label, "entries": len(rows), "sealed": len(sealed), "head": newest.size}
    files[check_history.MANIFEST] = _manifest(files, about, by=by, now=now)
    sound = check_history.check(files, kept=kept).sound
    return Export(stream, label, files, len(rows), len(sealed), newest.size, sound, local)


def _line(row: Sequence[Any]) -> bytes:
    """The sealed bytes of an entry."""
    try:
        return journal_rows.entry_bytes(row)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return canonical.encode({"id": row[0], "stream": row[1], "seq": row[2], "unreadable": True})


def _sizes(kept: bytes) -> set[int]:
    lines = kept.splitlines(keepends=True)[-MOST_KEPT:]
    try:
        return {SignedHead.from_line(line.rstrip(b"\r\n") + b"\n").size for line in lines}
    except HeadsDamaged:
        raise Invalid(Problem("kept", "另处保存的树头文件中有读不懂的行。")) from None


def _proof(
    stream: str, rows: Sequence[Sequence[Any]], positions: Sequence[int | None], heads: Sequence[SignedHead]
) -> bytes:
    """Leaves and paths. Where the log has a hole the path stays empty, and the check fails there."""
    log = proof.Log(heads[-1])
    entries = []
    for row, position in zip(rows, positions, strict=True):
        leaf = merkle.leaf_hash(_line(row[:-1])).hex()
        entries.append({"id": row[0], "seq": row[2], "position": position, "leaf": leaf, "path": _path(log, position)})
    older = [{"size": head.size, "path": _consistency(log, head.size)} for head in heads[:-1]]
    facts = {
        "type": check_history.PROOF_TYPE,
        "stream": stream,
        "head": heads[-1].size,
        "entries": entries,
        "older": older,
    }
    return canonical.encode(facts) + b"\n"


def _path(log: proof.Log, position: int | None) -> list[str]:
    if position is None:
        return []
    try:
        return [step.hex() for step in log.inclusion(position)]
    except proof.Torn:
        return []


def _consistency(log: proof.Log, size: int) -> list[str]:
    try:
        return [step.hex() for step in log.consistency(size)]
    except proof.Torn:
        return []


def _keys(wanted: set[str]) -> dict[str, bytes]:
    """The public keys of the heads, and the one that signs today. A key that is not ours is missing."""
    wanted = wanted | {journal_keys.signing_key().key_id}
    return {
        f"keys/{key_id}.pem": key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        for key_id, key in sorted(journal_keys.public_keys().items())
        if key_id in wanted
    }


def _manifest(files: Mapping[str, bytes], about: Mapping[str, Any], *, by: Actor, now: datetime) -> bytes:
    """What is in the export, signed with the key of the log under a type of its own: it can never pass for a head."""
    key = journal_keys.signing_key()
    facts = {
        "type": check_history.MANIFEST_TYPE,
        **about,
        "exported_at": canonical.moment(now),
        "exported_by": by.label,
        "files": {name: sha256(content).hexdigest() for name, content in files.items()},
        "key_id": key.key_id,
    }
    return canonical.encode(facts | {"signature": key.sign(canonical.encode(facts)).hex()}) + b"\n"


def _readable(
    told: Sequence[telling.Told], positions: Sequence[int | None], *, label: str, stream: str, **facts: Any
) -> bytes:
    context = {"rows": list(zip(told, positions, strict=True)), "label": label, "stream": stream, **facts}
    return render_to_string("audit/export/history.html", context).encode()


def _readme(label: str, stream: str, head: SignedHead, entries: int, sealed: int) -> bytes:
    facts = {"label": label, "stream": stream, "head": head, "entries": entries, "sealed": sealed}
    return render_to_string("audit/export/README.txt", facts).encode()
