"""An application to read over: everything typed, in words instead of codes. Drawn from the procedure, like the form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from xuke.catalogue.food import subcategory
from xuke.foundation import divisions
from xuke.licensing import masks
from xuke.licensing.models import Application, Material
from xuke.licensing.procedures import procedure
from xuke.licensing.procedures.food.goods import labelled
from xuke.licensing.procedures.form import Field, MaterialKind, Procedure, Rows, Section, Values


@dataclass(frozen=True)
class Line:
    """One thing that was asked, and the answer in words."""

    label: str
    value: str
    kind: str = ""


@dataclass(frozen=True)
class ReadTable:
    """A table as it was filled."""

    kind: Rows
    rows: tuple[tuple[Line, ...], ...]


@dataclass(frozen=True)
class Variety:
    """One product applied for."""

    code: str
    name: str
    detail: str
    remark: str
    is_main: bool
    extra: tuple[tuple[str, str], ...] = ()
    """What a special food says besides, each with its label."""


@dataclass(frozen=True)
class Filed:
    """One kind of file: the one that counts, and those it replaced."""

    kind: MaterialKind
    current: Material | None
    earlier: tuple[Material, ...]


@dataclass(frozen=True)
class ReadSection:
    """One section of the form."""

    section: Section
    is_asked: bool
    """Whether it is filled in; else it is taken over from the licence."""
    lines: tuple[Line, ...]
    tables: tuple[ReadTable, ...]
    varieties: tuple[Variety, ...]
    files: tuple[Filed, ...]


def overview(
    application: Application, materials: Iterable[Material], *, on: date, masked: bool = False
) -> tuple[ReadSection, ...]:
    """The whole form, section by section; names of places as they were on a day.

    With `masked`, for officers: telephone numbers with their middle hidden, and the promises at the end left out.
    """
    filed = list(materials)
    reader = _Reader(on, masked)
    return tuple(
        _section(section, application.form.get(section.name, {}), filed, reader, is_asked=is_asked)
        for section, is_asked in shown(procedure(application.procedure), application.form)
    )


def shown(which: Procedure, form: Values) -> Iterator[tuple[Section, bool]]:
    """What is asked, and what is taken over from the licence as it stands, in the order of the form; which of both."""
    asked = {section.name: section for section in which.asked(form)}
    for section in which.sections:
        if section.name in asked:
            yield asked[section.name], True
        elif form.get(section.name):
            yield replace(section, materials=()), False


@dataclass(frozen=True)
class _Reader:
    """How values become words."""

    on: date
    masked: bool

    def line(self, field: Field, values: Values) -> Line:
        """A value with its label."""
        return Line(field.label, self.words(field, str(values.get(field.name, ""))), field.kind)

    def words(self, field: Field, value: str) -> str:
        """A value as people read it."""
        if field.kind == "division":
            return (divisions.full_name(value, self.on) or value) if value else ""
        if field.kind in ("yes", "tick"):
            return "是" if value else ""
        if field.kind == "date" and value:
            return spelled(value)
        if field.kind == "phone" and self.masked:
            return masks.phone(value)
        return dict(field.choices).get(value, value)


def _section(
    section: Section, values: Values, filed: list[Material], reader: _Reader, *, is_asked: bool
) -> ReadSection:
    return ReadSection(
        section=section,
        is_asked=is_asked,
        lines=tuple(reader.line(each, values) for each in section.fields if _is_read(each, values, reader)),
        tables=tuple(
            ReadTable(
                table,
                tuple(tuple(reader.line(each, row) for each in table.fields) for row in values.get(table.name) or []),
            )
            for table in section.rows
        ),
        varieties=varieties(values) if section.varieties else (),
        files=tuple(_filed(kind, filed) for kind in section.materials),
    )


def _is_read(field: Field, values: Values, reader: _Reader) -> bool:
    """Boxes that were left empty say nothing, and promises are no news to officers."""
    if field.kind == "tick":
        return bool(values.get(field.name))
    return not (reader.masked and field.kind == "yes")


def spelled(value: str) -> str:
    """A day as people read it; what is no day stays as it was typed."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    return f"{day.year}年{day.month}月{day.day}日"


def varieties(values: Values) -> tuple[Variety, ...]:
    """The products of a section, with the names they were filed under; in a draft, those of the catalogue."""
    found = []
    for row in values.get("varieties", []):
        code = str(row.get("code", ""))
        known = subcategory(code)
        name = row.get("name") or (known.name if known else "")
        found.append(
            Variety(code, name, row.get("detail", ""), row.get("remark", ""), bool(row.get("main")), labelled(row))
        )
    return tuple(found)


def _filed(kind: MaterialKind, filed: list[Material]) -> Filed:
    mine = [material for material in filed if material.kind == kind.name]
    current = next((material for material in mine if material.superseded_at is None), None)
    return Filed(kind, current, tuple(material for material in mine if material.superseded_at is not None))
