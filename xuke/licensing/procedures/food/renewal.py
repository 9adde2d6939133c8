"""Renewal of a food production licence (延续): thirty working days before it ends at the latest (Measures art. 34).

Whoever declares that the conditions have not changed may be spared the visit (art. 37). No decision before the licence
ends renews it (art. 36). The same number, and five years from the decision (art. 39).
"""

from __future__ import annotations

from xuke.licensing.procedures.food import changing, goods, laws, parts
from xuke.licensing.procedures.food.varieties import check_varieties
from xuke.licensing.procedures.form import OPTIONAL, REQUIRED, Procedure, VisitFacts, VisitNeed, Window


def visit(facts: VisitFacts) -> VisitNeed:
    """By the declaration (Measures art. 37)."""
    if parts.are_unchanged(facts.form):
        return VisitNeed(OPTIONAL, "申请人声明生产条件没有变化，可以不再现场核查。", laws.UNCHANGED)
    return VisitNeed(REQUIRED, "生产条件或者周边环境发生变化的，应当就变化情况现场核查。", laws.UNCHANGED)


PROCEDURE = Procedure(
    code="food.renewal",
    title="食品生产许可延续",
    kind="renewal",
    summary="许可证快到期了，许可证上的内容不变，继续生产。",
    law=laws.RENEWAL,
    act="延续",
    needs_licence=True,
    window=Window("food.renewal_apply", "licence.valid_to"),
    visit=visit,
    check_varieties=check_varieties,
    checks=(changing.check_names_stand,),
    decision_notice="renewal_decision",
    basis="食品生产许可管理办法（2020年）第三十四条、第三十六条、第三十七条、第三十九条",
    conditions=(laws.HELD, laws.RENEWAL),
    results=("换发新版本的电子证书：编号不变，自延续决定之日起{food.validity}",),
    sections=(
        parts.conditions(),
        parts.enterprise(fixed=True),
        parts.SITE_AS_LICENSED,
        parts.PRODUCTS_AS_LICENSED,
        goods.SPECIAL_RENEWAL,
        parts.layout(when=parts.have_changed),
        parts.equipment(laws.RENEWAL_MATERIALS, when=parts.have_changed),
        goods.WAY,
        parts.declaration(parts.NOT_CHANGED),
    ),
)
