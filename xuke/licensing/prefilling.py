"""What a form says before anybody types: from the register, from the licence it starts from, from what was filed last.

Nothing is typed twice (Administrative Permit Law art. 31). What a form no longer asks goes back to what the licence
says, so that a tick that was taken away leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xuke.catalogue.food import subcategory
from xuke.certificates.models import CertificateVersion
from xuke.licensing.models import Application
from xuke.licensing.procedures.food.goods import said_of
from xuke.licensing.procedures.form import Procedure, Section, Values
from xuke.parties.models import Enterprise

CONTACT = "contact_name"
"""The field that whoever begins a draft need not type: their own name."""
LICENCE = "licence"
"""The part of a form that holds what the certificate said when it was begun. No section has this name."""
KEPT = (
    "producer_name",
    "uscc",
    "legal_representative",
    "domicile",
    "production_address",
    "division_code",
    "food_categories",
    "product_details",
    "valid_to",
    "issued_on",
)
"""What of a certificate's content an application is compared with."""
INHERITED = ("equipment", "people")
"""Sections that no certificate prints, taken over from the last application of the licence that said anything."""


def first_form(
    which: Procedure,
    enterprise: Enterprise,
    *,
    contact: str,
    version: CertificateVersion | None = None,
    earlier: Application | None = None,
) -> dict[str, Any]:
    """The form of a new draft. `earlier` is the last application that was granted for the licence."""
    form: dict[str, Any] = {}
    if version is not None:
        form[LICENCE] = licence_part(version, earlier)
    for section in which.sections:
        for field in section.fields:
            if field.known:
                form.setdefault(section.name, {})[field.name] = getattr(enterprise, field.known)
            elif field.name == CONTACT:
                form.setdefault(section.name, {})[field.name] = contact
    return settled(which, form)


def licence_part(version: CertificateVersion, earlier: Application | None) -> dict[str, Any]:
    """What the licence says, as a form remembers it."""
    content = version.content
    found = {name: content[name] for name in KEPT if name in content}
    # What that one took over itself and did not ask again still holds: a report says nothing of the equipment.
    filed = {**earlier.form.get(LICENCE, {}), **earlier.form} if earlier else {}
    before: Values = filed.get(LICENCE, {})
    known = {name: said for name in INHERITED if (said := filed.get(name) or before.get(name))}
    return {
        **found,
        "number": version.licence.number,
        "version": version.version,
        "valid_to": version.licence.valid_to.isoformat(),
        "site": {name: value for name, value in filed.get("site", {}).items() if isinstance(value, str)},
        **known,
    }


def registered_anew(enterprise: Enterprise, section: Section, values: Values) -> dict[str, Any]:
    """The values of a section with what may not be typed in it as the register has it now."""
    given = {each.name: getattr(enterprise, each.known) for each in section.fields if each.fixed and each.known}
    return {**values, **given}


def settled(which: Procedure, form: Mapping[str, Any]) -> dict[str, Any]:
    """The form once more after something was saved: what is no longer asked is what the licence says, or nothing."""
    if LICENCE not in form:
        return dict(form)
    asked = {section.name for section in which.asked(form)}
    found = dict(form)
    for section in which.sections:
        is_asked = section.name in asked
        if not is_asked:
            found.pop(section.name, None)
        if section.name not in found and (said := _as_licensed(section, form[LICENCE], is_asked=is_asked)):
            found[section.name] = said
    return found


def _as_licensed(section: Section, licence: Values, *, is_asked: bool) -> dict[str, Any]:
    if section.name == "site":
        if is_asked:
            return {}  # Where the site is asked, the plant moves to another.
        known = {"division_code": licence["division_code"], "production_address": licence["production_address"]}
        return {**licence.get("site", {}), **known}
    if section.varieties:
        return {"varieties": varieties(licence["product_details"], licence["number"])}
    return dict(licence.get(section.name, {})) if is_asked and section.name in INHERITED else {}


def varieties(rows: Sequence[Mapping[str, Any]], number: str) -> list[dict[str, Any]]:
    """The product rows of a certificate as a form has them. The main product is one of the number's category."""
    own = [place for place, row in enumerate(rows) if _category(row["code"]) == number[2:5]]
    main = own[0] if own else 0
    return [
        {
            "key": f"v{place + 1}",
            "code": row["code"],
            "name": row["name"],
            "category_code": _category(row["code"]),
            "category": row["category"],
            "detail": row["detail"],
            "remark": row.get("remark", ""),
            "main": place == main,
            **said_of(row),
        }
        for place, row in enumerate(rows)
    ]


def _category(code: str) -> str:
    known = subcategory(code)
    return known.category_code if known else f"1{code[:2]}"
