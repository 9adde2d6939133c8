"""Uploads: stored under what they contain, judged by what they are, refused with a sentence that says how to repair."""

from __future__ import annotations

import hashlib
import io
import resource
import struct
import zlib
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image

from xuke.foundation import examine as child
from xuke.foundation import files
from xuke.foundation.files import JPEG, PDF, PNG
from xuke.foundation.models import StoredFile
from xuke.foundation.refusals import Invalid, Refused, TooLarge
from xuke.tests.cast import NOON, tiny_pdf


@pytest.fixture(autouse=True)
def home(tmp_path, settings, db):
    """An installation that has stored nothing."""
    settings.XUKE_HOME = tmp_path
    return tmp_path


def store(content, name="文件.pdf", **other):
    return files.store([content], name, now=NOON, **other)


def picture(kind, size=(40, 30)):
    made = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(made, kind)
    return made.getvalue()


def kept(home):
    return [path for path in (home / "files").rglob("*") if path.is_file()]


# --- by content -------------------------------------------------------------------------------------------------------


def test_a_file_lies_under_the_digest_of_its_content(home):
    content = tiny_pdf()
    row = store(content)
    digest = hashlib.sha256(content).hexdigest()
    assert (row.digest, row.size, row.media_type, row.pages) == (digest, len(content), PDF, 1)
    assert files.path_of(digest) == home / "files" / digest[:2] / digest[2:4] / digest
    assert files.path_of(digest).read_bytes() == content
    assert StoredFile.objects.get().stored_at == NOON


def test_the_same_content_twice_is_one_file_and_one_row_under_any_name(home):
    first = store(tiny_pdf(), "布局图.pdf")
    second = files.store(iter([tiny_pdf()[:9], tiny_pdf()[9:]]), "流程图.pdf", now=NOON + timedelta(days=1))
    assert first.digest == second.digest
    assert len(kept(home)) == StoredFile.objects.count() == 1
    assert StoredFile.objects.get().stored_at == NOON


def test_what_the_product_made_itself_is_kept_the_same_way(home):
    row = files.keep(b"sealed", media_type=PDF, pages=3, now=NOON)
    again = files.keep(b"sealed", media_type=PDF, pages=3, now=NOON)
    assert (row.digest, row.pages) == (again.digest, 3)
    assert [path.read_bytes() for path in kept(home)] == [b"sealed"]


def test_nobody_else_on_the_machine_reads_it(home):
    row = store(tiny_pdf())
    assert files.path_of(row.digest).stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(("kind", "media"), [("PNG", PNG), ("JPEG", JPEG)])
def test_pictures_are_stored_too(kind, media):
    row = store(picture(kind), f"现场.{kind.lower()}")
    assert (row.media_type, row.pages) == (media, 1)


@pytest.mark.parametrize(
    "name", ["没有扩展名", ".pdf", "a.b.PDF", "图 纸.Pdf", "../../图.pdf", "图\n.pdf", "\u202e图.pdf"]
)
def test_a_name_is_only_a_name(name, home):
    assert store(tiny_pdf(), name).media_type == PDF
    assert len(kept(home)) == 1


# --- by what it is ----------------------------------------------------------------------------------------------------


def encrypted():
    made = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(made, encryption=pikepdf.Encryption(user="secret", owner="secret"))
    return made.getvalue()


def without_pages():
    made = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.save(made)
    return made.getvalue()


def many_pages():
    made = io.BytesIO()
    with pikepdf.new() as pdf:
        for _ in range(30):
            pdf.add_blank_page()
        pdf.save(made, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return made.getvalue()


def bomb(width, height):
    """A PNG that says how large it is and holds next to nothing."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "布局图.pdf", "布局图.pdf 是空文件"),
        (b"hello", "布局图.pdf", "扩展名是PDF，内容不是PDF"),
        (picture("PNG"), "布局图.pdf", "扩展名是PDF，内容不是PDF"),
        (tiny_pdf(), "现场.jpg", "扩展名是JPG，内容不是JPG"),
        (picture("JPEG"), "现场.png", "扩展名是PNG，内容不是PNG"),
        (b"PK\x03\x04", "制度.docx", "制度.docx 的扩展名是.docx，不是可以接收的文件。这里接收PDF、PNG、JPG"),
        (b"MZ\x90\x00", "setup.exe", "不是可以接收的文件"),
        (b"MZ\x90\x00", "没有扩展名", "没有扩展名 不是可以接收的文件"),
        (b"<svg onload='alert(1)'/>", "图.svg", "不是可以接收的文件"),
        (tiny_pdf(), "制度.hta", "制度.hta 的扩展名是.hta，不是可以接收的文件"),
        (tiny_pdf(), ".hta", "不是可以接收的文件"),
        (tiny_pdf(), "制度.pdf.hta ", "不是可以接收的文件"),
        (b"%PDF-1.5<script>alert(1)</script>" + tiny_pdf(), "制度.html", "不是可以接收的文件"),
        (b" %PDF-1.7 begins too late", "图.pdf", "内容不是PDF"),
        (encrypted(), "制度.pdf", "制度.pdf 加了密码。请去掉密码"),
        (b"%PDF-1.7\n%nothing follows", "图.pdf", "已损坏，打不开"),
        (many_pages()[:2000], "图.pdf", "不完整，后面的内容缺失"),
        (tiny_pdf()[:60], "图.pdf", "已损坏，打不开"),
        (without_pages(), "图.pdf", "里没有一页内容"),
        (b"\xff\xd8\xff\xe0", "图.jpg", "已损坏，打不开"),
        (picture("JPEG", (800, 600))[:4000], "图.jpg", "已损坏，打不开"),
        (picture("PNG")[:200], "图.png", "已损坏，打不开"),
        (bomb(30_000, 30_000), "图.png", "图.png 的尺寸太大"),
        (bomb(10_001, 10_000), "图.png", "图.png 的尺寸太大"),
        (bomb(2**31 - 1, 2**31 - 1), "图.png", "图.png 的尺寸太大"),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else value[:12],
)
def test_what_is_no_good_is_refused_and_leaves_nothing(content, name, sentence, home):
    with pytest.raises(Invalid) as refusal:
        store(content, name, field="plan")
    (problem,) = refusal.value.problems
    assert problem.field == "plan"
    assert sentence in problem.message
    assert kept(home) == []
    assert not StoredFile.objects.exists()


def test_where_only_a_pdf_is_asked_for_a_picture_is_refused():
    with pytest.raises(Invalid, match="这里接收PDF。"):
        store(picture("PNG"), "布局图.png", accept=(PDF,))


def test_what_is_too_large_is_refused_before_it_is_read_to_its_end(home):
    asked = []

    def endless():
        while True:
            asked.append(1)
            yield b"%PDF-" + b"x" * 1_000_000

    with pytest.raises(TooLarge, match=r"巨大\.pdf 超过3 MB，没有接收") as refusal:
        files.store(endless(), "巨大.pdf", now=NOON, largest=3_000_000)
    assert (len(asked), refusal.value.status) == (3, 413)
    assert kept(home) == []


def test_the_limit_itself_is_within_the_limit():
    content = tiny_pdf()
    assert store(content, largest=len(content)).size == len(content)
    with pytest.raises(TooLarge):
        store(content, largest=len(content) - 1)


def test_an_upload_that_breaks_off_leaves_nothing(home):
    def broken():
        yield tiny_pdf()[:50]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        files.store(broken(), "图.pdf", now=NOON)
    assert kept(home) == []


def test_a_name_that_is_half_a_character_does_not_break_the_sentence():
    with pytest.raises(Invalid) as refusal:
        store(b"", "图\ud800.pdf")
    assert refusal.value.problems[0].message.encode()


def test_a_large_picture_is_not_unpacked_to_look_at_it():
    """A hundred million pixels are three hundred million bytes when they are unpacked."""
    assert store(bomb(10_000, 10_000)[:33] + bomb(10_000, 10_000)[33:], "图.png").media_type == PNG


# --- bombs ------------------------------------------------------------------------------------------------------------


def exploding(size=1 << 30):
    """Two kilobytes of PDF whose table of objects unpacks to a gigabyte."""
    packer = zlib.compressobj(9)
    once = b"".join(packer.compress(bytes(1 << 20)) for _ in range(size >> 20)) + packer.flush()
    data = zlib.compress(once, 9)
    head = (
        b"%PDF-1.5\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n"
    )
    table = f"3 0 obj\n<</Type/XRef/Size {size // 5}/W[1 3 1]/Root 1 0 R/Filter[/FlateDecode/FlateDecode]".encode()
    body = table + f"/Length {len(data)}>>\nstream\n".encode() + data + b"\nendstream\nendobj\n"
    return head + body + f"startxref\n{len(head)}\n%%EOF\n".encode()


def test_a_pdf_that_unpacks_to_a_gigabyte_ends_a_small_process_and_not_ours(home):
    content = exploding()
    assert len(content) < 5_000
    largest_before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    with pytest.raises(Invalid, match=r"太复杂|已损坏"):
        store(content, "制度.pdf")
    # The largest process that any test of this run has started counts, so what was there before is left out.
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < max(512 * 1024, largest_before + 1)
    assert kept(home) == []


@pytest.mark.parametrize("code", ["while True: pass", "x = bytearray(1 << 30)", "import time; time.sleep(60)"])
def test_a_pdf_that_takes_too_much_is_refused_in_words(code, home, monkeypatch, tmp_path):
    greedy = tmp_path / "greedy.py"
    limits = "import resource; resource.setrlimit(resource.RLIMIT_AS, (1 << 28,) * 2)\n"
    greedy.write_text(limits + "resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\n" + code)
    monkeypatch.setattr(child, "__file__", str(greedy))
    monkeypatch.setattr(files, "PATIENCE", 3.0)
    with pytest.raises(Invalid, match="太复杂，打开它要占用太多时间或者内存，没有接收"):
        store(tiny_pdf(), "制度.pdf")


def test_an_examination_that_fails_for_another_reason_is_our_mistake_and_not_the_applicants(monkeypatch, tmp_path):
    broken = tmp_path / "broken.py"
    broken.write_text("import nothing_of_this_name")
    monkeypatch.setattr(child, "__file__", str(broken))
    with pytest.raises(RuntimeError, match="nothing_of_this_name"):
        store(tiny_pdf(), "制度.pdf")


# --- on the disk ------------------------------------------------------------------------------------------------------


def test_the_disk_remembers_the_name_before_the_row_commits(home, monkeypatch):
    flushed = []
    monkeypatch.setattr(files, "flush_entry", flushed.append)
    place = files.path_of(store(tiny_pdf()).digest)
    assert flushed == [place.parent, home / "files" / place.parent.parent.name, home / "files"]


SEEDS = (("图.pdf", many_pages()), ("图.png", picture("PNG")), ("图.jpg", picture("JPEG")))


@given(
    seed=st.sampled_from(SEEDS),
    cut=st.floats(0, 1),
    hits=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=12),
)
@hypothesis_settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_broken_it_is_taken_or_refused_and_never_an_error(seed, cut, hits, home):
    name, whole = seed
    content = bytearray(whole[: int(len(whole) * cut)] if cut < 0.8 else whole)
    for where, value in hits:
        if content:
            content[int((len(content) - 1) * where)] = value
    place = Path(home) / "upload"
    place.write_bytes(content)
    try:
        found = files.examine(place, name, accept=(PDF, PNG, JPEG))
    except Refused:
        pass
    else:
        assert found.pages >= 1
