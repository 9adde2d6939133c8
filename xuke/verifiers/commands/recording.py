"""What is recorded about somebody in the register: training, examinations, witnessed visits, integrity."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.calendar import valid_until
from xuke.foundation.transactions import command
from xuke.verifiers.commands.steps import Words, finish, lock
from xuke.verifiers.configuration import number
from xuke.verifiers.models import Record, Verifier

_MOST_HOURS = Decimal(1000)


@command
def record_training(*, verifier: Verifier, day: date, title: str, hours: Decimal, by: Actor, now: datetime) -> Record:
    """Write down training with its hours; they count for the year of the day."""
    verifier = lock(verifier, by=by)
    words = Words()
    title = words.text("title", title, label="培训内容", missing="请写明培训内容。")
    _demand_past(day, now, words)
    if not 0 < hours <= _MOST_HOURS:
        words.wrong("hours", "学时应当大于0。")
    words.demand()
    record = _kept(verifier, Record.TRAINING, day, title, by, now, hours=hours)
    year = str(day.year)
    verifier.training = {**verifier.training, year: float(Decimal(str(verifier.training.get(year, 0))) + hours)}
    finish(verifier, "training_recorded", "training", by=by, now=now, day=day, title=title, hours=hours)
    return record


@command
def record_examination(
    *, verifier: Verifier, day: date, title: str, points: Decimal, by: Actor, now: datetime
) -> Record:
    """Write down the result of an examination; pass mark and validity are settings of the province.

    Whoever fails one does not verify from its day until a later one is passed, whatever an earlier one was good for.
    """
    verifier = lock(verifier, by=by)
    words = Words()
    title = words.text("title", title, label="考核名称", missing="请写明考核名称。")
    _demand_past(day, now, words)
    if not 0 <= points <= 100:
        words.wrong("points", "分数在0到100之间。")
    words.demand()
    passed = points >= number("pass_mark")
    until = valid_until(day, number("examination_years")) if passed else None
    record = _kept(verifier, Record.EXAMINATION, day, title, by, now, points=points, passed=passed, valid_to=until)
    if until and (verifier.examined_until is None or until > verifier.examined_until):
        verifier.examined_until = until
    verifier.failed_on = _failed_since(verifier)
    finish(
        verifier,
        "examination_recorded",
        "examined_until",
        "failed_on",
        by=by,
        now=now,
        day=day,
        title=title,
        points=points,
        passed=passed,
        valid_to=until,
    )
    return record


def _failed_since(verifier: Verifier) -> date | None:
    """The day of the first examination that was failed since one was passed, by their days; None where none was."""
    failed = None
    taken = Record.objects.filter(verifier=verifier, kind=Record.EXAMINATION).order_by("day", "recorded_at", "pk")
    for day, passed in taken.values_list("day", "passed"):
        failed = None if passed else failed or day
    return failed


@command
def record_remark(*, verifier: Verifier, kind: str, day: date, title: str, by: Actor, now: datetime) -> Record:
    """Write down a witnessed visit (见证评价) or something about integrity (廉洁与诚信)."""
    verifier = lock(verifier, by=by)
    words = Words()
    words.one_of("kind", kind, (Record.WITNESS, Record.INTEGRITY), label="种类")
    title = words.text("title", title, label="内容", missing="请写明内容。")
    _demand_past(day, now, words)
    words.demand()
    record = _kept(verifier, kind, day, title, by, now)
    finish(verifier, "remark_recorded", by=by, now=now, kind=Record.KINDS[kind], day=day, title=title)
    return record


def _demand_past(day: date, now: datetime, words: Words) -> None:
    if day > journal.legal_day(now):
        words.wrong("day", "日期不能在今天以后。")


def _kept(
    verifier: Verifier,
    kind: str,
    day: date,
    title: str,
    by: Actor,
    now: datetime,
    *,
    hours: Decimal | None = None,
    points: Decimal | None = None,
    passed: bool | None = None,
    valid_to: date | None = None,
) -> Record:
    record = Record(
        verifier=verifier,
        user_id=verifier.user_id,
        authority_path=verifier.authority_path,
        kind=kind,
        day=day,
        title=title,
        hours=hours,
        points=points,
        passed=passed,
        valid_to=valid_to,
        recorded_by=by.label,
        recorded_at=now,
    )
    record.save(force_insert=True)
    return record
