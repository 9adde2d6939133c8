"""The form of a procedure on the web: what was typed becomes values, values become controls.

Everything is drawn from the procedure's data; no field is named here. Reading never refuses: a draft keeps what people
type, right or wrong. The name of a control is its place in the form, such as ``equipment.list.0.quantity``, and so is
the field of a `Problem`: a line of the error summary finds its control by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString

from xuke.catalogue.food import Category, Subcategory, categories, category, find, subcategory
from xuke.foundation.refusals import Problem
from xuke.foundation.typed import why_not_seen
from xuke.licensing.procedures.checking import texts
from xuke.licensing.procedures.food import goods
from xuke.licensing.procedures.form import Field, MaterialKind, Rows, Section, Values
from xuke.web.forms import PlainForm
from xuke.web.numbers import whole

Choices = Sequence[tuple[str, Any]]
Problems = Mapping[str, list[str]]

MOST_ROWS_READ = 500
"""Rows of one table that are read from one request; the check refuses far fewer."""


# --- what was typed -----------------------------------------------------------------------------------------------


def read(section: Section, data: QueryDict, before: Values, *, without: str = "") -> dict[str, Any]:
    """The values of a section as typed. What did not arrive stays as it was; rows that were left blank go.

    `without` is the place of a row that somebody removes, such as ``list.2``.
    """
    values: dict[str, Any] = {
        field.name: _text(data, f"{section.name}.{field.name}", before.get(field.name, "")) for field in section.fields
    }
    for table in section.rows:
        names = [field.name for field in table.fields]
        values[table.name] = _rows(data, section, table.name, names, before, without)
    if section.varieties:
        values["varieties"] = _varieties(data, section, before, without)
    return values


def _text(data: QueryDict, name: str, before: Any = "") -> str:
    """The last value under a name."""
    found = data.getlist(name)
    return found[-1].replace("\r\n", "\n").strip() if found else str(before)


def _places(data: QueryDict, at: str, without: str) -> list[int] | None:
    """The rows that arrived, or None when the table was not on the page."""
    count = whole(data.get(f"{at}.count", ""))
    if count is None:
        return None
    return [place for place in range(min(count, MOST_ROWS_READ)) if f"{at}.{place}".partition(".")[2] != without]


def _rows(
    data: QueryDict, section: Section, table: str, names: list[str], before: Values, without: str
) -> list[dict[str, str]]:
    at = f"{section.name}.{table}"
    places = _places(data, at, without)
    if places is None:
        return list(before.get(table, []))
    rows = [{name: _text(data, f"{at}.{place}.{name}") for name in names} for place in places]
    return [row for row in rows if any(row.values())]


def _varieties(data: QueryDict, section: Section, before: Values, without: str) -> list[dict[str, Any]]:
    at = f"{section.name}.varieties"
    places = _places(data, at, without)
    if places is None:
        return list(before.get("varieties", []))
    return [
        {
            "code": _text(data, f"{at}.{place}.code"),
            "detail": _text(data, f"{at}.{place}.detail"),
            "remark": _text(data, f"{at}.{place}.remark"),
            "main": data.get(f"{at}.main") == str(place),
            **{name: said for name in goods.EXTRA if (said := _text(data, f"{at}.{place}.{name}"))},
        }
        for place in places
    ]


def with_variety(values: dict[str, Any], code: str) -> dict[str, Any]:
    """The values with one more product; the first one is the main product until somebody says otherwise."""
    rows = list(values.get("varieties", []))
    if subcategory(code) is None:
        return values
    return {**values, "varieties": [*rows, {"code": code, "detail": "", "remark": "", "main": not rows}]}


def unkept(section: Section, values: Values) -> list[Problem]:
    """What of a section cannot be kept even in a draft, each at its control."""
    return [
        Problem(place, sentence) for place, text in texts({section.name: values}) if (sentence := why_not_seen(text))
    ]


# --- how it is drawn ----------------------------------------------------------------------------------------------


class _Typed(forms.CharField):
    """Shows a value without judging it: the procedure's own checks do that."""

    def clean(self, value: Any) -> Any:
        return value


class _Tick(forms.CheckboxInput):
    """A tick that arrives even when it is not set, so that taking it away is told from not being on the page."""

    def format_value(self, value: Any) -> None:
        return None

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        ticked = super().render(name, value, {**(attrs or {}), "value": "yes"}, renderer)
        return format_html('<input type="hidden" name="{}" value="">{}', name, ticked)


class TypedForm(forms.Form):
    """Fields of a section, or of one row, with their values and with the problems found in them."""

    use_required_attribute = False

    def __init__(
        self, fields: Iterable[Field], *, at: str, values: Values, problems: Problems, counties: Choices = ()
    ) -> None:
        self.at = at
        kinds = list(fields)
        super().__init__({f"{at}.{field.name}": values.get(field.name, field.preset) for field in kinds})
        for field in kinds:
            self.fields[field.name] = _Typed(
                label=field.label,
                required=not field.optional and field.kind != "tick",
                help_text=field.hint,
                widget=_widget(field, counties),
            )
        for name in self.fields:
            for message in problems.get(f"{at}.{name}", ()):
                self.add_error(name, message)

    def add_prefix(self, field_name: str) -> str:
        return f"{self.at}.{field_name}"


def _widget(field: Field, counties: Choices) -> forms.Widget:
    if field.kind in ("yes", "tick"):
        return _Tick(check_test=lambda value: value in ("yes", True))
    if field.kind == "long":
        return forms.Textarea(attrs={"rows": 3})
    if field.kind in ("choice", "division"):
        choices = counties if field.kind == "division" else field.choices
        return forms.Select(choices=[("", "请选择"), *choices])
    return forms.TextInput(attrs=_ATTRIBUTES.get(field.kind, {}) | ({"readonly": True} if _is_given(field) else {}))


def _is_given(field: Field) -> bool:
    """Who the enterprise is follows from the login; what the register or the licence says is not typed."""
    return field.fixed or (field.kind == "uscc" and bool(field.known))


_ATTRIBUTES: dict[str, dict[str, Any]] = {
    "phone": {"type": "tel", "autocomplete": "tel"},
    "number": {"inputmode": "numeric", "autocomplete": "off"},
    "date": {"type": "date"},
    "uscc": {"autocomplete": "off", "spellcheck": "false"},
}


@dataclass(frozen=True)
class Control:
    """One control on the page, in a field of its own or in the cell of a table."""

    bound: BoundField
    basis: str = ""
    basis_text: str = ""
    label: str = ""
    """The whole label, where the column head alone would not say which row it is."""
    first: bool = False
    """Whether the cursor goes here when the row was just added."""

    @cached_property
    def in_cell(self) -> SafeString:
        """The control as it stands in a table."""
        look = "form-select" if isinstance(self.bound.field.widget, forms.Select) else "form-control"
        return self.bound.as_widget(attrs={"class": look, **({"autofocus": True} if self.first else {})})


@dataclass(frozen=True)
class Table:
    """A table that is filled row by row."""

    kind: Rows
    at: str
    rows: tuple[tuple[Control, ...], ...]
    messages: tuple[str, ...]
    """What is wrong with the table as a whole."""

    @property
    def is_full(self) -> bool:
        return len(self.rows) >= self.kind.most


@dataclass(frozen=True)
class Chosen:
    """A product that was chosen."""

    code: str
    name: str
    detail: Control
    remark: Control
    is_main: bool
    at: str
    messages: tuple[str, ...]
    extra: tuple[Control, ...] = ()
    """What a special food says besides: registration, and who entrusts it."""


@dataclass(frozen=True)
class Picker:
    """The 31 categories, one of them open, or what a search found."""

    q: str
    opened: Category | None
    listed: tuple[tuple[Category, int], ...]
    """Every category, and how many products of it are chosen: the open one first, then those chosen from."""
    offered: tuple[tuple[Subcategory, int], ...]
    only: bool = False
    """Whether only the categories of the licence are offered."""


@dataclass(frozen=True)
class Upload:
    """One kind of file that is asked for, with the file that is there."""

    kind: MaterialKind
    at: str
    current: Any = None
    earlier: tuple[Any, ...] = ()
    messages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Drawing:
    """One section, ready for its template."""

    section: Section
    controls: tuple[Control, ...]
    tables: tuple[Table, ...]
    chosen: tuple[Chosen, ...] = ()
    varieties_at: str = ""
    varieties_messages: tuple[str, ...] = ()
    picker: Picker | None = None
    uploads: tuple[Upload, ...] = ()

    @property
    def file_fields(self) -> str:
        """The names of the file controls, which an autosave leaves out."""
        return ",".join(upload.at for upload in self.uploads)


def by_place(problems: Iterable[Problem]) -> Problems:
    """Problems by the place they belong to."""
    found: dict[str, list[str]] = {}
    for problem in problems:
        found.setdefault(problem.field, []).append(problem.message)
    return found


def draw(
    section: Section,
    values: Values,
    *,
    problems: Iterable[Problem] = (),
    counties: Choices = (),
    materials: Iterable[Any] = (),
    added: str = "",
    opened: str = "",
    q: str = "",
    only: frozenset[str] = frozenset(),
) -> Drawing:
    """Draw a section with its values and problems. `added` names a table that gets one more empty row; `only` holds the
    numbers of the categories that products may come from, empty for all."""
    found = by_place(problems)
    form = TypedForm(section.fields, at=section.name, values=values, problems=found, counties=counties)
    return Drawing(
        section=section,
        controls=tuple(_control(form, field) for field in section.fields),
        tables=tuple(_table(section, table, values, found, added) for table in section.rows),
        chosen=tuple(_chosen(section, values, found)) if section.varieties else (),
        varieties_at=f"{section.name}.varieties",
        varieties_messages=tuple(found.get(f"{section.name}.varieties", ())),
        picker=_picker(values, opened=opened, q=q, only=only) if section.varieties else None,
        uploads=tuple(_upload(section, kind, materials, found) for kind in section.materials),
    )


def _control(form: TypedForm, field: Field, *, label: str = "", first: bool = False) -> Control:
    basis, text = (field.law.title, field.law.text) if field.law else ("", "")
    return Control(form[field.name], basis, text, label, first)


def _table(section: Section, table: Rows, values: Values, problems: Problems, added: str) -> Table:
    at = f"{section.name}.{table.name}"
    rows: list[Values] = list(values.get(table.name) or [])
    is_new = added == table.name and len(rows) < table.most
    shown = [*rows, {}] if is_new or not rows else rows
    drawn = []
    for place, row in enumerate(shown):
        form = TypedForm(table.fields, at=f"{at}.{place}", values=row, problems=problems)
        drawn.append(
            tuple(
                _control(
                    form,
                    field,
                    label=f"{table.label}第{place + 1}行：{field.label}",
                    first=is_new and place == len(rows) and index == 0,
                )
                for index, field in enumerate(table.fields)
            )
        )
    return Table(table, at, tuple(drawn), tuple(problems.get(at, ())))


_DETAIL = Field("detail", "品种明细", most=200)
_REMARK = Field("remark", "备注", optional=True, most=100)


def _chosen(section: Section, values: Values, problems: Problems) -> Iterable[Chosen]:
    for place, row in enumerate(values.get("varieties", [])):
        at = f"{section.name}.varieties.{place}"
        extra = goods.asked_of(row)
        form = TypedForm((_DETAIL, _REMARK, *extra), at=at, values=row, problems=problems)
        known = subcategory(str(row.get("code", "")))
        name = known.name if known else "目录里没有"
        yield Chosen(
            code=str(row.get("code", "")),
            name=name,
            detail=_control(form, _DETAIL, label=f"{name}的品种明细"),
            remark=_control(form, _REMARK, label=f"{name}的备注"),
            is_main=bool(row.get("main")),
            at=at,
            messages=tuple(problems.get(f"{at}.code", ())),
            extra=tuple(_control(form, each) for each in extra),
        )


def _picker(values: Values, *, opened: str, q: str, only: frozenset[str]) -> Picker:
    codes = [str(row.get("code", "")) for row in values.get("varieties", [])]
    known = [found for code in codes if (found := subcategory(code))]
    open_to = [each for each in categories() if not only or each.number in only]
    wanted = category(opened)
    is_open = wanted if wanted in open_to else (category(known[-1].category_code) if known else open_to[0])
    within = {each.code for each in open_to}
    offered = (
        [sub for sub in find(q) if sub.category_code in within]
        if q.strip()
        else is_open.subcategories
        if is_open
        else ()
    )
    opened_now = None if q.strip() else is_open
    counted = [(each, sum(sub.category_code == each.code for sub in known)) for each in open_to]
    return Picker(
        q=q.strip(),
        opened=opened_now,
        listed=tuple(sorted(counted, key=lambda one: (one[0] != opened_now, not one[1]))),
        offered=tuple((sub, codes.count(sub.code)) for sub in offered),
        only=bool(only),
    )


def _upload(section: Section, kind: MaterialKind, materials: Iterable[Any], problems: Problems) -> Upload:
    mine = [material for material in materials if material.kind == kind.name]
    current = next((material for material in mine if material.superseded_at is None), None)
    at = f"{section.name}.{kind.name}"
    earlier = tuple(material for material in mine if material.superseded_at is not None)
    return Upload(kind, at, current, earlier, tuple(problems.get(at, ())))


# --- what people type besides the form ------------------------------------------------------------------------------


class RetractionForm(PlainForm):
    """Why an application is taken back."""

    reason = forms.CharField(
        label="撤回的原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明撤回的原因。", "max_length": "撤回的原因最多500个字。"},
    )
