"""A statement is one text with one digest: what was on the page, and nothing changes in it unnoticed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xuke.signatures import statement as statements
from xuke.signatures.statement import (
    Declaration,
    Filed,
    Kind,
    Line,
    NotAStatement,
    Part,
    Party,
    Signer,
    Statement,
    Table,
    as_shown,
    as_text,
    read,
)

CAKES = Statement(
    kind=Kind.SUBMISSION,
    about="application:0192",
    revision=7,
    on="2026-09-07",
    salt="00" * 16,
    title="食品生产许可首次申请",
    procedure="food.first",
    receiver=Party("宜昌市夷陵区市场监督管理局", "420506"),
    enterprise=Party("宜昌禾穗坊食品有限公司", "91420506MAX000016K", "郑国强"),
    signer=Signer("吴晓梅", "经办人", "居民身份证", "", "2026-01-05", ""),
    declarations=(Declaration("以上内容真实、合法、有效，由本企业负责", "行政许可法第三十一条", "如实提交有关材料。"),),
    parts=(
        Part("enterprise", "企业信息", (Line("联系人", "吴晓梅"), Line("联系电话", "13800005678", "phone"))),
        Part("equipment", "设备", (), (Table("设备设施", ((Line("名称", "烤炉"), Line("数量", "2")),)),)),
    ),
    files=(Filed("process_flow_chart", "工艺流程图", "流程图.pdf", "ab" * 32),),
    values={"site": {"area": "1200"}, "declaration": {"truthful": "yes"}},
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def test_a_statement_is_read_back_as_it_was_written():
    assert read(CAKES.text) == CAKES
    assert read(CAKES.text).digest == CAKES.digest


@given(texts, texts, st.integers(min_value=0, max_value=10**9))
def test_whatever_people_type_is_read_back_and_has_a_digest_of_its_own(label, value, revision):
    other = replace(CAKES, revision=revision, parts=(Part("site", "场所", (Line(label, value),)),))
    assert read(other.text) == other
    assert other.digest != CAKES.digest


def test_one_character_more_is_another_digest_or_no_statement():
    for place in range(0, len(CAKES.text), 7):
        changed = CAKES.text[:place] + "x" + CAKES.text[place + 1 :]
        if changed == CAKES.text:
            continue
        try:
            assert read(changed).digest != CAKES.digest
        except NotAStatement:
            pass


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "null",
        "7",
        '{"type":"xuke-statement-2"}',
        CAKES.text + " ",
        CAKES.text.replace("xuke-statement-1", "xuke-statement-0"),
        CAKES.text.replace('"revision":7', '"revision":7.0'),
        CAKES.text.replace('{"about"', '{ "about"'),
        "[" * 100_000,
        "x" * (statements.LARGEST + 1),
    ],
)
def test_what_is_not_written_as_we_write_it_is_no_statement(text):
    with pytest.raises(NotAStatement):
        read(text)


def test_the_page_shows_everything_that_is_signed():
    shown = as_shown(CAKES)
    assert shown.heading == "提交申请 · 食品生产许可首次申请"
    told = {line.label: line.value for line in shown.lines}
    assert told["签名人"] == "吴晓梅（经办人）"
    assert told["授权"] == "2026年1月5日起有效，没有终止日"
    assert told["受理机关"] == "宜昌市夷陵区市场监督管理局"
    assert (shown.parts, shown.files, shown.declarations) == (CAKES.parts, CAKES.files, CAKES.declarations)


def test_years_later_it_reads_the_same():
    assert as_text(read(CAKES.text)) == as_text(CAKES)
    for told in ("烤炉", "13800005678", "ab" * 32, "以上内容真实", "行政许可法第三十一条"):
        assert told in as_text(CAKES)


def test_packages_taken_away_earlier_can_still_be_compared_with_the_readable_text():
    """`xuke verify-submission` makes the readable copy again: another wording would fail every older package."""
    assert as_text(CAKES) == "\n".join(
        (
            "提交申请 · 食品生产许可首次申请",
            "",
            "声明人：宜昌禾穗坊食品有限公司",
            "统一社会信用代码：91420506MAX000016K",
            "法定代表人（负责人）：郑国强",
            "签名人：吴晓梅（经办人）",
            "授权：2026年1月5日起有效，没有终止日",
            "实名：经居民身份证核验，没有终止日",
            "受理机关：宜昌市夷陵区市场监督管理局",
            "日期：2026年9月7日",
            "",
            "声明：以上内容真实、合法、有效，由本企业负责（行政许可法第三十一条：如实提交有关材料。）",
            "",
            "【企业信息】",
            "联系人：吴晓梅",
            "联系电话：13800005678",
            "",
            "【设备】",
            "设备设施：",
            "　名称 烤炉；数量 2",
            "",
            "【上传的材料】",
            f"工艺流程图：流程图.pdf，SHA-256 {'ab' * 32}",
            "",
        )
    )


def test_a_statement_says_the_number_of_the_case_once_it_has_one():
    numbered = replace(CAKES, number="20260907-420506-0001")
    assert "number" not in CAKES.text
    assert read(numbered.text) == numbered
    assert "接收凭证：20260907-420506-0001" in as_text(numbered)


def test_officers_do_not_see_the_telephone_number():
    shown = as_shown(CAKES, hide=lambda number: "***")
    assert shown.parts[0].lines == (Line("联系人", "吴晓梅"), Line("联系电话", "***", "phone"))
    assert shown.parts[1] == CAKES.parts[1]


def test_what_changed_since_is_named_in_the_order_of_the_page():
    seen = CAKES.marks
    assert CAKES.changes_since(seen) == ()
    other = replace(CAKES, on="2026-09-08", parts=(CAKES.parts[0], replace(CAKES.parts[1], tables=())), files=())
    assert other.changes_since(seen) == ("设备", "上传的材料", "日期")
    assert replace(CAKES, about="application:0193").changes_since(seen) == ("申请件",)
    assert replace(CAKES, parts=CAKES.parts[:1]).changes_since(seen) == ("已经没有的部分",)
    assert replace(CAKES, salt="11" * 16).changes_since(seen) == ()
    assert CAKES.changes_since({}) == ()
