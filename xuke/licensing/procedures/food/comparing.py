"""What an application changes of a licence: before and after, line by line. Pure; reads the form alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xuke.catalogue.food import subcategory
from xuke.licensing.procedures.food.changing import NAMES, products_of, ticked
from xuke.licensing.procedures.food.goods import PRINTED_EXTRA, printed_of
from xuke.licensing.procedures.form import Values

Row = Mapping[str, Any]
Rows = Sequence[Row]


@dataclass(frozen=True)
class Change:
    """One line of what changes."""

    label: str
    before: str
    after: str

    def as_json(self) -> dict[str, str]:
        """As notices print it."""
        return {"label": self.label, "before": self.before, "after": self.after}


def changes(form: Values, *, before: Rows | None = None, after: Rows | None = None) -> tuple[Change, ...]:
    """Everything that would stand differently on the certificate, or in the plant, once this is granted.

    Products are those that the application began with and those that it asks for, unless a decision tells which stood
    on the certificate `before` it, and which do `after`.
    """
    if "licence" not in form:
        return ()
    printed = form["licence"].get("product_details", ()) if before is None else before
    products = _products(printed, products_of(form) if after is None else after)
    return (*_names(form), *_address(form), *products, *_plant(form))


def _names(form: Values) -> Iterator[Change]:
    for name, label in NAMES.items():
        before, after = str(form["licence"].get(name, "")), str(form.get("enterprise", {}).get(name, ""))
        if before != after:
            yield Change(label, before, after)


def _address(form: Values) -> Iterator[Change]:
    before = str(form["licence"].get("production_address", ""))
    after = str(form.get("site", {}).get("production_address", ""))
    if after and not before.endswith(after):
        yield Change("生产地址", before, after)


def _products(printed: Rows, wanted: Rows) -> Iterator[Change]:
    gone, added = _not_in(wanted, printed), _not_in(printed, wanted)
    left = [row for row in gone if not any(row["code"] == other["code"] for other in added)]
    for row in added:
        earlier = "；".join(_words(old) for old in gone if old["code"] == row["code"])
        yield Change("品种明细" if earlier else "增加品种", earlier, _words(row))
    for row in left:
        yield Change("减少品种", _words(row), "")


def added_rows(form: Values) -> list[Row]:
    """The product rows that do not stand on the certificate like this."""
    return _not_in(form["licence"].get("product_details", ()), products_of(form))


def _not_in(others: Rows, rows: Rows) -> list[Row]:
    known = {_same(row) for row in others}
    return [row for row in rows if _same(row) not in known]


def merged(form: Values, now: Rows, *, failed: Rows, keeps: bool = False) -> list[Row]:
    """The rows of the certificate as it is now, with what an application changes of them, but for what failed.

    The certificate may have been written anew since the application was begun (a report beside a change): what is not
    touched is what stands there now. Where a change `keeps`, a row that was to be written otherwise and failed stays as
    it was printed; a new one is left out.
    """
    begun = [_same(row) for row in form["licence"].get("product_details", ())]
    wanted, refused = products_of(form), [_same(row) for row in failed]
    again = {row["code"] for row in failed} if keeps else set()
    asked = [_same(row) for row in wanted]
    gone = {row for row in begun if row not in asked and row[0] not in again}
    standing = [row for row in now if _same(row) not in gone]
    if not keeps:
        standing = without(form, standing, failed)
    added = [row for row in wanted if _same(row) not in begun and _same(row) not in refused]
    return _in_order(wanted, [*standing, *(row for row in added if _same(row) not in map(_same, standing))])


def without(form: Values, now: Rows, failed: Rows) -> list[Row]:
    """The rows of a certificate but for what failed; what was written for it meanwhile (a report) fails with it."""
    begun = {_same(row) for row in form["licence"].get("product_details", ())}
    refused, standing = {_same(row) for row in failed} & begun, {_same(row) for row in now}
    codes = {row[0] for row in refused - standing}
    return [row for row in now if _same(row) not in refused and (row["code"] not in codes or _same(row) in begun)]


def before_what_failed(now: Rows, after: Rows, failed: Rows) -> list[Row]:
    """The rows that stood on the certificate, but for those that go because they failed: refused, and no change."""
    codes, kept = {row["code"] for row in failed}, {_same(row) for row in after}
    return [row for row in now if row["code"] not in codes or _same(row) in kept]


def _in_order(wanted: Rows, rows: Rows) -> list[Row]:
    """Rows as the form orders them: each where it stands there, or beside the others of its code; the rest after."""
    exact = {_same(row): place for place, row in reversed(list(enumerate(wanted)))}
    by_code = {str(row.get("code", "")): place for place, row in reversed(list(enumerate(wanted)))}
    last = len(wanted)
    return sorted(rows, key=lambda row: exact.get(_same(row), by_code.get(str(row.get("code", "")), last)))


def _same(row: Row) -> tuple[str, ...]:
    return tuple(str(row.get(name, "")).strip() for name in ("code", "detail", "remark", *PRINTED_EXTRA))


def _words(row: Row) -> str:
    said = "，".join(filter(None, (str(row.get("remark", "")), *printed_of(row).values())))
    remark = f"（{said}）" if said else ""
    known = subcategory(str(row.get("code", "")))  # A row that is just being typed has no name yet.
    name = row.get("name") or (known.name if known else "")
    return f"{row.get('code', '')} {name}：{row.get('detail', '')}{remark}".strip()


def _plant(form: Values) -> Iterator[Change]:
    if ticked(form, "layout"):
        yield Change("设备布局和工艺流程", "", "见所附布局图和工艺流程图")
    if ticked(form, "equipment"):
        yield Change(
            "主要生产设备设施", _listed(form["licence"].get("equipment", {})), _listed(form.get("equipment", {}))
        )
    if ticked(form, "warehouse"):
        rows: Rows = form.get("warehouse", {}).get("list", ())
        yield Change("外设仓库", "", "；".join(str(row.get("address", "")) for row in rows) or "不再使用外设仓库")
    if ticked(form, "other"):
        yield Change("其他事项", "", str(form["changes"].get("note", "")))


def _listed(section: Values) -> str:
    names = [str(row.get("name", "")) for row in section.get("list", ())]
    return "、".join(names)
