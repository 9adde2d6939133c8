"""Object identifiers of keys, signatures and certificates."""

RSA_ENCRYPTION = "1.2.840.113549.1.1.1"
RSA_PSS = "1.2.840.113549.1.1.10"
RSA_SHA256, RSA_SHA384, RSA_SHA512 = (f"1.2.840.113549.1.1.{number}" for number in (11, 12, 13))
EC_PUBLIC_KEY = "1.2.840.10045.2.1"
ECDSA_SHA256, ECDSA_SHA384, ECDSA_SHA512 = (f"1.2.840.10045.4.3.{number}" for number in (2, 3, 4))
SM2_CURVE = "1.2.156.10197.1.301"
SM2_SM3 = "1.2.156.10197.1.501"
"""GM/T 0006: signing with SM2 over an SM3 digest."""

BASIC_CONSTRAINTS, KEY_USAGE, EXTENDED_KEY_USAGE = "2.5.29.19", "2.5.29.15", "2.5.29.37"
SUBJECT_KEY_ID, AUTHORITY_KEY_ID = "2.5.29.14", "2.5.29.35"
SUBJECT_ALTERNATIVE_NAME, CERTIFICATE_POLICIES, CRL_DISTRIBUTION_POINTS = "2.5.29.17", "2.5.29.32", "2.5.29.31"
CRL_NUMBER, REASON_CODE, INVALIDITY_DATE, ISSUING_DISTRIBUTION_POINT = (
    "2.5.29.20",
    "2.5.29.21",
    "2.5.29.24",
    "2.5.29.28",
)

COMMON_NAME, SERIAL_NUMBER, COUNTRY, LOCALITY = "2.5.4.3", "2.5.4.5", "2.5.4.6", "2.5.4.7"
PROVINCE, ORGANISATION, UNIT, ORGANISATION_ID = "2.5.4.8", "2.5.4.10", "2.5.4.11", "2.5.4.97"

IDENTIFY_CODE = "1.2.156.10260.4.1.1"
"""GB/T 20518: number of a person's identity document."""
REGISTRATION_NUMBER = "1.2.156.10260.4.1.3"
"""GB/T 20518: registration number of an enterprise; since 2015 the credit code."""
ORGANISATION_CODE = "1.2.156.10260.4.1.4"
"""GB/T 20518: organisation code; since 2015 most authorities put the whole credit code here."""

PBES2, PBKDF2 = "1.2.840.113549.1.5.13", "1.2.840.113549.1.5.12"
HMAC_SHA1, HMAC_SHA256, HMAC_SHA384, HMAC_SHA512 = (f"1.2.840.113549.2.{number}" for number in (7, 9, 10, 11))
HMAC_SM3 = "1.2.156.10197.1.401.2"
AES128_CBC, AES192_CBC, AES256_CBC = (f"2.16.840.1.101.3.4.1.{number}" for number in (2, 22, 42))
SM4_CBC = "1.2.156.10197.1.104.2"
