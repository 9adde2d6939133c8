"""The five ways of handling a receipt (受理五种处理, Administrative Permit Law art. 32)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from xuke.accounts.officers import Officer
from xuke.documents import commands as documents
from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.refusals import StepNotOpen
from xuke.foundation.transactions import command
from xuke.foundation.workflow import Step
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import binding, clocks, gates, gating, rules
from xuke.licensing.commands import joint
from xuke.licensing.commands.drafting import masked, parties_of
from xuke.licensing.commands.steps import finish, open_step
from xuke.licensing.commands.wording import Wording
from xuke.licensing.completeness import why_not_printable
from xuke.licensing.gates import Closed
from xuke.licensing.models import Application
from xuke.licensing.procedures import procedure
from xuke.licensing.procedures.checking import check_field
from xuke.licensing.rules import Facts

ART_32 = "行政许可法第三十二条"
ART_78 = "行政许可法第七十八条"
NOT_ON_THE_SPOT = ("uscc", "division", "yes", "tick")
"""Kinds of fields that decide who applies, who is competent, who answers for it: no small errors (art. 32(3))."""
MOST_ITEMS = 100
"""Rows in one list of corrections."""


@command
def accept(*, application: Application, by: Officer, now: datetime, revision: int | None = None) -> Application:
    """Accept the application. The decision term counts from the next working day.

    When the authority was silent for too long, acceptance takes effect on the day of receipt, or of the resubmission
    about which it was silent (art. 32(4); docs/decisions/0020).
    """
    application, step = open_step("accept", application, by=by, revision=revision)
    if step is None:
        return application
    assert application.term_began_on is not None
    gating.demand(application, gates.ACCEPT, today=journal.legal_day(now))
    day = rules.acceptance_day(
        received_on=application.term_began_on,
        told_by=clocks.ends_on(clocks.ACCEPTANCE, application.term_began_on, application),
        today=journal.legal_day(now),
    )
    application.accepted_by_id = by.user_id
    return _accepted(application, step, "accepted_by", day=day, by=by, now=now)


@command
def deem_accepted(*, application: Application, by: Actor, now: datetime, revision: int | None = None) -> Application:
    """Note that the application counts as accepted because five working days passed without a word (art. 32(4)).

    From the day of receipt, or of the resubmission about which the authority was silent (docs/decisions/0020). The
    applicant gets the notice all the same, saying that the law has accepted it.
    """
    today = journal.legal_day(now)
    application, step = open_step("deem_accepted", application, by=by, revision=revision, today=today)
    if step is None:
        return application
    assert application.term_began_on is not None
    return _accepted(application, step, day=application.term_began_on, by=by, now=now)


def _accepted(
    application: Application, step: Step[Facts], *fields: str, day: date, by: Actor, now: datetime
) -> Application:
    """Acceptance takes effect on a day, and the applicant is told until when the decision will be made."""
    assert application.authority is not None
    application.accepted_on = day
    decision = binding.limit(application, "food.decision", on=day)
    due = current_calendar().add(day, decision.value)
    notice = documents.issue(
        kind="acceptance_notice",
        about=application.stream,
        authority=application.authority,
        enterprise=application.enterprise,
        content={
            **parties_of(application),
            "accepted_on": day.isoformat(),
            "days": decision.value,
            "due_on": due.on.isoformat(),
            "provisional": due.provisional,
            "basis": decision.basis,
        },
        by=by,
        now=now,
    )
    application.acceptance_number = notice.number
    asked = joint.ask_joint_review(application, today=journal.legal_day(now))
    return finish(
        application,
        step,
        *fields,
        "accepted_on",
        "acceptance_number",
        *joint.FIELDS,
        by=by,
        now=now,
        effective_on=day,
        number=notice.number,
        joint=asked,
    )


@command
def ask_correction(
    *,
    application: Application,
    items: Sequence[dict[str, str]],
    by: Officer,
    now: datetime,
    revision: int | None = None,
) -> Application:
    """Tell the applicant once everything that has to be corrected (一次告知). A second list is refused."""
    today = journal.legal_day(now)
    application, step = open_step("ask_correction", application, by=by, revision=revision, today=today)
    if step is None:
        return application
    assert application.authority is not None
    rows = _listed(items)
    application.corrections = rows
    documents.issue(
        kind="correction_notice",
        about=application.stream,
        authority=application.authority,
        enterprise=application.enterprise,
        content={**parties_of(application), "corrections": rows, "basis": ART_32},
        by=by,
        now=now,
    )
    return finish(application, step, "corrections", by=by, now=now, items=[row["item"] for row in rows])


def _listed(items: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    rows = []
    wording = Wording()
    for index, item in enumerate(items):
        row = {
            name: wording.text(f"items.{index}", item.get(name, ""), label=f"第{index + 1}项的{label}", most=most)
            for name, label, most in (("item", "材料", 100), ("defect", "问题", 500), ("remedy", "要求", 500))
        }
        if not any(row.values()):
            continue
        if not row["item"] or not row["defect"]:
            wording.wrong(f"items.{index}", f"第{index + 1}项：请写明是哪份材料、缺什么或者错在哪里。")
        rows.append(row)
    if not rows:
        wording.wrong("items", "请至少列出一项需要补正的内容。")
    if len(rows) > MOST_ITEMS:
        wording.wrong("items", f"最多列{MOST_ITEMS}项，请合并填写。")
    wording.demand()
    return rows


@command
def decline_acceptance(
    *,
    application: Application,
    missing: Sequence[int],
    reason: str = "",
    by: Officer,
    now: datetime,
    revision: int | None = None,
) -> Application:
    """Do not accept what may not be applied for, or a resubmission that leaves items of the first list open (不予受理).

    `missing` holds places in the list, from 0. When every item was supplied and no gate is closed, acceptance is
    mandatory (art. 32(5)). A gate that is closed is the reason, in its own words and with its article.
    """
    today = journal.legal_day(now)
    application, step = open_step("decline_acceptance", application, by=by, revision=revision, today=today)
    if step is None:
        return application
    assert application.authority is not None
    barred = gating.why_declined(application, today=today)
    if reason_not := why_not_decline(application, barred):
        raise StepNotOpen(reason_not)
    wording = Wording()
    open_items = [
        application.corrections[place] for place in sorted(set(missing)) if 0 <= place < len(application.corrections)
    ]
    if not open_items and not barred:
        wording.wrong(
            "missing", "请勾选第一份清单里仍然缺少的项目。清单所列全部补齐的，应当受理（行政许可法第三十二条）。"
        )
    reason = wording.text("reason", reason, label="理由", most=1000)
    wording.demand()
    said = [each.sentence for each in barred]
    if open_items and not reason:
        said.append("补正后申请材料仍不齐全或者不符合法定形式。")
    laws = dict.fromkeys(law for law in (*(each.law for each in barred), ART_32 if open_items else "") if law)
    documents.issue(
        kind="non_acceptance_notice",
        about=application.stream,
        authority=application.authority,
        enterprise=application.enterprise,
        content={
            **parties_of(application),
            "ground": "incomplete" if open_items else "barred",
            "missing": open_items,
            "reason": "\n".join([*said, *([reason] if reason else [])]),
            "basis": "；".join(laws) or ART_78,
        },
        by=by,
        now=now,
    )
    why: dict[str, Any] = {"barred": [each.code for each in barred], "reason": "".join(said)} if barred else {}
    return finish(application, step, by=by, now=now, missing=[row["item"] for row in open_items], **why)


def why_not_decline(application: Application, barred: Sequence[Closed]) -> str:
    """The reason acceptance cannot be declined now, or an empty string: nothing bars it and no list was sent yet."""
    if barred or application.state == "resubmitted":
        return ""
    return "没有依法不予受理的情形：材料不齐全或者有错误的，应当一次告知补正（行政许可法第三十二条）。"


@command
def tell_not_required(
    *, application: Application, reason: str, by: Officer, now: datetime, revision: int | None = None
) -> Application:
    """Tell the applicant at once that no licence is needed for this (art. 32(1))."""
    return _turn_away("tell_not_required", "not_required", application, reason, "", by, now, revision)


@command
def tell_not_competent(
    *,
    application: Application,
    reason: str,
    competent: str,
    by: Officer,
    now: datetime,
    revision: int | None = None,
) -> Application:
    """Refuse acceptance at once because another authority is competent, and say which (art. 32(2))."""
    return _turn_away("tell_not_competent", "not_competent", application, reason, competent, by, now, revision)


def _turn_away(
    verb: str,
    ground: str,
    application: Application,
    reason: str,
    competent: str,
    by: Officer,
    now: datetime,
    revision: int | None,
) -> Application:
    application, step = open_step(verb, application, by=by, revision=revision, today=journal.legal_day(now))
    if step is None:
        return application
    assert application.authority is not None
    wording = Wording()
    reason = wording.text("reason", reason, label="理由", most=1000, missing="请写明理由。")
    where = "请写明应当向哪个行政机关申请。" if ground == "not_competent" else ""
    competent = wording.text("competent", competent, label="机关名称", most=200, missing=where)
    wording.demand()
    documents.issue(
        kind="non_acceptance_notice",
        about=application.stream,
        authority=application.authority,
        enterprise=application.enterprise,
        content={
            **parties_of(application),
            "ground": ground,
            "missing": [],
            "reason": reason,
            "competent": competent,
            "basis": ART_32,
        },
        by=by,
        now=now,
    )
    return finish(application, step, by=by, now=now, reason=reason, competent=competent)


@command
def offer_correction(
    *,
    application: Application,
    rows: Sequence[dict[str, str]],
    by: Officer,
    now: datetime,
    revision: int | None = None,
) -> Application:
    """Offer to correct small errors on the spot (art. 32(3)); the applicant confirms with name and day.

    `rows` holds section, field and the corrected value ``to``. The acceptance term goes on.
    """
    today = journal.legal_day(now)
    application, step = open_step("offer_correction", application, by=by, revision=revision, today=today)
    if step is None:
        return application
    wording = Wording()
    offered = [_offered(application, row, wording) for row in rows if str(row.get("to", "")).strip()]
    if not offered:
        wording.wrong("rows", "请至少写一处更正。")
    if len({(row["section"], row["field"]) for row in offered}) < len(offered):
        wording.wrong("rows", "同一处只能更正一次。")
    wording.demand()
    application.spot_correction = {
        "rows": offered,
        "offered_by": by.label,
        "offered_on": today.isoformat(),
    }
    return finish(application, step, "spot_correction", by=by, now=now, rows=masked(application, offered))


def _offered(application: Application, row: dict[str, str], wording: Wording) -> dict[str, str]:
    """One correction, checked like the form itself: what it puts there is not checked again before the decision."""
    section = procedure(application.procedure).step(row.get("section", ""), application.form)
    field = next((field for field in section.fields if field.name == row.get("field")), None) if section else None
    offered = {"section": row.get("section", ""), "field": row.get("field", ""), "to": row["to"].strip()}
    if section is None or field is None or field.fixed or field.kind in NOT_ON_THE_SPOT:
        wording.wrong("rows", "只有表格里填写的文字可以当场更正。统一社会信用代码、所在地、承诺不能当场更正。")
        return offered
    was = str(application.form.get(section.name, {}).get(field.name, ""))
    if sentence := check_field(field, offered["to"]) or why_not_printable(offered["to"]):
        wording.wrong("rows", sentence if sentence.startswith(field.label) else f"{field.label}：{sentence}")
    elif offered["to"] == was:
        wording.wrong("rows", f"{field.label}：更正后的内容和原来一样。")
    return {**offered, "label": field.label, "from": was}
