"""A licence of a tea producer, what is needed to seal it, and the sealed file."""

from datetime import UTC, date, datetime

import pytest

from xuke.certificates.content import CertificateContent, ProductRow
from xuke.certificates.rendering import make_certificate
from xuke.documents.fonts import SUBSET
from xuke.documents.tests.prepared import fonts
from xuke.documents.typesetting import Typesetter
from xuke.seals import pki
from xuke.seals.artwork import SealWording, draw_seal
from xuke.seals.provider import SoftwareKey

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TEA = CertificateContent(
    licence_number="SC11442058100071",
    producer_name="宜都市青岗岭茶业有限公司",
    uscc="91420581058143674D",
    legal_representative="向德清",
    domicile="湖北省宜都市潘家湾土家族乡青岗岭村三组",
    production_address="湖北省宜都市潘家湾土家族乡青岗岭村茶叶产业园2号",
    food_categories=("茶叶及相关制品",),
    product_details=(
        ProductRow(1, "茶叶及相关制品", "1401", "茶叶", "绿茶、红茶"),
        ProductRow(2, "茶叶及相关制品", "1404", "代用茶", "叶类代用茶"),
    ),
    valid_to=date(2031, 11, 22),
    issued_on=date(2026, 11, 23),
    first_issued_on=date(2026, 11, 23),
    issuer="宜昌市市场监督管理局",
    e_licence_identifier="1.2.156.3005.2.11100000MB0143028R999.11420500MB0100D12H.SC11442058100071.001.Q",
    version=1,
    division_code="420581",
    verify_address="https://licence.example.cn",
)


class Workshop:
    """Everything a certificate is made with."""

    def __init__(self, authority: pki.DemonstrationAuthority) -> None:
        self.authority = authority
        self.trust = (authority.root,)
        self.provider = SoftwareKey(authority.signer_key)
        self.typesetter = Typesetter(fonts())
        self.seal = draw_seal(SealWording(TEA.issuer), font_dir=fonts() / SUBSET)

    def make(self, content: CertificateContent, at: datetime = NOON) -> bytes:
        return make_certificate(
            content,
            typesetter=self.typesetter,
            provider=self.provider,
            chain=self.authority.chain,
            seal_pdf=self.seal,
            at=at,
        )


@pytest.fixture(scope="session")
def workshop(tmp_path_factory) -> Workshop:
    return Workshop(pki.establish(tmp_path_factory.mktemp("keys") / "ours", now=NOON))


@pytest.fixture(scope="session")
def stranger(tmp_path_factory) -> Workshop:
    """Somebody else with the same software, the same names and other keys."""
    return Workshop(pki.establish(tmp_path_factory.mktemp("keys") / "theirs", now=NOON))


@pytest.fixture(scope="session")
def certificate(workshop) -> bytes:
    return workshop.make(TEA)
