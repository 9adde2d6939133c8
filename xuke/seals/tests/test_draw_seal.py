from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from xuke.seals.artwork import SealWording, draw_seal

REPOSITORY = Path(__file__).resolve().parents[3]
BOLD = REPOSITORY / "frontend/node_modules/@expo-google-fonts/noto-serif-sc/700Bold"


@pytest.fixture(scope="module")
def seal() -> bytes:
    return draw_seal(SealWording("宜昌市市场监督管理局"), font_dir=BOLD)


def test_a_seal_is_one_page_of_42_millimetres(seal):
    with pikepdf.open(BytesIO(seal)) as pdf:
        (page,) = pdf.pages
        assert [round(float(edge) / 72 * 25.4, 1) for edge in page.mediabox] == [0, 0, 42, 42]


def test_drawing_it_again_gives_the_same_bytes(seal):
    assert draw_seal(SealWording("宜昌市市场监督管理局"), font_dir=BOLD) == seal


def test_two_authorities_have_two_seals(seal):
    assert draw_seal(SealWording("恩施土家族苗族自治州市场监督管理局"), font_dir=BOLD) != seal


def test_the_default_words_leave_no_doubt():
    wording = SealWording("宜昌市市场监督管理局")
    assert (wording.above, wording.centre, wording.below) == ("许可平台演示专用章", "演示", "不具有法律效力")
