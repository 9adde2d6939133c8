"""What a food production licence says, as one value. Everything printed, signed or checked derives from it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, Self

from xuke.foundation import canonical

FORMAT = "xuke.food-production-licence/1"
DIGEST_SIZE = 16


@dataclass(frozen=True, slots=True)
class ProductRow:
    """One row of the product detail table (食品生产许可品种明细表)."""

    seq: int
    category: str
    code: str
    """The four-digit number of the classification catalogue, such as 1401."""
    name: str
    detail: str
    remark: str = ""
    registration: str = ""
    """Of a special food: the registration or filing number of the product or formula (Measures art. 29)."""
    entrusting: str = ""
    """Of commissioned health food: who entrusts its production, and where they are (art. 29)."""
    entrusting_domicile: str = ""


_WHERE_KNOWN = ("registration", "entrusting", "entrusting_domicile")
"""What of a product row is written only where there is something to say: content that was signed before these existed
reads and digests as it did."""


@dataclass(frozen=True, slots=True)
class CertificateContent:
    """The content of a certificate (Measures art. 29); equal contents give equal files."""

    licence_number: str
    producer_name: str
    uscc: str
    legal_representative: str
    domicile: str
    production_address: str
    food_categories: tuple[str, ...]
    product_details: tuple[ProductRow, ...]
    valid_to: date
    issued_on: date
    first_issued_on: date
    issuer: str
    e_licence_identifier: str
    version: int
    division_code: str
    verify_address: str
    """The address of the platform, such as https://licence.example.cn; a code stands under /V/ there."""
    demo: bool = True

    def facts(self) -> dict[str, Any]:
        """The content as JSON values; `from_facts` reads them back."""
        rows = [asdict(row) for row in self.product_details]
        shown = tuple({name: value for name, value in row.items() if value or name not in _WHERE_KNOWN} for row in rows)
        values = asdict(self) | {"format": FORMAT, "product_details": shown}
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}

    def as_json(self) -> str:
        """The canonical JSON: it travels in the PDF, and the QR code carries its digest."""
        return canonical.encode(self.facts()).decode()

    def digest(self) -> bytes:
        """The first 16 bytes of the SHA-256 of the canonical JSON."""
        return hashlib.sha256(self.as_json().encode()).digest()[:DIGEST_SIZE]

    def category_numbers(self) -> tuple[int, ...]:
        """The category numbers (1 to 32) of the product rows, each once, ascending."""
        return tuple(sorted({int(row.code[:2]) for row in self.product_details if row.code[:2].isdecimal()}))

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Self:
        """Read facts back; raises `ValueError` when they are not a licence of this format."""
        if facts.get("format", FORMAT) != FORMAT:
            raise ValueError("not a food production licence of a known format")
        values = {field.name: facts[field.name] for field in fields(cls) if field.name in facts}
        try:
            for name in ("valid_to", "issued_on", "first_issued_on"):
                values[name] = date.fromisoformat(values[name])
            values["food_categories"] = tuple(values["food_categories"])
            values["product_details"] = tuple(ProductRow(**row) for row in values["product_details"])
            return cls(**values)
        except (KeyError, TypeError) as error:
            raise ValueError(f"incomplete licence: {error}") from error
