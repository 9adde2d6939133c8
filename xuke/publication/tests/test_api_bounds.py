"""What nobody in good faith sends to `/api/v1`: refused before it costs anything, in words, as a problem."""

from __future__ import annotations

import json
import time
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from xuke.certificates import answering
from xuke.publication.tests import planted

LICENCES, MANY, FILE = "/api/v1/licences", "/api/v1/verification", "/api/v1/verification/file"


def problem(answer, status: int, kind: str) -> dict[str, object]:
    """A problem of this kind, with a sentence in Chinese."""
    facts = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), facts
    assert facts["type"].endswith(f"/api/v1/#{kind}") and facts["status"] == status
    assert any("\u4e00" <= each <= "\u9fff" for each in facts["detail"])
    assert answer["Cache-Control"] == "no-store"
    return facts


def places(facts: dict[str, object]) -> set[str]:
    return {error.get("parameter") or error["pointer"] for error in facts["errors"]}


def many(client, body, **headers):
    return client.post(MANY, body, content_type="application/json", **headers)


@pytest.fixture
def never_verified(monkeypatch):
    """Whoever gets as far as looking into the register, or into a file, fails the test."""
    for name in ("by_numbers", "by_file", "by_number"):
        monkeypatch.setattr(answering, name, None)


# --- parameters -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ({"q": "食" * 10_000}, "q"),
        ({"q": "\x00\x01\u202e"}, "q"),
        ({"division": "没有这个地方"}, "division"),
        ({"division": "%"}, "division"),
        ({"category": "33"}, "category"),
        ({"category": "9" * 5_000}, "category"),
        ({"state": "fine"}, "state"),
        ({"on": "1949-09-30"}, "on"),
        ({"on": "2999-01-01"}, "on"),
        ({"on": "2026-02-30"}, "on"),
        ({"on": "1"}, "on"),
        ({"changed_since": "1800-01-01T00:00:00Z"}, "changed_since"),
        ({"changed_since": "2026-01-01T00:00:00"}, "changed_since"),
        ({"changed_since": "1700000000"}, "changed_since"),
        ({"limit": "101"}, "limit"),
        ({"limit": "0"}, "limit"),
        ({"limit": ["1", "2"]}, "limit"),
        ({"uscc": "x" * 20}, "uscc"),
        ({"uscc": "%' OR 1"}, "uscc"),
        ({"size": "large"}, "size"),
        ({"qq": "茶"}, "qq"),
    ],
)
def test_a_parameter_that_is_wrong_or_unknown_is_named(db, client, asked, where):
    facts = problem(client.get(LICENCES, asked), 422, "invalid")
    assert where in places(facts)


def test_percent_and_underline_are_looked_for_as_they_are(db, client):
    planted.licences(3)
    assert client.get(LICENCES, {"q": "茶%"}).json()["items"] == []
    assert client.get(LICENCES, {"q": "__"}).json()["items"] == []


def test_an_address_of_a_hundred_thousand_characters_is_not_read(db, client):
    problem(client.get(LICENCES, {"q": "茶" * 30_000}), 414, "uri-too-long")


def test_numbers_that_are_none_are_not_found_and_told_why(db, client):
    facts = problem(client.get(f"{LICENCES}/SC11442050600218"), 404, "not-found")
    assert "校验码" in facts["detail"]
    problem(client.get(f"{LICENCES}/%00"), 404, "not-found")
    problem(client.get(f"/api/v1/progress/{'9' * 10_000}"), 404, "not-found")
    problem(client.get("/api/v1/verification", {"number": "\x00"}), 422, "invalid")


# --- bodies -----------------------------------------------------------------------------------------------------------


def test_a_million_numbers_are_refused_before_one_is_read(db, client, never_verified):
    problem(many(client, b"", CONTENT_LENGTH="20000000"), 413, "too-large")
    problem(many(client, b"", CONTENT_LENGTH="99999999999999999999999"), 413, "too-large")
    problem(many(client, b"", CONTENT_LENGTH="many"), 400, "unreadable")
    problem(many(client, b"", HTTP_TRANSFER_ENCODING="chunked"), 411, "length-required")
    facts = problem(many(client, json.dumps({"numbers": ["x"] * 1_001})), 422, "invalid")
    assert places(facts) == {"/numbers"} and "1000" in facts["detail"]


@pytest.mark.parametrize("body", [b"[", b"\xff\xfe", b"[" * 200_000, b'{"a":' * 40_000, b'{"numbers": ["\\ud800"]}'])
def test_what_is_no_json_or_nested_too_deeply_is_unreadable(db, client, never_verified, body):
    answer = many(client, body)
    assert answer.status_code in (400, 422)
    problem(answer, answer.status_code, "unreadable" if answer.status_code == 400 else "invalid")


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "/numbers"),
        ({"numbers": "x"}, "/numbers"),
        ({"numbers": []}, "/numbers"),
        ({"numbers": ["x", 1]}, "/numbers/1"),
        ({"numbers": ["x"], "a/b~": 1}, "/a~1b~0"),
        ([1], ""),
    ],
)
def test_a_body_that_is_wrong_is_told_where(db, client, never_verified, body, where):
    facts = problem(many(client, json.dumps(body)), 422, "invalid")
    assert {error["pointer"] for error in facts["errors"]} == {where}


def test_a_body_of_another_type_or_where_none_is_taken_is_refused(db, client, never_verified):
    problem(
        client.post(MANY, "numbers=x", content_type="application/x-www-form-urlencoded"), 415, "unsupported-media-type"
    )
    problem(client.post(FILE, "{}", content_type="application/json"), 415, "unsupported-media-type")
    problem(client.post(LICENCES, "x" * 2_000, content_type="text/plain"), 413, "too-large")
    refused = client.delete(LICENCES)
    problem(refused, 405, "method-not-allowed")
    assert refused["Allow"] == "OPTIONS, HEAD, GET"
    problem(client.get(FILE), 405, "method-not-allowed")
    problem(client.get("/api/v1/nothing/here"), 404, "not-found")
    problem(client.post("/api/v1/openapi.json"), 405, "method-not-allowed")


# --- files ------------------------------------------------------------------------------------------------------------


def upload(client, content: bytes, name: str = "证书.pdf"):
    return client.post(FILE, {"file": SimpleUploadedFile(name, content, "application/pdf")})


def a_zip_bomb() -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr("bomb", bytes(50_000_000))
    return packed.getvalue()


def test_bombs_are_answered_as_what_they_are_without_being_opened(db, client):
    started = time.process_time()
    assert upload(client, a_zip_bomb(), "证书.pdf").json()["verdict"] == "foreign"
    ranges = b"%PDF-1.7\n" + b"/ByteRange [0 1 2 3]" * 100_000
    assert upload(client, ranges).json()["verdict"] in ("foreign", "altered")
    stream = b"%PDF-1.7\n1 0 obj<</Filter[/FlateDecode /FlateDecode]>>stream\n" + bytes(2_000_000) + b"\nendstream"
    assert upload(client, stream).json()["verdict"] == "foreign"
    assert time.process_time() - started < 3


def test_a_file_over_the_limit_is_refused_by_its_length_and_a_broken_form_is_a_problem(db, client, never_verified):
    problem(client.post(FILE, {"file": ""}, CONTENT_LENGTH="40000000"), 413, "too-large")
    problem(client.post(FILE, {"other": "x"}), 422, "invalid")
    problem(upload(client, b""), 422, "invalid")
    broken = client.generic("POST", FILE, b"--x", content_type="multipart/form-data")
    problem(broken, 400, "unreadable")


# --- often ------------------------------------------------------------------------------------------------------------


def test_a_machine_that_hammers_is_told_how_long_to_wait_and_others_are_not(db, client, settings):
    settings.XUKE_API_RATE = (0.5, 53.0)
    bot = {"REMOTE_ADDR": "203.0.113.9"}
    first = many(client, json.dumps({"numbers": ["x"]}), **bot)
    assert first["RateLimit-Policy"] == '"api";q=53;w=106' and first["RateLimit"].startswith('"api";r=3;')
    kept = client.get(LICENCES, **bot)
    assert "RateLimit" not in kept and kept["RateLimit-Policy"] == first["RateLimit-Policy"]
    refused = many(client, b"", CONTENT_LENGTH="20000000", **bot)
    problem(refused, 429, "too-many-requests")
    assert 90 <= int(refused["Retry-After"]) <= 100
    assert client.get(LICENCES, REMOTE_ADDR="203.0.113.10").status_code == 200
    assert client.get(LICENCES, REMOTE_ADDR="127.0.0.1").status_code == 200
