from pathlib import Path

import pytest

from xuke.documents.fonts import (
    FULL,
    SUBSET,
    build_fonts,
    coverage,
    fonts_for,
    missing_characters,
    wanted_characters,
)
from xuke.documents.tests.prepared import fonts

TEMPLATES = sorted(Path(__file__).resolve().parents[2].rglob("*.typ"))


def test_ordinary_names_are_printed_from_the_subset():
    assert fonts_for(["宜都市青岗岭茶业有限公司", "向德清", "2号（A座）"], font_dir=fonts()) == fonts() / SUBSET


def test_a_rare_name_is_printed_from_the_full_font():
    assert missing_characters("昜䒟", font_dir=fonts()) == ()
    assert fonts_for(["昜先生"], font_dir=fonts()) == fonts() / FULL


def test_characters_without_a_glyph_are_named_once_in_order():
    assert missing_characters("𠮷野家䲣𠮷𪚥", font_dir=fonts()) == ("𠮷", "𪚥")


@pytest.mark.parametrize("mark", ["\u202e", "\u200b", "\ufeff", "\x00", "\u00ad", "\ue000"])
def test_invisible_marks_count_as_unprintable(mark):
    assert missing_characters(f"许可{mark}证", font_dir=fonts()) == (mark,)


def test_line_breaks_of_a_form_are_no_characters():
    assert missing_characters("一\r\n二\t三", font_dir=fonts()) == ()


def test_the_subset_is_part_of_the_full_font():
    covered = coverage(fonts())
    assert covered.subset < covered.full
    assert covered.subset == covered.full & wanted_characters()
    assert len(covered.full) > 30_000


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_the_words_of_our_templates_are_in_the_subset(template):
    words = {ord(c) for c in template.read_text() if not c.isspace()}
    assert words <= coverage(fonts()).subset | {ord("　")}


def test_fonts_that_are_up_to_date_are_not_made_again(tmp_path, monkeypatch):
    source = tmp_path / "source"
    _pretend_fonts(source)
    monkeypatch.setattr("xuke.documents.fonts._cut", lambda source, target: frozenset(map(ord, "许可证𠮷")))
    assert build_fonts(source, tmp_path / "fonts")
    assert not build_fonts(source, tmp_path / "fonts")
    (source / "400Regular" / "NotoSerifSC_400Regular.ttf").write_bytes(b"a newer release")
    assert build_fonts(source, tmp_path / "fonts")
    assert missing_characters("许可证丙", font_dir=tmp_path / "fonts") == ("丙",)


def _pretend_fonts(source: Path) -> None:
    for folder, name in (("400Regular", "NotoSerifSC_400Regular.ttf"), ("700Bold", "NotoSerifSC_700Bold.ttf")):
        (source / folder).mkdir(parents=True)
        (source / folder / name).write_bytes(b"font")
    (source / "LICENSE_FONT").write_text("SIL Open Font License")
