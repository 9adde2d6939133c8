"""The categories that somebody may be a specialist of: foods, and additives."""

from __future__ import annotations

from xuke.catalogue import food

ADDITIVES = {"201": "食品添加剂", "202": "食品用香精", "203": "复配食品添加剂"}
"""The catalogue of foods ends at 131; additives follow in the numbers of licences (handbook 1.1)."""


def names() -> dict[str, str]:
    """Three-digit categories in words: foods in the order of the catalogue, then additives."""
    return {each.code: each.name for each in food.categories()} | ADDITIVES
