"""Lay out what npm fetched: style sheets and icons to XUKE_HOME/vendor, fonts cut to size to XUKE_HOME/fonts.

What only the browser tests read goes to XUKE_HOME/testing, which is never served.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from xuke.documents.fonts import build_fonts
from xuke.web.assets import copy_assets


def main(frontend: Path, home: Path) -> None:
    modules = frontend / "node_modules"
    copy_assets(modules, home / "vendor")
    (home / "testing").mkdir(parents=True, exist_ok=True)
    shutil.copyfile(modules / "axe-core" / "axe.min.js", home / "testing" / "axe.min.js")
    build_fonts(modules / "@expo-google-fonts" / "noto-serif-sc", home / "fonts")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
