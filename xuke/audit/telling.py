"""Entries of the journal in words: who did what to which thing, and the facts beside it, numbers of people hidden."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from xuke.audit import rules
from xuke.audit.vocabulary import vocabulary
from xuke.foundation.canonical import moment_from_database
from xuke.foundation.journal import SHANGHAI
from xuke.foundation.models import Entry
from xuke.identity.rules import device

MOST_IN_LINE = 3
"""Facts told in a list; the page of the entry tells all."""
LONGEST_IN_LINE = 60
_STREAM = re.compile(r"[a-z_]+:\S+")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")
_CODE = re.compile(r"[0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""Digests and keys: nothing to read in a line."""
_SIGNATURE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MISTYPED = "密码不对"
"""The reason that is recorded when somebody who is logged in mistypes the password they have."""
_MARKS = {"start": "开始", "pause": "中止", "resume": "恢复", "extend": "延长", "stop": "停止"}
"""What an entry does to a statutory clock."""


@dataclass(frozen=True)
class Fact:
    """One fact in words."""

    label: str
    text: str
    about: str = ""
    """The stream of another subject, when the fact names one."""
    raw: str = ""
    """What was recorded, where the text is our reading of it: how a browser describes itself."""


@dataclass(frozen=True)
class Told:
    """One entry in words."""

    id: int
    stream: str
    seq: int
    at: datetime
    effective_on: date
    verb: str
    what: str
    """The verb in words."""
    kind: str
    """What sort of thing it happened to."""
    label: str
    actor: str
    actor_label: str
    authority_path: str
    clock: str
    facts: tuple[Fact, ...]
    request_id: str
    hides: bool
    """Whether something in it is masked."""
    is_look: bool = False

    @property
    def is_same_day(self) -> bool:
        """Whether the legal day is the day of the record."""
        return self.effective_on == self.at.astimezone(SHANGHAI).date()

    @property
    def brief(self) -> str:
        """The first facts in one line; codes are left to the page of the entry."""
        short = [fact for fact in self.facts if fact.text and not fact.about and not _CODE.fullmatch(fact.text)]
        short = short[:MOST_IN_LINE]
        return "；".join(f"{fact.label}：{_cut(fact.text.rstrip('。'))}" for fact in short)

    @property
    def case(self) -> str:
        """The key of the application it is about, where it is about one."""
        streams = (self.stream, *(fact.about for fact in self.facts))
        return next((stream.partition(":")[2] for stream in streams if stream.startswith("application:")), "")


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_IN_LINE else f"{text[: LONGEST_IN_LINE - 1]}…"


def told(entries: Iterable[Entry], *, open_: bool = False) -> list[Told]:
    """Entries in words; `open_` hides nothing."""
    return [
        _told(
            {name: getattr(entry, name) for name in _FIELDS} | {"id": entry.pk, "facts": entry.facts},
            open_=open_,
        )
        for entry in entries
    ]


def told_rows(rows: Iterable[Sequence[Any]], *, open_: bool = False) -> list[Told]:
    """The same from rows of `journal_rows.ENTRY_COLUMNS`, which hold what was sealed as text."""
    return [_told(_from_row(row), open_=open_) for row in rows]


_FIELDS = (
    "stream",
    "seq",
    "verb",
    "at",
    "effective_on",
    "clock",
    "actor",
    "actor_label",
    "subject_label",
    "authority_path",
    "request_id",
)


def _from_row(row: Sequence[Any]) -> dict[str, Any]:
    id_, stream, seq, verb, at, effective_on, clock, actor, actor_label, subject_label, path, _, facts, *rest = row
    return {
        "id": id_,
        "stream": stream,
        "seq": seq,
        "verb": verb,
        "at": _moment(moment_from_database(at)),
        "effective_on": _day(effective_on),
        "clock": clock,
        "actor": actor,
        "actor_label": actor_label,
        "subject_label": subject_label,
        "authority_path": path,
        "request_id": rest[0],
        "facts": _facts(facts),
    }


def _moment(text: str) -> datetime:
    """The moment; the beginning of time for one that no calendar has, which only a tampered row says."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return datetime.min.replace(tzinfo=SHANGHAI)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return date.min


def _facts(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return {}


def _told(entry: Mapping[str, Any], *, open_: bool) -> Told:
    words = vocabulary()
    facts = entry["facts"] if isinstance(entry["facts"], dict) else {"": entry["facts"]}
    plain = tuple(_fact(name, facts[name], entry["verb"]) for name in sorted(facts, key=_weight))
    shown = (
        plain
        if open_
        else tuple(replace(fact, text=rules.masked(fact.text), raw=rules.masked(fact.raw)) for fact in plain)
    )
    subject, actor = entry["subject_label"], entry["actor_label"]
    what = words.verb(entry["verb"])
    if _is_at_the_own_account(entry["verb"], facts):
        what, actor = "输错现在的密码", f"{facts['login_name']}（已登录）"
    hidden = (subject, actor) if open_ else (rules.masked(subject), rules.masked(actor))
    return Told(
        id=entry["id"],
        stream=entry["stream"],
        seq=entry["seq"],
        at=entry["at"],
        effective_on=entry["effective_on"],
        verb=entry["verb"],
        what=what,
        kind=words.subject(entry["stream"]),
        label=hidden[0],
        actor=entry["actor"],
        actor_label=hidden[1],
        authority_path=entry["authority_path"],
        clock=_clock(entry["clock"], entry["verb"]),
        facts=shown,
        request_id=entry["request_id"],
        hides=shown != plain or hidden != (subject, actor),
        is_look=entry["verb"] in words.looks,
    )


def _is_at_the_own_account(verb: str, facts: Mapping[str, Any]) -> bool:
    """Whether somebody who had logged in was asked for their password once more: no login was refused."""
    reason = str(facts.get("reason", "")).rstrip("。")
    return verb == "login.refused" and reason == _MISTYPED and bool(facts.get("login_name"))


def _clock(mark: str, verb: str) -> str:
    """受理时限开始; empty when no clock is touched."""
    name, _, kind = mark.rpartition(".")
    return f"{vocabulary().value('clock', name, verb) or '时限'}{_MARKS[kind]}" if kind in _MARKS else ""


def _weight(name: str) -> tuple[bool, int, str]:
    """The reason first, then as the apps list their facts; the database has an order of its own."""
    names = list(vocabulary().terms.facts)
    return name != "reason", names.index(name) if name in names else len(names), name


def _fact(name: str, value: Any, verb: str) -> Fact:
    words = vocabulary()
    if isinstance(value, str) and _STREAM.fullmatch(value) and value.partition(":")[0] in words.subjects:
        return Fact(words.fact(name, verb), words.subject(value), about=value)
    if name == "signature" and isinstance(value, str) and _SIGNATURE.fullmatch(value):
        return Fact(words.fact(name, verb), "这个签名的日志", about=f"statement:{value}")
    if name == "agent" and isinstance(value, str) and value:
        return Fact(words.fact(name, verb), device(value), raw=value)
    return Fact(words.fact(name, verb), _text(name, value, verb))


def _text(name: str, value: Any, verb: str) -> str:
    """A value as a person writes it."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case str():
            return _spoken(name, value, verb)
        case dict():
            return "，".join(_pairs(name, value, verb))
        case list():
            return "、".join(_text(name, each, verb) for each in value)
    return str(value)


def _pairs(name: str, value: Mapping[str, Any], verb: str) -> Iterator[str]:
    words = vocabulary()
    for key, each in value.items():
        # The values of a table of results belong to the table; those of a row to the columns of the row.
        told = _text(key if key in words.terms.facts else name, each, verb)
        yield f"{words.fact(key, verb)}：{told}"


def _spoken(name: str, value: str, verb: str) -> str:
    if _DAY.fullmatch(value) and (day := _day(value)) != date.min:
        return f"{day.year}年{day.month}月{day.day}日"
    if _MOMENT.match(value):
        at = _moment(value)
        return f"{at.astimezone(SHANGHAI):%Y年%m月%d日 %H:%M:%S}" if at.tzinfo and at.year > 1 else value
    return vocabulary().value(name, value, verb)
