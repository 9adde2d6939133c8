"""Files, addressed by content: stored once under their SHA-256, checked by what they are, not by what they are called.

A content is written beside its place, flushed to disk and renamed in the transaction that inserts its row, or locks the
row that is there. A crash can leave a content nobody refers to, never a reference without its content; what nobody has
referred to for a day is swept away, under the same lock.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef
from PIL import Image, UnidentifiedImageError

from xuke.foundation import examine as child
from xuke.foundation.directories import flush_entry
from xuke.foundation.models.file import KeptFile, StoredFile
from xuke.foundation.refusals import Invalid, Problem, TooLarge
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for

PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
_NAMES = {PDF: "PDF", PNG: "PNG", JPEG: "JPG"}
_EXTENSIONS = {"pdf": PDF, "png": PNG, "jpg": JPEG, "jpeg": JPEG}
_MAGIC = ((b"%PDF-", PDF), (b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG))
_INCOMING = ".incoming-"
LARGEST_IMAGE = 100_000_000
"""Pixels. A picture that unpacks to more is refused before it is unpacked."""
Image.MAX_IMAGE_PIXELS = LARGEST_IMAGE
_END_OF_PDF, _TAIL = b"%%EOF", 2048
"""Every PDF ends with this mark, give or take what mail programs append."""

PATIENCE = 10.0
"""Seconds for the process that opens a PDF, starting it included."""
_AT_ONCE = threading.BoundedSemaphore(2)
"""PDFs that this process has opened at the same time, so that many bombs at once take no more memory than two."""
UNUSED_FOR, UNKNOWN_FOR = timedelta(days=1), timedelta(days=30)
"""How long a file stays that nobody refers to, and a content without a row. The latter may also be what a restored
database does not know any more, so there is time to look."""
_AT_A_TIME = 200


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
    extension = _extension(name)
    claimed = _EXTENSIONS.get(extension, "")
    wanted = "、".join(_NAMES[media] for media in accept)
    if extension and not claimed:
        # Whatever is in it, the machine of whoever downloads it goes by the name.
        raise Invalid(Problem(field, f"{name} 的扩展名是.{extension}，不是可以接收的文件。这里接收{wanted}。"))
    if claimed and found != claimed:
        kind = _NAMES[claimed]
        raise Invalid(Problem(field, f"{name} 打不开：扩展名是{kind}，内容不是{kind}。请另存为{kind}后重新上传。"))
    if found not in accept:
        raise Invalid(Problem(field, f"{name} 不是可以接收的文件。这里接收{wanted}。"))
    pages = _pages_of_pdf(path, name, field) if found == PDF else _check_image(path, name, field)
    return Examined(found, pages)


def _extension(name: str) -> str:
    """What follows the last dot, in lower case, also when nothing precedes it; "" for a name without one."""
    base = name.replace("\\", "/").rpartition("/")[2].strip()
    return base.rpartition(".")[2].lower() if "." in base else ""


def _pages_of_pdf(path: Path, name: str, field: str) -> int:
    said = open_apart(path)
    if said == child.LOCKED:
        raise Invalid(Problem(field, f"{name} 加了密码。请去掉密码后重新上传。"))
    if said == child.DAMAGED:
        raise Invalid(Problem(field, f"{name} 已损坏，打不开。请重新生成PDF后上传。"))
    if said == child.TOO_MUCH:
        sentence = f"{name} 太复杂，打开它要占用太多时间或者内存，没有接收。请重新打印成PDF后上传。"
        raise Invalid(Problem(field, sentence))
    if not _is_whole(path):
        raise Invalid(Problem(field, f"{name} 不完整，后面的内容缺失。请重新生成或者重新下载PDF后上传。"))
    if not int(said):
        raise Invalid(Problem(field, f"{name} 里没有一页内容。请重新生成PDF后上传。"))
    return int(said)


def open_apart(path: Path) -> str:
    """The number of pages of a PDF, or a word of `xuke.foundation.examine`, found out where a bomb does no harm."""
    program = [sys.executable, "-I", child.__file__, str(path.resolve())]
    with _AT_ONCE:
        try:
            done = subprocess.run(program, capture_output=True, text=True, timeout=PATIENCE, check=False)
        except subprocess.TimeoutExpired:
            return child.TOO_MUCH
    # Ended by a signal: too much computing, or qpdf out of memory. Nothing said for another reason is our own mistake.
    if done.returncode > 0 and "MemoryError" not in done.stderr and "bad_alloc" not in done.stderr:
        raise RuntimeError(f"the examination of a PDF failed: {done.stderr[-2000:]}")
    return done.stdout or child.TOO_MUCH


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
        row = StoredFile(
            digest=digest.hexdigest(), size=size, media_type=examined.media_type, pages=examined.pages, stored_at=now
        )
        with transaction.atomic():
            _hold(row)
            _put(Path(temporary), path_of(row.digest))
    finally:
        Path(temporary).unlink(missing_ok=True)
    return row


def keep(content: bytes, *, media_type: str, pages: int = 0, now: datetime) -> StoredFile:
    """Store a content that the product made itself, such as a notice or a certificate."""
    digest = hashlib.sha256(content).hexdigest()
    row = StoredFile(digest=digest, size=len(content), media_type=media_type, pages=pages, stored_at=now)
    place = path_of(digest)
    with transaction.atomic():
        _hold(row)
        if not place.exists():
            root = Path(settings.XUKE_HOME) / "files"
            root.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=root, prefix=_INCOMING)
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            _put(Path(temporary), place)
    return row


def keep_for(digest: str, stream: str) -> None:
    """Keep a content that is written down by its digest only, in evidence or in the journal, from being swept away."""
    KeptFile(file_id=digest, stream=stream).save(force_insert=True)


def _hold(row: StoredFile) -> None:
    """Insert the row, or lock the one that is there, until the transaction ends: nobody sweeps it away meanwhile."""
    while True:
        StoredFile.objects.bulk_create([row], ignore_conflicts=True)
        with connection.cursor() as cursor:
            # Shared: two people who upload the same form do not wait for each other.
            cursor.execute("SELECT FROM foundation_storedfile WHERE digest = %s FOR KEY SHARE", [row.digest])
            if cursor.rowcount:
                return


def _put(temporary: Path, place: Path) -> None:
    """Rename, and have the disk remember the name: that of the file and those of the folders made for it."""
    temporary.chmod(0o640)
    made = [folder for folder in (place.parent, place.parent.parent) if not folder.exists()]
    place.parent.mkdir(parents=True, exist_ok=True)
    temporary.replace(place)
    flush_entry(place.parent)
    for folder in made:
        flush_entry(folder.parent)


# --- sweeping ---------------------------------------------------------------------------------------------------------


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


def sweep_unused(*, now: datetime) -> int:
    """Remove the files nobody has referred to for a day, such as those of a draft that was given up; how many.

    Who refers to files is read from the models, so that a new one is never forgotten.
    """
    before = now - UNUSED_FOR
    _adopt(before=now - UNKNOWN_FOR)
    unused = StoredFile.objects.filter(*(~Exists(refers) for refers in _references()), stored_at__lt=before)
    with opened_for(EVERYTHING):
        digests = list(unused.values_list("pk", flat=True))
    swept = 0
    for start in range(0, len(digests), _AT_A_TIME):
        with opened_for(EVERYTHING):
            # A row that an upload of the same content holds is passed over. Once locked, it gets no new reference, and
            # the second look sees those that came before.
            locked = StoredFile.objects.select_for_update(skip_locked=True).filter(
                pk__in=digests[start : start + _AT_A_TIME]
            )
            held = [row.pk for row in locked]
            for row in unused.filter(pk__in=held):
                path_of(row.pk).unlink(missing_ok=True)
                row.delete()
                swept += 1
    return swept


def _adopt(*, before: datetime) -> None:
    """Give a row to old contents that have none, because a request was refused after it had stored them: the sweep
    takes rows only, so that a lock keeps it from an upload of the same content."""
    for folder in sorted((Path(settings.XUKE_HOME) / "files").glob("??")):
        contents = {path.name: path.stat() for path in folder.glob("??/*") if path.is_file()}
        known = set(StoredFile.objects.filter(pk__startswith=folder.name).values_list("pk", flat=True))
        rows = [
            StoredFile(digest=name, size=facts.st_size, stored_at=datetime.fromtimestamp(facts.st_mtime, UTC))
            for name, facts in contents.items()
            if facts.st_mtime < before.timestamp() and name not in known and not name.startswith(_INCOMING)
        ]
        StoredFile.objects.bulk_create(rows, ignore_conflicts=True)


def _references() -> Iterator[models.QuerySet[models.Model]]:
    """For each foreign key to a stored file in any app, the rows that hold it."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if field.is_relation and field.related_model is StoredFile:
                yield model._base_manager.filter(**{field.name: OuterRef("pk")})
