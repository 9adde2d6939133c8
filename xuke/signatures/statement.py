"""The statement: everything a person saw and declared, in one text with one digest. Pure: no Django, no database.

Electronic Signature Law art. 13 asks that any change of the content after signing can be found; art. 5 that the content
stays complete and unaltered from its final form on, and can be shown when needed. So the statement is kept whole, as
canonical JSON (`xuke.foundation.canonical`): words as they stood on the page, values as they were filed, the digest of
every file, the declarations word for word with their law, who receives them, who signs, in which capacity, since when.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any

from xuke.foundation.canonical import encode, parse

VERSION = "xuke-statement-1"
LARGEST = 4_000_000
"""Characters; the largest form has a tenth of it."""
_SHORT = 16
"""Hexadecimal digits by which one part is told from another."""


class Kind(StrEnum):
    """What is declared."""

    SUBMISSION = "submission"
    CORRECTION = "correction"
    SPOT_CORRECTION = "spot_correction"
    COMMITMENT = "commitment"

    @property
    def words(self) -> str:
        """As pages and packages call it."""
        return _WORDS[self]


_WORDS = {
    Kind.SUBMISSION: "提交申请",
    Kind.CORRECTION: "补正后重新提交",
    Kind.SPOT_CORRECTION: "确认当场更正",
    Kind.COMMITMENT: "作出承诺",
}


class NotAStatement(ValueError):
    """A text that is no statement as we write them."""


@dataclass(frozen=True)
class Line:
    """Something that was asked, and the answer in the words of the page. `kind` is ``phone`` where it is private."""

    label: str
    value: str
    kind: str = ""


@dataclass(frozen=True)
class Table:
    """A table as it stood on the page; the labels of a row are the heads of its columns."""

    title: str
    rows: tuple[tuple[Line, ...], ...] = ()


@dataclass(frozen=True)
class Part:
    """One section of what was shown."""

    name: str
    title: str
    lines: tuple[Line, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True)
class Filed:
    """A file that belongs to it, by the SHA-256 of its content."""

    kind: str
    label: str
    name: str
    digest: str


@dataclass(frozen=True)
class Declaration:
    """What is declared, word for word, and the law on which it rests."""

    text: str
    basis: str = ""
    basis_text: str = ""


@dataclass(frozen=True)
class Party:
    """An enterprise or an authority: its name and its code."""

    name: str
    code: str = ""
    head: str = ""
    """The legal representative of an enterprise."""


@dataclass(frozen=True)
class Signer:
    """Who signs, in which capacity, for how long: the person and the mandate as they stand at this moment."""

    name: str
    """The proven real name."""
    capacity: str
    document: str
    """The kind of document by which the name was proven, in words."""
    document_to: str
    """The last day of that document, ISO; empty where it has none."""
    mandate_from: str
    """The first day of the mandate, ISO."""
    mandate_over: str
    """The first day on which it is no longer valid; empty while no end was said."""


@dataclass(frozen=True)
class Statement:
    """One declaration over one state of one subject."""

    kind: Kind
    about: str
    """The stream of the subject, such as ``application:0192…``."""
    revision: int
    """The state of the subject that was shown."""
    on: str
    """The legal day, ISO."""
    salt: str
    """Keeps anybody from finding a telephone number by trying numbers until the digest fits."""
    title: str
    procedure: str
    receiver: Party
    enterprise: Party
    signer: Signer
    declarations: tuple[Declaration, ...]
    parts: tuple[Part, ...] = ()
    files: tuple[Filed, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    """The answers as codes, as they go into the case."""
    number: str = ""
    """The receipt number of the case, once it has one. Left out of the text while it has none."""

    @cached_property
    def encoded(self) -> bytes:
        """The canonical bytes: what is signed, by their digest."""
        facts = asdict(self)
        if not self.number:
            del facts["number"]
        return encode({**facts, "kind": self.kind.value, "type": VERSION})

    @property
    def text(self) -> str:
        """The same as text, which is kept."""
        return self.encoded.decode()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical bytes, in hexadecimal."""
        return hashlib.sha256(self.encoded).hexdigest()

    @cached_property
    def marks(self) -> dict[str, str]:
        """A short digest for every part, by which a page knows later what has changed since it was drawn."""
        return {place: hashlib.sha256(encode(content)).hexdigest()[:_SHORT] for place, _, content in _pieces(self)}

    def changes_since(self, seen: Mapping[str, str]) -> tuple[str, ...]:
        """The titles of the parts that are other than those marks say, in the order of the page."""
        now = self.marks
        changed = [title for place, title, _ in _pieces(self) if place in seen and seen[place] != now[place]]
        gone = ["已经没有的部分"] if set(seen) - set(now) else []
        return (*changed, *(title for place, title, _ in _pieces(self) if seen and place not in seen), *gone)


def _pieces(statement: Statement) -> Iterator[tuple[str, str, Any]]:
    """Name, title and content of everything that may change between reading and signing."""
    yield "about", "申请件", statement.about
    yield "kind", "办理的事项", statement.kind.value
    for name, title, whole in (
        ("enterprise", "企业信息", statement.enterprise),
        ("receiver", "受理机关", statement.receiver),
        ("signer", "签名人和授权", statement.signer),
    ):
        yield name, title, asdict(whole)
    for part in statement.parts:
        yield f"part.{part.name}", part.title, asdict(part)
    yield "files", "上传的材料", [asdict(file) for file in statement.files]
    yield "declarations", "声明的内容", [asdict(one) for one in statement.declarations]
    yield "on", "日期", statement.on


# --- read back --------------------------------------------------------------------------------------------------------


def read(text: str) -> Statement:
    """A statement from its text; raises `NotAStatement` unless it is exactly as we write it."""
    if len(text) > LARGEST:
        raise NotAStatement("the statement is too long")
    try:
        found = _read(parse(text))
        exact = found.text == text
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as problem:
        raise NotAStatement(str(problem)) from None
    if not exact:
        raise NotAStatement("not in the canonical form")
    return found


def _read(facts: Any) -> Statement:
    if facts["type"] != VERSION:
        raise NotAStatement("another version")
    return Statement(
        kind=Kind(facts["kind"]),
        about=facts["about"],
        revision=int(facts["revision"]),
        on=facts["on"],
        salt=facts["salt"],
        title=facts["title"],
        procedure=facts["procedure"],
        receiver=Party(**facts["receiver"]),
        enterprise=Party(**facts["enterprise"]),
        signer=Signer(**facts["signer"]),
        declarations=tuple(Declaration(**one) for one in facts["declarations"]),
        parts=tuple(_read_part(one) for one in facts["parts"]),
        files=tuple(Filed(**one) for one in facts["files"]),
        values=facts["values"],
        number=facts.get("number", ""),
    )


def _read_part(facts: Any) -> Part:
    tables = tuple(
        Table(one["title"], tuple(tuple(Line(**line) for line in row) for row in one["rows"]))
        for one in facts["tables"]
    )
    return Part(facts["name"], facts["title"], tuple(Line(**line) for line in facts["lines"]), tables)


# --- shown ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A statement as a page or a file shows it: before signing, and in the same words years later."""

    heading: str
    """What is done, with what: 提交申请 · 食品生产许可首次申请."""
    lines: tuple[Line, ...]
    """Who declares what to whom, and when."""
    declarations: tuple[Declaration, ...]
    parts: tuple[Part, ...]
    files: tuple[Filed, ...]


def as_shown(statement: Statement, *, hide: Callable[[str], str] | None = None) -> Shown:
    """The readable form. `hide` replaces telephone numbers, for readers who do not see them whole."""
    signer = statement.signer
    until = f"，{_day(signer.mandate_over)}起不再有效" if signer.mandate_over else "，没有终止日"
    valid = f"有效期至{_day(signer.document_to)}" if signer.document_to else "没有终止日"
    lines = (
        Line("声明人", statement.enterprise.name),
        Line("统一社会信用代码", statement.enterprise.code),
        Line("法定代表人（负责人）", statement.enterprise.head),
        Line("签名人", f"{signer.name}（{signer.capacity}）"),
        Line("授权", f"{_day(signer.mandate_from)}起有效{until}"),
        Line("实名", f"经{signer.document}核验，{valid}"),
        Line("受理机关", statement.receiver.name),
        Line("接收凭证", statement.number),
        Line("日期", _day(statement.on)),
    )
    return Shown(
        heading=f"{statement.kind.words} · {statement.title}",
        lines=tuple(line for line in lines if line.value),
        declarations=statement.declarations,
        parts=tuple(_shown_part(part, hide) for part in statement.parts),
        files=statement.files,
    )


def _day(text: str) -> str:
    """2026-07-25 as 2026年7月25日; anything else as it stands."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{day.year}年{day.month}月{day.day}日"


def _shown_part(part: Part, hide: Callable[[str], str] | None) -> Part:
    if hide is None:
        return part

    def line(one: Line) -> Line:
        return Line(one.label, hide(one.value), one.kind) if one.kind == "phone" else one

    tables = tuple(Table(table.title, tuple(tuple(map(line, row)) for row in table.rows)) for table in part.tables)
    return Part(part.name, part.title, tuple(map(line, part.lines)), tables)


def as_text(statement: Statement) -> str:
    """The readable form as plain text, for the package.

    Packages that were taken away are compared with it when they are checked, so its wording is kept.
    """
    shown = as_shown(statement)
    out = [shown.heading, ""]
    out += [f"{line.label}：{line.value}" for line in shown.lines]
    for declaration in shown.declarations:
        basis = f"（{declaration.basis}：{declaration.basis_text}）" if declaration.basis else ""
        out += ["", f"声明：{declaration.text}{basis}"]
    for part in shown.parts:
        out += ["", f"【{part.title}】", *(f"{line.label}：{line.value or '没有填写'}" for line in part.lines)]
        for table in part.tables:
            out += [f"{table.title}：", *("　" + _row(row) for row in table.rows)]
    out += ["", "【上传的材料】", *(f"{file.label}：{file.name}，SHA-256 {file.digest}" for file in shown.files)]
    return "\n".join(out) + "\n"


def _row(row: tuple[Line, ...]) -> str:
    return "；".join(f"{line.label} {line.value or '—'}" for line in row)
