"""Files, addressed by content: stored once under their SHA-256, checked by what they are, not by what they are called.

A file is written beside its place, flushed to disk and renamed, before the row that refers to it commits. A crash can
leave a content nobody refers to, never a reference without its content.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pikepdf
from django.conf import settings
from PIL import Image, UnidentifiedImageError

from xuke.foundation.models.file import StoredFile
from xuke.foundation.refusals import Invalid, Problem, TooLarge

PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
_NAMES = {PDF: "PDF", PNG: "PNG", JPEG: "JPG"}
_EXTENSIONS = {".pdf": PDF, ".png": PNG, ".jpg": JPEG, ".jpeg": JPEG}
_MAGIC = ((b"%PDF-", PDF), (b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG))
_INCOMING = ".incoming-"
LARGEST_IMAGE = 100_000_000
"""Pixels. A picture that unpacks to more is refused before it is unpacked."""
Image.MAX_IMAGE_PIXELS = LARGEST_IMAGE
_END_OF_PDF, _TAIL = b"%%EOF", 2048
"""Every PDF ends with this mark, give or take what mail programs append."""


@dataclass(frozen=True)
class Examined:
    """What a content turned out to be."""

    media_type: str
    pages: int


def path_of(digest: str) -> Path:
    """Where a content lies on disk."""
    return Path(settings.XUKE_HOME) / "files" / digest[:2] / digest[2:4] / digest


def examine(path: Path, name: str, *, accept: tuple[str, ...], field: str = "file") -> Examined:
    """Find out what a file really is; raises `Invalid` with a sentence that says how to repair it."""
    with path.open("rb") as stream:
        head = stream.read(1024)
    if not head:
        raise Invalid(Problem(field, f"{name} 是空文件，请重新选择。"))
    found = next((media for magic, media in _MAGIC if head.startswith(magic)), "")
    claimed = _EXTENSIONS.get(Path(name).suffix.lower(), "")
    wanted = "、".join(_NAMES[media] for media in accept)
    if claimed and found != claimed:
        kind = _NAMES[claimed]
        raise Invalid(Problem(field, f"{name} 打不开：扩展名是{kind}，内容不是{kind}。请另存为{kind}后重新上传。"))
    if found not in accept:
        raise Invalid(Problem(field, f"{name} 不是可以接收的文件。这里接收{wanted}。"))
    pages = _pages_of_pdf(path, name, field) if found == PDF else _check_image(path, name, field)
    return Examined(found, pages)


def _pages_of_pdf(path: Path, name: str, field: str) -> int:
    try:
        with pikepdf.open(path) as pdf:
            pages = len(pdf.pages)
    except pikepdf.PasswordError:
        raise Invalid(Problem(field, f"{name} 加了密码。请去掉密码后重新上传。")) from None
    except (pikepdf.PdfError, ValueError, RuntimeError):
        raise Invalid(Problem(field, f"{name} 已损坏，打不开。请重新生成PDF后上传。")) from None
    if not _is_whole(path):
        raise Invalid(Problem(field, f"{name} 不完整，后面的内容缺失。请重新生成或者重新下载PDF后上传。"))
    if not pages:
        raise Invalid(Problem(field, f"{name} 里没有一页内容。请重新生成PDF后上传。"))
    return pages


def _is_whole(path: Path) -> bool:
    """Whether the end of a PDF arrived. What is cut off can often be opened, with pages missing."""
    with path.open("rb") as stream:
        stream.seek(max(path.stat().st_size - _TAIL, 0))
        return _END_OF_PDF in stream.read()


def _check_image(path: Path, name: str, field: str) -> int:
    try:
        with Image.open(path) as image:
            if image.width * image.height > LARGEST_IMAGE:
                raise Image.DecompressionBombError
            if image.format in ("JPEG", "MPO"):
                # An eighth of its size is enough to see that all of it is there.
                image.draft("L", (1, 1))
                image.load()
            else:
                image.verify()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Invalid(Problem(field, f"{name} 的尺寸太大。请缩小到1亿像素以内再上传。")) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise Invalid(Problem(field, f"{name} 已损坏，打不开。请重新拍照或者另存后上传。")) from None
    return 1


def store(
    chunks: Iterable[bytes],
    name: str,
    *,
    now: datetime,
    accept: tuple[str, ...] = (PDF, PNG, JPEG),
    largest: int | None = None,
    field: str = "file",
) -> StoredFile:
    """Store an upload and return its row. Storing the same content again is no work and no second copy."""
    limit = largest or settings.XUKE_MAX_FILE
    name = name.encode("utf-8", "replace").decode()  # It stands in every sentence about the file.
    root = Path(settings.XUKE_HOME) / "files"
    root.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    handle, temporary = tempfile.mkstemp(dir=root, prefix=_INCOMING)
    try:
        with os.fdopen(handle, "wb") as stream:
            for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise TooLarge(f"{name} 超过{limit // 1_000_000} MB，没有接收。请压缩或者拆分后重新上传。")
                digest.update(chunk)
                stream.write(chunk)
            stream.flush()
            os.fsync(stream.fileno())
        examined = examine(Path(temporary), name, accept=accept, field=field)
        place = path_of(digest.hexdigest())
        place.parent.mkdir(parents=True, exist_ok=True)
        _put(Path(temporary), place)
    finally:
        Path(temporary).unlink(missing_ok=True)
    return _row(digest.hexdigest(), size=size, media_type=examined.media_type, pages=examined.pages, now=now)


def keep(content: bytes, *, media_type: str, pages: int = 0, now: datetime) -> StoredFile:
    """Store a content that the product made itself, such as a notice or a certificate."""
    digest = hashlib.sha256(content).hexdigest()
    place = path_of(digest)
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=place.parent, prefix=_INCOMING)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        _put(Path(temporary), place)
    return _row(digest, size=len(content), media_type=media_type, pages=pages, now=now)


def sweep(*, now: datetime) -> int:
    """Remove what killed processes left half written more than a day ago; how many."""
    root = Path(settings.XUKE_HOME) / "files"
    oldest = (now - timedelta(days=1)).timestamp()
    swept = 0
    for remains in root.rglob(f"{_INCOMING}*"):
        if remains.stat().st_mtime < oldest:
            remains.unlink(missing_ok=True)
            swept += 1
    return swept


def _put(temporary: Path, place: Path) -> None:
    temporary.chmod(0o640)
    temporary.replace(place)


def _row(digest: str, *, size: int, media_type: str, pages: int, now: datetime) -> StoredFile:
    row = StoredFile(digest=digest, size=size, media_type=media_type, pages=pages, stored_at=now)
    StoredFile.objects.bulk_create([row], ignore_conflicts=True)
    return row
