"""Documents are drawn from the code, and what the code has is in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from xuke.config import generated
from xuke.licensing.workflow import LIFE

PAGE = "# 办件\n\n<!-- begin steps -->\n旧的\n<!-- end -->\n\n手写的话。\n"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A small book of documents about the product as it is."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "xuke").mkdir()
    (tmp_path / "docs" / "life.md").write_text(PAGE, "utf-8")
    words = " ".join(f"`{word}`" for word in generated.vocabulary())
    (tmp_path / generated.GLOSSARY).write_text(words, "utf-8")
    (tmp_path / generated.OPERATING).write_text("", "utf-8")
    return tmp_path


def test_a_block_is_drawn_from_the_code_and_what_stands_around_it_stays(book: Path) -> None:
    generated.write(book)
    page = (book / "docs" / "life.md").read_text("utf-8")
    assert page.startswith("# 办件\n") and page.endswith("手写的话。\n") and "旧的" not in page
    assert all(f"`{step.verb}`" in page for step in LIFE.steps)


def test_drawing_twice_changes_nothing(book: Path) -> None:
    generated.write(book)
    once = (book / "docs" / "life.md").read_text("utf-8")
    generated.write(book)
    assert (book / "docs" / "life.md").read_text("utf-8") == once
    assert not list(generated.differences(book))


def test_a_stale_page_is_told_as_a_diff(book: Path) -> None:
    told = list(generated.differences(book))
    assert told[0] == "--- docs/life.md"
    assert "-旧的" in told and any(line.startswith("+| `submit` |") for line in told)


def test_a_noun_that_is_not_in_the_glossary_is_named(book: Path) -> None:
    glossary = book / generated.GLOSSARY
    glossary.write_text(glossary.read_text("utf-8").replace("`Licence`", ""), "utf-8")
    assert list(generated.unspoken(book)) == ["docs/glossary.md：没有 `Licence`"]


def test_a_variable_that_no_operator_could_know_is_named(book: Path) -> None:
    (book / "xuke" / "settings.py").write_text('os.environ.get("XUKE_MOON")\nos.environ["XUKE_SUN"] = ""\n', "utf-8")
    (book / generated.OPERATING).write_text("`XUKE_SUN`", "utf-8")
    assert list(generated.unspoken(book)) == ["docs/operating.md：没有 `XUKE_MOON`"]


def test_a_link_or_a_name_that_leads_nowhere_is_named(book: Path) -> None:
    page = book / "docs" / "life.md"
    page.write_text(
        "[there](life.md#steps) [gone](gone.md) [web](https://a.example/b) ![later](pictures/later.png)"
        " `xuke/gone.py` `xuke/` `tools`",
        "utf-8",
    )
    assert [line.partition("：")[2] for line in generated.dead_ends(book)] == [
        "没有 gone.md 这个文件",
        "没有 xuke/gone.py 这个文件",
    ]


def test_an_unknown_block_is_an_error_that_names_it(book: Path) -> None:
    (book / "docs" / "life.md").write_text("<!-- begin moon -->\n<!-- end -->\n", "utf-8")
    with pytest.raises(KeyError, match="moon"):
        generated.write(book)
