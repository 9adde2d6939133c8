"""Licences and items for search engines and other machines: schema.org's words, as JSON-LD. Pure but mark-up."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.utils.safestring import SafeString

from xuke.publication import places
from xuke.publication.licences import Published
from xuke.publication.rules import Standing
from xuke.publication.states import STATES

_HARMLESS = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}
"""Within a script element nothing may look like its end."""


def of(licence: Published, standing: Standing, *, address: str) -> dict[str, Any]:
    """The licence as linked data; `address` is that of its page."""
    row = licence.row
    return {
        "@context": "https://schema.org",
        "@type": "GovernmentPermit",
        "@id": address,
        "url": address,
        "name": "食品生产许可证",
        "identifier": [
            {"@type": "PropertyValue", "propertyID": "许可证编号", "value": row.number},
            {"@type": "PropertyValue", "propertyID": "电子证照标识（GB/T 36904）", "value": row.identifier},
        ],
        "issuedBy": {"@type": "GovernmentOrganization", "name": row.authority},
        "issuedThrough": {"@type": "GovernmentService", "name": "食品生产许可"},
        "validFrom": row.granted_on.isoformat(),
        "validUntil": (row.ended_on or row.valid_to).isoformat(),
        "validIn": {
            "@type": "AdministrativeArea",
            "name": places.full_name(row.division),
            "identifier": row.division,
        },
        # A permit names no holder of its own in schema.org; `about` is the nearest that readers of it understand.
        "about": {
            "@type": "Organization",
            "name": row.holder,
            "legalName": row.holder,
            "identifier": {"@type": "PropertyValue", "propertyID": "统一社会信用代码", "value": row.uscc},
        },
        "description": f"{STATES[standing].title}；{row.products}",
        "inLanguage": "zh-CN",
    }


def service(
    name: str, description: str, *, provider: str, results: Sequence[str], address: str, begin: str
) -> dict[str, Any]:
    """An item that one can apply for; `address` is that of its guide, `begin` where one applies."""
    return {
        "@context": "https://schema.org",
        "@type": "GovernmentService",
        "@id": address,
        "url": address,
        "name": name,
        "description": description,
        "serviceType": "行政许可",
        "provider": {"@type": "GovernmentOrganization", "name": provider},
        "serviceOutput": [{"@type": "GovernmentPermit", "name": each} for each in results],
        "availableChannel": {"@type": "ServiceChannel", "serviceUrl": begin, "name": "网上办理"},
        "inLanguage": "zh-CN",
    }


def in_page(facts: dict[str, Any]) -> SafeString:
    """As it stands in a script element: data, which no browser runs and the policy of scripts does not touch."""
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).translate(_HARMLESS)
    return SafeString(f'<script type="application/ld+json">{text}</script>')
