"""What an auditor does that leaves a trace of its own: taking a history away, and seeing what is hidden in an entry.

Each is a subject of its own in the journal, with one entry; there is no table of them, because the journal is it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from xuke.audit import export as exports
from xuke.audit import queries
from xuke.audit.export import Export
from xuke.audit.permissions import demand_auditor
from xuke.audit.telling import Told, told_rows
from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.identity import new_id
from xuke.foundation.refusals import Invalid, Problem
from xuke.foundation.transactions import command

LONGEST_REASON = 200


@dataclass
class Reading:
    """One time somebody read the journal beyond what its pages show to every auditor."""

    journal_label: str
    journal_authority: str
    id: UUID = field(default_factory=new_id)
    revision: int = 1
    journal_enterprise: str = ""

    @property
    def stream(self) -> str:
        """Where its entry stands in the journal."""
        return f"reading:{self.id}"


@command
def export(*, stream: str, reason: str, by: Actor, now: datetime, kept: bytes = b"") -> Export:
    """Take the history of a subject away, with its proof. `kept` are heads from elsewhere that it is to be tied to."""
    demand_auditor(by)
    queries.open_journal(by)
    reason = reason.strip()
    if not 2 <= len(reason) <= LONGEST_REASON:
        raise Invalid(Problem("reason", f"请写明导出的事由，2到{LONGEST_REASON}个字，例如“行政复议〔2026〕3号调卷”。"))
    made = exports.build(stream, by=by, now=now, reason=reason, kept=kept)
    journal.record(
        "journal.exported",
        subject=Reading(made.label, by.scope.authority_path),
        by=by,
        at=now,
        about=stream,
        reason=reason,
        entries=made.entries,
        sealed=made.sealed,
        head=made.head,
        sound=made.sound,
        manifest=made.manifest,
    )
    return made


@command
def show_entry(*, stream: str, seq: int, by: Actor, now: datetime) -> Told:
    """Show one entry with nothing hidden."""
    demand_auditor(by)
    queries.open_journal(by)
    row, _ = queries.one_of(stream, seq)
    (told,) = told_rows([row], open_=True)
    journal.record(
        "journal.entry_shown",
        subject=Reading(told.label, by.scope.authority_path),
        by=by,
        at=now,
        about=stream,
        place=seq,
    )
    return told
