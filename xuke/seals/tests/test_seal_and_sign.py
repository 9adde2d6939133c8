from datetime import timedelta
from io import BytesIO

import pikepdf
import pytest
from pikepdf import Name

from xuke.seals.pades import ContainerTooLarge, NoSealPlace, seal_and_sign
from xuke.seals.provider import SoftwareKey
from xuke.seals.tests.conftest import NOON, drawn, sign


def test_signing_again_gives_the_same_file(document, picture, authority, signed):
    assert sign(document, picture, authority) == signed


def test_another_moment_gives_another_file(document, picture, authority, signed):
    assert sign(document, picture, authority, NOON + timedelta(seconds=1)) != signed


def test_the_mark_becomes_the_signature_field(signed):
    with pikepdf.open(BytesIO(signed)) as pdf:
        (field,) = pdf.Root.AcroForm.Fields
        (annotation,) = pdf.pages[0].Annots
        assert field.objgen == annotation.objgen
        assert (field.FT, field.Subtype) == (Name.Sig, Name.Widget)
        assert [float(edge) for edge in field.Rect] == [500, 100, 620, 220]
        assert "/A" not in field
        assert str(field.V.M) == "D:20261123040000Z"
        assert pdf.Root.Perms.DocMDP.objgen == field.V.objgen
        assert field.V.Reference[0].TransformParams.P == 1


def test_copies_of_the_seal_are_drawn_into_the_page(signed):
    with pikepdf.open(BytesIO(signed)) as pdf:
        page = pdf.pages[1]
        assert len(page.obj.Annots) == 0
        content = b"".join(stream.read_bytes() for stream in page.obj.Contents)
        assert b"/Artifact BMC q 1.200000 0 0 1.200000 500.0000 100.0000 cm /XukeSeal Do Q EMC" in content
        assert page.obj.Resources.XObject.XukeSeal.Subtype == Name.Form


@pytest.mark.parametrize("marks", [(), ("copy",), ("sign", "sign")])
def test_a_document_without_exactly_one_place_for_the_signature_is_refused(marks, picture, authority):
    document = drawn(b"", b"", marks=marks)
    with pytest.raises(NoSealPlace):
        sign(document, picture, authority)


def test_a_chain_that_does_not_fit_is_refused_and_not_cut(document, picture, authority):
    with pytest.raises(ContainerTooLarge):
        seal_and_sign(
            document,
            seal_pdf=picture,
            provider=SoftwareKey(authority.signer_key),
            chain=authority.chain * 9,
            at=NOON,
            reason="试签",
        )
