"""Everybody's pages: the verification of a certificate. Nothing is stored, nothing is asked."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from xuke.certificates import answering, tasks
from xuke.certificates.models import CertificateVersion, Licence
from xuke.certificates.rendering import CODE_NAME
from xuke.certificates.tests.conftest import TEA
from xuke.documents import tasks as document_tasks
from xuke.documents.models import Notice
from xuke.foundation import files
from xuke.foundation.models import StoredFile
from xuke.foundation.scope import EVERYTHING, enter
from xuke.seals.validation import LARGEST_FILE
from xuke.tests.cast import NOON, everything

MOST_STATEMENTS = 8


class Clock:
    """The clock that the pages read."""

    moment = NOON

    def set(self, moment: datetime) -> None:
        self.moment = moment


@pytest.fixture(autouse=True)
def clock(monkeypatch) -> Clock:
    found = Clock()
    monkeypatch.setattr("django.utils.timezone.now", lambda: found.moment)
    return found


@pytest.fixture
def version(at) -> CertificateVersion:
    """A certificate that was granted and made this morning."""
    ordered = CertificateVersion.objects.select_related("licence").get(licence=at("granted").licence)
    tasks.make_file(version=ordered.pk)
    enter(EVERYTHING)
    ordered.refresh_from_db()
    return ordered


@pytest.fixture
def sealed(version) -> bytes:
    return files.path_of(version.file_id).read_bytes()


@pytest.fixture
def code(sealed) -> str:
    with pikepdf.open(io.BytesIO(sealed)) as document:
        text = document.attachments[CODE_NAME].get_file().read_bytes().decode()
    return text.rsplit("/", 1)[-1]


@pytest.fixture
def upload(client):
    def send(content: bytes, name: str = "证书.pdf"):
        return client.post("/verify/", {"file": SimpleUploadedFile(name, content, "application/pdf")})

    return send


def headline(response) -> str:
    page = response.content.decode()
    return page.split('<h1 class="xk-song">')[1].split("</h1>")[0]


# --- by file ----------------------------------------------------------------------------------------------------------


def test_an_untouched_file_is_genuine_and_in_force(upload, sealed, version):
    response = upload(sealed)
    page = response.content.decode()
    assert response.status_code == 200
    assert headline(response) == "真实，现行有效"
    for words in ("宜昌禾穗坊食品有限公司", version.identifier, version.file_id, "签章有效", "食品生产许可品种明细表"):
        assert words in page


def test_the_file_is_answered_and_gone(upload, sealed):
    before = StoredFile.objects.count()
    upload(sealed)
    enter(EVERYTHING)
    assert StoredFile.objects.count() == before


def test_one_changed_byte_is_found(upload, sealed):
    place = sealed.index(b"stream") + 40
    changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
    response = upload(changed)
    assert (response.status_code, headline(response)) == (200, "内容被改动")
    assert "宜昌禾穗坊" not in response.content.decode()


def test_a_file_of_another_office_with_the_same_software_is_not_ours(db, upload, stranger):
    response = upload(stranger.make(TEA))
    assert (response.status_code, headline(response)) == (200, "不是本系统签发")


def test_a_file_we_signed_that_is_not_in_the_register_cannot_be_confirmed(upload, sealed, version):
    CertificateVersion.objects.filter(pk=version.pk).update(identifier="1.2.156.3005.2.other")
    assert headline(upload(sealed)) == "暂时无法核验"


def test_a_file_that_is_not_the_registered_one_is_called_altered(upload, sealed, version, world):
    CertificateVersion.objects.filter(pk=version.pk).update(file=world.digest)
    response = upload(sealed)
    assert headline(response) == "内容被改动"
    assert "摘要与登记不一致" in response.content.decode()


def test_an_older_version_is_genuine_but_replaced(upload, sealed, version):
    CertificateVersion(
        licence=version.licence,
        version=2,
        identifier=version.identifier.replace(".001.", ".002."),
        content=version.content,
        ordered_at=NOON,
        enterprise_id=version.enterprise_id,
        authority_path=version.authority_path,
    ).save()
    response = upload(sealed)
    assert headline(response) == "真实，已被新版替换"
    assert f"?q={version.licence.number}" in response.content.decode()


def test_after_its_last_day_it_has_expired(upload, sealed, version, clock):
    last = version.licence.valid_to
    clock.set(NOON.replace(year=last.year, month=last.month, day=last.day))
    assert headline(upload(sealed)) == "真实，现行有效"
    clock.set(clock.moment + timedelta(days=1))
    assert headline(upload(sealed)) == "真实，有效期届满"


@pytest.mark.parametrize(
    ("state", "words"),
    [("rescinded", "已撤销"), ("revoked", "已吊销"), ("cancelled", "已注销"), ("withdrawn", "已撤回")],
)
def test_a_right_that_ended_is_told_by_its_legal_name(upload, sealed, version, state, words):
    Licence.objects.filter(pk=version.licence_id).update(state=state)
    assert headline(upload(sealed)) == f"真实，{words}"


def test_a_notice_of_ours_is_genuine_but_no_licence(upload, at):
    receipt = Notice.objects.get(about=at("submitted").stream, kind="receipt")
    document_tasks.make_file(notice=str(receipt.pk))
    enter(EVERYTHING)
    receipt.refresh_from_db()
    response = upload(files.path_of(receipt.file_id).read_bytes())
    assert (response.status_code, headline(response)) == (200, "真实，但不是许可证")


def test_an_unsigned_or_encrypted_pdf_is_not_ours(db, upload):
    with pikepdf.new() as document:
        document.add_blank_page()
        plain, locked = io.BytesIO(), io.BytesIO()
        document.save(plain)
        document.save(locked, encryption=pikepdf.Encryption(owner="a", user="b"))
    for content in (plain.getvalue(), locked.getvalue(), b"%PDF-1.7\n%%EOF"):
        response = upload(content)
        assert (response.status_code, headline(response)) == (200, "不是本系统签发")


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"\x89PNG\r\n\x1a\n....", "照片.png", "照片.png 不是PDF"),
        (b"PK\x03\x04", "证书.pdf", "证书.pdf 不是PDF"),
        (b"", "空.pdf", "这是空文件"),
    ],
)
def test_what_is_no_pdf_is_said_to_be_none(db, upload, content, name, sentence):
    response = upload(content, name)
    assert response.status_code == 422
    assert sentence in response.content.decode()


def test_sending_no_file_at_all_asks_for_one(db, client):
    response = client.post("/verify/", {})
    assert response.status_code == 422
    assert "请选择电子证书的PDF文件" in response.content.decode()


def test_a_file_larger_than_any_certificate_is_not_read(db, upload, monkeypatch):
    monkeypatch.setattr(answering, "verify", None)
    response = upload(b"%PDF-" + bytes(LARGEST_FILE), "大.pdf")
    assert response.status_code == 413
    assert "大.pdf 超过30 MB" in response.content.decode()


def test_two_gigabytes_are_refused_before_they_arrive(db, client):
    response = client.generic("POST", "/verify/", b"", "multipart/form-data; boundary=x", CONTENT_LENGTH=2 * 10**9)
    assert response.status_code == 413
    assert "没有接收" in response.content.decode()


# --- by code ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["/V/{}", "/v/{}", "/V/{}/"])
def test_the_address_in_the_code_shows_what_is_registered(client, code, way):
    for text in (code, code.lower()):
        response = client.get(way.format(text))
        assert (response.status_code, headline(response)) == (200, "真实，现行有效")
    page = response.content.decode()
    assert "逐项核对" in page
    assert "没有核验文件" in page
    assert "宜昌禾穗坊食品有限公司" in page


@pytest.mark.parametrize("text", ["FOO", "A" * 3000, "%00", "2KCE3IQB", "..%2F..%2Fetc"])
def test_a_code_that_nobody_signed_is_not_ours(db, client, text):
    response = client.get(f"/V/{text}")
    assert response.status_code in (200, 404)
    if response.status_code == 200:
        assert headline(response) == "不是本系统签发"


def test_a_changed_code_is_not_ours(client, code):
    place = len(code) // 2
    changed = code[:place] + ("A" if code[place] != "A" else "B") + code[place + 1 :]
    assert headline(client.get(f"/V/{changed}")) == "不是本系统签发"


def test_a_scanned_text_that_was_pasted_leads_to_its_address(client, code):
    response = client.get("/verify/", {"q": f" HTTPS://LICENCE.EXAMPLE.CN/V/{code} "})
    assert (response.status_code, response["Location"]) == (302, f"/V/{code}")


# --- by number --------------------------------------------------------------------------------------------------------


def test_a_number_finds_the_register_however_it_is_typed(client, version):
    number = version.licence.number
    for typed in (number, number.lower(), f" {number[:2]} {number[2:5]} {number[5:]}", number[2:], version.identifier):
        response = client.get("/verify/", {"q": typed})
        assert (response.status_code, headline(response)) == (200, "登记在册，现行有效")


def test_a_number_that_was_never_given_is_not_ours(db, client):
    response = client.get("/verify/", {"q": "SC10741018302531"})
    assert (response.status_code, headline(response)) == (200, "不是本系统签发")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "请输入证书上的许可证编号"),
        ("SC12442011202449", "校验码应为0，现为9"),
        ("SC1244201120244", "少1位"),
        ("91420506MA7K3F2X8C", "这是统一社会信用代码。请输入证书上的许可证编号"),
        ("你好<b>", "请输入证书上的许可证编号"),
        ("9" * 500, "请输入证书上的许可证编号"),
    ],
)
def test_a_number_that_cannot_be_one_is_told_what_is_wrong(db, client, typed, sentence):
    response = client.get("/verify/", {"q": typed})
    assert response.status_code == 422
    assert sentence in response.content.decode()


# --- all ways ---------------------------------------------------------------------------------------------------------


def test_while_the_register_is_away_the_signature_is_still_verified(client, upload, sealed, code, version, monkeypatch):
    def away(*_):
        raise OperationalError

    for name in ("public_by_identifier", "public_by_number", "public_version"):
        monkeypatch.setattr(answering.queries, name, away)
    with everything():
        number = version.licence.number
    asked = upload(sealed), client.get(f"/V/{code}"), client.get("/verify/", {"q": number})
    for response in asked:
        assert (response.status_code, headline(response)) == (200, "暂时无法核验")
    assert "签章真实，内容未被改动" in asked[0].content.decode()
    assert "宜昌禾穗坊" in asked[0].content.decode()


def test_every_page_takes_few_statements(client, upload, sealed, code, version):
    number = version.licence.number
    pages = (
        lambda: client.get("/verify/"),
        lambda: client.get("/verify/", {"q": number}),
        lambda: client.get(f"/V/{code}"),
        lambda: upload(sealed),
    )
    for page in pages:
        with CaptureQueriesContext(connection) as captured:
            assert page().status_code == 200
        asked = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
        assert len(asked) <= 2 < MOST_STATEMENTS, asked


def test_nobody_is_given_a_cookie_for_looking_at_an_answer(client, code):
    response = client.get(f"/V/{code}")
    assert not response.cookies and "s-maxage=5" in response["Cache-Control"] and "Cookie" in response["Vary"]


def test_the_pages_read_certificates_and_no_private_key(settings, code, client, tmp_path):
    for name in ("root.pem", "signer.pem"):
        place = tmp_path / "keys" / "demonstration" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes((settings.XUKE_HOME / "keys" / "demonstration" / name).read_bytes())
    settings.XUKE_HOME = tmp_path
    assert headline(client.get(f"/V/{code}")) == "真实，现行有效"
