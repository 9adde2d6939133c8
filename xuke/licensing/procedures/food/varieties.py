"""The product rows of a form: each in the catalogue, each once, one of them the main product."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from xuke.catalogue.food import subcategory
from xuke.foundation.refusals import Problem

MOST_VARIETIES = 200


def check_varieties(rows: list[dict[str, Any]]) -> tuple[Problem, ...]:
    """The product rows: at least one, each in the catalogue, one of them the main product."""
    if not rows:
        return (Problem("products.varieties", "请至少选择一个品种。"),)
    if len(rows) > MOST_VARIETIES:
        return (Problem("products.varieties", f"最多{MOST_VARIETIES}个品种。"),)
    problems = []
    for index, row in enumerate(rows):
        place = f"products.varieties.{index}"
        if subcategory(str(row.get("code", ""))) is None:
            problems.append(
                Problem(f"{place}.code", f"品种明细第{index + 1}行：目录里没有类别编号{row.get('code', '')}。")
            )
        detail, remark = str(row.get("detail", "")).strip(), str(row.get("remark", "")).strip()
        if not detail:
            problems.append(Problem(f"{place}.detail", f"品种明细第{index + 1}行：请填写品种明细，例如“烘烤类糕点”。"))
        elif len(detail) > 200 or len(remark) > 100:
            problems.append(
                Problem(f"{place}.detail", f"品种明细第{index + 1}行：品种明细最多200个字，备注最多100个字。")
            )
        elif "其他" in re.split("[：、；，]", detail) and not remark:
            problems.append(
                Problem(f"{place}.remark", f"品种明细第{index + 1}行：选择“其他”的，请在备注写明具体产品名称。")
            )
    problems += _repeated(rows)
    if sum(bool(row.get("main")) for row in rows) != 1:
        problems.append(Problem("products.varieties", "请指定一个主要产品，许可证编号按它的类别编定。"))
    return tuple(problems)


def _repeated(rows: list[dict[str, Any]]) -> Iterator[Problem]:
    """A row that says what an earlier one says would stand on the certificate twice."""
    seen = [(row.get("code"), str(row.get("detail", "")).strip()) for row in rows]
    for index, product in enumerate(seen):
        if product[1] and (first := seen.index(product)) < index:
            sentence = f"品种明细第{index + 1}行和第{first + 1}行相同，请删去一行。"
            yield Problem(f"products.varieties.{index}.detail", sentence)
