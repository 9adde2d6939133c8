"""What the applicant of a cast types: the form of each procedure, section by section, and the files that go with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from xuke.config.demonstration.people import Cast
from xuke.licensing.models import Application

Form = dict[str, dict[str, Any]]

MATERIALS = (
    ("equipment_layout_plan", "设备布局图.pdf"),
    ("process_flow_chart", "工艺流程图.pdf"),
    ("trial_product_report", "试制食品检验报告.pdf"),
    ("food_safety_rules", "食品安全管理制度汇编.pdf"),
)
EQUIPMENT = (
    {"name": "混合搅拌设备", "model": "HJ-200", "quantity": "2", "use": "配料、混合"},
    {"name": "成型设备", "model": "CX-80", "quantity": "1", "use": "成型"},
    {"name": "热加工设备", "model": "RJ-6", "quantity": "2", "use": "热加工"},
    {"name": "全自动包装机", "model": "BZ-350", "quantity": "3", "use": "内包装"},
    {"name": "电子天平", "model": "JA2003", "quantity": "1", "use": "出厂检验"},
)
PROMISE = {"declaration": {"truthful": "yes"}}
UNCHANGED: Form = {
    "conditions": {"production": "unchanged", "around": "unchanged"},
    "declaration": {"unchanged": "yes", "truthful": "yes"},
}


def filled_form(cast: Cast) -> Form:
    """Everything the form of a first application asks, by section, as the applicant of this cast would fill it in."""
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
        "equipment": {"list": [dict(row) for row in EQUIPMENT]},
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
        **PROMISE,
    }


NEW_OVEN = {"name": "隧道式烤炉", "model": "SK-12", "quantity": "1", "use": "烘烤"}


def _with_oven(case: Application, cast: Cast) -> Form:
    rows = [*case.form.get("equipment", case.form["licence"]["equipment"])["list"], NEW_OVEN]
    since = case.saved_at.date().isoformat()
    changes = {"equipment": "yes", "since": since, "note": "增加一台隧道式烤炉。"}
    return {"changes": changes, "equipment": {"list": rows}, **PROMISE}


def _other_detail(case: Application, cast: Cast) -> Form:
    first, *others = case.form["products"]["varieties"]
    rows = [{**first, "detail": f"{first['detail']}、蛋糕类"}, *others]
    return {"happened": {"since": case.saved_at.date().isoformat()}, "products": {"varieties": rows}, **PROMISE}


FORMS: Mapping[str, Callable[[Application, Cast], Form]] = {
    "food.first": lambda case, cast: filled_form(cast),
    "food.change": _with_oven,
    "food.report": _other_detail,
    "food.renewal": lambda case, cast: UNCHANGED,
    "food.renewal_change": _with_oven,
    "food.cancellation": lambda case, cast: {
        "ended": {"reason": "stopped", "since": case.saved_at.date().isoformat(), "note": "企业转产。"},
        "declaration": {"stopped": "yes", "truthful": "yes"},
    },
    "food.reissue": lambda case, cast: {"lost": {"reason": "lost", "note": "搬运时遗失。"}, **PROMISE},
}
"""By procedure, what is typed in a draft, in the order of its steps. A change gets a new oven; a renewal changes
nothing."""

WITH_VISIT = (
    "draft",
    "submitted",
    "accepted",
    "document_review",
    "verification_assigned",
    "verification_done",
    "decision_proposed",
    "granted",
)
"""The way of what is verified on site."""
WITHOUT_VISIT = ("draft", "submitted", "accepted", "document_review", "decision_proposed", "granted")
"""The way of what is decided without anybody going to the site."""
ROADS: Mapping[str, tuple[str, ...]] = {
    "food.first": WITH_VISIT,
    "food.change": WITH_VISIT,
    "food.report": ("draft", "submitted", "recorded"),
    "food.renewal": WITHOUT_VISIT,
    "food.renewal_change": WITH_VISIT,
    "food.cancellation": (*WITHOUT_VISIT[:-1], "licence_cancelled"),
    "food.reissue": WITHOUT_VISIT,
}
"""By procedure, the states on the way to what the applicant wants, in order, with the form above."""
