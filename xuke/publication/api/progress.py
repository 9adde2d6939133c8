"""Progress by receipt number: steps and days, nobody's name."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from xuke.foundation.refusals import Invalid
from xuke.publication import progress
from xuke.publication.api.asking import today_of
from xuke.publication.api.problems import NOT_FOUND, Refusal
from xuke.publication.api.schemas.cases import Progress, Step

router = Router(tags=["progress"])


@router.get(
    "/progress/{receipt_number}",
    response=Progress,
    url_name="api-progress",
    operation_id="getProgress",
    summary="申请办到哪一步",
)
def by_receipt(request: HttpRequest, receipt_number: str) -> Progress:
    """凭接收凭证号或者受理号查。只有步骤和日期，没有申请人的信息。"""
    try:
        row = progress.find(progress.normal_form(receipt_number))
    except Invalid as refused:
        raise Refusal(NOT_FOUND, refused.sentence) from None
    if row is None:
        raise Refusal(NOT_FOUND, "没有这个编号的申请。请核对接收凭证上的编号；刚刚提交的，几秒钟后才能查到。")
    shown = progress.shown(row, today=today_of(request))
    return Progress(
        receipt_number=row.receipt_number,
        acceptance_number=row.acceptance_number,
        stage=progress.LABELS[shown.standing.node],
        standing=shown.standing.title,
        text=shown.text,
        over=shown.standing.is_over,
        authority=row.authority,
        received_on=row.received_on,
        due_on=row.due_on,
        due_provisional=row.due_provisional,
        licence_number=row.licence_number,
        changed_at=row.changed_at,
        steps=[Step(verb=step["verb"], words=progress.TOLD[step["verb"]][0], on=step["on"]) for step in row.steps],
    )
