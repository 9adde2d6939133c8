"""The parts of a guide, read from what checks and decides an application: steps, fields with a model, who decides.

Whatever the form asks stands in the guide without being written twice; what only words can say (when a part is asked,
how a field is filled in) stands here beside the names it belongs to.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from xuke.catalogue import competence, food
from xuke.catalogue.limits import TimeLimit
from xuke.documents.kinds import KINDS
from xuke.knowledge import library
from xuke.licensing.procedures.food import changing, goods, parts
from xuke.licensing.procedures.form import (
    NONE,
    OPTIONAL,
    REQUIRED,
    Field,
    Law,
    MaterialKind,
    Procedure,
    Rows,
    Section,
    Values,
    VisitFacts,
    VisitNeed,
    always,
    never,
)
from xuke.publication import bases

UNITS = {"working_day": "个工作日", "day": "日", "month": "个月", "year": "年"}
_WAYS: Mapping[str, tuple[str, ...]] = {
    "report": ("submit", "record_report"),
    "cancellation": ("submit", "accept", "begin_review", "cancel_licence"),
}
_WAY = ("submit", "accept", "begin_review", "assign_verification", "propose", "grant", "record_certificate")
"""The steps of an ordinary case, by their verbs in the table of the life."""
_TERM_OF = {
    "accept": "acceptance",
    "assign_verification": "verification",
    "grant": "decision",
    "cancel_licence": "decision",
    "record_certificate": "issue",
}
_SPECIAL = "申请特殊食品的"
WHEN: Mapping[Callable[..., bool], str] = {
    goods.has_special: _SPECIAL,
    changing.opens_special: _SPECIAL,
    changing.adds_or_drops_products: "变更食品类别或者品种明细的",
    changing.moves_things: "变更设备布局和工艺流程、食品类别的，或者生产条件发生变化的",
    changing.renews_equipment: "变更主要设备设施、食品类别的，或者生产条件发生变化的",
    changing.changes_little: "只变更品种明细、外设仓库等事项的",
    parts.have_changed: "生产条件发生变化的",
    parts.are_unchanged: "生产条件没有变化的",
    goods.on_promise: "选择告知承诺的",
    goods.offers_commitment: "本地开通告知承诺的",
}
_SOMETIMES = "视前面填写的内容而定"
_EXAMPLES = {
    "producer_name": "宜昌禾穗食品有限公司",
    "uscc": "91420506MA7K3F2X8C",
    "legal_representative": "吴建国",
    "domicile": "湖北省宜昌市夷陵区兴禾路16号",
    "contact_name": "吴晓梅",
    "contact_phone": "13800000000",
    "division_code": "湖北省宜昌市夷陵区",
    "production_address": "小溪塔街道兴禾路16号2幢",
    "area": "1200",
    "surroundings": "东临兴禾路，其余三面为厂房，25米内没有污染源",
    "since": "2026-10-14",
}
_BY_KIND = {"date": "2026-10-14", "number": "12", "phone": "13800000000"}
_TICKS = {"yes": "同意的勾选", "tick": "有这一项的勾选"}
_ROWS = {
    "equipment": "旋转烤炉，SL-20，2台，烘烤",
    "people": "王敏，食品安全管理人员，大专、食品工程",
    "warehouse": "小溪塔街道兴禾路20号，成品",
}
"""A row of the table of a section."""


@dataclass(frozen=True)
class Step:
    """One step of the way, how long it takes, and on what it rests."""

    title: str
    words: str
    basis: str


@dataclass(frozen=True)
class Asked:
    """One thing to fill in, with a model (示范文本) and the reason."""

    label: str
    how: str
    example: str
    basis: str
    optional: bool = False
    when: str = ""


@dataclass(frozen=True)
class File:
    """One file to hand in: why, and in which cases."""

    kind: MaterialKind
    when: str


@dataclass(frozen=True)
class Visit:
    """Whether somebody comes to see, in which case, and why."""

    words: str
    reason: str
    basis: str


_NEEDS = {REQUIRED: "应当核查", OPTIONAL: "可以不核查", NONE: "不核查"}


@dataclass(frozen=True)
class Decider:
    """The level of authority that decides, for which categories, on which basis."""

    level: str
    categories: str
    basis: str
    is_uncertain: bool


def said(limit: TimeLimit) -> str:
    """5个工作日内; with the extension that is allowed."""
    unit = UNITS[limit.unit]
    if limit.value == 0:
        return "届满之前"
    before = "之前" if limit.direction == "before" else "内"
    more = f"，经批准可以延长{limit.extension}{unit}" if limit.extension else ""
    return f"{limit.value}{unit}{before}{more}"


def steps(procedure: Procedure, limits: Iterable[TimeLimit]) -> tuple[Step, ...]:
    """The way of an ordinary case."""
    by_name = {limit.id.rpartition(".")[2]: limit for limit in limits}
    needs = {each.need for each in needs_of(procedure)}
    found = []
    for verb in _WAYS.get(procedure.kind, _WAY):
        if verb == "assign_verification" and needs == {NONE}:
            continue
        title, basis = bases.STEPS[verb]
        limit = by_name.get(_TERM_OF.get(verb, ""))
        words = f"{limit.starts_from}起{said(limit)}" if limit else _UNTIMED.get(verb, "计入决定时限")
        if verb == "assign_verification":
            title, words = "现场核查", words if needs == {REQUIRED} else f"需要核查的，{words}"
        found.append(Step(procedure.in_words(title), procedure.in_words(words), basis))
    if not procedure.is_recorded:  # What is only recorded is no decision to announce.
        found.append(Step("公开", "作出决定随即公示", "行政许可法第四十条"))
    return tuple(found)


_UNTIMED = {"submit": "网上提交，即时给出接收凭证", "record_report": "核对记录，更新电子证书"}


def visits(procedure: Procedure) -> tuple[Visit, ...]:
    """When somebody comes to see, and when not: what the item answers to every kind of form."""
    return tuple(
        Visit(_NEEDS[each.need], each.reason, each.law.title)
        for need in _NEEDS
        for each in needs_of(procedure)
        if each.need == need
    )


def needs_of(procedure: Procedure) -> tuple[VisitNeed, ...]:
    """Every different answer of the item to forms in which one thing changes, or the conditions."""
    ticks = [field.name for section in procedure.sections for field in section.fields if field.kind == "tick"]
    forms: list[Values] = [{"changes": {name: "yes"}} for name in ticks] or [{}]
    if procedure.section("conditions"):
        said = ({"production": answer, "around": answer} for answer in (parts.SAME, parts.OTHER))
        forms = [{**form, "conditions": each} for each in said for form in forms]
    return tuple(dict.fromkeys(procedure.visit(VisitFacts(form)) for form in forms))


def sections(procedure: Procedure) -> tuple[tuple[Section, tuple[Asked, ...], str], ...]:
    """The form, step by step, with what is asked in it and when the step is asked at all."""
    found = []
    for section in procedure.sections:
        asked = tuple(_asked(section)) if section.when is not never else ()
        if asked:
            found.append((section, asked, _when(section.when)))
    return tuple(found)


def _asked(section: Section) -> Iterator[Asked]:
    seen: set[str] = set()
    for field in section.fields:
        if field.name not in seen:  # The same choice among other options.
            seen.add(field.name)
            yield _of_field(field, section)
    if section.varieties:
        yield Asked("食品类别和品种明细", "从目录里选择，写明品种", "2401 热加工糕点：烘烤类糕点", _law(section.law))
    for table in section.rows:
        yield _of_rows(table, section)


def _of_field(field: Field, section: Section) -> Asked:
    when = _when(field.when) if field.when is not section.when else ""
    return Asked(field.label, _how(field), _example(field), _law(field.law or section.law), field.optional, when)


def _how(field: Field) -> str:
    if field.hint:
        return field.hint
    if field.choices:
        return f"选择：{'、'.join(words for _, words in field.choices)}"
    return "已从登记信息取得，请核对" if field.known else _TICKS.get(field.kind, "")


def _example(field: Field) -> str:
    if field.kind in _TICKS:
        return "勾选"
    by_kind = field.choices[0][1] if field.choices else _BY_KIND.get(field.kind, "")
    return field.example or _EXAMPLES.get(field.name) or by_kind


def _of_rows(table: Rows, section: Section) -> Asked:
    columns = "、".join(field.label for field in table.fields)
    how = f"表格：{columns}{f'。{table.hint}' if table.hint else ''}"
    return Asked(table.label, how, _ROWS.get(section.name, ""), _law(table.law or section.law))


def _law(law: Law | None) -> str:
    return law.title if law else ""


def files(procedure: Procedure) -> tuple[File, ...]:
    """The files to hand in, and in which cases."""
    return tuple(
        File(kind, _when(section.when) if kind.when is always else _when(kind.when))
        for section in procedure.sections
        for kind in section.materials
    )


def _when(when: Callable[..., bool]) -> str:
    return "" if when is always else WHEN.get(when, _SOMETIMES)


def deciders(*, on: date, division: str) -> tuple[Decider, ...]:
    """Who decides on which categories, from the highest level down."""
    found: dict[tuple[str, str, bool], list[str]] = {}
    for category in food.categories():
        levels = competence.levels([each.code for each in category.subcategories], on=on, division=division)
        whole = len(set(levels.values())) == 1
        for each in category.subcategories:
            if (at := levels.get(each.code)) is None:
                continue  # Its edition has ended, and nobody licenses it.
            name = category.name if whole else f"{category.name}（{each.name}）"
            found.setdefault((at.level, at.basis, at.is_uncertain), []).append(name)
    return tuple(
        Decider(competence.TITLES[level], "、".join(dict.fromkeys(names)), basis, uncertain and not _says_so(basis, on))
        for (level, basis, uncertain), names in sorted(
            found.items(), key=lambda item: competence.LEVELS.index(item[0][0])
        )
    )


def _says_so(basis: str, on: date) -> bool:
    """Whether what is cited is itself marked as uncertain where it is shown."""
    return any(each.is_uncertain for each in library.find(basis, on))


def notice_of(procedure: Procedure) -> str:
    """The title of the notice that a favourable decision is served as."""
    return next((kind.title for kind in KINDS if kind.name == procedure.decision_notice), "")


def version(procedure: Procedure, limits: Iterable[TimeLimit], who: Iterable[Decider], local: Iterable[Any]) -> str:
    """A short mark that changes when anything does that the guide shows; `local` is what places have published."""
    shown: list[Any] = [procedure.code, procedure.title, procedure.basis, procedure.results, *who, *local]
    shown += [(limit.id, limit.value, limit.extension, limit.basis) for limit in limits]
    shown += [(section.name, asked, when) for section, asked, when in sections(procedure)]
    shown += [(each.kind.label, each.kind.hint, each.when) for each in files(procedure)]
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:8].upper()
