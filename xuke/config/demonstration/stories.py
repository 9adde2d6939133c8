"""How an application gets anywhere: the steps of the life, played by a cast through the commands, state by state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from xuke.catalogue import score_sheet
from xuke.config.demonstration import signing
from xuke.config.demonstration.people import Cast
from xuke.config.demonstration.samples import sample
from xuke.foundation import files, journal
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import commands
from xuke.licensing.models import Application

MATERIALS = (
    ("equipment_layout_plan", "设备布局图.pdf"),
    ("process_flow_chart", "工艺流程图.pdf"),
    ("trial_product_report", "试制食品检验报告.pdf"),
    ("food_safety_rules", "食品安全管理制度汇编.pdf"),
)

MAIN_ROAD = (
    "draft",
    "submitted",
    "accepted",
    "document_review",
    "verification_assigned",
    "verification_done",
    "decision_proposed",
    "granted",
)
"""The states on the way to a licence, in order."""

TURNINGS = {
    "correcting_on_spot": "submitted",
    "correction_requested": "submitted",
    "not_required": "submitted",
    "not_competent": "submitted",
    "resubmitted": "correction_requested",
    "not_accepted": "resubmitted",
    "refused": "decision_proposed",
    "retracted": "accepted",
    "terminated": "document_review",
}
"""States beside the main road, and the state from which they are reached."""

Now = Callable[[], datetime]


@dataclass
class Diary:
    """A clock for stories that happened in the past: every step takes place some working hours after the one before."""

    moment: datetime
    hours: int = 5
    latest: datetime | None = None

    def __call__(self) -> datetime:
        """The next moment, within office hours of a working day, never later than `latest`."""
        calendar = current_calendar()
        following = self.moment + timedelta(hours=self.hours)
        local = following.astimezone(journal.SHANGHAI)
        if local.hour >= 17 or local.hour < 9:
            day = calendar.add(local.date() - timedelta(days=1 if local.hour < 9 else 0), 1).on
            local = local.replace(year=day.year, month=day.month, day=day.day, hour=9, minute=(local.minute * 7) % 60)
        elif not calendar.is_working(local.date()):
            day = calendar.on_or_after(local.date()).on
            local = local.replace(year=day.year, month=day.month, day=day.day)
        self.moment = min(local, self.latest) if self.latest else local
        return self.moment


def filled_form(cast: Cast) -> dict[str, dict[str, Any]]:
    """Everything the form asks, by section, as the applicant of this cast would fill it in."""
    firm = cast.firm
    return {
        "site": {
            "division_code": firm.division,
            "production_address": firm.address,
            "area": "1200",
            "surroundings": "位于工业园区内，周边500米无粉尘、有害气体、放射性物质和其他扩散性污染源。",
        },
        "products": {
            "varieties": [
                {"code": code, "detail": detail, "remark": "", "main": place == 0}
                for place, (code, detail) in enumerate(firm.products)
            ]
        },
        "equipment": {
            "list": [
                {"name": "混合搅拌设备", "model": "HJ-200", "quantity": "2", "use": "配料、混合"},
                {"name": "成型设备", "model": "CX-80", "quantity": "1", "use": "成型"},
                {"name": "热加工设备", "model": "RJ-6", "quantity": "2", "use": "热加工"},
                {"name": "全自动包装机", "model": "BZ-350", "quantity": "3", "use": "内包装"},
                {"name": "电子天平", "model": "JA2003", "quantity": "1", "use": "出厂检验"},
            ]
        },
        "people": {
            "list": [
                {"name": firm.contact, "duty": "food_safety_manager", "education": "大专，食品营养与检测"},
                {
                    "name": firm.legal_representative,
                    "duty": "food_safety_technician",
                    "education": "本科，食品科学与工程",
                },
            ]
        },
        "declaration": {"truthful": "yes"},
    }


def draft(cast: Cast, now: Now, *, with_materials: bool = True) -> Application:
    """A draft, filled in and with its files."""
    application = commands.start(procedure_code="food.first", by=cast.applicant, now=now())
    known = {**application.form["enterprise"], "contact_name": cast.firm.contact, "contact_phone": "13800005678"}
    for section, values in {"enterprise": known, **filled_form(cast)}.items():
        application = commands.save_section(
            application=application, section=section, values=values, by=cast.applicant, now=now()
        )
    if with_materials:
        for kind, name in MATERIALS:
            moment = now()
            file = files.store([sample(kind)], name, now=moment)
            commands.file_material(
                application=application, kind=kind, file=file, name=name, by=cast.applicant, now=moment
            )
    return application


def marks(*, weak: tuple[int, ...] = (), failed: tuple[int, ...] = ()) -> dict[str, dict[str, str]]:
    """A filled sheet: everything conforms but the items named."""
    found = {}
    for item in score_sheet.items():
        best, middle = (format(value.normalize(), "f") for value in item.scores[:2])
        if item.number in failed:
            found[str(item.number)] = {"score": "0", "note": "现场没有配备，未见相关记录。"}
        elif item.number in weak:
            found[str(item.number)] = {"score": middle, "note": "基本符合，已要求一个月内整改。"}
        else:
            found[str(item.number)] = {"score": best, "note": ""}
    assert Decimal(found["1"]["score"]) >= 0
    return found


CORRECTIONS = (
    {
        "item": "食品生产设备布局图",
        "defect": "内包装间与冷却区未标明隔断",
        "remedy": "请在图上标明隔断位置和人流、物流方向",
    },
    {"item": "食品安全管理制度", "defect": "缺少留样制度", "remedy": "请补充留样品种、数量、保存期限"},
)


def _send_verifiers(case: Application, cast: Cast, at: datetime) -> Application:
    team = [member.user_id for member in cast.verifiers]
    day = journal.legal_day(at)
    return commands.assign_verification(
        application=case, team=team, leader=team[0], visit_on=day, observer="何志强", by=cast.reviewer, now=at
    )


def _verify(case: Application, cast: Cast, at: datetime) -> Application:
    commands.score(application=case, marks=marks(weak=(2, 8)), by=cast.verifiers[1], now=at)
    return commands.conclude_verification(application=case, applicant_signed=True, by=cast.verifiers[0], now=at)


def _terminate(case: Application, cast: Cast, at: datetime) -> Application:
    reason = "申请人涉嫌未经许可生产，已经立案调查。"
    commands.suspend(application=case, ground="investigation", reason=reason, until=None, by=cast.reviewer, now=at)
    return commands.terminate(
        application=case, reason="受到限制生产经营的处罚，不能继续办理。", by=cast.decider, now=at
    )


OPINION = "申请材料齐全、符合法定形式；现场核查通过，无“不符合”项；试制食品检验合格。建议准予许可。"
NOT_REQUIRED = "所申请的产品属于食用农产品初级加工，不需要取得食品生产许可。"
REFUSAL = "现场核查不通过，不具备与申请品种相适应的生产条件。"

ACTS: dict[str, Callable[[Application, Cast, datetime], Application]] = {
    "submitted": lambda case, cast, at: commands.submit(
        application=case, proof=signing.proof("submit", case, by=cast.applicant, now=at), by=cast.applicant, now=at
    ),
    "accepted": lambda case, cast, at: commands.accept(application=case, by=cast.acceptor, now=at),
    "document_review": lambda case, cast, at: commands.begin_review(application=case, by=cast.reviewer, now=at),
    "verification_assigned": _send_verifiers,
    "verification_done": _verify,
    "decision_proposed": lambda case, cast, at: commands.propose(
        application=case, opinion=OPINION, by=cast.reviewer, now=at
    ),
    "granted": lambda case, cast, at: commands.grant(application=case, by=cast.decider, now=at),
    "correcting_on_spot": lambda case, cast, at: commands.offer_correction(
        application=case, rows=[{"section": "site", "field": "area", "to": "1250"}], by=cast.acceptor, now=at
    ),
    "correction_requested": lambda case, cast, at: commands.ask_correction(
        application=case, items=CORRECTIONS, by=cast.acceptor, now=at
    ),
    "resubmitted": lambda case, cast, at: commands.resubmit(
        application=case, proof=signing.proof("resubmit", case, by=cast.applicant, now=at), by=cast.applicant, now=at
    ),
    "not_accepted": lambda case, cast, at: commands.decline_acceptance(
        application=case, missing=[1], by=cast.acceptor, now=at
    ),
    "not_required": lambda case, cast, at: commands.tell_not_required(
        application=case, reason=NOT_REQUIRED, by=cast.acceptor, now=at
    ),
    "not_competent": lambda case, cast, at: commands.tell_not_competent(
        application=case,
        reason="该类别由设区的市级市场监督管理部门许可。",
        competent="宜昌市市场监督管理局",
        by=cast.acceptor,
        now=at,
    ),
    "refused": lambda case, cast, at: commands.refuse(application=case, reason=REFUSAL, by=cast.decider, now=at),
    "retracted": lambda case, cast, at: commands.retract(
        application=case, reason="投资计划调整，暂不生产。", by=cast.applicant, now=at
    ),
    "terminated": _terminate,
}
"""The one act that leads to each state."""


def step_to(state: str, application: Application, cast: Cast, now: Now) -> Application:
    """Take the one step that leads from the application's state to `state`."""
    return ACTS[state](application, cast, now())


def road_to(state: str) -> Iterator[str]:
    """The states from a draft to `state`, in order, without the draft itself."""
    if state in TURNINGS:
        yield from road_to(TURNINGS[state])
        yield state
        return
    yield from MAIN_ROAD[1 : MAIN_ROAD.index(state) + 1]


def play(state: str, cast: Cast, now: Now) -> Application:
    """A new application, brought to a state through the commands."""
    application = draft(cast, now)
    for name in road_to(state):
        application = step_to(name, application, cast, now)
    return application
