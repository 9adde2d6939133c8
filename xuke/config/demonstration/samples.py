"""Sample files for stories: small, valid, and drawn by ourselves."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path

import typst
from django.conf import settings

from xuke.licensing.procedures import PROCEDURES

_TITLES = {
    "equipment_layout_plan": "食品生产设备布局图（演示）",
    "process_flow_chart": "食品生产工艺流程图（演示）",
    "trial_product_report": "试制食品检验报告（演示）",
    "food_safety_rules": "食品安全管理制度汇编（演示）",
}
_ROOMS = ("原料库", "配料间", "成型间", "热加工间", "冷却间", "内包装间", "外包装间", "成品库")
_TESTS = (
    ("项目", "标准要求", "结果"),
    ("感官", "符合标准", "合格"),
    ("水分", "符合标准", "合格"),
    ("菌落总数", "符合标准", "合格"),
)
_STEPS = ("原料验收", "配料", "混合", "成型", "热加工（关键控制点）", "冷却", "内包装", "检验", "入库")
_RULES = (
    "进货查验记录制度",
    "生产过程控制制度",
    "出厂检验记录制度",
    "食品安全自查制度",
    "从业人员健康管理制度",
    "不安全食品召回制度",
    "食品安全事故处置方案",
    "留样制度",
)


@lru_cache(maxsize=8)
def sample(kind: str) -> bytes:
    """A PDF of one kind of material."""
    with tempfile.TemporaryDirectory() as place:
        source = Path(place) / "sample.typ"
        source.write_text(_source(kind), "utf-8")
        compiler = typst.Compiler(source, font_paths=[settings.XUKE_HOME / "fonts" / "full"], ignore_system_fonts=True)
        made = compiler.compile(format="pdf")
    assert isinstance(made, bytes)
    return made


def _source(kind: str) -> str:
    return f"""
#set page(paper: "a4", margin: 24mm)
#set text(font: "Noto Serif SC", size: 11pt, lang: "zh", region: "cn")
#align(center, text(size: 18pt, weight: "bold")[{_title(kind)}])
#v(8mm)
{_body(kind)}
#v(1fr)
#align(right)[演示材料，内容均为虚构]
"""


def label(kind: str) -> str:
    """What the procedure that asks for it calls a kind of material."""
    asked = (each.material(kind) for each in PROCEDURES)
    return next(found.label for found in asked if found)


def _title(kind: str) -> str:
    return _TITLES.get(kind) or f"{label(kind)}（演示）"


def _body(kind: str) -> str:
    if kind == "equipment_layout_plan":
        cells = ", ".join(f"[{room}]" for room in _ROOMS)
        return f"#table(columns: (1fr,) * 2, rows: 34mm, align: center + horizon, {cells})"
    if kind == "process_flow_chart":
        return "\n#align(center)[↓]\n".join(
            f"#align(center, box(stroke: 0.6pt, inset: 6pt)[{step}])" for step in _STEPS
        )
    if kind == "food_safety_rules":
        return "\n".join(f"+ {rule}：明确责任人、频次、记录和保存期限。" for rule in _RULES)
    if kind != "trial_product_report":
        return "本单位依照规定编制本材料，内容与实际相符，随申请一并提交。"
    cells = ", ".join(f"[{cell}]" for row in _TESTS for cell in row)
    return f"#table(columns: (1fr, 1fr, 1fr), {cells})"
