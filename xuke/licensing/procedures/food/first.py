"""Food production licence, first application (食品生产许可首次申请): form, materials, visit rule — all of it.

Materials and conditions: Measures (食品生产许可管理办法, 2020) art. 12, 13; nothing else may be asked
(Administrative Permit Law art. 31). A plant that moves applies like this too (art. 32).
"""

from __future__ import annotations

from xuke.licensing.procedures.food import goods, laws, parts
from xuke.licensing.procedures.food.varieties import check_varieties
from xuke.licensing.procedures.form import REQUIRED, Procedure, VisitFacts, VisitNeed


def visit(facts: VisitFacts) -> VisitNeed:
    """A first application is always verified on site (Measures art. 21)."""
    return VisitNeed(REQUIRED, "首次申请须先完成现场核查。", laws.VISIT)


PROCEDURE = Procedure(
    code="food.first",
    title="食品生产许可首次申请",
    kind="first",
    summary="还没有食品生产许可证，或者生产场所迁址的，从这里申请。",
    law=laws.MOVE,
    visit=visit,
    check_varieties=check_varieties,
    checks=(goods.check_goods,),
    basis="食品安全法第三十五条；食品生产许可管理办法（2020年）第二十一条、第二十二条",
    results=("食品生产许可证（电子证书），有效期{food.validity}",),
    sections=(
        parts.enterprise(),
        parts.SITE,
        parts.products(*parts.drawings(laws.MATERIALS), parts.TRIAL_REPORT),
        goods.SPECIAL_FOODS,
        parts.equipment(laws.MATERIALS),
        parts.people(parts.RULES_OF_THE_HOUSE),
        goods.ROUTE,
        parts.declaration(),
    ),
)
