"""An authority with its key, a stranger with another, and a small document that waits for a seal."""

from datetime import UTC, datetime
from io import BytesIO

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from xuke.seals import pki
from xuke.seals.pades import seal_and_sign
from xuke.seals.provider import SoftwareKey

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def authority(tmp_path_factory) -> pki.DemonstrationAuthority:
    return pki.establish(tmp_path_factory.mktemp("keys") / "ours", now=NOON)


@pytest.fixture(scope="session")
def stranger(tmp_path_factory) -> pki.DemonstrationAuthority:
    """Somebody else's authority: the same names, other keys."""
    return pki.establish(tmp_path_factory.mktemp("keys") / "theirs", now=NOON)


@pytest.fixture(scope="session")
def picture() -> bytes:
    """A square that stands for a seal."""
    return drawn(b"1 0 0 rg 0 0 100 100 re f", size=100)


@pytest.fixture(scope="session")
def document() -> bytes:
    """Two pages: the first waits for the signature, the second for a copy of the seal."""
    return drawn(b"0 g 50 700 200 20 re f", b"0 g 50 700 100 20 re f", marks=("sign", "copy"))


@pytest.fixture(scope="session")
def signed(document, picture, authority) -> bytes:
    return sign(document, picture, authority)


def sign(document: bytes, picture: bytes, authority: pki.DemonstrationAuthority, at: datetime = NOON) -> bytes:
    return seal_and_sign(
        document,
        seal_pdf=picture,
        provider=SoftwareKey(authority.signer_key),
        chain=authority.chain,
        at=at,
        reason="试签",
    )


def drawn(*pages: bytes, size: int = 800, marks: tuple[str, ...] = ()) -> bytes:
    """A PDF with these content streams; `marks` are the kinds of seal place, one per page."""
    with pikepdf.new() as pdf:
        for index, content in enumerate(pages):
            page = pdf.add_blank_page(page_size=(size, size))
            page.contents_add(content)
            if index < len(marks):
                page.obj.Annots = Array([pdf.make_indirect(mark(marks[index]))])
        output = BytesIO()
        pdf.save(output, deterministic_id=True)
        return output.getvalue()


def mark(kind: str) -> Dictionary:
    action = Dictionary(S=Name.URI, URI=String(f"xuke-seal:{kind}"))
    return Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([500, 100, 620, 220]), A=action)
