"""The fonts that tests set documents with: those of the set-up, or, before it has run, some made once for all runs."""

import os
import tempfile
from functools import cache
from pathlib import Path

from xuke.documents.fonts import COVERAGE, build_fonts

SOURCE = Path(__file__).resolve().parents[3] / "frontend/node_modules/@expo-google-fonts/noto-serif-sc"


@cache
def fonts() -> Path:
    prepared = Path(os.environ["XUKE_HOME"]) / "fonts"
    if (prepared / COVERAGE).exists():
        return prepared
    made = Path(tempfile.gettempdir()) / "xuke-test-fonts"
    build_fonts(SOURCE, made)
    return made
