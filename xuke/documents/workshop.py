"""The tools with which this process makes documents: fonts and templates, the signing key, the seals.

Opening them costs more than a document, so each process opens them once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import pikepdf
from cryptography import x509

from xuke.documents.fonts import fonts_for
from xuke.documents.typesetting import Typesetter
from xuke.seals import pki
from xuke.seals.artwork import SealWording, draw_seal
from xuke.seals.pades import seal_and_sign
from xuke.seals.provider import SigningProvider, SoftwareKey


@dataclass(frozen=True)
class Workshop:
    """Everything that turns words into a sealed file."""

    typesetter: Typesetter
    provider: SigningProvider
    chain: tuple[x509.Certificate, ...]
    """The signer's certificate and its issuers."""

    def seal_of(self, authority: str) -> bytes:
        """The picture of an authority's seal."""
        return _seal(authority, self.typesetter.font_dir)

    def seal(self, pdf: bytes, *, authority: str, at: datetime, reason: str) -> bytes:
        """Put the authority's seal on a document and sign it."""
        return seal_and_sign(
            pdf, seal_pdf=self.seal_of(authority), provider=self.provider, chain=self.chain, at=at, reason=reason
        )


@lru_cache(maxsize=2)
def workshop(home: Path) -> Workshop:
    """The tools of the installation in `home`."""
    authority = pki.load(home / pki.PLACE)
    return Workshop(Typesetter(home / "fonts"), SoftwareKey(authority.signer_key), authority.chain)


@lru_cache(maxsize=256)
def _seal(authority: str, font_dir: Path) -> bytes:
    return draw_seal(SealWording(authority), font_dir=fonts_for((authority,), font_dir=font_dir))


def pages_of(pdf: bytes) -> int:
    """How many pages a file of ours has."""
    with pikepdf.open(BytesIO(pdf)) as document:
        return len(document.pages)
