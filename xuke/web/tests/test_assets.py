"""What comes from npm, laid out for the static files."""

from __future__ import annotations

from xuke.web.assets import copy_assets
from xuke.web.icons import ICONS


def package(root, path, text="x"):
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)


def test_only_what_is_used_is_copied_and_the_licences_with_it(tmp_path):
    modules, target = tmp_path / "node_modules", tmp_path / "vendor"
    package(modules, "@tabler/core/dist/css/tabler.min.css", "a{}\n/*# sourceMappingURL=tabler.min.css.map */")
    for path in ("htmx.org/dist/htmx.min.js", "htmx.org/LICENSE", "@tabler/icons/LICENSE"):
        package(modules, path)
    for name in (*ICONS, "rocket"):
        package(modules, f"@tabler/icons/icons/outline/{name}.svg")
    copy_assets(modules, target)
    copy_assets(modules, target)
    assert (target / "tabler/tabler.min.css").read_text() == "a{}\n"
    assert {path.stem for path in (target / "icons/outline").iterdir()} == set(ICONS)
    assert (target / "htmx/LICENSE").exists()


def test_the_list_of_icons_is_in_order_and_has_no_doubles():
    assert list(ICONS) == sorted(set(ICONS))
