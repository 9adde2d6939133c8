"""The holder is heard: statement and defence, waiver, hearing with its record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from xuke.accounts.models import Posting
from xuke.accounts.officers import HANDS, Officer
from xuke.accounts.queries import held_on
from xuke.catalogue.limits import time_limit
from xuke.foundation import files, journal
from xuke.foundation.calendar import spoken
from xuke.foundation.models import StoredFile
from xuke.foundation.refusals import NotFound, NotPermitted
from xuke.foundation.transactions import command
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing.commands.wording import Wording
from xuke.parties.applicants import Applicant
from xuke.proceedings import acts, permissions
from xuke.proceedings.commands.steps import finish, lock, open_step
from xuke.proceedings.models import Proceeding

MOST_STATEMENTS = 20
NOTICE = "food.hearing_notice"


@command
def answer(
    *,
    proceeding: Proceeding,
    text: str,
    file: StoredFile | None = None,
    name: str = "",
    by: Applicant,
    now: datetime,
    revision: int | None = None,
) -> Proceeding:
    """The holder's statement and defence (陈述申辩), with a file where there is one. More may follow in time."""
    proceeding, step = open_step("answer", proceeding, by=by, revision=revision, today=journal.legal_day(now))
    if step is None:
        return proceeding
    wording = Wording()
    text = wording.text("text", text, label="陈述申辩", most=4000, missing="请写明陈述和申辩的意见。")
    if len(proceeding.statements) >= MOST_STATEMENTS:
        wording.wrong("text", f"最多提交{MOST_STATEMENTS}次陈述申辩，请把补充意见合并提交给经办人员。")
    wording.demand()
    row: dict[str, Any] = {"text": text, "at": now.isoformat(), "by": by.name}
    if file is not None:
        files.keep_for(file.digest, proceeding.stream)
        row |= {"file": file.digest, "name": name.replace("\\", "/").rpartition("/")[2].strip()[-120:] or "材料"}
    proceeding.statements = [*proceeding.statements, row]
    return finish(proceeding, step, "statements", by=by, now=now, digest=row.get("file", ""))


@command
def waive(*, proceeding: Proceeding, by: Applicant, now: datetime, revision: int | None = None) -> Proceeding:
    """The holder has nothing (more) to say and wants no hearing: the case goes on without waiting."""
    proceeding, step = open_step("waive", proceeding, by=by, revision=revision, today=journal.legal_day(now))
    if step is None:
        return proceeding
    proceeding.waived_at = now
    return finish(proceeding, step, "waived_at", by=by, now=now)


@command
def close_statements(*, proceeding: Proceeding, by: Officer, now: datetime, revision: int | None = None) -> Proceeding:
    """The periods told in the notice are over: the case goes on with what was said."""
    proceeding, step = open_step("close_statements", proceeding, by=by, revision=revision, today=journal.legal_day(now))
    if step is None:
        return proceeding
    return finish(proceeding, step, by=by, now=now)


@command
def ask_hearing(
    *, proceeding: Proceeding, reason: str = "", by: Applicant, now: datetime, revision: int | None = None
) -> Proceeding:
    """The holder asks for a hearing (要求听证)."""
    proceeding, step = open_step("ask_hearing", proceeding, by=by, revision=revision, today=journal.legal_day(now))
    if step is None:
        return proceeding
    if not proceeding.of_kind.ends_licence:
        raise NotPermitted("警告不属于听证的范围，可以陈述申辩（行政处罚法第六十三条）。")
    wording = Wording()
    reason = wording.text("reason", reason, label="要求听证的理由", most=1000)
    wording.demand()
    proceeding.hearing = {"asked_at": now.isoformat(), "asked_by": by.name, "reason": reason}
    return finish(proceeding, step, "hearing", by=by, now=now, reason=reason)


@command
def set_hearing(
    *,
    proceeding: Proceeding,
    held_at: datetime,
    place: str,
    chair: int,
    closed: bool = False,
    by: Officer,
    now: datetime,
    revision: int | None = None,
) -> Proceeding:
    """Fix day, place and chair of the hearing, and tell the holder seven working days before (art. 48)."""
    today = journal.legal_day(now)
    proceeding, step = open_step("set_hearing", proceeding, by=by, revision=revision, today=today)
    if step is None:
        return proceeding
    wording = Wording()
    place = wording.text("place", place, label="听证地点", most=200, missing="请写明听证的地点。")
    days, held_on_day = time_limit(NOTICE, today).value, journal.legal_day(held_at)
    earliest = current_calendar().add(today, days).on
    if current_calendar().subtract(held_on_day, days).on < today:
        wording.wrong(
            "held_at",
            f"应当在举行听证的{days}个工作日以前通知企业（行政许可法第四十八条），最早可以定在{spoken(earliest)}以后。",
        )
    named = _officer_here(chair, proceeding, now)
    if named is None:
        wording.wrong("chair", "请选择本机关的工作人员主持听证。")
    elif reason := permissions.why_not_chair(chair, proceeding):
        wording.wrong("chair", reason)
    wording.demand()
    local = held_at.astimezone(journal.SHANGHAI)
    proceeding.chair_id = chair
    proceeding.hearing = {
        **proceeding.hearing,
        "held_at": held_at.isoformat(),
        "place": place,
        "chair": named,
        "closed": closed,
    }
    notice = acts.issue(
        proceeding,
        "hearing_notice",
        matter=f"拟{proceeding.of_kind.act}你单位食品生产许可一案（{proceeding.number}）",
        held_at=f"{local.year}年{local.month}月{local.day}日{local:%H:%M}",
        place=place,
        chair=named,
        closed=closed,
        basis="行政许可法第四十八条",
        by=by,
        now=now,
    )
    return finish(proceeding, step, "hearing", "chair", by=by, now=now, notice=notice.number, chair=named)


def _officer_here(person: int, proceeding: Proceeding, now: datetime) -> str | None:
    """The name of somebody who handles cases in the authority of a proceeding; None for anybody else."""
    posts = Posting.objects.filter(held_on(journal.legal_day(now)), user=person, authority=proceeding.authority_id)
    return posts.filter(role__in=HANDS).values_list("user__name", flat=True).first()


@command
def give_up_hearing(*, proceeding: Proceeding, by: Applicant, now: datetime, revision: int | None = None) -> Proceeding:
    """The holder no longer wants the hearing they asked for."""
    proceeding, step = open_step("give_up_hearing", proceeding, by=by, revision=revision, today=journal.legal_day(now))
    if step is None:
        return proceeding
    proceeding.hearing = {**proceeding.hearing, "given_up_at": now.isoformat()}
    return finish(proceeding, step, "hearing", by=by, now=now)


@command
def record_hearing(
    *, proceeding: Proceeding, record: str, by: Officer, now: datetime, revision: int | None = None
) -> Proceeding:
    """The chair puts the record of the hearing on file (听证笔录); the decision has to follow it (art. 48)."""
    proceeding, step = open_step("record_hearing", proceeding, by=by, revision=revision, today=journal.legal_day(now))
    if step is None:
        return proceeding
    wording = Wording()
    record = wording.text("record", record, label="听证笔录", most=20000, missing="请写入听证笔录。")
    wording.demand()
    proceeding.hearing = {**proceeding.hearing, "record": record, "recorded_at": now.isoformat()}
    return finish(proceeding, step, "hearing", by=by, now=now)


@command
def read_statement(*, proceeding: Proceeding, place: int, by: Officer, now: datetime) -> dict[str, Any]:
    """Write down that an officer read a file that the holder sent with a statement; the row of the statement."""
    proceeding = lock(proceeding)
    rows = [row for row in proceeding.statements if row.get("file")]
    if not 0 <= place < len(rows):
        raise NotFound("没有找到这份材料，它可能属于另一件案件。")
    proceeding.revision += 1
    proceeding.save(update_fields=["revision"])
    journal.record("proceeding.statement_read", subject=proceeding, by=by, at=now, name=rows[place]["name"])
    return dict(rows[place])
