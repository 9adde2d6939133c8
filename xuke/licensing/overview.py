"""An application to read over: everything typed, in words instead of codes. Drawn from the procedure, like the form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from xuke.catalogue.food import subcategory
from xuke.foundation import divisions
from xuke.licensing.models import Application, Material
from xuke.licensing.procedures import procedure
from xuke.licensing.procedures.form import Field, MaterialKind, Rows, Section, Values


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
    lines: tuple[Line, ...]
    tables: tuple[ReadTable, ...]
    varieties: tuple[Variety, ...]
    files: tuple[Filed, ...]


def overview(application: Application, materials: Iterable[Material], *, on: date) -> tuple[ReadSection, ...]:
    """The whole form, section by section; names of places as they were on a day."""
    filed = list(materials)
    return tuple(
        _section(section, application.form.get(section.name, {}), filed, on)
        for section in procedure(application.procedure).sections
    )


def _section(section: Section, values: Values, filed: list[Material], on: date) -> ReadSection:
    return ReadSection(
        section=section,
        lines=tuple(_line(field, values, on) for field in section.fields),
        tables=tuple(
            ReadTable(
                table,
                tuple(tuple(_line(field, row, on) for field in table.fields) for row in values.get(table.name) or []),
            )
            for table in section.rows
        ),
        varieties=varieties(values) if section.varieties else (),
        files=tuple(_filed(kind, filed) for kind in section.materials),
    )


def _line(field: Field, values: Values, on: date) -> Line:
    value = str(values.get(field.name, ""))
    return Line(field.label, _words(field, value, on), field.kind)


def _words(field: Field, value: str, on: date) -> str:
    if field.kind == "division":
        return divisions.full_name(value, on) if value else ""
    if field.kind == "yes":
        return "是" if value else ""
    return dict(field.choices).get(value, value)


def varieties(values: Values) -> tuple[Variety, ...]:
    """The products of a section, with the names of the catalogue."""
    found = []
    for row in values.get("varieties", []):
        code = str(row.get("code", ""))
        known = subcategory(code)
        name = known.name if known else ""
        found.append(Variety(code, name, row.get("detail", ""), row.get("remark", ""), bool(row.get("main"))))
    return tuple(found)


def _filed(kind: MaterialKind, filed: list[Material]) -> Filed:
    mine = [material for material in filed if material.kind == kind.name]
    current = next((material for material in mine if material.superseded_at is None), None)
    return Filed(kind, current, tuple(material for material in mine if material.superseded_at is not None))
