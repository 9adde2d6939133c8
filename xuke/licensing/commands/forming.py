"""The application form (食品生产许可申请书): what was just signed, as a document of the case (Measures art. 13).

A corrected application makes another one; the earlier stays in the file. The file itself is made by the job of every
notice, so nobody who submits waits for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from xuke.documents import commands as documents
from xuke.foundation import journal
from xuke.licensing import masks, statements
from xuke.licensing.commands.drafting import parties_of
from xuke.licensing.models import Application
from xuke.parties.applicants import Applicant
from xuke.signatures.models import Signature
from xuke.signatures.standing import signer_now
from xuke.signatures.statement import Kind, Line, Part, Statement, as_shown


def file_form(application: Application, signature: Signature, *, by: Applicant, now: datetime) -> None:
    """Make the form out of the statement that was just signed, with the files and declarations that belong to it."""
    assert application.authority is not None
    statement = signature.content
    documents.issue(
        kind="application_form",
        about=application.stream,
        authority=application.authority,
        enterprise=application.enterprise,
        content={
            **parties_of(application),
            **_said(_whole(application, statement, by=by, now=now)),
            "receiver": application.authority.name,
            "filed_at": _moment(now),
            "replaces": statement.kind is not Kind.SUBMISSION,
            "signed": {
                "by": f"{statement.signer.name}（{statement.signer.capacity}）",
                "means": signature.by_what.label,
                "at": _moment(signature.signed_at),
                "digest": signature.digest,
            },
        },
        by=by,
        now=now,
    )


def _whole(application: Application, statement: Statement, *, by: Applicant, now: datetime) -> Statement:
    """The whole form. A correction on the spot was signed row by row: the form as it stands now, then those rows."""
    if statement.kind is not Kind.SPOT_CORRECTION:
        return statement
    today = journal.legal_day(now)
    signer = signer_now(by, today=today)
    whole = statements.compose("submit", application, signer=signer, authority=application.authority, today=today)
    return replace(
        whole,
        parts=(*whole.parts, *statement.parts),
        declarations=(*whole.declarations, *statement.declarations),
    )


def _said(statement: Statement) -> dict[str, Any]:
    """Sections, files and declarations as facts; telephone numbers hidden, for a notice is not sealed at rest."""
    shown = as_shown(statement, hide=masks.phone)
    return {
        "sections": [row for part in shown.parts for row in _section(part)],
        "files": [{"label": file.label, "name": file.name} for file in shown.files],
        "declarations": [{"text": one.text, "basis": one.basis} for one in shown.declarations],
    }


def _section(part: Part) -> Iterator[dict[str, Any]]:
    """A part under its title, then each of its tables under its own name."""
    yield {"title": part.title, "lines": [_cell(line) for line in part.lines], "table": "", "rows": []}
    for table in part.tables:
        rows = [[_cell(line) for line in row] for row in table.rows]
        yield {"title": "", "lines": [], "table": table.title, "rows": rows}


def _cell(line: Line) -> dict[str, str]:
    return {"label": line.label, "value": line.value}


def _moment(at: datetime) -> str:
    return at.astimezone(journal.SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
