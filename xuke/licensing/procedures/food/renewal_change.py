"""Renewal and change in one application (延续并变更): one review, one decision (a switch of the province)."""

from __future__ import annotations

from xuke.licensing.procedures.food import changing, goods, laws, parts, renewal
from xuke.licensing.procedures.food.varieties import check_varieties
from xuke.licensing.procedures.form import NONE, REQUIRED, Procedure, VisitFacts, VisitNeed, Window


def visit(facts: VisitFacts) -> VisitNeed:
    """The stricter of the two (Measures art. 37)."""
    for_change, for_renewal = changing.visit_for_changes(facts.form), renewal.visit(facts)
    return for_renewal if for_change.need == NONE or for_renewal.need == REQUIRED else for_change


PROCEDURE = Procedure(
    code="food.renewal_change",
    title="食品生产许可延续并变更",
    kind="renewal_change",
    summary="许可证快到期了，许可证上的内容也要变，一次申请、一次审查。",
    law=laws.RENEWAL,
    act="延续",
    needs_licence=True,
    window=Window("food.renewal_apply", "licence.valid_to"),
    switch="food.renewal_change",
    visit=visit,
    check_varieties=check_varieties,
    checks=(changing.check_changes, changing.check_goods),
    decision_notice="renewal_decision",
    basis="食品生产许可管理办法（2020年）第三十二条、第三十四条、第三十六条至第三十九条",
    conditions=(laws.HELD, laws.RENEWAL, laws.CHANGE),
    results=("换发新版本的电子证书：编号不变，自延续决定之日起{food.validity}，内容按变更后的",),
    sections=(
        changing.CHANGES,
        parts.conditions(when=lambda form: not changing.ticked(form, *changing.CONDITIONS)),
        parts.enterprise(fixed=True),
        parts.SITE_AS_LICENSED,
        parts.products(parts.TRIAL_REPORT, when=changing.adds_or_drops_products, title="食品类别和品种明细"),
        goods.special_foods(when=changing.opens_special, also=goods.SPECIAL_RENEWAL),
        parts.layout(when=changing.moves_things),
        parts.equipment(laws.CHANGE_MATERIALS, when=changing.renews_equipment),
        parts.warehouse(when=lambda form: changing.ticked(form, "warehouse")),
        goods.WAY,
        parts.declaration(parts.NOT_CHANGED),
    ),
)
