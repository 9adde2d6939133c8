"""Pages, fragments, ways on, downloads, and the frame around them."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.test import Client, RequestFactory

from xuke.web import pages


def request(**headers):
    made = RequestFactory().get("/office/", headers=headers)
    made.actor = None
    return made


@pytest.mark.parametrize(
    ("headers", "whole"),
    [
        ({}, True),
        ({"HX-Request": "true"}, False),
        ({"HX-Request": "true", "HX-Boosted": "true"}, True),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, True),
    ],
)
def test_htmx_gets_the_fragment_unless_it_needs_the_page(headers, whole):
    response = pages.page(request(**headers), "web/bare.html", {}, fragment="web/_demo.html")
    assert ("<!doctype html>" in response.content.decode()) is whole
    assert "HX-Request" in response["Vary"]


def test_a_step_leads_on_and_reloading_does_not_repeat_it():
    response = pages.go(request(), "/office/cases/137/")
    assert (response.status_code, response["Location"]) == (303, "/office/cases/137/")


def test_htmx_is_led_on_too():
    response = pages.go(request(**{"HX-Request": "true"}), "/office/cases/137/")
    assert (response.status_code, response["HX-Redirect"]) == (204, "/office/cases/137/")


@pytest.mark.parametrize("kind", ["bytes", "stream", "path"])
def test_a_download_is_never_a_page_of_ours(kind, tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"<script>")
    source = {"bytes": b"<script>", "stream": BytesIO(b"<script>"), "path": path}[kind]
    response = pages.download(source, "受理通知书 0137号.pdf", "application/pdf")
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''%E5%8F%97%E7%90%86")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Content-Length"] == "8"
    assert b"".join(response) == b"<script>"
    response.file_to_stream.close()


@pytest.mark.parametrize(
    ("called", "media", "saved"),
    [
        ("布局图.pdf", "application/pdf", "布局图.pdf"),
        ("布局图.PDF", "application/pdf", "布局图.PDF"),
        ("现场.jpeg", "image/jpeg", "现场.jpeg"),
        ("x.hta", "application/pdf", "x.pdf"),
        ("平面图.bat", "image/png", "平面图.png"),
        ("平面图.png", "image/jpeg", "平面图.jpg"),
        ("平面图2026.10", "application/pdf", "平面图2026.10.pdf"),
        ("布局图.pdf.exe ", "application/pdf", "布局图.pdf.pdf"),
        ("../../etc/passwd", "application/pdf", "etcpasswd.pdf"),
        ("C:\\图\r\n\u202efdp.bat", "application/pdf", "C图fdp.pdf"),
        (".hta", "application/pdf", "hta.pdf"),
        ("", "application/pdf", "文件.pdf"),
        ("说明.txt", "text/plain", "说明.txt"),
    ],
)
def test_a_file_is_saved_as_what_it_is_whatever_it_was_called(called, media, saved):
    assert pages.saved_as(called, media) == saved


@pytest.mark.django_db
def test_large_type_is_one_press_and_is_remembered():
    client = Client()
    plain = client.get("/states/?a=1").content.decode()
    assert "data-size" not in plain
    assert 'href="?a=1&amp;size=large"' in plain
    assert 'data-size="large"' in client.get("/states/?size=large").content.decode()
    assert 'data-size="large"' in client.get("/states/").content.decode()
    assert "data-size" not in client.get("/states/?size=normal").content.decode()


@pytest.mark.django_db
def test_a_demonstration_says_so_on_every_page(settings):
    assert "证书文书不具法律效力" in Client().get("/states/").content.decode()
    assert "证书文书不具法律效力" in Client().get("/nowhere/").content.decode()
    settings.XUKE_DEMO = False
    assert "演示" not in Client().get("/nowhere/").content.decode()


def test_the_health_of_the_product_needs_no_transaction():
    assert Client().get("/health/").content == b"False"


def test_no_page_has_a_script_or_a_style_of_its_own():
    html = Client().get("/states/").content.decode()
    assert "<style" not in html
    assert html.count("<script") == html.count('<script src="/static/') == 2
    assert not [part for part in html.split('style="')[1:] if not part.startswith("--")]
    assert " onclick" not in html
