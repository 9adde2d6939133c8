"""Sheets of authorities: reading what somebody uploads, making the template they fill in."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import xlsxwriter

from xuke.accounts import read_sheet as child
from xuke.accounts.plans import COLUMNS, LEVELS, MOST_ROWS, OPTIONAL_COLUMNS, Row
from xuke.foundation.refusals import Invalid, Problem

LARGEST = 2_000_000
"""Bytes. A sheet of one province has some fifty thousand."""
PATIENCE = 10.0
"""Seconds for the process that opens a workbook, starting it included."""
_SHEET_ROWS, _SHEET_COLUMNS = MOST_ROWS + 50, 40
_HEADER_WITHIN = 10
"""Rows in which the headings are looked for: a title may stand above them."""
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How xlsx and ods begin, and the older xls."""
_BYTES_OF_PDF = b"%PDF-"

_EXPLAINED = {
    "code": "六位行政区划代码（GB/T 2260），一个代码一个机关",
    "name": "机关全称",
    "abbreviation": "文书编号开头的字，例如“夷市监”；每个机关不同，用过的不能给别的机关",
    "level": f"{'、'.join(LEVELS.values())}，四选一",
    "above": "上级机关的代码，可以是表里的另一行；最上级的机关不填",
    "uscc": "机关自己的18位统一社会信用代码",
    "reconsideration_body": "写进文书：不服的，向谁申请行政复议",
    "court": "写进文书：不服的，向哪个法院起诉",
    "address": "选填",
    "phone": "选填",
}
_EXAMPLES = (
    "420500 宜昌市市场监督管理局 宜市监 市 420000 11420500MAX900034J 宜昌市人民政府 宜昌市伍家岗区人民法院",
    "420506 宜昌市夷陵区市场监督管理局 夷市监 县 420500 11420506MAX90005XC 宜昌市夷陵区人民政府 宜昌市夷陵区人民法院",
)


def read(path: Path, name: str, *, field: str = "file") -> list[Row]:
    """The rows of a sheet of authorities; raises `Invalid` with a sentence that says how to repair it."""
    size = path.stat().st_size
    if not size:
        raise Invalid(Problem(field, f"{name} 是空文件，请重新选择。"))
    if size > LARGEST:
        raise Invalid(Problem(field, f"{name} 超过{LARGEST // 1_000_000} MB，不像一张机构表。请只留下需要的一张表。"))
    with path.open("rb") as stream:
        head = stream.read(8)
    table = _workbook(path, name, field) if head.startswith(_WORKBOOKS) else _csv(path, name, field)
    return _rows(table, name, field)


def _workbook(path: Path, name: str, field: str) -> list[list[str]]:
    said = open_apart(path)
    if said == child.DAMAGED:
        raise Invalid(Problem(field, f"{name} 打不开，可能已损坏或者加了密码。请另存为xlsx后重新上传。"))
    if said == child.TOO_MUCH:
        sentence = (
            f"{name} 太大：第一张表最多{_SHEET_ROWS}行、{_SHEET_COLUMNS}列。请把多余的行列整行整列删除后重新上传。"
        )
        raise Invalid(Problem(field, sentence))
    table: list[list[str]] = json.loads(said)
    return table


def open_apart(path: Path) -> str:
    """The rows of a workbook as JSON, or a word of `read_sheet`, found out where a bomb does no harm."""
    limits = [str(_SHEET_ROWS), str(_SHEET_COLUMNS)]
    program = [sys.executable, "-I", child.__file__, str(path.resolve()), *limits]
    try:
        done = subprocess.run(program, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return child.TOO_MUCH
    # Ended by a signal: too much computing, or out of memory. Nothing said for another reason is our own mistake.
    if done.returncode > 0 and "MemoryError" not in done.stderr and "memory allocation" not in done.stderr:
        raise RuntimeError(f"the reading of a sheet failed: {done.stderr[-2000:]}")
    return done.stdout or child.TOO_MUCH


def _csv(path: Path, name: str, field: str) -> list[list[str]]:
    """Comma or tab, UTF-8 or the GB 18030 that older office programs write."""
    content = path.read_bytes()
    text = _decoded(content)
    if text is None or "\0" in text or content.startswith(_BYTES_OF_PDF):
        raise Invalid(Problem(field, f"{name} 不是表格。这里接收xlsx、xls、ods和csv。"))
    first = text.partition("\n")[0]
    try:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if "\t" in first else ",", strict=True)
        table = [row[:_SHEET_COLUMNS] for row in lines]
    except csv.Error:
        raise Invalid(Problem(field, f"{name} 的引号或者分隔符不成对，读不出来。请另存为xlsx后重新上传。")) from None
    if len(table) > _SHEET_ROWS:
        raise Invalid(Problem(field, f"{name} 有{len(table)}行，一次最多{MOST_ROWS}个机关。请分几次导入。"))
    return table


def _decoded(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _rows(table: Sequence[Sequence[str]], name: str, field: str) -> list[Row]:
    place, columns = _columns(table)
    missing = [title for key, title in COLUMNS.items() if key not in columns and key not in OPTIONAL_COLUMNS]
    if missing:
        sentence = f"{name} 缺少{'、'.join(missing)}{len(missing)}列。请下载模板，照模板的列名填写。"
        raise Invalid(Problem(field, sentence))
    rows = [
        Row(number, {key: row[at].strip() if at < len(row) else "" for key, at in columns.items()})
        for number, row in enumerate(table[place + 1 :], start=place + 2)
    ]
    rows = [row for row in rows if any(row.values.values())]
    if not rows:
        raise Invalid(Problem(field, f"{name} 里没有一行机关。"))
    if len(rows) > MOST_ROWS:
        raise Invalid(Problem(field, f"{name} 有{len(rows)}个机关，一次最多{MOST_ROWS}个。请分几次导入。"))
    return rows


def _columns(table: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    """Which row holds the headings, and where each column stands."""
    best: tuple[int, dict[str, int]] = (0, {})
    for place, row in enumerate(table[:_HEADER_WITHIN]):
        found = {_plain(cell): at for at, cell in reversed(list(enumerate(row)))}
        columns = {key: found[title] for key, title in COLUMNS.items() if title in found}
        if len(columns) > len(best[1]):
            best = (place, columns)
    return best


def _plain(heading: str) -> str:
    """A heading without spaces, stars and what stands in brackets."""
    text = "".join(heading.split()).replace("*", "")
    return text.partition("（")[0].partition("(")[0]


# --- the template -----------------------------------------------------------------------------------------------------


def template(rows: Iterable[Sequence[str]] = ()) -> bytes:
    """A workbook to fill in: the headings, the rows that are known already, a second sheet that explains."""
    made = io.BytesIO()
    workbook = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, text = workbook.add_format({"bold": True, "bg_color": "#DFE8F3"}), workbook.add_format({"num_format": "@"})
    sheet = workbook.add_worksheet("机构")
    for at, title in enumerate(COLUMNS.values()):
        sheet.set_column(at, at, max(12, 3 * len(title)), text)
        sheet.write_string(0, at, title, bold)
    sheet.freeze_panes(1, 0)
    sheet.data_validation(1, 3, MOST_ROWS, 3, {"validate": "list", "source": list(LEVELS.values())})
    for number, row in enumerate(rows, start=1):
        for at, value in enumerate(row):
            sheet.write_string(number, at, value, text)
    _explain(workbook, bold, text)
    workbook.close()
    return made.getvalue()


def _explain(workbook: xlsxwriter.Workbook, bold: object, text: object) -> None:
    sheet = workbook.add_worksheet("说明和示例")
    sheet.set_column(0, 0, 20, text)
    sheet.set_column(1, 9, 28, text)
    for number, (key, title) in enumerate(COLUMNS.items()):
        sheet.write_string(number, 0, title, bold)
        sheet.write_string(number, 1, _EXPLAINED[key], text)
    start = len(COLUMNS) + 1
    sheet.write_string(start, 0, "示例", bold)
    for at, title in enumerate(COLUMNS.values()):
        sheet.write_string(start + 1, at, title, bold)
    for number, example in enumerate(_EXAMPLES, start=start + 2):
        for at, value in enumerate(example.split()):
            sheet.write_string(number, at, value, text)
