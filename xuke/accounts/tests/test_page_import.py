"""The page of the import: a template to fill in, reading over, one press."""

import io
import re

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile

from xuke.accounts import commands, sheets
from xuke.accounts.models import Authority
from xuke.accounts.tests.posts import YILING, authority
from xuke.accounts.tests.provinces import as_csv, as_xlsx, province, saved
from xuke.accounts.tests.test_import_authorities import ours
from xuke.accounts.tests.test_page_authorities import shi_of_hubei  # noqa: F401 - a fixture
from xuke.foundation.actors import SYSTEM
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS
from xuke.tests.cast import NOON

URL = "/office/admin/import/"


def upload(desk, officer, content, name="湖北.xlsx"):
    return desk.send(officer, URL, {"file": SimpleUploadedFile(name, content)})


def carried(page):
    return re.search(r'name="rows" value="([^"]+)"', page.html)[1]


def test_the_template_has_what_is_there(desk, shi_of_hubei, tmp_path):  # noqa: F811
    answer = desk.open(shi_of_hubei, f"{URL}template/").response
    rows = sheets.read(saved(tmp_path, b"".join(answer.streaming_content)), "机构表.xlsx")
    assert [row.values["code"] for row in rows] == ["420000", "420500", "420506", "420581"]
    assert rows[2].values["name"] == "宜昌市夷陵区市场监督管理局"


def test_a_province_is_read_over_and_imported_with_one_press(desk, shi_of_hubei):  # noqa: F811
    table = ours(province())
    shown = upload(desk, shi_of_hubei, as_xlsx(table))
    assert shown.status == 200
    assert "还没有导入" in shown.main and "新设113行" in shown.main and "不变4行" in shown.main
    assert len(shown.statements) <= MOST_STATEMENTS
    assert Authority.objects.count() == 4
    done = desk.send(shi_of_hubei, URL, {"rows": carried(shown)})
    assert (done.status, done.goes_to) == (303, "/office/admin/")
    assert Authority.objects.count() == 117
    again = upload(desk, shi_of_hubei, as_xlsx(table))
    assert "和现在完全一样" in again.main and 'name="rows"' not in again.html


def test_what_changes_is_shown_before_and_after(desk, shi_of_hubei):  # noqa: F811
    table = ours(province())
    row = next(row for row in table if row[0] == YILING)
    row[9] = "0717-1"
    shown = upload(desk, shi_of_hubei, as_csv([row]), "夷陵.csv")
    assert "修改1行" in shown.main and "电话：12315 → 0717-1" in shown.main


def test_what_is_wrong_is_told_row_by_row_and_cannot_be_imported(desk, shi_of_hubei):  # noqa: F811
    table = ours(province())
    table[4][5], table[5][4] = "1", "429999"
    shown = upload(desk, shi_of_hubei, as_xlsx(table))
    assert "有错误2行" in shown.main and "一行也没有导入" in shown.main
    assert "第7行" in shown.main and "没有代码为429999的上级机关" in shown.main
    assert 'name="rows"' not in shown.html


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"%PDF-1.7", "不是表格"), (b"", "空文件"), (b"PK\x03\x04x", "打不开"), ("代码\n1".encode(), "缺少")],
)
def test_what_is_no_sheet_is_told(content, sentence, desk, shi_of_hubei):  # noqa: F811
    page = upload(desk, shi_of_hubei, content)
    assert page.status == 422 and sentence in page.main


def test_nothing_chosen_is_told(desk, shi_of_hubei):  # noqa: F811
    page = desk.send(shi_of_hubei, URL)
    assert page.status == 422 and "机构表" in page.main


def test_what_was_shown_is_what_is_done(desk, shi_of_hubei):  # noqa: F811
    shown = upload(desk, shi_of_hubei, as_xlsx(ours(province())))
    commands.change_authority(authority=authority(), changes={"phone": "1"}, by=SYSTEM, now=NOON, reason="换号")
    page = desk.send(shi_of_hubei, URL, {"rows": carried(shown)})
    assert page.status == 409 and "在您查看之后有了变化" in page.words
    assert Authority.objects.count() == 4


FORGED = signing.dumps({"rows": []}, salt="other")


@pytest.mark.parametrize("rows", ["", "x", FORGED], ids=["nothing", "nonsense", "forged"])
def test_rows_of_ones_own_making_are_not_taken(rows, desk, shi_of_hubei):  # noqa: F811
    page = desk.send(shi_of_hubei, URL, {"rows": rows})
    assert page.status == 409 and "请重新上传" in page.words


def test_what_somebody_else_read_over_is_not_imported(desk, shi_of_hubei, shi_the_system_administrator):  # noqa: F811
    shown = upload(desk, shi_of_hubei, as_xlsx(ours(province())))
    page = desk.send(shi_the_system_administrator, URL, {"rows": carried(shown)})
    assert page.status == 409 and "另一个人上传" in page.words


@pytest.mark.parametrize("name", ["gao_the_administrator", "qian_the_auditor", "zhou_the_acceptor"])
def test_nobody_else_imports(name, desk, request):
    officer = request.getfixturevalue(name)
    assert desk.open(officer, URL).status == 403
    assert upload(desk, officer, io.BytesIO(b"x").read()).status == 403
    assert desk.open(officer, f"{URL}template/").status == 403
