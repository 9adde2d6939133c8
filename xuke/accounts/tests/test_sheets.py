"""Reading what somebody uploads as a sheet of authorities."""

import io
import zipfile

import pytest

from xuke.accounts import sheets
from xuke.accounts.plans import COLUMNS
from xuke.accounts.tests.provinces import as_csv, as_xlsx, saved
from xuke.foundation.refusals import Invalid

YILING = [
    "420506",
    "宜昌市夷陵区市场监督管理局",
    "夷市监",
    "县",
    "420500",
    "11420506MAX90005XC",
    "宜昌市夷陵区人民政府",
    "宜昌市夷陵区人民法院",
    "",
    "",
]


def test_a_workbook_is_read_with_the_numbers_its_rows_have_there(tmp_path):
    numbers = [420506, *YILING[1:4], 420500.0, *YILING[5:]]
    (row,) = sheets.read(saved(tmp_path, as_xlsx([numbers])), "机构.xlsx")
    assert row.number == 3
    assert list(row.values.values()) == YILING


@pytest.mark.parametrize(
    ("encoding", "comma"), [("utf-8-sig", ","), ("utf-8", ","), ("gb18030", ","), ("gb18030", "\t")]
)
def test_text_is_read_as_office_programs_write_it(encoding, comma, tmp_path):
    (row,) = sheets.read(saved(tmp_path, as_csv([YILING], encoding, comma), "机构.csv"), "机构.csv")
    assert (row.number, row.values["name"], row.values["level"]) == (2, YILING[1], "县")


def test_headings_may_stand_in_any_order_with_stars_and_remarks(tmp_path):
    headings = ["备注", *[f"*{title}（必填）" for title in reversed(COLUMNS.values())]]
    (row,) = sheets.read(saved(tmp_path, as_xlsx([["x", *reversed(YILING)]], headings)), "机构.xlsx")
    assert [row.values[key] for key in COLUMNS] == YILING


def test_empty_rows_are_left_out(tmp_path):
    rows = sheets.read(saved(tmp_path, as_xlsx([YILING, [""] * 10, YILING])), "机构.xlsx")
    assert [row.number for row in rows] == [3, 5]


def test_the_template_is_read_back(tmp_path):
    (row,) = sheets.read(saved(tmp_path, sheets.template([YILING])), "模板.xlsx")
    assert list(row.values.values()) == YILING
    with pytest.raises(Invalid, match="没有一行机关"):
        sheets.read(saved(tmp_path, sheets.template()), "模板.xlsx")


def test_what_looks_like_a_formula_stays_a_text(tmp_path):
    wicked = [*YILING[:8], '=HYPERLINK("http://example.invalid")', ""]
    (row,) = sheets.read(saved(tmp_path, sheets.template([wicked])), "模板.xlsx")
    assert row.values["address"] == wicked[8]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "是空文件"),
        (b"%PDF-1.7 ...", "不是表格"),
        (b"\x00\x01\x02", "不是表格"),
        (b"PK\x03\x04 but nothing more", "打不开"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "打不开"),
        (b'a,"b\r\nc', "引号或者分隔符不成对"),
        ("代码,名称\r\n420506,夷陵".encode(), "缺少文号代字、级别、上级代码、统一社会信用代码、行政复议机关、法院6列"),
        ("甲,乙\r\n1,2".encode(), "照模板的列名填写"),
        (b"x" * 2_000_001, "超过2 MB"),
    ],
    ids=range(9),
)
def test_what_is_no_sheet_is_told(content, sentence, tmp_path):
    with pytest.raises(Invalid, match=sentence):
        sheets.read(saved(tmp_path, content), "机构.xlsx")


@pytest.mark.parametrize("make", [as_xlsx, as_csv])
def test_a_sheet_that_goes_on_and_on_is_refused(make, tmp_path):
    with pytest.raises(Invalid, match="最多"):
        sheets.read(saved(tmp_path, make([YILING] * 700)), "机构.xlsx")


def test_a_workbook_with_a_cell_in_the_last_corner_is_refused(tmp_path):
    """A hundred bytes that claim sixteen thousand columns of a million rows."""
    assert_refused(
        tmp_path,
        as_bomb('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    )


def test_a_workbook_that_unpacks_to_a_thousand_times_its_size_is_refused(tmp_path):
    cells = b"<c><v>1234567890</v></c>" * 100_000
    content = b"".join(b"<row>" + cells + b"</row>" for _ in range(20))
    assert_refused(tmp_path, as_bomb(content.decode()))


def as_bomb(rows: str) -> bytes:
    """A workbook of ours with other rows in its sheet."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(as_xlsx([YILING]))) as source,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as bomb,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name.endswith("sheet1.xml"):
                text = content.decode()
                begin, end = text.index("<sheetData>") + 11, text.index("</sheetData>")
                content = (text[:begin] + rows + text[end:]).encode()
            bomb.writestr(name, content)
    return made.getvalue()


def assert_refused(place, content: bytes) -> None:
    with pytest.raises(Invalid, match=r"太大|打不开|超过"):
        sheets.read(saved(place, content), "机构.xlsx")
