"""Cancellation of a food production licence on request (注销): within 20 working days after the end (Measures art. 40).

The formality that closes the record; the number is never used again.
"""

from __future__ import annotations

from xuke.licensing.procedures.checking import check_happened
from xuke.licensing.procedures.food import laws, parts
from xuke.licensing.procedures.food.varieties import check_varieties
from xuke.licensing.procedures.form import (
    NONE,
    Field,
    Procedure,
    Section,
    VisitFacts,
    VisitNeed,
    Window,
    never,
)


def visit(facts: VisitFacts) -> VisitNeed:
    """Nothing to see on site (Measures art. 40)."""
    return VisitNeed(NONE, "注销是登记手续，不需要现场核查。", laws.CANCELLATION)


PROCEDURE = Procedure(
    code="food.cancellation",
    title="食品生产许可注销",
    kind="cancellation",
    summary="不再生产了，申请注销许可证。注销之后编号不再使用，不能恢复。",
    law=laws.CANCELLATION,
    act="注销",
    needs_licence=True,
    window=Window("food.cancel_apply", "ended.since"),
    visit=visit,
    check_varieties=check_varieties,
    judges=never,
    decision_notice="cancellation_decision",
    basis="食品生产许可管理办法（2020年）第四十条；行政许可法第七十条",
    conditions=(laws.HELD, laws.CANCELLATION),
    results=("准予注销许可决定书；电子证书核验显示“已注销”",),
    sections=(
        Section(
            name="ended",
            title="为什么注销",
            law=laws.CANCELLATION,
            fields=(
                Field(
                    "reason",
                    "原因",
                    kind="choice",
                    choices=(
                        ("stopped", "终止食品生产"),
                        ("dissolved", "企业解散或者注销登记"),
                        ("moved", "生产场所迁址，重新申请"),
                        ("other", "其他"),
                    ),
                    law=laws.CANCELLATION,
                ),
                Field(
                    "since",
                    "终止生产的日期",
                    kind="date",
                    hint="应当在终止后{food.cancel_apply}内申请",
                    check=check_happened,
                ),
                Field("note", "说明", kind="long", example="转产，不再生产糕点", most=1000, optional=True),
            ),
        ),
        parts.enterprise(fixed=True),
        parts.SITE_AS_LICENSED,
        parts.PRODUCTS_AS_LICENSED,
        parts.declaration(
            Field(
                "stopped",
                "准予注销之后不再生产许可证载明的食品，不再使用这个许可证编号",
                kind="yes",
                law=laws.CANCELLATION,
            )
        ),
    ),
)
