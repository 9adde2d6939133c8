"""Reading files of rules: every fault is told at once, with file, row and reason; a file with a fault gives nothing.

A file is JSON: `meta` with the topic and, for a province's file, level and division; `rows` with the days, the basis
and what the topic needs. Pure: no database, no clock.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from xuke.catalogue import contents, hierarchy, keys
from xuke.catalogue.rulebook import (
    CONFIDENCES,
    DECISION_DAY,
    FILING_DAY,
    NATION,
    PROVINCE,
    TOPICS,
    TRANSITIONS,
    Edition,
    RuleBook,
)

SHIPPED = keys.SHIPPED
PUBLISHER = "国家规定（随系统发布）"
_SHANGHAI = ZoneInfo("Asia/Shanghai")
_NOT_KEPT = {*range(9), 11, 12, *range(14, 32), 127, *range(0xD800, 0xE000)}
"""Control characters, but for tabulators and ends of lines, and halves of characters."""
_RESERVED = ("key", "keys", "valid_from", "valid_to", "basis", "confidence", "transition")
_META = ("topic", "title", "note", "level", "division", "published_by")


class _Object(dict[str, Any]):
    """An object of a file that remembers which names were given twice: of two values, none is what was meant."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        names = [name for name, _ in pairs]
        self.twice = tuple(name for name in self if names.count(name) > 1)


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a file."""

    file: str
    row: int
    """Counted from 1; 0 for the file as a whole."""
    reason: str

    @property
    def sentence(self) -> str:
        """File, row and reason, as the command line tells it."""
        return f"{self.file}{f' 第{self.row}条' if self.row else ''}：{self.reason}"


@dataclass(frozen=True)
class Read:
    """What a folder or a file says, or what is wrong with it."""

    editions: tuple[Edition, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class _Place:
    """Where in the files an edition stands, and for whom its file speaks."""

    file: str
    topic: str
    level: str
    division: str
    published_by: str


def read(path: Path) -> Read:
    """Read one file, or all of a folder."""
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not files:
        return Read((), (Fault(str(path), 0, "这个目录里没有规则文件（*.json）。"),))
    found: list[tuple[str, int, Edition]] = []
    faults: list[Fault] = []
    for file in files:
        for row, each in _rows(file):
            if isinstance(each, str):
                faults.append(Fault(file.name, row, each))
            else:
                found.append((file.name, row, each))
    faults += _overlapping(found)
    return Read(() if faults else tuple(edition for _, _, edition in found), tuple(faults))


def shipped() -> RuleBook:
    """The rules that come with the release, as a book. Law is known from the day it is in force."""
    found = read(SHIPPED)
    assert not found.faults, [fault.sentence for fault in found.faults]
    return RuleBook.of(found.editions)


def _rows(file: Path) -> Iterator[tuple[int, Edition | str]]:
    """The editions of one file and the sentences about its rows."""
    try:
        content = json.loads(file.read_text("utf-8"), object_pairs_hook=_Object)
    except OSError as problem:
        yield 0, f"读不出文件：{problem.strerror}。"
        return
    except UnicodeDecodeError:
        yield 0, "不是UTF-8编码的文本文件。"
        return
    except json.JSONDecodeError as problem:
        yield 0, f"不是合格的JSON：第{problem.lineno}行第{problem.colno}列附近写法有误。"
        return
    except (ValueError, RecursionError):
        yield 0, "不是合格的JSON：有过长的数，或者层次过深。"
        return
    place = _place(file.name, content)
    if isinstance(place, str):
        yield 0, place
        return
    for part, names in ((content, ("meta", "rows")), (content["meta"], _META)):
        yield from ((0, each) for each in _misnamed(part, names))
    for number, row in enumerate(content["rows"], start=1):
        yield from ((number, each) for each in _editions(place, number, row))


def _place(file: str, content: Any) -> _Place | str:
    if not isinstance(content, dict) or not isinstance(content.get("rows"), list):
        return "应当是一个对象，其中rows是规则的列表。"
    meta = content.get("meta")
    if not isinstance(meta, dict) or not _is_one_of(meta.get("topic"), TOPICS):
        return f"meta里的topic应当是{'、'.join(TOPICS)}之一。"
    level, division = meta.get("level", NATION), meta.get("division", "")
    if not _is_one_of(level, (NATION, PROVINCE)):
        return "meta里的level应当是nation（国家）或者province（省级）。"
    if (level == PROVINCE) != (isinstance(division, str) and len(division) == 6 and division.isdigit()):
        return "省级的规则应当在meta里写明division（6位行政区划代码）；国家的规则不写。"
    publisher = meta.get("published_by") or (PUBLISHER if level == NATION else "")
    if not publisher:
        return "省级的规则应当在meta里写明published_by（发布的机关）。"
    return _Place(file, meta["topic"], level, division if level == PROVINCE else "", str(publisher))


def _editions(place: _Place, number: int, row: Any) -> Iterator[Edition | str]:
    """The editions of one row, one per key; or everything that is wrong with it."""
    if not isinstance(row, dict):
        yield "应当是一个对象。"
        return
    content = {name: value for name, value in row.items() if name not in _RESERVED}
    named = row.get("keys", [row["key"]] if "key" in row else [])
    if place.topic == "competence" and place.level == PROVINCE:
        content.setdefault("running", contents.RUNNING[0])
    wrong = [
        *_misnamed(row, (*_RESERVED, *contents.NAMES[place.topic])),
        *_why_not_row(row, named),
        *contents.why_not(place.topic, named, content),
        *_why_not_here(place, named, row),
    ]
    if wrong:
        yield from wrong
        return
    valid_from = date.fromisoformat(row["valid_from"])
    for key in named:
        yield Edition(
            id=f"{place.division or NATION}:{place.topic}:{key}@{valid_from}",
            topic=place.topic,
            key=key,
            content=content,
            valid_from=valid_from,
            valid_to=date.fromisoformat(row["valid_to"]) if row.get("valid_to") else None,
            recorded_at=datetime.combine(valid_from, time(), _SHANGHAI),
            published_by=place.published_by,
            basis=row["basis"].strip(),
            level=place.level,
            division=place.division,
            transition=row.get("transition", FILING_DAY),
            confidence=row.get("confidence", "known"),
            seq=number,
            origin=f"{place.file} 第{number}条",
        )


def _misnamed(part: Mapping[str, Any], names: Iterable[str]) -> Iterator[str]:
    """Names that mean nothing here, and names that were given twice: they would be passed over without a word."""
    known = tuple(names)
    for name in part:
        if name not in known:
            yield f"不认识“{_short(name)}”{keys.guess(name, known)}，这里可以写的有：{'、'.join(known)}。"
    for name in getattr(part, "twice", ()):
        yield f"“{_short(name)}”写了两次，不知道以哪一个为准。"


def _short(name: str) -> str:
    return name if len(name) <= 40 else f"{name[:40]}…"


def _why_not_here(place: _Place, named: Any, row: Mapping[str, Any]) -> Iterator[str]:
    """What may stand in no row of its topic, or in no file."""
    if place.topic == "time_limit" and row.get("transition") == DECISION_DAY:
        yield "时限的transition不能是decision_day：一段期限开始的时候告知多长，就走多长。"
    if place.topic == "competence" and row.get("running", contents.RUNNING[0]) != contents.RUNNING[0]:
        yield "在办的申请要移交的，请在“规则”页面调整许可权限：先看移交方案再发布。文件里的running只能写stay。"
    for key in named if isinstance(named, list) else ():
        if isinstance(key, str) and (reason := keys.why_not_known(place.topic, key)):
            yield reason


def _why_not_row(row: Mapping[str, Any], named: Any) -> Iterator[str]:
    """What is wrong with the parts that every row has."""
    if not isinstance(named, list) or not named or not all(isinstance(key, str) and key for key in named):
        yield "没有写明是哪一项（key，或者列表keys）。"
    elif "keys" in row and "key" in row:
        yield "key和keys只写一个。"
    if not isinstance(row.get("basis"), str) or not row["basis"].strip():
        yield "没有写明依据（basis）：每条规则都要有法律、文件和条款作依据。"
    if not _is_one_of(row.get("transition", FILING_DAY), TRANSITIONS):
        yield f"transition应当是{'、'.join(TRANSITIONS)}之一，现为“{row['transition']}”。"
    if not _is_one_of(row.get("confidence", "known"), CONFIDENCES):
        yield f"confidence应当是{'、'.join(CONFIDENCES)}之一，现为“{row['confidence']}”。"
    if not _is_storable(row):
        yield "有不能保存的字符（控制字符或者不完整的字符），请删除后重新输入。"
    first, last = _day(row.get("valid_from")), _day(row.get("valid_to"))
    if first is None:
        yield f"生效日期（valid_from）应当写成2026-03-01这样，现为“{row.get('valid_from') or '空'}”。"
    if row.get("valid_to") and last is None:
        yield f"失效日期（valid_to）应当写成2026-12-31这样，或者null，现为“{row['valid_to']}”。"
    if first and last and last < first:
        yield f"日期次序颠倒：失效日期{last}早于生效日期{first}。"


def _is_one_of(value: Any, known: Iterable[str]) -> bool:
    return isinstance(value, str) and value in tuple(known)


def _is_storable(value: Any) -> bool:
    """Whether every text in it can be kept: the database takes no NUL, and no half of a character."""
    if isinstance(value, Mapping):
        return all(_is_storable(each) for pair in value.items() for each in pair)
    if isinstance(value, list):
        return all(_is_storable(each) for each in value)
    return not isinstance(value, str) or not any(ord(c) in _NOT_KEPT for c in value)


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _overlapping(found: Iterable[tuple[str, int, Edition]]) -> list[Fault]:
    """Rows of one key whose days overlap: which of them would apply is not said."""
    seen: dict[tuple[str, str, str], list[tuple[str, int, Edition]]] = {}
    faults: list[Fault] = []
    for file, row, edition in found:
        earlier = seen.setdefault((edition.topic, edition.key, edition.division), [])
        for other_file, other_row, other in earlier:
            if edition.speaks_of(max(edition.valid_from, other.valid_from)) and other.speaks_of(
                max(edition.valid_from, other.valid_from)
            ):
                where = f"第{other_row}条" if other_file == file else f"{other_file} 第{other_row}条"
                reason = f"“{edition.key}”的有效期和{where}重叠：{_days(edition)}与{_days(other)}。"
                faults.append(Fault(file, row, reason))
        earlier.append((file, row, edition))
    return faults


def _days(edition: Edition) -> str:
    return f"{edition.valid_from}至{edition.valid_to or '长期'}"


def why_not_allowed(book: RuleBook, editions: Iterable[Edition]) -> list[str]:
    """What the nation does not allow a province to say, as sentences, over all the days it would say it.

    What was read from a file is told with file and row.
    """
    said = (each for each in editions if each.level != NATION and not each.ends)
    return list(dict.fromkeys(f"{each.said_in}{reason}" for each in said for reason in _not_allowed(book, each)))


def _not_allowed(book: RuleBook, edition: Edition) -> Iterator[str]:
    for period in book.own_timeline(edition.topic, edition.key, division=""):
        day = max(period.begins, edition.valid_from)
        meets = period.holds(day) and edition.speaks_of(day)
        if meets and (reason := hierarchy.why_not(edition.topic, period.edition, edition)):
            yield reason
    if edition.topic == "competence" and (reason := contents.why_not_moved(book, edition)):
        yield reason
