"""What was typed into a form: brought into one shape, and what is wrong with it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from xuke.foundation.refusals import Invalid, Problem
from xuke.licensing.procedures.form import Field, Procedure, Rows, Section, Values


def shaped(section: Section, values: Values) -> dict[str, Any]:
    """What was typed in a section, in the one shape that everything below reads: texts, and rows of texts.

    What the section does not ask for is left out (Administrative Permit Law art. 31), and so is what was not given.
    Raises `Invalid` where a text is something else, which no page of ours sends.
    """
    found: dict[str, Any] = {
        field.name: _text(values[field.name], f"{section.name}.{field.name}")
        for field in section.fields
        if field.name in values
    }
    for table in section.rows:
        if table.name in values:
            names = [field.name for field in table.fields]
            found[table.name] = _rows(values[table.name], names, f"{section.name}.{table.name}")
    if section.varieties and "varieties" in values:
        place = f"{section.name}.varieties"
        rows = _rows(values["varieties"], [*VARIETY], place, ("main",))
        found["varieties"] = rows
    return found


VARIETY = (
    "key",
    "code",
    "name",
    "category_code",
    "category",
    "detail",
    "remark",
    "registration",
    "registered_to",
    "entrusting",
    "entrusting_domicile",
)
"""The texts of a row of products; the ones between `key` and `detail` but `code` are filled in at submission. Special
foods say the last four (`procedures.food.goods`)."""


def _rows(given: Any, names: Sequence[str], place: str, marks: Sequence[str] = ()) -> list[dict[str, Any]]:
    if not isinstance(given, list | tuple) or not all(isinstance(row, Mapping) for row in given):
        raise Invalid(Problem(place, "这里应当是一张表格。"))
    return [
        {name: _text(row[name], f"{place}.{index}.{name}") for name in names if name in row}
        | {name: bool(row[name]) for name in marks if name in row}
        for index, row in enumerate(given)
    ]


def _text(given: Any, place: str) -> str:
    if not isinstance(given, str | int):
        raise Invalid(Problem(place, "这里只能填写文字。"))
    return str(given).strip()


EARLIEST, LATEST = 2004, 2099
"""Years in which working days are counted (`foundation.calendar`)."""


def check_section(procedure: Procedure, section: Section, form: Values, filed: frozenset[str]) -> tuple[Problem, ...]:
    """Everything that is wrong in one section; the problem's field is ``section.field`` or ``section.rows.0.field``."""
    values: Values = form.get(section.name, {})
    problems = [*_check_fields(section.fields, values, section.name)]
    for table in section.rows:
        problems += _check_rows(table, values.get(table.name) or [], section.name)
    if section.varieties:
        problems += procedure.check_varieties(list(values.get("varieties", [])))
    for kind in section.materials:
        if not kind.optional and kind.name not in filed:
            problems.append(Problem(f"{section.name}.{kind.name}", f"请上传{kind.label}。"))
    return tuple(problems)


def check_form(procedure: Procedure, form: Values, filed: frozenset[str]) -> tuple[Problem, ...]:
    """Everything that is wrong in the whole form, section by section, then between the sections."""
    asked = procedure.asked(form)
    inside = [problem for section in asked for problem in check_section(procedure, section, form, filed)]
    return (*inside, *(problem for check in procedure.checks for problem in check(form)))


def _check_fields(fields: tuple[Field, ...], values: Values, prefix: str) -> list[Problem]:
    problems = []
    for field in fields:
        value = values.get(field.name, "")
        if sentence := check_field(field, value if isinstance(value, str) else str(value)):
            problems.append(Problem(f"{prefix}.{field.name}", sentence))
    return problems


_ASKING = {"choice": "选择", "division": "选择"}
"""How a missing value is asked for, by the kind of its control; else one fills in."""


def check_field(field: Field, value: str) -> str:
    """What is wrong with one value, as a sentence, or an empty string."""
    text = value.strip()
    if not text:
        if field.optional or field.kind == "tick":
            return ""
        return (
            f"请勾选“{field.label}”。" if field.kind == "yes" else f"请{_ASKING.get(field.kind, '填写')}{field.label}。"
        )
    if len(text) > field.most:
        return f"{field.label}最多{field.most}个字，现在有{len(text)}个字。"
    if field.choices and text not in {code for code, _ in field.choices}:
        return f"请在列出的选项里选择{field.label}。"
    if field.kind == "date" and not _is_day(text):
        return f"{field.label}请按“2026-10-14”的样子填写。"
    return field.check(text) if field.check else ""


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def check_happened(text: str) -> str:
    """Working days can be counted from the day on which something happened, or is planned to."""
    found = date.fromisoformat(text)
    return "" if EARLIEST <= found.year <= LATEST else f"日期应当在{EARLIEST}年到{LATEST}年之间，请核对。"


def day_at(form: Values, place: str) -> date | None:
    """The day that stands at a place of a form, such as ``changes.since``; None where there is none."""
    section, _, name = place.partition(".")
    text = str(form.get(section, {}).get(name, ""))
    return date.fromisoformat(text) if _is_day(text) else None


def _check_rows(table: Rows, rows: list[Any], section: str) -> list[Problem]:
    prefix = f"{section}.{table.name}"
    if len(rows) < table.least:
        return [Problem(prefix, f"请至少填写{table.least}行{table.label}。")]
    if len(rows) > table.most:
        return [Problem(prefix, f"{table.label}最多{table.most}行，更多的请合并填写。")]
    problems = []
    for index, row in enumerate(rows):
        found = _check_fields(table.fields, row if isinstance(row, dict) else {}, f"{prefix}.{index}")
        problems += [Problem(each.field, f"{table.label}第{index + 1}行：{each.message}") for each in found]
    return problems


def texts(form: Values) -> tuple[tuple[str, str], ...]:
    """Every text in a form with the place it stands at, for checks that read all of it."""
    found: list[tuple[str, str]] = []

    def walk(value: Any, place: str) -> None:
        if isinstance(value, str):
            found.append((place, value))
        elif isinstance(value, Mapping):
            for key, inner in value.items():
                walk(inner, f"{place}.{key}" if place else str(key))
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                walk(inner, f"{place}.{index}")

    walk(form, "")
    return tuple(found)
