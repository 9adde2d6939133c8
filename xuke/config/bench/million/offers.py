"""What enterprises produce: lists of products as certificates and forms have them, written out once and used often."""

from __future__ import annotations

import json
from dataclasses import dataclass
from random import Random
from typing import Any

from xuke.catalogue import food
from xuke.foundation.identifiers.food_licence import CATEGORIES
from xuke.publication.projection import register

WEIGHTS = {
    "101": 105, "102": 60, "103": 70, "104": 75, "105": 6, "106": 80, "107": 45, "108": 15, "109": 14, "110": 10,
    "111": 55, "112": 25, "113": 25, "114": 120, "115": 85, "116": 60, "117": 30, "118": 40, "119": 15, "120": 4,
    "121": 8, "122": 35, "123": 35, "124": 110, "125": 50, "126": 22, "127": 12, "128": 1, "129": 1, "130": 3,
    "131": 14, "201": 12, "202": 5, "203": 10,
}  # fmt: skip
"""How frequent each category is as somebody's main one."""
_ADDITIVES = {"201": "3201", "202": "3202", "203": "3203"}
_PER_CATEGORY = 24
_DETAILS = ("", "（散装）", "（分装）", "（预包装）")


@dataclass(frozen=True)
class Offer:
    """A list of products in every shape in which it is written."""

    main_category: str
    title: str
    category: int
    """The number of the main one, as codes of products begin with it."""
    categories: list[int]
    category_codes: list[str]
    """The same as an application is filtered by: 124."""
    category_names: str
    line: str
    """In one line, as the register has it."""
    food_categories: str
    """JSON, like the rest."""
    product_details: str
    varieties: str
    results: str
    keys: str


def offers(seed: int) -> dict[str, tuple[Offer, ...]]:
    """By main category."""
    random = Random(seed)  # noqa: S311 - invented data, the same at every call
    rows = _rows()
    return {code: tuple(_offer(code, rows, random) for _ in range(_PER_CATEGORY)) for code in WEIGHTS}


def _rows() -> dict[str, list[dict[str, str]]]:
    """The subcategories of each category, as rows of code, name and category; additives have one each."""
    known = {
        category.code: [
            {"code": sub.code, "name": sub.name, "category": category.name, "category_code": category.code}
            for sub in category.subcategories
        ]
        for category in food.categories()
    }
    for category, code in _ADDITIVES.items():
        name = CATEGORIES[category]
        known[category] = [{"code": code, "name": name, "category": "食品添加剂", "category_code": category}]
    return known


def _offer(main: str, rows: dict[str, list[dict[str, str]]], random: Random) -> Offer:
    own = rows[main]
    chosen = random.sample(own, min(len(own), 1 + int(random.random() * 2.5)))
    if random.random() < 0.2:
        other = random.choice([code for code in rows if code != main])
        chosen.append(random.choice(rows[other]))
    details: list[dict[str, Any]] = [
        {
            "seq": place,
            "category": row["category"],
            "code": row["code"],
            "name": row["name"],
            "detail": row["name"] + random.choice(_DETAILS),
            "remark": "",
        }
        for place, row in enumerate(chosen, start=1)
    ]
    varieties = [
        {**{name: value for name, value in detail.items() if name != "seq"}, "key": f"v{place}", "main": place == 1}
        | {"category_code": row["category_code"]}
        for place, (row, detail) in enumerate(zip(chosen, details, strict=True), start=1)
    ]
    return Offer(
        main_category=main,
        title="、".join(dict.fromkeys(row["name"] for row in chosen)),
        category=int(chosen[0]["code"][:2]),
        categories=sorted({int(row["code"][:2]) for row in chosen}),
        category_codes=sorted({f"1{row['code'][:2]}" for row in chosen}),
        category_names="、".join(dict.fromkeys(row["category"] for row in chosen)),
        line=register.in_one_line([{**row, "seq": ""} for row in details]),
        food_categories=_json(list(dict.fromkeys(row["category"] for row in chosen))),
        product_details=_json(details),
        varieties=_json(varieties),
        results=_json({f"v{place}": "pass" for place in range(1, len(chosen) + 1)}),
        keys=_json([f"v{place}" for place in range(1, len(chosen) + 1)]),
    )


def _json(value: Any) -> str:
    """In the one canonical way, as the journal seals it: no spaces, keys in order."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
