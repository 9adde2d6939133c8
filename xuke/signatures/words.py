"""What the journal calls signing (see `xuke.foundation.words`)."""

from __future__ import annotations

from xuke.signatures.records import Means

WORDS = {"statement.signed": "签名"}
SUBJECTS = {"statement": "签名"}
FACTS = {
    "about": "签名的事项",
    "statement": "内容的摘要（SHA-256）",
    "means": "签名的方式",
    "attestation": "签名记录的摘要（SHA-256）",
    "signature": "签名",
}
VALUES = {"means": {means.value: means.label for means in Means}}
