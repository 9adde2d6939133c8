"""The finished file: looked at through other people's programs."""

import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pikepdf
import pytest
import zxingcpp
from PIL import Image

from xuke.certificates.content import ProductRow
from xuke.certificates.qr import Summary, read_code
from xuke.certificates.rendering import CODE_NAME, CONTENT_NAME, render
from xuke.certificates.tests.conftest import NOON, TEA
from xuke.documents.typesetting import TEMPLATE_ROOT, MissingGlyphs
from xuke.seals import pki

LONG = replace(
    TEA,
    producer_name="恩施土家族苗族自治州硒谷山珍绿色食品生物科技发展（集团）股份有限公司宣恩分公司",
    production_address="；".join(["湖北省恩施土家族苗族自治州宣恩县椒园镇工业园区创新大道66号一号厂房一至三层"] * 5),
    product_details=tuple(
        ProductRow(number, "糕点", "2401", "热加工糕点", "烘烤类糕点：酥类、松酥类、松脆类、酥层类、酥皮类、水调皮类")
        for number in range(1, 61)
    ),
)


def pages(pdf: bytes) -> list[str]:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode().rstrip("\f").split("\f")


def pictures(pdf: bytes, tmp_path: Path, *, last: int) -> list[Path]:
    (tmp_path / "certificate.pdf").write_bytes(pdf)
    command = ["pdftoppm", "-r", "110", "-l", str(last), "-png", "certificate.pdf", "page"]
    subprocess.run(command, cwd=tmp_path, check=True)
    return sorted(tmp_path.glob("page*.png"))


def test_made_again_it_is_the_same_file(workshop, certificate):
    assert workshop.make(TEA) == certificate


def test_made_again_by_another_process_it_is_the_same_file(workshop, certificate, tmp_path):
    """A worker is killed; another one does the job again: one licence, one file, one digest."""
    pki_home = tmp_path / "keys"
    _write_authority(workshop.authority, pki_home)
    (tmp_path / "seal.pdf").write_bytes(workshop.seal)
    script = (
        "import sys; from pathlib import Path; from hashlib import sha256\n"
        "from xuke.certificates.rendering import make_certificate\n"
        "from xuke.certificates.tests.conftest import NOON, TEA\n"
        "from xuke.documents.typesetting import Typesetter\n"
        "from xuke.seals import pki; from xuke.seals.provider import SoftwareKey\n"
        "fonts, home = map(Path, sys.argv[1:])\n"
        "ours = pki.load(home / 'keys')\n"
        "made = make_certificate(TEA, typesetter=Typesetter(fonts), provider=SoftwareKey(ours.signer_key),\n"
        "    chain=ours.chain, seal_pdf=(home / 'seal.pdf').read_bytes(), at=NOON)\n"
        "print(sha256(made).hexdigest())\n"
    )
    command = [sys.executable, "-c", script, str(workshop.typesetter.font_dir), str(tmp_path)]
    elsewhere = subprocess.run(command, capture_output=True, text=True, check=True, cwd=TEMPLATE_ROOT.parent)
    assert elsewhere.stdout.strip() == sha256(certificate).hexdigest()


def _write_authority(authority: pki.DemonstrationAuthority, place: Path) -> None:
    place.mkdir()
    encoding, form = pki.serialization.Encoding.PEM, pki.serialization.PrivateFormat.PKCS8
    for name in pki.COMMON_NAMES:
        (place / f"{name}.pem").write_bytes(getattr(authority, name).public_bytes(encoding))
    key = authority.signer_key.private_bytes(encoding, form, pki.serialization.NoEncryption())
    (place / "signer.key").write_bytes(key)


def test_main_copy_duplicate_and_table_say_what_the_law_asks(certificate):
    """Measures art. 29."""
    main, duplicate, table = pages(certificate)
    for face in (main, duplicate):
        for words in (TEA.producer_name, TEA.uscc, TEA.legal_representative, TEA.domicile, TEA.production_address):
            assert words in face
        for words in ("茶叶及相关制品", "SC11442058100071", "2031年11月22日", "发证机关：宜昌市市场监督管理局"):
            assert words in face
        assert "2026年11月23日" in face
    assert "见《食品生产许可品种明细表》" in duplicate
    for words in ("食品生产许可品种明细表", "1401", "绿茶、红茶", "代用茶", "以下空白", "第1页，共1页"):
        assert words in table


def test_every_page_says_that_it_is_a_demonstration(certificate):
    assert all("不具有法律效力" in page for page in pages(certificate))


def test_a_real_certificate_does_not(workshop):
    bare = render(replace(TEA, demo=False), typesetter=workshop.typesetter, code="HTTPS://A.CN/V/ABC", at=NOON)
    assert not any("演示" in page for page in pages(bare))


def test_sixty_products_fill_several_pages_with_the_head_on_each(workshop):
    _, _, *tables = pages(workshop.make(LONG))
    assert len(tables) > 2
    for number, table in enumerate(tables, 1):
        assert f"第{number}页，共{len(tables)}页" in table
        assert "类别编号" in table
        assert "SC11442058100071" in table
    assert "以下空白" in tables[-1]
    assert not any("以下空白" in table for table in tables[:-1])


def test_pages_have_one_proportion_and_the_main_copy_is_a3(certificate):
    with pikepdf.open(BytesIO(certificate)) as pdf:
        sizes = [tuple(round(float(edge) / 72 * 25.4) for edge in page.mediabox[2:]) for page in pdf.pages]
    assert sizes == [(420, 297), (297, 210), (297, 210)]


def test_every_page_carries_the_seal_and_only_the_main_copy_the_signature(workshop):
    with pikepdf.open(BytesIO(workshop.make(LONG))) as pdf:
        main, *others = pdf.pages
        assert [str(mark.Subtype) for mark in main.obj.Annots if "/FT" in mark] == ["/Widget"]
        for page in others:
            assert "/XukeSeal" in page.obj.Resources.XObject
            assert not any("/FT" in mark for mark in page.obj.get("/Annots", []))


def test_it_is_an_archive_pdf_with_every_font_inside(certificate):
    with pikepdf.open(BytesIO(certificate)) as pdf:
        with pdf.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "B")
        fonts = [found for found in pdf.objects if isinstance(found, pikepdf.Dictionary) and "/FontDescriptor" in found]
        assert fonts
        assert all("/FontFile2" in font.FontDescriptor or "/FontFile3" in font.FontDescriptor for font in fonts)


def test_the_content_travels_inside(certificate):
    with pikepdf.open(BytesIO(certificate)) as pdf:
        attached = {name: spec.get_file().read_bytes().decode() for name, spec in pdf.attachments.items()}
    assert attached[CONTENT_NAME] == TEA.as_json()
    assert set(attached) == {CONTENT_NAME, CODE_NAME}


@pytest.mark.parametrize("content", [TEA, LONG], ids=["short", "long"])
def test_a_phone_reads_the_printed_code(workshop, content, tmp_path):
    for picture in pictures(workshop.make(content), tmp_path, last=2):
        (found,) = zxingcpp.read_barcodes(Image.open(picture))
        assert read_code(found.text, signers=(workshop.authority.signer,)) == Summary.of(content)


def test_long_entries_are_set_smaller_and_never_reach_the_code(workshop):
    words = pages(workshop.make(replace(LONG, food_categories=tuple(f"食品类别{number}" for number in range(60)))))[0]
    order = ["生", "食品类别59", "SC11442058100071", "2031年11月22日", "扫描二维码核验"]
    assert all(words.index(first) < words.index(second) for first, second in pairwise(order))


def test_a_row_longer_than_a_page_goes_on_on_the_next(workshop):
    row = replace(TEA.product_details[0], detail="烘烤类糕点：酥类、" * 400 + "尾")
    _, _, *tables = pages(workshop.make(replace(TEA, product_details=(row,))))
    assert len(tables) > 1
    assert "尾" not in tables[0]
    assert "尾" in tables[-1]


def test_a_name_that_cannot_be_printed_stops_the_certificate(workshop):
    with pytest.raises(MissingGlyphs) as caught:
        workshop.make(replace(TEA, legal_representative="𠮷先生"))
    assert caught.value.characters == ("𠮷",)


def test_other_programs_find_nothing_wrong(certificate, tmp_path):
    file = tmp_path / "certificate.pdf"
    file.write_bytes(certificate)
    subprocess.run(["qpdf", "--check", str(file)], check=True, capture_output=True)
    told = subprocess.run(["pdfsig", str(file)], check=True, capture_output=True, text=True).stdout
    assert "Signature is Valid" in told
    assert "Total document signed" in told
    assert f"{NOON:%b %d %Y}" in told
