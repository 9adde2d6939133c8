"""Sets documents: a typst template and data become one PDF/A file, the same bytes every time.

One `Typesetter` per process: it keeps the fonts and the parsed templates. A template reads its data with
``#import "/documents/templates_typst/common.typ": data``; data is never read as markup, whatever people typed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Final

import typst

from xuke.documents.fonts import fonts_for, missing_characters

TEMPLATE_ROOT = Path(__file__).resolve().parents[1]
"""Templates live in their apps; the path of a template starts here, as in ``/certificates/typst/certificate.typ``."""
PDF_STANDARD: Final = "a-3b"
"""Long-term archive with attachments. It also makes typst refuse a character without a glyph, never print a box."""


class MissingGlyphs(ValueError):
    """Characters that no installed font can print."""

    def __init__(self, characters: tuple[str, ...]) -> None:
        self.characters = characters
        super().__init__(f"没有字体可以印出：{'、'.join(describe(c) for c in characters)}")


class TemplateFailed(RuntimeError):
    """A template could not be set: a fault of the template or of its data, never of the person waiting."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A text file that travels inside the PDF. `relationship` is the AFRelationship of PDF/A-3."""

    name: str
    content: str
    media_type: str
    description: str
    relationship: str = "data"


class Typesetter:
    """Sets documents from the templates under one root with the fonts of one directory."""

    def __init__(self, font_dir: Path, template_root: Path = TEMPLATE_ROOT) -> None:
        self.font_dir = font_dir
        self.template_root = template_root
        self._compilers: dict[Path, typst.Compiler] = {}
        self._lock = Lock()

    def typeset(
        self,
        template: str,
        data: Mapping[str, object],
        *,
        at: datetime,
        images: Mapping[str, str] | None = None,
        attachments: Sequence[Attachment] = (),
    ) -> bytes:
        """Set one document. `images` are SVG texts by name; `at` is the document's date, and no other clock is read.

        Raises `MissingGlyphs` when the data holds a character that cannot be printed.
        """
        texts = tuple(texts_of(data))
        if missing := missing_characters("".join(texts), font_dir=self.font_dir):
            raise MissingGlyphs(missing)
        inputs = {
            "data": json.dumps(data, ensure_ascii=False),
            "images": json.dumps(dict(images or {})),
            "attachments": json.dumps([asdict(attachment) for attachment in attachments], ensure_ascii=False),
        }
        with self._lock:
            return self._compile(self._compiler(fonts_for(texts, font_dir=self.font_dir)), template, inputs, at)

    def _compile(self, compiler: typst.Compiler, template: str, inputs: dict[str, str], at: datetime) -> bytes:
        try:
            made = compiler.compile(
                input=self.template_root / template.lstrip("/"),
                format="pdf",
                sys_inputs=inputs,
                pdf_standards=PDF_STANDARD,
                timestamp=int(at.timestamp()),
            )
        except typst.TypstError as error:
            raise TemplateFailed(f"{template}: {error.message} {' '.join(error.hints)}\n{error.diagnostic}") from error
        assert isinstance(made, bytes)
        return made

    def _compiler(self, fonts: Path) -> typst.Compiler:
        """The full fonts are opened only when somebody's name needs them."""
        if fonts not in self._compilers:
            self._compilers[fonts] = typst.Compiler(
                root=self.template_root,
                font_paths=typst.Fonts(
                    include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fonts)]
                ),
                ignore_system_fonts=True,
            )
        return self._compilers[fonts]


def texts_of(value: object) -> Iterator[str]:
    """All texts inside JSON-like data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from texts_of(item)
    elif isinstance(value, Sequence):
        for item in value:
            yield from texts_of(item)


def describe(character: str) -> str:
    """A character and its code point, because the screen may not show it either."""
    return f"“{character}”（U+{ord(character):04X}）" if character.isprintable() else f"U+{ord(character):04X}"
