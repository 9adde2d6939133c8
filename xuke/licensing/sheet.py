"""The score sheet as people read it: what an item says, what a part adds up to, what is still missing. No database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from xuke.catalogue import food, score_sheet
from xuke.catalogue.score_sheet import Part, ScoreRule, SheetItem
from xuke.licensing import rules
from xuke.licensing.rules import NOT_APPLICABLE, Item, Score

Sheet = Mapping[str, Any]
WORDS = ("符合", "基本符合", "不符合")
"""What the scores of an item mean, from the highest down."""


def plain(value: Decimal) -> str:
    """3, 0.5: a score as it is stored and shown."""
    return format(value.normalize(), "f")


def rule_items(sheet: str = score_sheet.NEWEST) -> tuple[Item, ...]:
    """The items of a sheet as the rules count them."""
    return tuple(
        Item(item.number, item.part, item.title, item.most, item.scores, item.always)
        for item in score_sheet.items(sheet)
    )


def word_for(item: SheetItem, mark: str) -> str:
    """符合, 基本符合, 不符合, 不适用; empty for no mark."""
    if mark == NOT_APPLICABLE:
        return "不适用"
    values = [plain(score) for score in item.scores]
    return WORDS[values.index(mark)] if mark in values else ""


def note_of(sheet: Sheet, variety: str, number: int) -> str:
    """The facts noted for an item: the variety's own note, else the common one."""
    own = sheet.get("varieties", {}).get(variety, {}).get(str(number), {})
    return str(own.get("note") or sheet.get("common", {}).get(str(number), {}).get("note") or "")


def kept_rule(result: Mapping[str, Any]) -> ScoreRule | None:
    """The rule by which a visit was judged, as it is kept with its result; None before that."""
    kept = result.get("rule")
    return ScoreRule(**kept) if kept else None


def sheet_name(result: Mapping[str, Any]) -> str:
    """The sheet on which a visit was scored."""
    rule = kept_rule(result)
    return rule.sheet if rule else score_sheet.NEWEST


# One page to fill in -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Option:
    """One button of an item."""

    value: str
    word: str
    points: str
    chosen: bool
    is_zero: bool = False


@dataclass(frozen=True)
class Line:
    """One item with its buttons as they stand."""

    item: SheetItem
    options: tuple[Option, ...]
    mark: str
    """What counts: the variety's own mark, else the common one."""
    own: str
    """The mark given at this level; empty when there is none."""
    note: str
    by: str
    common: str
    """On the page of one variety: what was marked for all of them, in words."""
    common_mark: str
    exceptions: tuple[str, ...]
    """On the page of all varieties: which of them have a mark of their own, in words."""

    @property
    def needs_words(self) -> bool:
        """Whether the mark given here should be explained."""
        return self.own not in ("", plain(self.item.most))

    @property
    def lacks_words(self) -> bool:
        """Whether it has to be, and is not: an item at 0 without the facts, or one left out without the reason."""
        return self.own in ("0", NOT_APPLICABLE) and not self.note


@dataclass(frozen=True)
class Tab:
    """One of the six parts with its items."""

    part: Part
    lines: tuple[Line, ...]

    @property
    def scored(self) -> int:
        """How many items have a mark."""
        return sum(bool(line.mark) for line in self.lines)


def tabs(
    sheet: Sheet,
    variety: str = "",
    varieties: Sequence[Mapping[str, Any]] = (),
    *,
    is_new: bool = True,
    name: str = score_sheet.NEWEST,
) -> tuple[Tab, ...]:
    """The sheet, part by part, for all varieties or for one; `varieties` gives their names.

    `name`: of the sheet that the rules of the case ask for.
    `is_new`: whether something is to be made that was not before, and the items that always apply then do.
    """
    lines = [_line(sheet, item, variety, varieties, is_new) for item in score_sheet.items(name)]
    return tuple(
        Tab(part, tuple(line for line in lines if line.item.part == part.code)) for part in score_sheet.parts(name)
    )


def _line(sheet: Sheet, item: SheetItem, variety: str, varieties: Sequence[Mapping[str, Any]], is_new: bool) -> Line:
    shared = sheet.get("common", {}).get(str(item.number), {})
    given = sheet.get("varieties", {}).get(variety, {}).get(str(item.number), {}) if variety else shared
    own, common_mark = given.get("score", ""), shared.get("score", "") if variety else ""
    return Line(
        item=item,
        options=tuple(_options(item, own, may_be_left_out(item.always and is_new, variety, varieties))),
        mark=own or common_mark,
        own=own,
        note=given.get("note", ""),
        by=given.get("by", ""),
        common=word_for(item, common_mark),
        common_mark=common_mark,
        exceptions=() if variety else tuple(_exceptions(sheet, item, varieties)),
    )


def _exceptions(sheet: Sheet, item: SheetItem, varieties: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for row in varieties:
        mark = sheet.get("varieties", {}).get(row["key"], {}).get(str(item.number), {}).get("score", "")
        if mark:
            yield f"{row['name']}（{row['detail']}）{word_for(item, mark)}"


def may_be_left_out(always: bool, variety: str, varieties: Sequence[Mapping[str, Any]]) -> bool:
    """Whether an item may count as not applicable: of special foods, what registration has verified need not be
    verified again (Measures art. 21)."""
    rows = [row for row in varieties if not variety or row["key"] == variety]
    found = [food.category(str(row.get("category_code", ""))) for row in rows]
    return not always or bool(found and all(each and each.is_special_food for each in found))


def _options(item: SheetItem, chosen: str, may_leave_out: bool) -> Iterator[Option]:
    for score, word in zip(item.scores, WORDS, strict=True):
        value = plain(score)
        yield Option(value, word, f"{value}分", chosen == value, is_zero=score == 0)
    if may_leave_out:
        yield Option(NOT_APPLICABLE, "不适用", "不计", chosen == NOT_APPLICABLE)


# What it adds up to --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sum:
    """Points in words, for a part and for the whole."""

    score: Score

    @property
    def points(self) -> str:
        """What was given: 88."""
        return plain(self.score.points)

    @property
    def most(self) -> str:
        """What the items that apply can give: 94."""
        return plain(self.score.most)

    @property
    def percent(self) -> str:
        """93.6%, or a dash when no item applies."""
        return f"{self.score.rate:.1%}" if self.score.most else "—"

    @property
    def label(self) -> str:
        """The rate for a screen reader."""
        return f"得分率{self.percent}"

    @property
    def is_high_enough(self) -> bool:
        """Whether the rate reaches what the rule asks for, such as 85 %."""
        return self.score.is_high_enough


@dataclass(frozen=True)
class PartSum(Sum):
    """What one part adds up to, with what is worth saying about it."""

    part: Part
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class Account(Sum):
    """What a sheet says about varieties that were marked alike."""

    varieties: tuple[Mapping[str, Any], ...]
    parts: tuple[PartSum, ...]
    undescribed: tuple[SheetItem, ...]
    """Items at 0 without a note of the facts, and items left out without one of the reason."""

    @property
    def _items(self) -> tuple[SheetItem, ...]:
        return score_sheet.items(self.score.rule.sheet)

    @property
    def missing(self) -> tuple[SheetItem, ...]:
        """The items without a mark."""
        return tuple(item for item in self._items if item.number in self.score.unscored)

    @property
    def zeros(self) -> tuple[SheetItem, ...]:
        """The items at 0."""
        return tuple(item for item in self._items if item.number in self.score.zeros)


def accounts(sheet: Sheet, varieties: Sequence[Mapping[str, Any]], rule: ScoreRule) -> tuple[Account, ...]:
    """What the sheet adds up to, once for each set of varieties that were marked alike (审查通则2022: by variety)."""
    alike: dict[tuple[tuple[int, str], ...], list[Mapping[str, Any]]] = {}
    for row in varieties:
        alike.setdefault(tuple(sorted(rules.marks_for(sheet, row["key"]).items())), []).append(row)
    return tuple(_account(sheet, dict(marks), rows, rule) for marks, rows in alike.items())


def _account(sheet: Sheet, marks: dict[int, str], varieties: list[Mapping[str, Any]], rule: ScoreRule) -> Account:
    items = rule_items(rule.sheet)
    key = varieties[0]["key"]
    total = rules.score(items, marks, rule)
    parts = tuple(
        PartSum(
            rules.score([item for item in items if item.part == part.code], marks, rule),
            part,
            tuple(_remarks(sheet, key, part, marks, rule.sheet)),
        )
        for part in score_sheet.parts(rule.sheet)
    )
    bare = tuple(
        item
        for item in score_sheet.items(rule.sheet)
        if (item.number in total.zeros or marks.get(item.number) == NOT_APPLICABLE)
        and not note_of(sheet, key, item.number)
    )
    return Account(total, tuple(varieties), parts, bare)


def _remarks(sheet: Sheet, variety: str, part: Part, marks: Mapping[int, str], name: str) -> Iterator[str]:
    """Every item below the best, with its note; how many do not apply."""
    items = [item for item in score_sheet.items(name) if item.part == part.code]
    for item in items:
        mark = marks.get(item.number, "")
        note = note_of(sheet, variety, item.number)
        below = mark not in ("", NOT_APPLICABLE, plain(item.most))
        if below or (note and mark):
            yield f"{item.label} {item.title}{word_for(item, mark)}" + (f"：{note}" if note else "")
    if absent := sum(marks.get(item.number) == NOT_APPLICABLE for item in items):
        yield f"{absent}项不适用"
