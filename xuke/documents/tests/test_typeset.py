import subprocess
import sys
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from xuke.documents.tests.prepared import fonts
from xuke.documents.typesetting import TEMPLATE_ROOT, Attachment, MissingGlyphs, TemplateFailed, Typesetter

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
LETTER = """
#import "/documents/templates_typst/common.typ": *
#set document(title: data.title, date: auto)
#set text(font: song, lang: "zh", region: "cn", cjk-latin-spacing: none)
#set page(width: 210mm, height: 120mm, background: demo-mark(), footer: demo-words)
#data.authority #data.number
#par(data.recipient + "：")
#data.body
#facts((("申请人", data.recipient),))
#form-table((12mm, 1fr), ("序号", "材料"), data.rows)
#chinese-date(data.issued_on)
#seal-place()
#attach-all()
"""
DATA = {
    "authority": "宜昌市市场监督管理局",
    "number": "宜市监食许受〔2026〕0137号",
    "title": "食品生产许可受理通知书",
    "recipient": "宜都市青岗岭茶业有限公司",
    "issued_on": "2026-11-21",
    "body": "决定予以受理。",
    "rows": [["1", "申请书"], ["2", "平面图"]],
}


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    """A template root of its own: the shared pieces and one letter."""
    root = tmp_path_factory.mktemp("templates")
    shared = "documents/templates_typst/common.typ"
    (root / shared).parent.mkdir(parents=True)
    (root / shared).write_text((TEMPLATE_ROOT / shared).read_text())
    (root / "letter.typ").write_text(LETTER)
    (root / "broken.typ").write_text("#unknown-function()")
    return root


@pytest.fixture(scope="module")
def typesetter(root) -> Typesetter:
    return Typesetter(fonts(), root)


def words(pdf: bytes) -> str:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def test_a_letter_is_an_archive_pdf_with_its_fonts_inside(typesetter):
    pdf = typesetter.typeset("/letter.typ", DATA, at=NOON)
    with pikepdf.open(BytesIO(pdf)) as opened:
        with opened.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "B")
        resources = [page.obj.Resources.Font for page in opened.pages]
        descendants = [font.DescendantFonts[0] for fonts_ in resources for font in fonts_.values()]
        assert descendants
        assert all("/FontFile2" in font.FontDescriptor for font in descendants)


def test_everything_of_the_letter_is_printed_and_every_page_says_demonstration(typesetter):
    data = DATA | {"rows": [[str(number), "材料"] for number in range(1, 120)]}
    pages = words(typesetter.typeset("/letter.typ", data, at=NOON)).rstrip("\f").split("\f")
    assert len(pages) > 2
    assert "宜市监食许受〔2026〕0137号" in pages[0]
    assert "宜都市青岗岭茶业有限公司：" in pages[0]
    assert "2026年11月21日" in pages[-1]
    assert all("演示文书，不具有法律效力" in page for page in pages)


def test_the_same_letter_is_the_same_bytes_in_another_process(typesetter, root):
    script = (
        "import sys; from datetime import *; from pathlib import Path; from hashlib import sha256\n"
        "from xuke.documents.typesetting import Typesetter\n"
        "from xuke.documents.tests.test_typeset import DATA, NOON\n"
        "made = Typesetter(Path(sys.argv[1]), Path(sys.argv[2])).typeset('/letter.typ', DATA, at=NOON)\n"
        "print(sha256(made).hexdigest())\n"
    )
    command = [sys.executable, "-c", script, str(fonts()), str(root)]
    elsewhere = subprocess.run(command, capture_output=True, text=True, check=True, cwd=TEMPLATE_ROOT.parent)
    here = typesetter.typeset("/letter.typ", DATA, at=NOON)
    assert elsewhere.stdout.strip() == sha256(here).hexdigest()


def test_what_people_type_is_printed_and_never_run(typesetter):
    body = "#panic() *粗* _斜_ $x^2$ `码` \\ @x <y> ]#[ //"
    assert body in words(typesetter.typeset("/letter.typ", DATA | {"body": body}, at=NOON))


def test_a_character_without_a_glyph_is_named_not_boxed(typesetter):
    with pytest.raises(MissingGlyphs, match="“𠮷”（U\\+20BB7）、U\\+202E") as caught:
        typesetter.typeset("/letter.typ", DATA | {"rows": [["1", "𠮷野家\u202e"]]}, at=NOON)
    assert caught.value.characters == ("𠮷", "\u202e")


def test_a_rare_character_that_the_full_font_has_is_printed(typesetter):
    assert "昜" in words(typesetter.typeset("/letter.typ", DATA | {"body": "昜先生"}, at=NOON))


def test_attachments_travel_inside_under_their_own_names(typesetter):
    attachment = Attachment("facts.json", '{"名":"值"}', "application/json", "机器可读")
    pdf = typesetter.typeset("/letter.typ", DATA, at=NOON, attachments=[attachment])
    with pikepdf.open(BytesIO(pdf)) as opened:
        assert list(opened.attachments) == ["facts.json"]
        assert opened.attachments["facts.json"].get_file().read_bytes().decode() == '{"名":"值"}'


def test_a_broken_template_is_our_fault_and_says_where(typesetter):
    with pytest.raises(TemplateFailed, match=r"broken\.typ"):
        typesetter.typeset("/broken.typ", {}, at=NOON)


def test_the_letter_waits_for_one_seal(typesetter):
    pdf = typesetter.typeset("/letter.typ", DATA, at=NOON)
    with pikepdf.open(BytesIO(pdf)) as opened:
        marks = [str(mark.A.URI) for page in opened.pages for mark in page.obj.get("/Annots", [])]
    assert marks == ["xuke-seal:sign"]
