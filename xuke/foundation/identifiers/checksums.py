"""Check characters. Each function takes the characters before the check character and returns the right one."""

from __future__ import annotations

from xuke.foundation.identifiers.text import DIGITS, LETTERS

_ALPHANUMERIC = DIGITS + LETTERS
CREDIT_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""GB 32100-2015: no I, O, S, V, Z, which are easily misread."""

_CREDIT_CODE_WEIGHTS = tuple(pow(3, index, 31) for index in range(17))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_RESIDENT_WEIGHTS = tuple(pow(2, 17 - index, 11) for index in range(17))


def _hybrid(text: str, alphabet: str) -> str:
    """ISO 7064 hybrid system MOD M+1,M over an alphabet of M characters."""
    size = len(alphabet)
    product = size
    for char in text:
        product = ((product + alphabet.index(char)) % size or size) * 2 % (size + 1)
    return alphabet[(size + 1 - product) % size]


def mod_11_10(digits: str) -> str:
    """ISO 7064 MOD 11,10 (GB/T 17710): the food licence number."""
    return _hybrid(digits, DIGITS)


def mod_37_36(text: str) -> str:
    """ISO 7064 MOD 37,36 over 0-9 and A-Z: the e-licence identifier (GB/T 36904-2018)."""
    return _hybrid(text, _ALPHANUMERIC)


def mod_11_2(digits: str) -> str:
    """ISO 7064 MOD 11-2: the resident identity number (GB 11643-1999)."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, _RESIDENT_WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


def credit_code(text: str) -> str:
    """Weights 3^i mod 31 over the first 17 characters (GB 32100-2015)."""
    values = (CREDIT_CODE_ALPHABET.index(char) for char in text)
    total = sum(value * weight for value, weight in zip(values, _CREDIT_CODE_WEIGHTS, strict=True))
    return CREDIT_CODE_ALPHABET[-total % 31]


def organisation(text: str) -> str:
    """Weights 3, 7, 9, 10, 5, 8, 4, 2 modulo 11 over the first 8 characters (GB 11714-1997)."""
    values = (_ALPHANUMERIC.index(char) for char in text)
    total = sum(value * weight for value, weight in zip(values, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X"[-total % 11]


def gs1(digits: str) -> str:
    """GS1 modulo 10, weights 3 and 1 from the right: GTIN and SSCC."""
    total = sum(int(digit) * (3 if index % 2 == 0 else 1) for index, digit in enumerate(reversed(digits)))
    return str(-total % 10)
