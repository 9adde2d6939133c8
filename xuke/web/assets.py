"""Lays out what comes from npm for the static files: one style sheet, one script, the icons in use. No Django here, so
that the set-up can run it before anything else exists.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from xuke.web.icons import ICONS

_SOURCE_MAP = re.compile(r"\s*/\*# sourceMappingURL=[^*]*\*/\s*$")


def copy_assets(node_modules: Path, target: Path) -> None:
    """Copy the front-end packages in use from `node_modules` to `target` (``vendor/``), with their licences."""
    _copy_style(node_modules / "@tabler/core/dist/css/tabler.min.css", target / "tabler/tabler.min.css")
    _copy(node_modules / "htmx.org/dist/htmx.min.js", target / "htmx/htmx.min.js")
    _copy(node_modules / "htmx.org/LICENSE", target / "htmx/LICENSE")
    _copy(node_modules / "@tabler/icons/LICENSE", target / "icons/LICENSE")
    for name in ICONS:
        _copy(node_modules / f"@tabler/icons/icons/outline/{name}.svg", target / f"icons/outline/{name}.svg")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _copy_style(source: Path, target: Path) -> None:
    """Without the reference to its source map: we do not serve the map, and hashed file names would miss it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(_SOURCE_MAP.sub("\n", source.read_text(encoding="utf-8")), encoding="utf-8")
