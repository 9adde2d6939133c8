"""What an officer may do next in a proceeding; a closed step is shown with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from xuke.accounts.officers import Officer
from xuke.proceedings import permissions
from xuke.proceedings.models import Proceeding
from xuke.proceedings.workflow import HOLDER, LIFE
from xuke.web.buttons import Button, Kind


@dataclass(frozen=True)
class Act:
    """One step as a page offers it."""

    verb: str
    slug: str
    label: str
    kind: Kind = Kind.PLAIN
    hint: str = ""
    needs_form: bool = True
    sends: bool = False
    """Whether it issues a notice, which can be read before it is sent."""


ACTS = (
    Act(
        "notify",
        "notify",
        "事先告知企业",
        Kind.PRIMARY,
        "签发事先告知书，告知事实、理由、依据和陈述申辩、听证的权利。",
        sends=True,
    ),
    Act(
        "close_statements",
        "close-statements",
        "陈述申辩期满，继续办理",
        Kind.PRIMARY,
        "告知的期限已满，企业的意见已经收齐。",
        needs_form=False,
    ),
    Act("set_hearing", "set-hearing", "安排听证", Kind.PRIMARY, "定时间、地点、主持人，签发听证通知书。", sends=True),
    Act("record_hearing", "record-hearing", "记入听证笔录", Kind.PRIMARY, "听证结束后，由主持人记入笔录。"),
    Act("propose", "propose", "提出处理意见", Kind.PRIMARY, "交决定人员。"),
    Act("decide", "decide", "作出决定", Kind.RISK, "许可证即时终止，决定书即时送达，不能撤回。", sends=True),
    Act("cancel", "cancel", "注销许可", Kind.RISK, "许可证即时注销，编号不再使用，并予公告。", sends=True),
    Act(
        "close_record",
        "close-record",
        "办理注销手续",
        Kind.PRIMARY,
        "关闭许可记录，编号不再使用，并予公告。",
        sends=True,
    ),
    Act("send_back", "send-back", "退回调查"),
    Act("drop", "drop", "不予处理", sends=True),
)
BY_SLUG = {act.slug: act for act in ACTS}


def of_case(officer: Officer, proceeding: Proceeding, *, today: date) -> tuple[Button, ...]:
    """The steps that have a row in this state: what can be done first, then what cannot, with the reason."""
    offered = [act for act in ACTS if LIFE.find(act.verb, proceeding.state) and _belongs(act, proceeding)]
    made = [_button(officer, proceeding, act, today) for act in offered]
    return tuple(sorted(made, key=lambda button: bool(button.reason)))


def _belongs(act: Act, proceeding: Proceeding) -> bool:
    """Whether a step is ever taken in a case of this kind: a formality is not decided, a decision is no formality."""
    formality = proceeding.of_kind.is_formality
    if act.verb == "notify":
        return not proceeding.is_formal
    if act.verb in ("decide", "cancel"):
        return formality == (act.verb == "cancel")
    return act.verb != "close_record" or proceeding.of_kind.ends_licence


def _button(officer: Officer, proceeding: Proceeding, act: Act, today: date) -> Button:
    return Button(
        act.label,
        reverse("officer-proceeding-step", args=[proceeding.pk, act.slug]),
        reason=permissions.why_not(officer, act.verb, proceeding, today=today),
        kind=act.kind,
        hint=act.hint,
        needs_form=act.needs_form,
        fields=() if act.needs_form else (("revision", str(proceeding.revision)),),
    )


def of_holder(proceeding: Proceeding) -> frozenset[str]:
    """The steps that are the holder's in this state, whoever of its people may take them."""
    return frozenset(step.verb for step in LIFE.open_from(proceeding.state) if step.role == HOLDER)
