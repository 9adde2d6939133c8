"""After the licence: what was put right is reported and confirmed, and checks are carried out."""

from __future__ import annotations

from datetime import date, datetime

from xuke.accounts.models import Authority
from xuke.accounts.officers import Officer, Role
from xuke.catalogue.limits import TimeLimit, time_limit
from xuke.certificates.endings import ENDED
from xuke.certificates.models import Licence
from xuke.certificates.queries import STANDINGS
from xuke.documents import commands as documents
from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.calendar import spoken
from xuke.foundation.models import StoredFile
from xuke.foundation.refusals import Conflict, NotFound, NotPermitted
from xuke.foundation.transactions import command
from xuke.licensing.checks import after
from xuke.licensing.commands.wording import Wording
from xuke.licensing.models import PostIssueCheck, Rectification
from xuke.parties.applicants import Applicant
from xuke.parties.permissions import demand_power
from xuke.parties.rules import SIGN


@command
def report_rectification(
    *,
    rectification: Rectification,
    report: str,
    by: Actor,
    now: datetime,
    file: StoredFile | None = None,
    file_name: str = "",
) -> Rectification:
    """The enterprise reports what it put right, in words and perhaps with a file. It may report again."""
    row = _lock_rectification(rectification)
    if not isinstance(by, Applicant) or by.enterprise_id != row.enterprise_id:
        raise NotPermitted("整改由企业报告。")
    demand_power(by, SIGN)
    if row.confirmed_on is not None:
        raise Conflict("监管部门已经确认，不用再报告。")
    _demand_standing(row.licence)
    wording = Wording()
    row.report = wording.text("report", report, label="整改情况", most=2000, missing="请写明每个问题怎样改正。")
    wording.demand()
    row.reported_at, row.revision = now, row.revision + 1
    fields = ["report", "reported_at", "revision"]
    if file is not None:
        row.file, row.file_name = file, file_name[:200]
        fields += ["file", "file_name"]
    row.save(update_fields=fields)
    attached = file_name if file is not None else ""
    journal.record("rectification.reported", subject=row, by=by, at=now, report=row.report, file=attached)
    return row


@command
def confirm_rectification(
    *,
    rectification: Rectification,
    done: bool,
    note: str,
    by: Officer,
    now: datetime,
    again_by: date | None = None,
) -> Rectification:
    """The daily supervision looked: everything was put right, or not.

    Where it was not, the enterprise is told in writing what is left and a new day, `again_by`, and reports again.
    """
    row = _lock_rectification(rectification)
    demand_supervisor(by, row.authority_path)
    if row.confirmed_on is not None:
        raise Conflict("整改已经确认。")
    _demand_standing(row.licence)
    wording, today = Wording(), journal.legal_day(now)
    missing = "" if done else "没有整改到位的，请写明情况。"
    note = wording.text("note", note, label="确认情况", most=1000, missing=missing)
    if not done:
        last = last_day_again(row, today)
        if again_by is None or not today < again_by <= last:
            wording.wrong("again_by", f"没有整改到位的，请填写新的期限，最迟{spoken(last, today=today)}。")
    wording.demand()
    if not done:
        assert again_by is not None
        return _order_again(row, note, again_by, by=by, now=now)
    row.done, row.confirmed_on, row.confirmed_by, row.note = True, today, by.label, note
    row.revision += 1
    row.save(update_fields=["done", "confirmed_on", "confirmed_by", "note", "revision"])
    journal.record("rectification.confirmed", subject=row, by=by, at=now, done=True, note=row.note)
    return row


def last_day_again(rectification: Rectification, today: date) -> date:
    """The last day that may be set for what is still to be put right: the time of the first order, anew (uncertain)."""
    limit = _limit(rectification, today)
    return after(today, limit.value, limit.unit).on


def _limit(rectification: Rectification, today: date) -> TimeLimit:
    division = rectification.authority_path.rstrip("/").rpartition("/")[2]
    return time_limit("food.rectification", today, division=division)


def _order_again(row: Rectification, note: str, again_by: date, *, by: Officer, now: datetime) -> Rectification:
    """It waits for the enterprise once more; what was reported stays on the page until it reports again."""
    today = journal.legal_day(now)
    was_due = row.due_on
    before = {
        "due_on": was_due.isoformat(),
        "report": row.report if row.reported_at else "",
        "reported_on": journal.legal_day(row.reported_at).isoformat() if row.reported_at else "",
        "file_name": row.file_name if row.reported_at else "",
        "found": note,
        "found_on": today.isoformat(),
        "found_by": by.label,
        "again_by": again_by.isoformat(),
    }
    row.earlier, row.due_on, row.reported_at = [*row.earlier, before], again_by, None
    row.revision += 1
    row.save(update_fields=["earlier", "due_on", "reported_at", "revision"])
    journal.record("rectification.confirmed", subject=row, by=by, at=now, done=False, note=note, due_on=again_by)
    documents.issue(
        kind="rectification_notice",
        about=f"application:{row.application_id}",
        authority=Authority.objects.get(pk=by.authority_id),
        enterprise=row.enterprise,
        content={
            "applicant": row.enterprise.name,
            "uscc": row.enterprise.uscc,
            "item": "现场核查发现问题的整改",
            "problems": [
                {"item": each["title"], "problem": each["note"] or "基本符合", "demand": "改正并保持"}
                for each in row.items
            ],
            "again": {"first_by": was_due.isoformat(), "found_on": today.isoformat(), "found": note},
            "rectify_by": again_by.isoformat(),
            "basis": _limit(row, today).basis,
        },
        by=by,
        now=now,
    )
    return row


@command
def record_check(*, check: PostIssueCheck, result: str, text: str, by: Officer, now: datetime) -> PostIssueCheck:
    """Write down what a check after issue found. An untrue commitment is news that proceedings react to."""
    row = (
        PostIssueCheck.objects.select_for_update(no_key=True, of=("self",))
        .select_related("licence", "enterprise")
        .filter(pk=check.pk)
        .first()
    )
    if row is None:
        raise NotFound("没有找到这项检查。")
    demand_supervisor(by, row.authority_path)
    if row.checked_on is not None:
        raise Conflict("这项检查已经有结果。")
    _demand_standing(row.licence)
    wording = Wording()
    if result not in PostIssueCheck.RESULTS:
        wording.wrong("result", "请选择检查结果。")
    elif result == PostIssueCheck.UNTRUE and row.kind == PostIssueCheck.AFTER_VISIT:
        wording.wrong("result", "这项许可经过现场核查，不是按承诺或者声明作出的。")
    missing = "" if result == PostIssueCheck.PASS else "请写明发现的问题和事实。"
    row.text = wording.text("text", text, label="检查情况", most=2000, missing=missing)
    wording.demand()
    row.result, row.checked_on, row.checked_by = result, journal.legal_day(now), by.label
    row.revision += 1
    row.save(update_fields=["result", "text", "checked_on", "checked_by", "revision"])
    journal.record(
        "check.recorded",
        subject=row,
        by=by,
        at=now,
        result=result,
        text=row.text,
        kind=row.kind,
        number=row.licence.number,
    )
    return row


def why_not_supervise(actor: Actor, path: str) -> str:
    """The reason this actor may not carry out what the daily supervision does there, or an empty string."""
    if not isinstance(actor, Officer) or not actor.has(Role.SUPERVISOR):
        return "由负责日常监督的监督人员办理。"
    return "" if path.startswith(actor.authority_path) else "这家企业由其他机关负责日常监督。"


def demand_supervisor(actor: Actor, path: str) -> None:
    """Raise `NotPermitted` unless this actor carries out the daily supervision there."""
    if reason := why_not_supervise(actor, path):
        raise NotPermitted(reason)


def why_over(licence: Licence) -> str:
    """The reason nothing is checked or put right any more under a licence that has ended, or an empty string."""
    if licence.state not in ENDED:
        return ""
    since = f"{spoken(licence.ended_on)}起" if licence.ended_on else ""
    return f"许可证{since}{STANDINGS[licence.state]}，不用再检查和整改。"


def _demand_standing(licence: Licence) -> None:
    if reason := why_over(licence):
        raise Conflict(reason)


def _lock_rectification(rectification: Rectification) -> Rectification:
    row = (
        Rectification.objects.select_for_update(no_key=True, of=("self",))
        .select_related("licence", "enterprise")
        .filter(pk=rectification.pk)
        .first()
    )
    if row is None:
        raise NotFound("没有找到这项整改。")
    return row
