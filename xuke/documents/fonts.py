"""The fonts that notices and certificates are set in, and the question which characters they can print.

One family, Noto Serif SC (OFL-1.1), in regular and bold. Set-up cuts it to the characters that nearly every document
needs, because a small font is set faster; the full font stays beside it for the rest. The list of what the full font
covers is a file of its own, so that a form can refuse an unprintable name without opening a font.

The subset holds GB 2312, the symbols of official documents, and a few characters of place and given names outside
GB 2312. It is not the 8105 characters of 通用规范汉字表: no package we install carries that table. Nothing is lost by
it: a document with a character outside the subset is set from the full font, a little slower.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import fontTools
from fontTools import subset
from fontTools.ttLib import TTFont

from xuke.foundation.directories import appear

FAMILY = "Noto Serif SC"
SOURCES = {
    "NotoSerifSC-Regular.ttf": "400Regular/NotoSerifSC_400Regular.ttf",
    "NotoSerifSC-Bold.ttf": "700Bold/NotoSerifSC_700Bold.ttf",
}
LICENCE = "LICENSE_FONT"
COVERAGE = "coverage.json"
SUBSET, FULL = "subset", "full"

_SYMBOLS = "〇〔〕【】《》「」『』—–―‘’“”…·•‰′″※℃№√×÷±≤≥≈≠∞°²³½¼µΩⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ①②③④⑤⑥⑦⑧⑨⑩㎎㎏㎜㎝㎞㎡㏄■□▲△●○★☆→←↑↓✓✗"
_NAMES = (
    "埇沚浉瀍猇硚鄠䶮喆堃淼犇昇镕珺玥暐祎赟婳翀頔玮晞炜燊烜琎璟骉垚濛芃芊昉旻曈曦煊玏珅琇瑄瑀祺禛粲翾萱蘅"
    "谌谞郗邡鋆钲锶闫陞韡颢飏骐骥麴黉"
)
_PRINTED_AS_SPACE = "\n\r\t"


def build_fonts(source_dir: Path, target_dir: Path) -> bool:
    """Cut the fonts and write their coverage; false when they were up to date. Safe to run twice, or killed."""
    edition = _edition(source_dir)
    return appear(
        target_dir, lambda place: _build(source_dir, place, edition), is_current=partial(_is_edition, edition)
    )


@lru_cache(maxsize=1024)
def missing_characters(text: str, *, font_dir: Path) -> tuple[str, ...]:
    """The characters of a text that no installed font can print, each once, in order of appearance."""
    covered = coverage(font_dir).full
    return tuple(dict.fromkeys(c for c in text if ord(c) not in covered and c not in _PRINTED_AS_SPACE))


def fonts_for(texts: Iterable[str], *, font_dir: Path) -> Path:
    """The directory of the smallest fonts that print these texts."""
    covered = coverage(font_dir).subset
    enough = all(ord(c) in covered or c in _PRINTED_AS_SPACE for text in texts for c in text)
    return font_dir / (SUBSET if enough else FULL)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The code points of the subset and of the full font."""

    subset: frozenset[int]
    full: frozenset[int]


@lru_cache(maxsize=4)
def coverage(font_dir: Path) -> Coverage:
    """Read which characters can be printed."""
    stored = json.loads((font_dir / COVERAGE).read_text())
    return Coverage(subset=_from_ranges(stored[SUBSET]), full=_from_ranges(stored[FULL]))


def wanted_characters() -> frozenset[int]:
    """What the subset should hold, as far as the font has it."""
    return (
        frozenset(map(ord, _gb2312() + _SYMBOLS + _NAMES))
        | frozenset(range(0x20, 0x7F))
        | frozenset(range(0xA1, 0x100))
    )


def _gb2312() -> str:
    cells = (bytes((row, cell)) for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF))
    return "".join(cell.decode("gb2312", "ignore") for cell in cells)


def _build(source_dir: Path, place: Path, edition: str) -> None:
    (place / SUBSET).mkdir()
    (place / FULL).mkdir()
    shutil.copyfile(source_dir / LICENCE, place / LICENCE)
    covered = []
    for name, source in SOURCES.items():
        shutil.copyfile(source_dir / source, place / FULL / name)
        covered.append(_cut(place / FULL / name, place / SUBSET / name))
    full = frozenset.intersection(*covered)
    ranges = {FULL: _ranges(full), SUBSET: _ranges(full & wanted_characters())}
    (place / COVERAGE).write_text(json.dumps({"edition": edition} | ranges))


def _cut(source: Path, target: Path) -> frozenset[int]:
    """Write the subset of one font; returns what the whole font covers."""
    options = subset.Options(hinting=False, name_IDs=["*"], notdef_outline=True, recalc_timestamp=False)
    with TTFont(source, lazy=True) as font:
        # Invisible marks could make two names that read alike differ, so they count as unprintable.
        covered = frozenset(c for c in font.getBestCmap() if unicodedata.category(chr(c)) not in {"Cf", "Cc", "Co"})
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=covered & wanted_characters())
        cutter.subset(font)
        font.save(target)
    return covered


def _edition(source_dir: Path) -> str:
    """What the result depends on: the fonts (by size), the characters, and the tool that cuts."""
    facts = [(source, (source_dir / source).stat().st_size) for source in SOURCES.values()]
    return hashlib.sha256(repr((facts, sorted(wanted_characters()), fontTools.version, 1)).encode()).hexdigest()


def _is_edition(edition: str, target: Path) -> bool:
    try:
        return bool(json.loads((target / COVERAGE).read_text())["edition"] == edition)
    except (OSError, ValueError, KeyError):
        return False


def _ranges(points: frozenset[int]) -> list[list[int]]:
    ranges: list[list[int]] = []
    for point in sorted(points):
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return ranges


def _from_ranges(ranges: list[list[int]]) -> frozenset[int]:
    return frozenset(point for first, last in ranges for point in range(first, last + 1))
