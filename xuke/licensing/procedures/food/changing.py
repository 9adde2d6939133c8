"""What can change of a licence, and what follows from it: the ticks of a change, their checks, the visit they need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xuke.foundation.refusals import Problem
from xuke.licensing.procedures.checking import check_happened
from xuke.licensing.procedures.food import goods, laws, parts
from xuke.licensing.procedures.form import NONE, OPTIONAL, REQUIRED, Field, Section, Values, VisitNeed

NAMES = {"producer_name": "生产者名称", "legal_representative": "法定代表人（负责人）", "domicile": "住所"}
"""What the certificate prints and the register decides."""
CONDITIONS = ("layout", "equipment", "category")
"""Changes that are verified on site (Measures art. 37)."""
LESSER = ("products", "warehouse", "other")
"""Changes that may touch food safety: the reviewer judges."""


def ticked(form: Values, *names: str) -> bool:
    """Whether the applicant says that one of these changes."""
    return any(form.get("changes", {}).get(name) for name in names)


def adds_or_drops_products(form: Values) -> bool:
    """Whether the table of products opens."""
    return ticked(form, "category", "products")


def moves_things(form: Values) -> bool:
    """Whether the drawings have to be drawn anew."""
    return ticked(form, "layout", "category") or parts.have_changed(form)


def renews_equipment(form: Values) -> bool:
    """Whether the list of equipment has to be written anew."""
    return ticked(form, "equipment", "category") or parts.have_changed(form)


def changes_little(form: Values) -> bool:
    """Whether it is worth asking about the conditions: not when it is known that they change, or cannot have."""
    return ticked(form, *LESSER) and not ticked(form, *CONDITIONS)


def _tick(name: str, label: str, hint: str = "") -> Field:
    return Field(name, label, kind="tick", hint=hint)


CHANGES = Section(
    name="changes",
    title="变更什么",
    law=laws.CHANGE,
    help="勾选发生变化的事项。只填写和它们有关的内容，其余沿用许可证上的。",
    fields=(
        _tick("producer_name", "生产者名称", "先到登记机关办理变更登记"),
        _tick("legal_representative", "法定代表人（负责人）", "先到登记机关办理变更登记"),
        _tick("domicile", "住所", "先到登记机关办理变更登记；生产地址不变"),
        _tick("layout", "设备布局和工艺流程"),
        _tick("equipment", "主要生产设备设施"),
        _tick("category", "食品类别", "增加或者减少食品类别"),
        _tick("products", "同一类别内的品种明细", "只变更这一项的，办理“报告”就可以，不需要重新许可"),
        _tick("warehouse", "外设仓库"),
        _tick("other", "许可证载明的其他事项", "请在下面写明"),
        _tick("site_move", "生产场所迁址", "迁址不能办理变更，应当重新申请"),
        Field(
            "since",
            "变化的日期",
            kind="date",
            hint="应当在变化后{food.change_apply}内申请；还没有变化的（例如拟增加类别），写计划变化的日期",
            check=check_happened,
            law=laws.CHANGE,
        ),
        Field(
            "note",
            "说明",
            kind="long",
            most=1000,
            optional=True,
            hint="变更前后有什么不同",
            example="由原来的手工包装改为自动包装线",
        ),
    ),
)


# --- checks between the sections --------------------------------------------------------------------------------------


def check_changes(form: Values) -> Iterator[Problem]:
    """Something changes, it is no move, and what is ticked is what differs."""
    if ticked(form, "site_move"):
        yield Problem(
            "changes.site_move",
            "生产场所迁址的，不能办理变更，应当重新申请食品生产许可（食品生产许可管理办法（2020年）第三十二条）。"
            "请到“我的许可证”选择“迁址，重新申请”。",
        )
    elif not ticked(form, *NAMES, *CONDITIONS, *LESSER):
        yield Problem("changes.producer_name", "请至少勾选一项变更的事项。")
    if ticked(form, "other") and not str(form.get("changes", {}).get("note", "")).strip():
        yield Problem("changes.note", "变更其他事项的，请写明变更前后有什么不同。")
    yield from check_names(form)
    yield from _check_products(form)


def check_names(form: Values) -> Iterator[Problem]:
    """The register has to have changed first, and what changed there has to be applied for."""
    for name, label in NAMES.items():
        printed, registered = str(form["licence"].get(name, "")), str(form["enterprise"].get(name, ""))
        if ticked(form, name) and printed == registered:
            yield Problem(
                f"changes.{name}",
                f"登记信息里的{label}和许可证上一样，是“{printed}”。先到登记机关办理变更登记，再来变更许可证。",
            )
        elif printed != registered and not ticked(form, name):
            yield Problem(f"changes.{name}", f"{label}已经登记为“{registered}”，许可证上还是“{printed}”，请一并勾选。")


def check_names_stand(form: Values) -> Iterator[Problem]:
    """Where nothing is changed, the certificate has to say what the register says."""
    for name, label in NAMES.items():
        printed, registered = str(form["licence"].get(name, "")), str(form["enterprise"].get(name, ""))
        if printed != registered:
            sentence = f"{label}已经登记为“{registered}”，许可证上还是“{printed}”。请先申请变更，或者选择“延续并变更”。"
            yield Problem(f"enterprise.{name}", sentence)


def opens_special(form: Values) -> bool:
    """Whether special foods are among products that are written anew."""
    return adds_or_drops_products(form) and goods.has_special(form)


def check_goods(form: Values) -> Iterator[Problem]:
    """What additives and special foods say beyond others, where the products are written anew."""
    if adds_or_drops_products(form):
        yield from goods.check_goods(form)


def _check_products(form: Values) -> Iterator[Problem]:
    before, after = categories(form["licence"].get("product_details", ())), categories(products_of(form))
    if ticked(form, "category") and before == after:
        yield Problem("products.varieties", "勾选了变更食品类别，但是类别和许可证上一样。请增加或者移除品种。")
    if before != after and adds_or_drops_products(form) and not ticked(form, "category"):
        yield Problem("changes.category", "品种明细里的食品类别和许可证上不同，请勾选“食品类别”。")


def products_of(form: Values) -> list[dict[str, Any]]:
    """The product rows of a form."""
    return list(form.get("products", {}).get("varieties", []))


def categories(rows: Any) -> set[str]:
    """The two digits of the category of each product row."""
    return {str(row.get("code", ""))[:2] for row in rows}


# --- the visit --------------------------------------------------------------------------------------------------------


def visit_for_changes(form: Values) -> VisitNeed:
    """Whether what changes is verified on site (Measures art. 21, 37)."""
    if ticked(form, *CONDITIONS) or parts.have_changed(form):
        return VisitNeed(REQUIRED, "食品类别、设备布局和工艺流程、主要设备设施变化的，应当现场核查。", laws.UNCHANGED)
    if not ticked(form, *LESSER):
        return VisitNeed(NONE, "变更的事项以登记信息为准，没有需要现场核实的内容。", laws.CHANGE)
    if parts.are_unchanged(form):
        return VisitNeed(OPTIONAL, "申请人声明生产条件没有变化，可以不再现场核查。", laws.UNCHANGED)
    return VisitNeed(REQUIRED, "没有声明生产条件未发生变化的，应当现场核查。", laws.UNCHANGED)


def judges_products(form: Values) -> bool:
    """Whether a change is decided product by product: where products are added, or made in another way."""
    return ticked(form, *CONDITIONS, "products")
