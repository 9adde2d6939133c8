"""SM2 signatures by the system's libcrypto (OpenSSL 3), through its EVP functions.

Each call makes its own key and contexts and frees them, so that threads share nothing; ctypes lets go of the
interpreter's lock meanwhile. Some distributions build OpenSSL without SM2, and older ones lack the functions: both show
in `load` or in the self-test of the package.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from xuke.foundation.pki.sm2 import encoding

LIBRARIES = ("libcrypto.so.3", "libcrypto.so.4", "libcrypto.3.dylib", "libcrypto-3-x64.dll")
"""By full name: what an unversioned name stands for differs, and on macOS loading it ends the process."""
_LARGEST_SIGNATURE = 80
_POINTER, _SIZE, _BYTES, _INT = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_int
_FUNCTIONS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "EVP_sm3": (_POINTER, ()),
    "ERR_clear_error": (None, ()),
    "d2i_AutoPrivateKey": (_POINTER, (_POINTER, ctypes.POINTER(_BYTES), ctypes.c_long)),
    "d2i_PUBKEY": (_POINTER, (_POINTER, ctypes.POINTER(_BYTES), ctypes.c_long)),
    "EVP_PKEY_free": (None, (_POINTER,)),
    "EVP_PKEY_CTX_new": (_POINTER, (_POINTER, _POINTER)),
    "EVP_PKEY_CTX_free": (None, (_POINTER,)),
    "EVP_PKEY_CTX_set1_id": (_INT, (_POINTER, _BYTES, _INT)),
    "EVP_MD_CTX_new": (_POINTER, ()),
    "EVP_MD_CTX_free": (None, (_POINTER,)),
    "EVP_MD_CTX_set_pkey_ctx": (None, (_POINTER, _POINTER)),
    "EVP_DigestSignInit": (_INT, (_POINTER,) * 5),
    "EVP_DigestSign": (_INT, (_POINTER, _BYTES, ctypes.POINTER(_SIZE), _BYTES, _SIZE)),
    "EVP_DigestVerifyInit": (_INT, (_POINTER,) * 5),
    "EVP_DigestVerify": (_INT, (_POINTER, _BYTES, _SIZE, _BYTES, _SIZE)),
}


class Unavailable(Exception):
    """This machine's libcrypto does not do what is needed."""


class Libcrypto:
    """The functions of one loaded library."""

    name = "libcrypto"

    def __init__(self, library: Any) -> None:
        try:
            for name, (result, arguments) in _FUNCTIONS.items():
                function = getattr(library, name)
                function.restype, function.argtypes = result, arguments
        except AttributeError as missing:
            raise Unavailable(str(missing)) from None
        self._library = library
        self._sm3 = library.EVP_sm3()

    def sign(self, secret: int, message: bytes, *, identity: bytes) -> bytes:
        """The signature of a message by the holder of the secret."""
        # Without the point: the library finds it itself, in a time that does not depend on the secret.
        key = encoding.private_key(secret)
        library = self._library
        with self._context(library.d2i_AutoPrivateKey, key, identity, library.EVP_DigestSignInit) as context:
            size = _SIZE(_LARGEST_SIGNATURE)
            signature = ctypes.create_string_buffer(_LARGEST_SIGNATURE)
            if library.EVP_DigestSign(context, signature, ctypes.byref(size), message, len(message)) != 1:
                raise Unavailable("EVP_DigestSign")
            return signature.raw[: size.value]

    def verify(self, point: bytes, message: bytes, signature: bytes, *, identity: bytes) -> bool:
        """Whether the holder of the key to this point signed the message."""
        key = encoding.public_key(point)
        library = self._library
        try:
            with self._context(library.d2i_PUBKEY, key, identity, library.EVP_DigestVerifyInit) as context:
                verdict = library.EVP_DigestVerify(context, signature, len(signature), message, len(message))
                return bool(verdict == 1)
        except Unavailable:
            return False

    @contextmanager
    def _context(
        self, decode: Callable[..., int], encoded: bytes, identity: bytes, begin: Callable[..., int]
    ) -> Iterator[int]:
        """A digest context set up with key and identity. The pointers are freed whatever happens; NULL may be freed."""
        library = self._library
        key = decode(None, ctypes.byref(_BYTES(encoded)), len(encoded))
        key_context = library.EVP_PKEY_CTX_new(key, None) if key else None
        context = library.EVP_MD_CTX_new()
        try:
            if not (key_context and context):
                raise Unavailable("the key is not accepted")
            if library.EVP_PKEY_CTX_set1_id(key_context, identity, len(identity)) != 1:
                raise Unavailable("EVP_PKEY_CTX_set1_id")
            library.EVP_MD_CTX_set_pkey_ctx(context, key_context)
            if begin(context, None, self._sm3, None, key) != 1:
                raise Unavailable("the digest is not accepted")
            yield context
        finally:
            # The context given to `set_pkey_ctx` stays ours to free, after the context that uses it.
            library.EVP_MD_CTX_free(context)
            library.EVP_PKEY_CTX_free(key_context)
            library.EVP_PKEY_free(key)
            library.ERR_clear_error()


def load() -> Libcrypto:
    """The library of this machine; raises Unavailable."""
    for name in LIBRARIES:
        try:
            return Libcrypto(ctypes.CDLL(name))
        except OSError:
            continue
    raise Unavailable("no libcrypto of OpenSSL 3")
