import json
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from io import BytesIO

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from xuke.certificates import rendering
from xuke.certificates.qr import Summary, code_text
from xuke.certificates.tests.conftest import NOON, TEA
from xuke.certificates.verification import Verdict, verify
from xuke.seals.pades import seal_and_sign
from xuke.seals.validation import Fault


def test_a_certificate_of_ours_is_authentic_and_tells_its_content(workshop, certificate):
    found = verify(certificate, trust=workshop.trust)
    assert found.authentic
    assert found.problems == ()
    assert found.content == TEA
    assert found.code == Summary.of(TEA)
    assert found.signed_at == NOON
    assert found.digest == sha256(certificate).hexdigest()
    assert json.loads(json.dumps(found.facts()))["content"]["licence_number"] == "SC11442058100071"


def test_a_changed_letter_is_noticed_and_no_content_is_told(workshop, certificate):
    position = certificate.index(b"endstream") - 20
    changed = certificate[:position] + bytes((certificate[position] ^ 1,)) + certificate[position + 1 :]
    found = verify(changed, trust=workshop.trust)
    assert (found.verdict, found.verdict.headline) == (Verdict.ALTERED, "内容被改动")
    assert found.problems == ("签章之后，文件内容被改动。",)
    assert found.content is None


def test_an_appended_page_is_noticed(workshop, certificate):
    found = verify(certificate + b"\n%%EOF\n", trust=workshop.trust)
    assert found.problems == ("签章之后，文件又被追加了内容。",)


def test_a_certificate_of_somebody_else_is_foreign(workshop, stranger):
    found = verify(stranger.make(TEA), trust=workshop.trust)
    assert (found.verdict, found.verdict.headline) == (Verdict.FOREIGN, "不是本系统签发")


def test_a_certificate_signed_after_the_key_ran_out_is_refused(workshop):
    late = workshop.make(TEA, at=NOON + timedelta(days=7 * 365))
    assert verify(late, trust=workshop.trust).problems == ("签署时，签章证书不在有效期内。",)


def test_a_scan_or_a_picture_is_not_a_certificate(workshop):
    assert verify(b"\xff\xd8\xff\xe0 a photo", trust=workshop.trust).problems == ("这个文件不是PDF。",)


def test_an_unsigned_likeness_is_not_a_certificate(workshop):
    code = code_text(TEA, provider=workshop.provider, signer=workshop.authority.signer)
    likeness = rendering.render(TEA, typesetter=workshop.typesetter, code=code, at=NOON)
    assert verify(likeness, trust=workshop.trust).problems == ("文件上没有电子签章。",)


def test_another_document_under_our_seal_is_no_licence(workshop, certificate):
    with pikepdf.open(BytesIO(certificate)) as pdf:
        del pdf.Root.Names
        mark = pdf.pages[0].obj.Annots[-1]
        mark.A = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("xuke-seal:sign"))
        output = BytesIO()
        pdf.save(output)
    letter = seal_again(workshop, output.getvalue())
    found = verify(letter, trust=workshop.trust)
    assert found.verdict is Verdict.NOT_A_LICENCE
    assert not found.authentic


def test_a_code_of_another_licence_is_inconsistent(workshop, monkeypatch):
    other = replace(TEA, producer_name="宜都市别家茶业有限公司")
    monkeypatch.setattr(rendering, "code_text", lambda content, **keys: code_text(other, **keys))
    found = verify(workshop.make(TEA), trust=workshop.trust)
    assert (found.verdict, found.problems) == (Verdict.INCONSISTENT, ("二维码与许可证内容不一致。",))


def test_a_code_that_is_none_is_inconsistent(workshop, monkeypatch):
    monkeypatch.setattr(rendering, "code_text", lambda content, **keys: "HTTPS://LICENCE.EXAMPLE.CN/V/ABC")
    assert verify(workshop.make(TEA), trust=workshop.trust).verdict is Verdict.INCONSISTENT


def test_every_fault_has_a_verdict():
    assert {fault.value for fault in Fault} < {verdict.value for verdict in Verdict}
    assert all(verdict.headline for verdict in Verdict)


@given(
    some.lists(some.tuples(some.floats(0, 1), some.binary(max_size=60), some.integers(0, 500)), min_size=1, max_size=5)
)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_patched_certificate_never_passes_and_never_breaks_us(workshop, certificate, patches):
    changed = bytearray(certificate)
    for where, added, removed in patches:
        position = int(where * len(changed))
        changed[position : position + removed] = added
    found = verify(bytes(changed), trust=workshop.trust)
    assert found.authentic == (bytes(changed) == certificate)
    assert found.authentic or found.problems


@pytest.mark.parametrize("size", [0, 1, 5, 1000])
def test_pieces_of_a_certificate_never_break_us(workshop, certificate, size):
    assert not verify(certificate[:size], trust=workshop.trust).authentic


def seal_again(workshop, pdf: bytes) -> bytes:
    return seal_and_sign(
        pdf,
        seal_pdf=workshop.seal,
        provider=workshop.provider,
        chain=workshop.authority.chain,
        at=NOON,
        reason="试签",
    )
