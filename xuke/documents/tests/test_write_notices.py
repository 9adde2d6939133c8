"""What notices say, on the page and on paper alike."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from datetime import date
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from xuke.documents.blocks import blocks_of
from xuke.documents.kinds import KINDS, WORDS, template_on
from xuke.documents.kinds import kind as kind_of
from xuke.documents.rendering import render, words
from xuke.documents.templatetags.wording import laws
from xuke.documents.tests.notices import A_VISIT, CONTENTS, a_notice
from xuke.documents.visit_forms import Mark, score_record
from xuke.seals.validation import examine

PRINTED = ("acceptance_notice", "grant_decision", "hearing_notice", "score_record", "service_record")
"""Some of every form of block: paragraphs, facts, tables, items, records without an addressee."""
READS = re.compile(r"content\.(\w+)")
PARTIES = {"applicant", "uscc", "contact", "item", "products", "receipt_number", "authority"}
needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler-utils")


def said(notice) -> str:
    """The words without their markup."""
    return html.unescape(re.sub(r"<[^>]*>", "", words(notice)))


def pages(pdf: bytes, place: Path) -> list[str]:
    """What pdftotext reads on each page between demonstration mark and footer, without the spaces."""
    file = place / "notice.pdf"
    file.write_bytes(pdf)
    done = subprocess.run(["pdftotext", "-raw", file, "-"], capture_output=True, check=True)
    read = [squeezed(page) for page in done.stdout.decode().rstrip("\f").split("\f")]
    assert all(page.startswith("演示") and "演示文书，不具有法律效力" in page for page in read)
    return [re.sub(r"^演示|演示文书，不具有法律效力|—\d+—", "", page) for page in read]


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@needs_poppler
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_has_words_that_read_what_it_says_it_reads(kind):
    assert kind.name in CONTENTS
    text = words(a_notice(kind.name))
    assert blocks_of(text)
    assert words(a_notice(kind.name, **dict.fromkeys(optional(kind), None)))
    read = {name for file in sources(kind.template) for name in READS.findall(file)} - PARTIES
    unsaid = read - {*kind.keys}
    assert not unsaid - GIVEN_BY_PARTIALS, f"its words read {unsaid}"
    assert {*kind.keys} - read <= {"basis", "recipient", "refused"}, "it says it reads what its words do not"
    if kind.cites_basis and "basis?" not in kind.reads:
        assert "《" in said(a_notice(kind.name))


GIVEN_BY_PARTIALS = {"acceptance_number", "licence_number"}


def optional(kind) -> list[str]:
    return [name.rstrip("?") for name in kind.reads.split() if name.endswith("?")]


def sources(name: str) -> list[str]:
    """The words of a template with those that it includes."""
    text = (WORDS / f"{name}.html").read_text("utf-8")
    return [text, *(found for part in re.findall(r"words/([^\"]+)\.html", text) for found in sources(part))]


def test_the_newest_words_on_or_before_the_day_apply_and_an_authority_may_have_its_own(tmp_path):
    for name in ("2020-03-01", "2027-01-01", "2027-01-01~420500", "2028-01-01"):
        (tmp_path / f"receipt@{name}.html").write_text("")
    (tmp_path / "_service@2020-03-01.html").write_text("")

    def on(day: str, path: str = "420000/420500/420506/") -> str:
        return template_on("receipt", date.fromisoformat(day), path, folder=tmp_path).partition("@")[2]

    assert (on("2026-12-31"), on("2027-01-01"), on("2028-01-01")) == ("2020-03-01", "2027-01-01~420500", "2028-01-01")
    assert on("2027-06-01", "420000/420600/") == "2027-01-01"
    assert on("2019-01-01") == "2020-03-01", "a notice from before the first words"


@pytest.mark.parametrize("name", PRINTED)
def test_the_paper_says_what_the_page_says(name, tools, tmp_path):
    notice = a_notice(name)
    paper = "".join(pages(render(notice, tools), tmp_path))
    for part in re.split(r"<[^>]*>", words(notice)):
        assert squeezed(html.unescape(part)) in paper
    for part in (notice.number, notice.title, "夷陵区市场监督管理局", "2026年9月24日"):
        assert part in paper
    assert ("宜昌禾穗坊食品有限公司：" in paper) == (not kind_of(name).is_record)


@pytest.mark.parametrize("name", ["refusal_decision", "score_record"])
def test_the_paper_is_signed_archivable_and_made_alike_twice(name, tools, office):
    notice = a_notice(name)
    pdf = render(notice, tools)
    assert render(notice, tools) == pdf
    signature = examine(pdf, trust=(office.root,))
    assert signature.signed_at == notice.issued_at
    with pikepdf.open(BytesIO(pdf)) as document, document.open_metadata() as metadata:
        assert metadata.pdfa_status == "3B"
        assert metadata["dc:title"] == f"{notice.title} {notice.number}"


def test_an_application_is_accepted_until_a_day_and_on_a_basis():
    text = said(a_notice("acceptance_notice"))
    assert "自受理之日起10个工作日内，即最迟于2026年10月15日" in text
    assert "《中华人民共和国行政许可法》第三十二条第一款第五项" in text
    assert "推算" not in text


def test_a_due_day_that_no_holiday_plan_covers_is_called_provisional():
    assert "按通常的放假安排推算" in said(a_notice("acceptance_notice", provisional=True))


def test_an_authority_that_was_silent_says_so_when_it_accepts():
    text = said(a_notice("acceptance_notice", accepted_on="2026-09-10"))
    assert "第三十二条第一款第四项" in text
    assert "自收到申请材料之日即2026年9月10日起视为已经受理" in text


def test_a_correction_list_is_complete_and_says_that_there_is_no_second_one():
    text = said(a_notice("correction_notice"))
    assert "缺少留样制度" in text
    assert "不再提出第二份清单" in text


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"ground": "incomplete"}, "下列项目仍不齐全或者不符合法定形式"),
        ({"ground": "not_required", "missing": []}, "依法不需要取得行政许可"),
        ({"ground": "barred", "missing": []}, "有下列依法不能受理的情形"),
        (
            {"ground": "not_competent", "missing": [], "competent": "宜昌市市场监督管理局"},
            "请向宜昌市市场监督管理局提出申请",
        ),
    ],
)
def test_turning_away_gives_ground_reason_and_remedies(facts, sentence):
    text = said(a_notice("non_acceptance_notice", **facts))
    assert sentence in text
    assert "补正后申请材料仍不齐全。" in text
    assert "（最迟2026年11月23日）向宜昌市夷陵区人民政府申请行政复议" in text
    assert "（最迟2027年3月24日）向宜昌市夷陵区人民法院提起行政诉讼" in text


def test_a_reason_of_several_lines_stays_in_several_paragraphs():
    text = words(a_notice("refusal_decision", reason="第一，人员不足。\n\n第二，<b>布局</b>不符。"))
    assert "<p>第一，人员不足。</p>" in text
    assert "<p>第二，&lt;b&gt;布局&lt;/b&gt;不符。</p>" in text


def test_the_applicant_is_told_who_comes_and_may_object():
    text = said(a_notice("verification_notice"))
    for part in ("赵海峰", "组长", "鄂食核〔2026〕0003号（演示）", "2026年9月30日", "申请其回避", "不收取任何费用"):
        assert part in text


def test_a_partial_grant_refuses_the_rest_with_remedies():
    text = said(a_notice("grant_decision"))
    assert "SC12442050600219" in text
    assert "现场核查第8项不符合要求" in text
    assert "申请行政复议" in text


def test_a_full_grant_has_nothing_to_appeal():
    text = said(a_notice("grant_decision", refused=[]))
    assert "不予许可" not in text
    assert "行政复议" not in text


def test_words_that_go_out_unserved_promise_no_day():
    text = said(a_notice("refusal_decision", service=""))
    assert "送达日期以送达回证记载的日期为准" in text
    assert "电子送达" not in text
    assert "自收到本决定书之日起六十日内向宜昌市夷陵区人民政府申请行政复议" in text


def test_a_renewal_by_silence_and_one_without_a_visit_say_why():
    assert "视为准予延续" in said(a_notice("renewal_decision", deemed=True))
    assert "不再进行现场核查" in said(a_notice("renewal_decision"))


def test_the_score_sheet_has_its_34_items_sums_and_rate():
    sheet = CONTENTS["score_record"]
    assert sum(len(part["rows"]) for part in sheet["parts"]) == 34
    assert (sheet["total"], sheet["full"], sheet["rate"]) == ("100", "100", "100.0%")
    marks = {1: Mark("1"), 2: Mark("na", "没有库房"), 3: Mark("0.5")}
    partly = score_record(A_VISIT, marks, verdict="未通过")
    assert (partly["total"], partly["full"]) == ("1.5", "6")
    assert partly["parts"][0]["rows"][1]["score"] == "不适用"


def test_laws_are_cited_with_their_full_titles():
    assert laws("行政许可法第三十二条") == "《中华人民共和国行政许可法》第三十二条"
    assert laws("食品生产许可管理办法（2020年）第二十二条；食品安全法实施条例第十五条") == (
        "《食品生产许可管理办法》（2020年）第二十二条、《中华人民共和国食品安全法实施条例》第十五条"
    )
    assert laws("上级文件") == "上级文件"


@needs_poppler
def test_a_character_without_a_glyph_gets_a_stand_in_and_a_note(tools, tmp_path):
    notice = a_notice("refusal_decision", reason="法定代表人𠮷某\u200b的承诺😀不实。")
    paper = "".join(pages(render(notice, tools), tmp_path))
    assert "法定代表人〓某的承诺〓不实。" in paper
    assert "（U+20BB7、U+1F600）" in paper
    assert "𠮷" in words(notice)


@needs_poppler
def test_the_signature_never_stands_on_a_page_of_its_own(tools, tmp_path):
    for lines in range(1, 40, 3):
        notice = a_notice("refusal_decision", reason="\n".join(["不符合要求。"] * lines))
        assert "通过许可平台电子送达" in pages(render(notice, tools), tmp_path)[-1]
