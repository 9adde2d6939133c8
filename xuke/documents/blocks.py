"""Reads the words of a notice, written as simple HTML, into blocks that can be set on paper. Pure.

The page shows the HTML as it is and the PDF is set from the blocks, so both say the same. The words may hold paragraphs
(`p`), numbered items (`ol`, `li`), facts (`dl`, `dt`, `dd`) and tables (`table`, `tr`, `th`, `td`; a `th` may say its
share of the width in `data-w`), with `b` and `time` inside. Anything else is a mistake in the template.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

Block = dict[str, Any]

_INLINE = frozenset({"b", "time"})
_GROUPS = frozenset({"ol", "dl", "table", "thead", "tbody", "tr"})
_TEXTS = frozenset({"p", "li", "dt", "dd", "th", "td"})
_WRAPPED = re.compile(r"\s*\n\s*")


class NotWords(ValueError):
    """The template of a notice uses an element that has no form on paper."""


def blocks_of(words: str) -> list[Block]:
    """The blocks of a notice, in order. Texts are lists of pairs: the characters, and whether they stand out."""
    reader = _Reader()
    reader.feed(words)
    reader.close()
    return reader.blocks


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._runs: list[tuple[str, bool]] | None = None
        self._bold = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _TEXTS:
            self._runs = []
            if tag == "th":
                self.blocks[-1]["widths"].append(float(dict(attrs).get("data-w") or 1))
        elif tag in _GROUPS:
            self._open_group(tag)
        elif tag == "b":
            self._bold = True
        elif tag not in _INLINE:
            raise NotWords(f"<{tag}>")

    def _open_group(self, tag: str) -> None:
        if tag == "table":
            self.blocks.append({"kind": "table", "widths": [], "rows": []})
        elif tag == "tr":
            self.blocks[-1]["rows"].append([])
        elif tag in ("ol", "dl"):
            self.blocks.append({"kind": {"ol": "items", "dl": "facts"}[tag], "rows": []})

    def handle_data(self, data: str) -> None:
        text = _WRAPPED.sub(" ", data)
        if self._runs is not None and text:
            self._runs.append((text, self._bold))
        elif text.strip():
            raise NotWords(f"text outside a paragraph: {text.strip()[:40]}")

    def handle_endtag(self, tag: str) -> None:
        if tag == "b":
            self._bold = False
        elif tag in _TEXTS and self._runs is not None:
            self._place(tag, self._runs)
            self._runs = None

    def _place(self, tag: str, runs: list[tuple[str, bool]]) -> None:
        if tag == "p":
            self.blocks.append({"kind": "paragraph", "text": runs})
        elif tag in ("th", "td", "dd"):
            self.blocks[-1]["rows"][-1].append(runs)
        else:
            self.blocks[-1]["rows"].append([runs])
