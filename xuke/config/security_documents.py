"""The documents under `docs/security`, held against the code: `--check` or `--write`.

A list of requirements and a threat model are worth what they point at. So every file, function and test that they name
must exist, every requirement of level 1 and 2 must have its row with one of four answers, every threat must name the
test that shows its countermeasure or say that none does, and the figures at the head of each page are counted here.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path("docs/security")
ASVS, THREATS = FOLDER / "asvs.md", FOLDER / "threats.md"
NUMBERS = FOLDER / "asvs-5.0-requirements.json"

MET, BY_OPERATION, NOT_APPLICABLE, NOT_YET = "met", "met by operation", "not applicable", "not met yet"
STATUSES = (MET, BY_OPERATION, NOT_APPLICABLE, NOT_YET)
KINDS = {
    "S": "spoofing",
    "T": "tampering",
    "R": "repudiation",
    "I": "information disclosure",
    "D": "denial of service",
    "E": "elevation of privilege",
}
NO_TEST = "No test:"
"""How the cell begins where nothing but care shows a countermeasure; the reason follows."""

_NAMED = re.compile(
    r"`(?P<path>(?:xuke|docs|tools|frontend|\.ci)/[\w./@-]+)(?:::(?P<name>[\w:]+)(?P<case>\[[^`]*\])?)?`"
)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^)#\s]*)(?:#(?P<place>[^)\s]+))?\)")
_REQUIREMENT = re.compile(r"^\| (?P<number>\d+\.\d+\.\d+) \|(?P<cells>.*)\|$", re.MULTILINE)
_THREAT = re.compile(r"^\| (?P<number>T\d+\.\d+) \|(?P<cells>.*)\|$", re.MULTILINE)
_FIGURES = re.compile(r"(<!-- figures -->\n).*?(<!-- end of figures -->)", re.DOTALL)
_HEADING = re.compile(r"^#+ +(?P<words>.+?) *$", re.MULTILINE)


@dataclass(frozen=True)
class Requirement:
    """One row of the list: a requirement of the standard and our answer."""

    number: str
    level: str
    summary: str
    status: str
    evidence: str


@dataclass(frozen=True)
class Threat:
    """One row of the threat model."""

    number: str
    kinds: str
    story: str
    countermeasure: str
    shown_by: str
    remains: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the figures, or say what is wrong. 0: as far as a program can tell all is true; 1: it is not."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--check", action="store_true", help="只检查，不改")
    choice.add_argument("--write", action="store_true", help="重新计数")
    parsed = parser.parse_args(arguments)
    if parsed.write:
        write(ROOT)
    found = list(faults(ROOT))
    sys.stdout.write("".join(f"{line}\n" for line in found))
    return 1 if found else 0


def write(root: Path) -> None:
    """Count anew."""
    for page, figures in PAGES.items():
        text = (root / page).read_text("utf-8")
        (root / page).write_text(_filled(text, figures(text)), "utf-8")


def faults(root: Path) -> Iterator[str]:
    """Everything that is wrong, one line each."""
    for path in sorted((root / FOLDER).glob("*.md")):
        text = path.read_text("utf-8")
        name = str(path.relative_to(root))
        yield from (f"{name}：{problem}" for problem in [*unfound(root, text), *dead_links(path, text)])
    yield from (f"{ASVS}：{problem}" for problem in wrong_rows(root))
    yield from (f"{THREATS}：{problem}" for problem in wrong_threats((root / THREATS).read_text("utf-8")))
    for page, figures in PAGES.items():
        text = (root / page).read_text("utf-8")
        if _filled(text, figures(text)) != text:
            yield f"{page}：开头的计数不对，请运行 python -m xuke.config.security_documents --write"


# --- what is named exists ---------------------------------------------------------------------------------------------


def unfound(root: Path, text: str) -> Iterator[str]:
    """Files, functions and tests that a text names and that are not there."""
    for found in _NAMED.finditer(text):
        path, name, case = root / found["path"], found["name"], found["case"]
        if not path.exists():
            yield f"没有 {found['path']} 这个文件"
        elif name and name not in (known := names_in(path)):
            yield f"{found['path']} 里没有 {name}"
        elif name and case and not known[name]:
            yield f"{found['path']} 的 {name} 没有参数，不会有 {case} 这一例"


@lru_cache
def names_in(path: Path) -> dict[str, bool]:
    """What a module defines, methods as ``Class::method``; and whether it is a test that runs once for each of many."""
    return dict(_names(ast.parse(path.read_text("utf-8")).body))


def _names(body: Sequence[ast.stmt], within: str = "") -> Iterator[tuple[str, bool]]:
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield within + node.name, any("parametrize" in ast.unparse(each) for each in node.decorator_list)
            case ast.ClassDef():
                yield within + node.name, False
                yield from _names(node.body, f"{within}{node.name}::")
            case ast.Assign():
                yield from ((within + name.id, False) for name in node.targets if isinstance(name, ast.Name))
            case ast.AnnAssign(target=ast.Name() as name):
                yield within + name.id, False


def dead_links(page: Path, text: str) -> Iterator[str]:
    """Links to a section that its document does not have. Whether the document exists is asked by `generated`."""
    for found in _LINK.finditer(text):
        target = page.parent / found["target"] if found["target"] else page
        if found["place"] and target.suffix == ".md" and target.exists() and found["place"] not in _places(target):
            yield f"{found['target'] or page.name} 没有 #{found['place']} 这一节"


def _places(document: Path) -> set[str]:
    """The anchors of the headings of a document, as repository hosts make them."""
    headings = (found["words"].lower() for found in _HEADING.finditer(document.read_text("utf-8")))
    return {re.sub(r"[^\w\- ]", "", words).replace(" ", "-") for words in headings}


# --- the list of requirements -----------------------------------------------------------------------------------------


def requirements(text: str) -> Iterator[Requirement]:
    """The rows of the list."""
    for found in _REQUIREMENT.finditer(text):
        cells = _cells(found["cells"])
        yield Requirement(found["number"], *(cells + [""] * 4)[:4])


def wrong_rows(root: Path) -> Iterator[str]:
    """Requirements without a row, with two, or with an answer that is none."""
    levels = {number: str(level) for number, level in json.loads((root / NUMBERS).read_text("utf-8"))["levels"].items()}
    rows = list(requirements((root / ASVS).read_text("utf-8")))
    counted = Counter(row.number for row in rows)
    yield from (f"没有 {number} 这一条" for number in levels if not counted[number])
    yield from (f"{number} 有{count}行" for number, count in counted.items() if count > 1)
    for row in rows:
        if reason := _why_no_answer(row, levels.get(row.number, "")):
            yield f"{row.number} {reason}"


def _why_no_answer(row: Requirement, level: str) -> str:
    if not level:
        return "不是第一级或者第二级的要求"
    if row.level != level:
        return f"是第{level}级，写的是“{row.level}”"
    if row.status not in STATUSES:
        return f"的结论“{row.status}”不在{'、'.join(STATUSES)}之中"
    if not row.summary or not row.evidence:
        return "没有写明要求或者理由"
    if row.status in (MET, BY_OPERATION) and not (_NAMED.search(row.evidence) or _LINK.search(row.evidence)):
        return "没有指向代码、测试或者文档"
    return ""


def figures_of_requirements(text: str) -> str:
    """How many requirements got which answer."""
    counted = Counter((row.status, row.level) for row in requirements(text))
    rows = [
        (status, str(counted[status, "1"]), str(counted[status, "2"]), str(counted[status, "1"] + counted[status, "2"]))
        for status in STATUSES
    ]
    total = ("all", *(str(sum(int(row[place]) for row in rows)) for place in (1, 2, 3)))
    return _table(("Answer", "Level 1", "Level 2", "Together"), [*rows, total])


# --- the threat model -------------------------------------------------------------------------------------------------


def threats(text: str) -> Iterator[Threat]:
    """The rows of the threat model."""
    for found in _THREAT.finditer(text):
        yield Threat(found["number"], *(_cells(found["cells"]) + [""] * 5)[:5])


def wrong_threats(text: str) -> Iterator[str]:
    """Threats that are told twice, are of no kind, or name neither a test nor the reason why there is none."""
    rows = list(threats(text))
    counted = Counter(row.number for row in rows)
    yield from (f"{number} 有{count}行" for number, count in counted.items() if count > 1)
    for row in rows:
        if not row.kinds or set(row.kinds) - set(KINDS):
            yield f"{row.number} 的类别“{row.kinds}”不在{''.join(KINDS)}之中"
        if not (row.story and row.countermeasure and row.remains):
            yield f"{row.number} 没有写全"
        if not (tests_named(row.shown_by) or row.shown_by.startswith(NO_TEST)):
            yield f"{row.number} 没有指明测试"


def tests_named(text: str) -> list[str]:
    """The tests that a text names."""
    found = ((each["path"], each["name"] or "") for each in _NAMED.finditer(text))
    return [f"{path}::{name}" for path, name in found if name.rpartition(":")[2].startswith("test_")]


def figures_of_threats(text: str) -> str:
    """How many threats there are, and how many a test shows."""
    rows = list(threats(text))
    shown = [row for row in rows if tests_named(row.shown_by)]
    tests = {name for row in rows for name in tests_named(row.shown_by)}
    kinds = ((words, str(sum(letter in row.kinds for row in rows))) for letter, words in KINDS.items())
    return _table(
        ("", "Number"),
        [
            ("threats", str(len(rows))),
            ("with a test that shows the countermeasure", str(len(shown))),
            ("without one, with the reason", str(len(rows) - len(shown))),
            ("tests named", str(len(tests))),
            *kinds,
        ],
    )


PAGES: dict[Path, Callable[[str], str]] = {ASVS: figures_of_requirements, THREATS: figures_of_threats}


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.split("|")]


def _filled(text: str, figures: str) -> str:
    return _FIGURES.sub(lambda found: f"{found[1]}\n{figures}\n\n{found[2]}", text)


def _table(titles: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = (titles, ("---",) * len(titles), *rows)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
