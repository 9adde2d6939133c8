"""The signatures of a case, as its pages show them: by whom, by what, when, and whether they are right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse

from xuke.accounts.officers import Officer
from xuke.foundation.journal import Event
from xuke.licensing.models import Application, Material
from xuke.parties.applicants import Applicant
from xuke.signatures import queries as signatures
from xuke.signatures.checking import Check, Verdict
from xuke.signatures.models import Signature
from xuke.signatures.statement import Kind, NotAStatement, Statement

EDITABLE = ("draft", "correction_requested")
CONTACT = ("contact_name", "contact_phone")


@dataclass(frozen=True)
class Signed:
    """One act that was signed."""

    words: str
    """What was signed: 提交申请."""
    signature: Signature | None
    """None where the journal knows of one that is not there."""
    problems: tuple[str, ...]
    url: str = ""
    note: str = ""
    """What a reader should know although nothing is wrong: another contact took over after it was signed."""


def of_case(actor: Officer | Applicant, application: Application, events: Sequence[Event]) -> tuple[Signed, ...]:
    """Every signature of a case, newest first, verified now; also those that the journal knows and nobody finds."""
    found = signatures.about(actor, application.stream)
    known = {str(one.pk): one for one in found}
    told = {event.facts["signature"]: event for event in events if "signature" in event.facts}
    rows = [_signed(actor, application, one, told.get(str(one.pk))) for one in found]
    rows += [_missing(event) for id, event in told.items() if id not in known]
    if rows:
        handed_over = _handed_over(events, found)
        successor = str(handed_over.facts.get("successor", "")) if handed_over else ""
        problem = _differs(application, found, handed_over=successor)
        place = len(found) - 1 if found else len(rows) - 1
        last = rows[place]
        problems = (*last.problems, problem) if problem else last.problems
        rows[place] = replace(last, problems=problems, note=_told(handed_over))
    return tuple(reversed(rows))


def _signed(actor: Officer | Applicant, application: Application, one: Signature, event: Event | None) -> Signed:
    verdict = signatures.verify(one)
    problems = [*verdict.problems]
    if event is None or event.facts.get("statement") != one.digest:
        problems.append("日志里没有这个签名的记录，或者与日志不一致。")
    name = "officer-signature" if isinstance(actor, Officer) else "my-signature"
    return Signed(Kind(one.kind).words, one, tuple(problems), reverse(name, args=[application.pk, one.pk]))


def _missing(event: Event) -> Signed:
    return Signed(_WORDS.get(event.verb, "签名"), None, ("日志记有这个签名，但是找不到它：可能被人从数据库里删除。",))


_WORDS = {
    "application.submitted": Kind.SUBMISSION.words,
    "application.resubmitted": Kind.CORRECTION.words,
    "application.correction_confirmed": Kind.SPOT_CORRECTION.words,
}


# --- the case against what was signed ---------------------------------------------------------------------------------


def _handed_over(events: Iterable[Event], found: Sequence[Signature]) -> Event | None:
    """How the case came to another contact than the one who signed: the journal says so, and the form names them."""
    since = max((one.about_revision for one in found if one.kind != Kind.SPOT_CORRECTION), default=0)
    later = [event for event in events if event.verb == "application.contact_changed" and event.seq > since]
    return later[-1] if later else None


def _told(handed_over: Event | None) -> str:
    """经办人签名后由吴晓梅更换为马兰（2026年9月7日）."""
    if handed_over is None:
        return ""
    day, facts = handed_over.effective_on, handed_over.facts
    change = f"由{facts.get('person', '')}更换为{facts.get('successor', '')}"
    return f"经办人签名后{change}（{day.year}年{day.month}月{day.day}日）"


def _differs(application: Application, found: Sequence[Signature], *, handed_over: str) -> str:
    """Why the form of the case is not what was signed, or an empty string. While it is corrected it may differ; a
    contact who took over stands in the form with their own number, and in the statement stands who signed."""
    if application.state in EDITABLE:
        return ""
    try:
        expected = _as_signed([one.content for one in found])
    except NotAStatement:
        return ""  # Told already, as a problem of that signature.
    present = application.form
    if expected and handed_over and present["enterprise"]["contact_name"] == handed_over:
        known = {name: value for name, value in expected["enterprise"].items() if name not in CONTACT}
        expected["enterprise"] = known | {name: present["enterprise"].get(name) for name in CONTACT}
    if expected is None or expected == present:
        return ""
    return "案卷里的申请内容与签名的内容不一致：签名之后有人改动了案卷。"


def _as_signed(statements: Iterable[Statement]) -> dict[str, Any] | None:
    """The newest form that was signed, with the corrections on the spot that were signed after it."""
    form: dict[str, Any] | None = None
    for statement in statements:
        if statement.kind is not Kind.SPOT_CORRECTION:
            form = dict(statement.values)
        elif form is not None:
            for row in statement.values["rows"]:
                form[row["section"]] = {**form[row["section"]], row["field"]: row["to"]}
    return form


def files_check(statement: Statement, filed: Iterable[Material]) -> Check:
    """Whether the files that were signed are still in the case, present or superseded, under the same digest."""
    there = {(material.kind, str(material.file_id)) for material in filed}
    gone = [file.label for file in statement.files if (file.kind, file.digest) not in there]
    problem = f"案卷里没有签名时的材料：{'、'.join(gone)}。" if gone else ""
    return Check("签名时的材料都在案卷里", problem)


def with_files(verdict: Verdict, signature: Signature, filed: Iterable[Material]) -> Verdict:
    """The verdict with the files of the case compared."""
    try:
        return Verdict((*verdict.checks, files_check(signature.content, filed)))
    except NotAStatement:
        return verdict
