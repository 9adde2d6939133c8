"""What a form may choose, worked out whenever it is saved: the accepting department, and a decision on a promise.

Where there is nothing to choose, nothing is noted, and the form asks nothing about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from xuke.catalogue import competence
from xuke.catalogue.commitment import commitment_policy
from xuke.catalogue.food import category, subcategory
from xuke.licensing.procedures.food.goods import rows_of

KEY = "offers"
DECIDED = ("first", "change", "renewal", "renewal_change")
"""Kinds on which a decision is made that could be made on a promise, or together with another level."""


def noted(form: Mapping[str, Any], *, kind: str, on: date) -> dict[str, Any]:
    """The form with what it may choose as it stands; without the note where nothing may be chosen."""
    rest = {name: values for name, values in form.items() if name != KEY}
    found = of(rest, kind=kind, on=on)
    if not found:
        return {name: values for name, values in rest.items() if name != "route"}
    return {**rest, KEY: found}


def of(form: Mapping[str, Any], *, kind: str, on: date) -> dict[str, Any]:
    """What a form may choose: ``levels`` when several are competent, ``commitment`` with its basis where allowed.

    Whoever starts from a licence goes to the authority that issued it, and has no choice.
    """
    division = str(form.get("site", {}).get("division_code", ""))
    codes = [code for row in rows_of(form) if subcategory(code := str(row.get("code", "")))]
    if not codes or not division:
        return {}
    found: dict[str, Any] = {}
    levels = competence.levels(codes, on=on, division=division)
    distinct = list(dict.fromkeys(each.level for each in levels.values()))
    if len(distinct) > 1:
        # Several levels review together: nothing is decided at once.
        return {"levels": sorted(distinct, key=competence.LEVELS.index)} if kind == "first" else {}
    if basis := _commitment(codes, kind, division, on):
        found["commitment"] = basis
    return found


def _commitment(codes: list[str], kind: str, division: str, on: date) -> str:
    """On which basis every category applied for may be decided on a promise; empty where one may not."""
    categories = {known.category_code for code in codes if (known := subcategory(code))}
    whole = [found for code in categories if (found := category(code))]
    if kind not in DECIDED or any(each.is_special_food for each in whole):
        return ""
    policies = [commitment_policy(each.code, kind, division=division, on=on) for each in whole]
    return policies[0].basis if policies and all(each.allowed for each in policies) else ""


def chosen_level(form: Mapping[str, Any]) -> str:
    """The level that the applicant chose to accept, where there was something to choose; else empty."""
    chosen = str(form.get("route", {}).get("accepting", ""))
    return chosen if chosen in form.get(KEY, {}).get("levels", ()) else ""
