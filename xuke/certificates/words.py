"""The journal of licences in words; what the tables are is said in `xuke.foundation.words`."""

WORDS = {
    "licence.issued": "核发许可证",
    "licence.certificate_made": "制成电子证书",
    "licence.expired": "有效期届满",
}
SUBJECTS = {"licence": "许可证"}
FACTS = {"valid_to": "有效期至", "version": "证书版本"}
