"""The words of a notice, read into what can be set on paper."""

from __future__ import annotations

import pytest

from xuke.documents.blocks import NotWords, blocks_of


def test_a_paragraph_keeps_what_stands_out():
    (block,) = blocks_of("<p>有效期至<b>2031年</b>止。</p>")
    assert block == {"kind": "paragraph", "text": [("有效期至", False), ("2031年", True), ("止。", False)]}


def test_a_table_knows_its_shares_and_its_rows():
    (block,) = blocks_of(
        '<table><thead><tr><th>序号</th><th data-w="2.5">姓名</th></tr></thead>\n'
        "<tbody><tr><td>1</td><td>赵海峰</td></tr></tbody></table>"
    )
    assert block["widths"] == [1, 2.5]
    assert block["rows"] == [[[("序号", False)], [("姓名", False)]], [[("1", False)], [("赵海峰", False)]]]


def test_facts_come_in_pairs_and_items_in_order():
    facts, items = blocks_of("<dl><dt>申请人</dt><dd>禾穗坊</dd></dl> <ol><li>在场</li><li>备齐</li></ol>")
    assert facts["rows"] == [[[("申请人", False)], [("禾穗坊", False)]]]
    assert items["rows"] == [[[("在场", False)]], [[("备齐", False)]]]


def test_what_people_typed_is_text_and_never_markup():
    (block,) = blocks_of("<p>&lt;b&gt;#import &amp; $x$</p>")
    assert "".join(words for words, _ in block["text"]) == "<b>#import & $x$"


def test_an_empty_cell_keeps_its_place():
    (block,) = blocks_of("<table><tr><td></td><td>二</td></tr></table>")
    assert block["rows"] == [[[], [("二", False)]]]


@pytest.mark.parametrize("words", ["<p><script>x</script></p>", "<h1>标题</h1>", "没有段落的文字"])
def test_a_template_that_paper_cannot_show_is_a_mistake(words):
    with pytest.raises(NotWords):
        blocks_of(words)
