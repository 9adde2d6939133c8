"""Uploads in bounds: what arrives is counted while it arrives, whatever its headers claimed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from xuke.foundation.refusals import TooLarge

_SPACES = "\u3000\u00a0"
"""Spaces of Chinese and of copied names; Python counts only the plain one as printable."""


def largest() -> int:
    """The largest request body in bytes."""
    return int(getattr(settings, "XUKE_MAX_UPLOAD", 55_000_000))


def too_large() -> TooLarge:
    """The refusal of a request that is over the limit."""
    return TooLarge(f"一次最多上传{largest() // 1_000_000} MB，这次超过了，没有接收。请压缩或者拆分后重新上传。")


def readable(name: str) -> str:
    """The name of a file without characters that nobody sees. It came from a disk, so nobody is asked to retype it."""
    return "".join(each for each in name if each.isprintable() or each in _SPACES).strip()


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Writes uploads to temporary files and stops reading at the limit, all files of a request taken together."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Count, then write; raises `TooLarge` before the chunk over the limit is written."""
        self.received += len(raw_data)
        if self.received > largest():
            self.upload_interrupted()
            raise too_large()
        return super().receive_data_chunk(raw_data, start)
