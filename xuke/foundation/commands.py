"""The only writers of decided days and of the keys that seal personal numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.db import transaction

from xuke.foundation import journal, resealing, vault, working_days
from xuke.foundation.actors import Actor
from xuke.foundation.calendar import Override
from xuke.foundation.holiday_plan import Plan
from xuke.foundation.models import CalendarDay, Entry
from xuke.foundation.refusals import Conflict, Invalid, NotFound, NotPermitted, Problem
from xuke.foundation.transactions import command


@command
def decide_day(*, day: date, is_workday: bool, name: str, source: str, by: Actor, now: datetime) -> CalendarDay:
    """Decide whether a day is worked, over every plan. Deciding again replaces the decision; the journal keeps both.

    Reaches every process within a minute. `source` names the document, such as 国办发明电〔2026〕7号.
    """
    if not source.strip():
        raise Invalid(Problem("source", "请写明依据的文件，例如“国办发明电〔2026〕7号”。"))
    found = CalendarDay.objects.select_for_update(no_key=True).filter(date=day).first()
    decided = found or CalendarDay(date=day, revision=0)
    decided.revision += 1
    decided.is_workday, decided.name, decided.source = is_workday, name.strip(), source.strip()
    decided.recorded_at = now
    decided.save(force_insert=found is None)
    journal.record(
        "day.decided", subject=decided, by=by, at=now, is_workday=is_workday, name=decided.name, source=decided.source
    )
    working_days.forget()
    return decided


@dataclass
class _Plan:
    """The holiday plan of a year as the subject of its history; each load is a revision."""

    year: int
    revision: int
    journal_authority: str = ""
    journal_enterprise: str = ""

    @property
    def stream(self) -> str:
        return f"plan:{self.year}"

    @property
    def journal_label(self) -> str:
        return f"{self.year}年放假安排"


@dataclass(frozen=True)
class Loaded:
    """What loading a plan did."""

    written: int
    """Days that say something new, or rest on another document now."""
    kept: tuple[CalendarDay, ...]
    """Days about which an authority decided otherwise by itself: its decision wins over every plan."""


@command
def load_plan(*, plan: Plan, by: Actor, now: datetime) -> Loaded:
    """Decide about every day of a year as the State Council's plan says: none of them is provisional any more.

    A plan loaded before for the year is replaced; what an authority decided about a single day by itself is kept.
    """
    stream = _Plan(plan.year, 0).stream
    earlier = set(Entry.objects.filter(stream=stream).values_list("facts__source", flat=True))
    held = {row.date: row for row in CalendarDay.objects.select_for_update(no_key=True).filter(date__in=plan.days)}
    kept = tuple(
        row
        for day, row in sorted(held.items())
        if row.is_workday != plan.days[day].is_workday and row.source not in {*earlier, plan.source}
    )
    own = {row.date for row in kept}
    told = {day: said for day, said in plan.days.items() if day not in own and _is_news(held.get(day), said)}
    rows = [_planned(held.get(day), day, said, now) for day, said in sorted(told.items())]
    if rows:
        columns = ["revision", "is_workday", "name", "source", "recorded_at"]
        CalendarDay.objects.bulk_create(rows, update_conflicts=True, unique_fields=["date"], update_fields=columns)
        journal.record_many("day.decided", subjects=[_decided(row) for row in rows], by=by, at=now)
        subject = _Plan(plan.year, Entry.objects.filter(stream=stream).count() + 1)
        journal.record("plan.loaded", subject=subject, by=by, at=now, source=plan.source, day_count=len(rows))
    working_days.forget()
    return Loaded(len(rows), kept)


def _is_news(row: CalendarDay | None, said: Override) -> bool:
    return row is None or (row.is_workday, row.name, row.source) != (said.is_workday, said.name, said.source)


def _planned(row: CalendarDay | None, day: date, said: Override, now: datetime) -> CalendarDay:
    return CalendarDay(
        date=day,
        revision=row.revision + 1 if row else 1,
        is_workday=said.is_workday,
        name=said.name,
        source=said.source,
        recorded_at=now,
    )


def _decided(row: CalendarDay) -> journal.Happened:
    facts = {"is_workday": row.is_workday, "name": row.name, "source": row.source}
    return journal.Happened(row.stream, row.revision, row.journal_label, facts=facts)


@dataclass
class _DataKey:
    """A key of personal numbers as the subject of its history; each act on it is a revision."""

    number: int
    revision: int
    journal_authority: str = ""
    journal_enterprise: str = ""

    @property
    def stream(self) -> str:
        return f"datakey:{self.number}"

    @property
    def journal_label(self) -> str:
        return f"个人信息加密密钥第{self.number}把"


@command
def add_data_key(*, by: Actor, now: datetime) -> int:
    """Make the next key of personal numbers; it seals from now on. Returns its number."""
    _demand_system(by)
    number = vault.add_key()
    journal.record("datakey.made", subject=_DataKey(number, _next_revision(number)), by=by, at=now)
    return number


@command
def note_resealed(*, by: Actor, now: datetime) -> None:
    """Write down that every personal number is sealed with the key of today."""
    _demand_system(by)
    number = vault.current()[0]
    journal.record("datakey.applied", subject=_DataKey(number, _next_revision(number)), by=by, at=now)


@command
def remove_data_key(*, number: int, by: Actor, now: datetime) -> None:
    """Forget a key that nothing is sealed with any more; raises `Conflict` while something is."""
    _demand_system(by)
    held = vault.keys()
    if number not in held:
        raise NotFound(f"没有第{number}把密钥。")
    if number == vault.current()[0]:
        raise Conflict(f"第{number}把密钥正在使用，不能删除。")
    if left := resealing.keys_in_use().get(number):
        raise Conflict(f"还有{left}个号码用第{number}把密钥加密。请先运行 xuke keys --continue。")
    journal.record("datakey.removed", subject=_DataKey(number, _next_revision(number)), by=by, at=now)
    transaction.on_commit(partial(vault.remove_key, number))


def _demand_system(by: Actor) -> None:
    if not by.scope.system:
        raise NotPermitted("密钥由运维人员用 xuke keys 命令管理。")


def _next_revision(number: int) -> int:
    return Entry.objects.filter(stream=f"datakey:{number}").count() + 1
