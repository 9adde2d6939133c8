"""Report of a change within a category (报告): no approval, the duplicate is written anew (Measures art. 32)."""

from __future__ import annotations

from collections.abc import Iterator

from xuke.foundation.refusals import Problem
from xuke.licensing.procedures.checking import check_happened
from xuke.licensing.procedures.food import changing, goods, laws, parts
from xuke.licensing.procedures.food.varieties import check_varieties
from xuke.licensing.procedures.form import (
    NONE,
    Field,
    Procedure,
    Section,
    Values,
    VisitFacts,
    VisitNeed,
    Window,
    never,
)


def visit(facts: VisitFacts) -> VisitNeed:
    """A report is recorded (Measures art. 32)."""
    return VisitNeed(NONE, "报告事项不需要重新许可，也不需要现场核查。", laws.REPORT)


def check_report(form: Values) -> Iterator[Problem]:
    """The categories stay, and something within them differs."""
    printed, reported = form["licence"].get("product_details", ()), changing.products_of(form)
    if changing.categories(printed) != changing.categories(reported):
        yield Problem(
            "products.varieties",
            "增加或者减少食品类别需要批准，请办理变更（食品生产许可管理办法（2020年）第三十二条）。报告只能改同一类别内的品种。",
        )
    elif _details(printed) == _details(reported):
        yield Problem("products.varieties", "品种明细和许可证副本上一样，没有需要报告的变化。")


def _details(rows: object) -> set[tuple[str, ...]]:
    assert isinstance(rows, list | tuple)
    printed = ("code", "detail", "remark", *goods.PRINTED_EXTRA)
    return {tuple(str(row.get(name, "")) for name in printed) for row in rows}


PROCEDURE = Procedure(
    code="food.report",
    title="食品生产许可事项报告",
    kind="report",
    summary="同一食品类别内的品种明细变了，报告就可以，不需要批准。",
    law=laws.REPORT,
    act="报告",
    needs_licence=True,
    window=Window("food.report", "happened.since"),
    visit=visit,
    check_varieties=check_varieties,
    checks=(check_report, goods.check_goods, changing.check_names_stand),
    judges=never,
    decision_notice="report_record",
    basis="食品生产许可管理办法（2020年）第三十二条",
    conditions=(laws.HELD, laws.REPORT),
    results=("更新电子证书副本的食品明细：编号、发证日期和有效期都不变",),
    sections=(
        Section(
            name="happened",
            title="什么时候变化",
            law=laws.REPORT,
            fields=(
                Field(
                    "since",
                    "发生变化的日期",
                    kind="date",
                    hint="应当在变化后{food.report}内报告",
                    law=laws.REPORT,
                    check=check_happened,
                ),
                Field("note", "说明", kind="long", example="同一类别内增加蛋糕类品种", most=1000, optional=True),
            ),
        ),
        parts.enterprise(fixed=True),
        parts.SITE_AS_LICENSED,
        parts.products(title="品种明细", words="写变化之后的全部品种。"),
        parts.declaration(words="提交后，受理机关核对记录，更新电子证书副本，不需要作出许可决定。"),
    ),
)
