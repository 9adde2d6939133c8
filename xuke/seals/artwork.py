"""The picture of a seal: round, red, and in a demonstration plainly not a real one."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import typst

TEMPLATE = Path(__file__).parent / "typst" / "seal.typ"
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SealWording:
    """What stands on a seal, from the rim inwards. The demonstration's wording is the default."""

    authority: str
    above: str = "许可平台演示专用章"
    centre: str = "演示"
    below: str = "不具有法律效力"


def draw_seal(wording: SealWording, *, font_dir: Path) -> bytes:
    """A one-page PDF of 42 mm, the same bytes every time. `font_dir` holds Noto Serif SC."""
    made = typst.compile(
        TEMPLATE,
        format="pdf",
        root=TEMPLATE.parent,
        font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(font_dir)]),
        ignore_system_fonts=True,
        sys_inputs=asdict(wording),
        pdf_standards="a-2b",
        timestamp=int(_EPOCH.timestamp()),
        pdf_tags=False,
    )
    assert isinstance(made, bytes)
    return made
