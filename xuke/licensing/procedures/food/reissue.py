"""Issuing a certificate again (补办): not in the Measures of 2020, kept where a province switches it on.

With electronic certificates the holder downloads again; what a province issues anew is a new version with the same
number, the same content and the same expiry.
"""

from __future__ import annotations

from xuke.licensing.procedures.food import changing, laws, parts
from xuke.licensing.procedures.food.varieties import check_varieties
from xuke.licensing.procedures.form import NONE, Field, Procedure, Section, VisitFacts, VisitNeed, never


def visit(facts: VisitFacts) -> VisitNeed:
    """The licence stays what it is."""
    return VisitNeed(NONE, "补办不改变许可内容，不需要现场核查。", laws.REISSUE)


PROCEDURE = Procedure(
    code="food.reissue",
    title="食品生产许可证补办",
    kind="reissue",
    summary="纸质证书遗失、损坏，需要重新签发。电子证书可以随时重新下载，一般不用补办。",
    law=laws.REISSUE,
    act="补办",
    needs_licence=True,
    switch="food.reissue",
    visit=visit,
    check_varieties=check_varieties,
    checks=(changing.check_names_stand,),
    judges=never,
    basis="食品生产许可管理办法（2020年）",
    conditions=(laws.HELD,),
    results=("重新签发的电子证书：编号、内容和有效期都不变",),
    sections=(
        Section(
            name="lost",
            title="为什么补办",
            law=laws.REISSUE,
            fields=(
                Field(
                    "reason",
                    "原因",
                    kind="choice",
                    choices=(("lost", "遗失"), ("damaged", "损坏"), ("other", "其他")),
                    law=laws.REISSUE,
                ),
                Field("note", "说明", kind="long", example="搬迁办公室时遗失", most=1000, optional=True),
            ),
        ),
        parts.enterprise(fixed=True),
        parts.SITE_AS_LICENSED,
        parts.PRODUCTS_AS_LICENSED,
        parts.declaration(),
    ),
)
