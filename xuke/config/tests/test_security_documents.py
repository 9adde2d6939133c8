"""What the security documents promise exists, and what they count is counted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from xuke.config import security_documents
from xuke.config.security_documents import ASVS, FOLDER, NUMBERS, THREATS

TEST = "`xuke/cats/tests/test_door.py::test_a_stranger_stays_outside`"
FIGURES = "<!-- figures -->\n<!-- end of figures -->\n"
ROWS = {
    "1.1.1": f"| 1.1.1 | 1 | the door is closed | met | {TEST} |",
    "1.1.2": "| 1.1.2 | 2 | the fence is high | not applicable | there is no fence |",
}
THREAT = f"| T1.1 | SE | a stranger comes in | a door | {TEST} | windows |"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """The security documents of a house with a cat."""
    tests = tmp_path / "xuke" / "cats" / "tests"
    tests.mkdir(parents=True)
    (tests / "test_door.py").write_text(
        "import pytest\n\nTRIES = 3\n\n\ndef test_a_stranger_stays_outside():\n    pass\n\n\n"
        "@pytest.mark.parametrize('who', ['tom', 'kit'])\ndef test_a_cat_comes_in(who):\n    pass\n\n\n"
        "class TestAtNight:\n    def test_nobody_comes_in(self):\n        pass\n",
        "utf-8",
    )
    (tmp_path / FOLDER).mkdir(parents=True)
    (tmp_path / NUMBERS).write_text(json.dumps({"levels": {"1.1.1": 1, "1.1.2": 2}}), "utf-8")
    write(tmp_path, *ROWS.values())
    (tmp_path / THREATS).write_text(f"# Threats\n\n{FIGURES}\n{THREAT}\n", "utf-8")
    security_documents.write(tmp_path)
    return tmp_path


def write(book: Path, *rows: str) -> None:
    """The list of requirements with these rows, counted."""
    (book / ASVS).write_text("\n".join(["# ASVS", "", FIGURES, "## Doors", "", *rows, ""]), "utf-8")


def told(book: Path, *rows: str) -> list[str]:
    """What the check says about a list with these rows, counted before."""
    write(book, *rows)
    security_documents.write(book)
    return [line.removeprefix(f"{ASVS}：") for line in security_documents.faults(book)]


def test_documents_that_are_true_are_passed(book: Path) -> None:
    assert list(security_documents.faults(book)) == []


def test_the_documents_of_the_product_are_true() -> None:
    assert list(security_documents.faults(security_documents.ROOT)) == []


@pytest.mark.parametrize(
    "named",
    [
        "`xuke/cats/tests/test_door.py`",
        "`xuke/cats/tests/test_door.py::TRIES`",
        "`xuke/cats/tests/test_door.py::test_a_cat_comes_in[tom]`",
        "`xuke/cats/tests/test_door.py::TestAtNight::test_nobody_comes_in`",
        "[the door](#doors)",
    ],
)
def test_files_functions_methods_and_cases_are_found(book: Path, named: str) -> None:
    assert told(book, f"| 1.1.1 | 1 | the door is closed | met | {named} |", ROWS["1.1.2"]) == []


@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        ("`xuke/cats/tests/test_roof.py::test_it`", "没有 xuke/cats/tests/test_roof.py 这个文件"),
        (
            "`xuke/cats/tests/test_door.py::test_nobody_comes_in`",
            "xuke/cats/tests/test_door.py 里没有 test_nobody_comes_in",
        ),
        (
            "`xuke/cats/tests/test_door.py::test_a_stranger_stays_outside[tom]`",
            "xuke/cats/tests/test_door.py 的 test_a_stranger_stays_outside 没有参数，不会有 [tom] 这一例",
        ),
        ("[the roof](threats.md#roof)", "threats.md 没有 #roof 这一节"),
    ],
)
def test_what_is_not_there_is_named(book: Path, named: str, sentence: str) -> None:
    assert told(book, f"| 1.1.1 | 1 | the door is closed | met | {named} |", ROWS["1.1.2"]) == [sentence]


def test_every_requirement_has_one_row(book: Path) -> None:
    assert told(book, ROWS["1.1.1"]) == ["没有 1.1.2 这一条"]
    assert told(book, *ROWS.values(), ROWS["1.1.2"]) == ["1.1.2 有2行"]
    assert told(book, *ROWS.values(), ROWS["1.1.2"].replace("1.1.2", "9.9.9")) == ["9.9.9 不是第一级或者第二级的要求"]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("| 1.1.1 | 2 | the door is closed | not met yet | a lock |", "1.1.1 是第1级，写的是“2”"),
        (
            "| 1.1.1 | 1 | the door is closed | certainly | a lock |",
            "1.1.1 的结论“certainly”不在met、met by operation、not applicable、not met yet之中",
        ),
        ("| 1.1.1 | 1 | the door is closed | not applicable | |", "1.1.1 没有写明要求或者理由"),
        ("| 1.1.1 | 1 | the door is closed | met | believe me |", "1.1.1 没有指向代码、测试或者文档"),
    ],
)
def test_an_answer_that_is_none_is_told(book: Path, row: str, sentence: str) -> None:
    assert told(book, row, ROWS["1.1.2"]) == [sentence]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (THREAT.replace(TEST, "we are careful"), "T1.1 没有指明测试"),
        (THREAT.replace("SE", "X"), "T1.1 的类别“X”不在STRIDE之中"),
        (THREAT.replace("windows", ""), "T1.1 没有写全"),
        (f"{THREAT}\n{THREAT}", "T1.1 有2行"),
    ],
)
def test_a_threat_without_its_test_is_told(book: Path, row: str, sentence: str) -> None:
    (book / THREATS).write_text(f"# Threats\n\n{FIGURES}\n{row}\n", "utf-8")
    security_documents.write(book)
    assert list(security_documents.faults(book)) == [f"{THREATS}：{sentence}"]


def test_a_threat_may_say_why_there_is_no_test(book: Path) -> None:
    (book / THREATS).write_text(
        f"# Threats\n\n{FIGURES}\n{THREAT.replace(TEST, 'No test: cats do not sign')}\n", "utf-8"
    )
    security_documents.write(book)
    assert list(security_documents.faults(book)) == []
    assert "| without one, with the reason | 1 |" in (book / THREATS).read_text("utf-8")


def test_figures_are_counted_and_compared(book: Path) -> None:
    page = (book / ASVS).read_text("utf-8")
    assert "| met | 1 | 0 | 1 |" in page and "| all | 1 | 1 | 2 |" in page
    (book / ASVS).write_text(page.replace("| met | 1 | 0 | 1 |", "| met | 7 | 0 | 7 |"), "utf-8")
    assert list(security_documents.faults(book)) == [
        f"{ASVS}：开头的计数不对，请运行 python -m xuke.config.security_documents --write"
    ]
