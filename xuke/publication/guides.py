"""What one has to know to apply for an item (办事指南), from the same data that checks the application. Pure reading.

An item is published when every element that the law wants to be public is there: conditions and materials, time limits
with the articles they rest on, what is asked, and what comes of it (Administrative Permit Law art. 30).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from xuke.catalogue import food
from xuke.catalogue.limits import TimeLimit, find_limit
from xuke.licensing.procedures import PROCEDURES
from xuke.licensing.procedures.form import NONE, Law, Procedure
from xuke.publication import guide_parts

LIMITS = ("acceptance", "verification", "decision", "issue")
"""The terms of an item, by the last part of their names."""
TERMS: Mapping[str, tuple[str, ...]] = {
    "report": (),
    "renewal": ("acceptance", "verification", "decision", "renewal_decision", "issue"),
    "renewal_change": ("acceptance", "verification", "decision", "renewal_decision", "issue"),
    "cancellation": ("acceptance", "decision"),
}
"""The same for kinds of items that go another way: nothing is decided, or the licence ends meanwhile."""
_MEASURES = "食品生产许可管理办法（2020年）"
CONDITIONS: Mapping[str, tuple[Law, ...]] = {
    "food": (
        Law(f"{_MEASURES}第十条", "已经取得营业执照等合法主体资格。"),
        Law(
            f"{_MEASURES}第十二条第（一）项",
            "有与品种、数量相适应的原料处理、加工、包装、贮存场所；环境整洁，与有毒、有害场所和其他污染源保持规定的距离。",
        ),
        Law(
            f"{_MEASURES}第十二条第（二）项",
            "有与品种、数量相适应的生产设备设施，和相应的消毒、更衣、盥洗、采光、照明、通风、防腐、防尘、防蝇、防鼠、防虫、"
            "洗涤以及处理废水、存放垃圾和废弃物的设备设施；保健食品有原料提取、纯化等前处理工序的，有相应的前处理设备设施。",
        ),
        Law(
            f"{_MEASURES}第十二条第（三）项",
            "有专职或者兼职的食品安全专业技术人员、食品安全管理人员，和保证食品安全的规章制度。",
        ),
        Law(
            f"{_MEASURES}第十二条第（四）项",
            "设备布局和工艺流程合理，防止待加工食品与直接入口食品、原料与成品交叉污染，避免食品接触有毒物、不洁物。",
        ),
        Law(f"{_MEASURES}第十二条第（五）项", "法律、法规规定的其他条件。"),
    ),
}
"""What an applicant of a family of items has to have, in our words, and where it is written."""


@dataclass(frozen=True)
class Element:
    """One thing that has to be public about an item, and whether it is."""

    title: str
    is_public: bool


def procedure_of(code: str) -> Procedure | None:
    """The item of that code, such as food.first."""
    return next((each for each in PROCEDURES if each.code == code), None)


def conditions(procedure: Procedure) -> tuple[Law, ...]:
    """What an applicant has to have, as the guide shows it: of the item itself, else of its family."""
    return procedure.conditions or CONDITIONS.get(procedure.family, ())


def scope(procedure: Procedure) -> tuple[tuple[str, str], ...]:
    """What can be permitted, as the guide shows it: the categories of food, with what belongs to each."""
    if procedure.family != "food":
        return ()
    return tuple((each.name, "、".join(part.name for part in each.subcategories)) for each in food.of_kind(food.FOOD))


def terms(procedure: Procedure) -> tuple[str, ...]:
    """The terms of the office in an item, by the last part of their names: of visits only where there may be one."""
    names = TERMS.get(procedure.kind, LIMITS)
    visits = any(each.need != NONE for each in guide_parts.needs_of(procedure))
    return names if visits else tuple(name for name in names if name != "verification")


def limits(procedure: Procedure, *, on: date, division: str = "") -> tuple[TimeLimit, ...]:
    """The time limits of an item in force on a day, in the order of its life: by when to apply, then the office's."""
    names = [procedure.window.limit] if procedure.window else []
    names += [f"{procedure.family}.{name}" for name in terms(procedure)]
    found = (find_limit(name, on, division=division) for name in names)
    return tuple(limit for limit in found if limit is not None)


def _all_limits_stand(procedure: Procedure, found: tuple[TimeLimit, ...]) -> bool:
    expected = len(terms(procedure)) + bool(procedure.window)
    return len(found) == expected > 0 and all(term.basis for term in found)


def elements(procedure: Procedure, *, on: date) -> tuple[Element, ...]:
    """What has to be public about an item, as it stood on a day: each asks for what the guide shows."""
    materials = [kind for kind in procedure.materials if not kind.optional]
    return (
        Element("申请条件和依据", bool(conditions(procedure)) and all(each.title for each in conditions(procedure))),
        Element("要填写的内容", bool(procedure.sections) and all(section.title for section in procedure.sections)),
        # Some items need no file at all, and their guide says so.
        Element("申请材料目录和依据", all(kind.law for kind in materials)),
        Element("办理时限和依据", _all_limits_stand(procedure, limits(procedure, on=on))),
        Element("办理结果", bool(procedure.results)),
        Element("许可范围", bool(scope(procedure))),
    )


def is_complete(found: Iterable[Element]) -> bool:
    """Whether everything that has to be public is."""
    return all(element.is_public for element in found)
