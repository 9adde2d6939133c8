"""No upload over the limit, whatever its headers claim and wherever it goes."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory

from xuke.web.middleware import UploadLimit


class Unread(BytesIO):
    """A body that must not be touched."""

    def read(self, *args):
        raise AssertionError("the body was read")


def test_two_gigabytes_are_answered_before_a_byte_of_them_is_read():
    request = RequestFactory().post("/my/materials/", b"", content_type="multipart/form-data; boundary=x")
    request.META["CONTENT_LENGTH"] = str(2 * 1024**3)
    request._stream = Unread()
    response = UploadLimit(lambda _: pytest.fail("let through"))(request)
    assert response.status_code == 413
    assert "文件太大，没有接收" in response.content.decode()
    assert "一次最多上传55 MB" in response.content.decode()


@pytest.mark.parametrize("address", ["/", "/nowhere/", "/static/x.css", "/office/opinion/"])
def test_the_limit_holds_at_every_address(address):
    assert Client().generic("POST", address, b"", headers={"Content-Length": "60000000"}).status_code == 413


def test_a_body_without_a_length_is_told_to_name_it():
    response = Client().post("/office/opinion/", headers={"Transfer-Encoding": "chunked"})
    assert response.status_code == 411
    assert "没有写明长度" in response.content.decode()


def test_a_length_that_is_no_number_is_no_way_around(db):
    assert Client().generic("POST", "/nowhere/", b"", headers={"Content-Length": "many"}).status_code == 404


@pytest.mark.django_db
def test_an_upload_that_lies_about_its_length_is_stopped_at_the_limit(settings, monkeypatch):
    settings.XUKE_MAX_UPLOAD = 100_000
    monkeypatch.setattr("xuke.web.middleware._length", lambda request: 10)
    plan = SimpleUploadedFile("布局图.pdf", b"x" * 200_000, "application/pdf")
    response = Client().post("/office/opinion/", {"plan": plan}, headers={"HX-Request": "true"})
    assert response.status_code == 413
    assert response["HX-Retarget"] == "#refusal"


@pytest.mark.django_db
def test_two_files_count_together(settings, monkeypatch):
    settings.XUKE_MAX_UPLOAD = 100_000
    monkeypatch.setattr("xuke.web.middleware._length", lambda request: 10)
    plans = [SimpleUploadedFile(name, b"x" * 60_000, "application/pdf") for name in ("1.pdf", "2.pdf")]
    assert Client().post("/office/opinion/", {"plan": plans}).status_code == 413


@pytest.mark.django_db
def test_a_form_with_too_much_text_is_answered_in_words(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    response = Client().post("/office/opinion/", "opinion=" + "x" * 2000, "application/x-www-form-urlencoded")
    assert response.status_code == 413
    assert "填写的内容太多" in response.content.decode()


@pytest.mark.django_db
def test_a_file_within_the_limit_arrives_whole():
    client = Client()
    client.cookies["in"] = "1"
    plan = SimpleUploadedFile("布局图.pdf", b"%PDF-1.7", "application/pdf")
    assert "['布局图.pdf']" in client.post("/office/opinion/", {"plan": plan}).content.decode()
