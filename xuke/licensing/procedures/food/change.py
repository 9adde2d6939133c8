"""Change of a food production licence (变更): what the licence states changes and needs approval (Measures art. 32).

The same number, a new version from the day of the decision, and the expiry stays (art. 38).
"""

from __future__ import annotations

from xuke.licensing.procedures.food import changing, goods, laws, parts
from xuke.licensing.procedures.food.varieties import check_varieties
from xuke.licensing.procedures.form import Procedure, VisitFacts, VisitNeed, Window


def visit(facts: VisitFacts) -> VisitNeed:
    """By what changes (Measures art. 21, 37)."""
    return changing.visit_for_changes(facts.form)


PROCEDURE = Procedure(
    code="food.change",
    title="食品生产许可变更",
    kind="change",
    summary="许可证上写的事项变了，需要批准：名称、住所、法定代表人、食品类别、布局和工艺、主要设备等。",
    law=laws.CHANGE,
    act="变更",
    needs_licence=True,
    window=Window("food.change_apply", "changes.since"),
    visit=visit,
    check_varieties=check_varieties,
    checks=(changing.check_changes, changing.check_goods),
    judges=changing.judges_products,
    decision_notice="change_decision",
    basis="食品生产许可管理办法（2020年）第三十二条、第三十三条、第三十八条",
    conditions=(laws.HELD, laws.CHANGE),
    results=("换发新版本的电子证书：编号和有效期不变，发证日期是变更决定的日期",),
    sections=(
        changing.CHANGES,
        parts.enterprise(fixed=True),
        parts.SITE_AS_LICENSED,
        parts.products(parts.TRIAL_REPORT, when=changing.adds_or_drops_products, title="食品类别和品种明细"),
        goods.special_foods(when=changing.opens_special),
        parts.layout(when=changing.moves_things),
        parts.equipment(laws.CHANGE_MATERIALS, when=changing.renews_equipment),
        parts.warehouse(when=lambda form: changing.ticked(form, "warehouse")),
        parts.conditions(when=changing.changes_little),
        goods.WAY,
        parts.declaration(parts.NOT_CHANGED),
    ),
)
