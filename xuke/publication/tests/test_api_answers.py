"""What `/api/v1` answers: what the pages say, to everybody the same, out of the public tables alone."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from xuke.accounts.models import User
from xuke.catalogue import editions
from xuke.certificates import queries, tasks
from xuke.certificates.models import CertificateVersion
from xuke.certificates.queries import STANDINGS
from xuke.config import generated
from xuke.foundation import files
from xuke.foundation.identifiers import food_licence
from xuke.foundation.scope import EVERYTHING, enter
from xuke.publication import finding, frequencies
from xuke.publication.api import problems
from xuke.publication.api.document import document
from xuke.publication.api.schemas.register import State
from xuke.publication.api.schemas.verification import VERDICTS, Verdict
from xuke.publication.tests import planted
from xuke.tests.cast import NOON

LICENCES, ONE, FILE = "/api/v1/licences", "/api/v1/verification", "/api/v1/verification/file"


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)


@pytest.fixture
def version(at) -> CertificateVersion:
    """A certificate that was granted and made this morning."""
    ordered = CertificateVersion.objects.select_related("licence").get(licence=at("granted").licence)
    tasks.make_file(version=ordered.pk)
    enter(EVERYTHING)
    ordered.refresh_from_db()
    return ordered


def test_a_program_is_told_what_the_page_says(version, client):
    number = version.licence.number
    told = client.get(ONE, {"number": f" {number.lower()} "}).json()
    page = client.get("/verify/", {"q": number}).content.decode()
    assert (told["verdict"], told["asked"]) == ("in_force", number)
    assert told["headline"] in page and told["sentence"] in page
    assert told["licence"]["identifier"] == version.identifier and told["licence"]["digest"] == version.file_id
    by_identifier = client.get(ONE, {"identifier": version.identifier}).json()
    assert by_identifier["licence"] == told["licence"]
    wrong_way = client.get(ONE, {"number": version.identifier}).json()
    assert "请用参数identifier" in wrong_way["detail"]


def test_a_file_proves_most_and_one_that_was_touched_nothing(version, client):
    def verify(content: bytes) -> dict[str, object]:
        return client.post(FILE, {"file": SimpleUploadedFile("证书.pdf", content, "application/pdf")}).json()

    sealed = files.path_of(version.file_id).read_bytes()
    told = verify(sealed)
    assert (told["verdict"], told["digest"]) == ("in_force", version.file_id)
    assert told["signed_at"] and [check["passed"] for check in told["checks"]].count(True) == 4
    assert verify(sealed + b" ")["verdict"] == "altered"


def test_a_thousand_numbers_are_answered_in_their_order_by_two_statements(version, client):
    number, identifier = version.licence.number, version.identifier
    asked = [number, "x", identifier, planted.number_of(9), number] + [planted.number_of(n) for n in range(1, 996)]
    with CaptureQueriesContext(connection) as statements:
        told = client.post(ONE, json.dumps({"numbers": asked}), content_type="application/json").json()
    assert len(statements) == 2
    verdicts = [item["verdict"] for item in told["items"]]
    assert verdicts[:5] == ["in_force", "malformed", "in_force", "foreign", "in_force"]
    assert [item["asked"] for item in told["items"]] == asked


@pytest.mark.parametrize(
    ("address", "most"),
    [
        (f"{LICENCES}?q=茶业", 2),
        (f"{LICENCES}/{{number}}", 1),
        (f"{LICENCES}/{{number}}/standing?on=2026-09-05", 1),
        (f"{ONE}?number={{number}}", 1),
        (f"/api/v1/progress/{planted.RECEIPT}", 1),
        ("/api/v1/announcements", 1),
        ("/api/v1/openapi.json", 0),
    ],
)
def test_a_question_costs_a_statement_or_two_and_nothing_when_it_is_known(db, client, address, most):
    planted.licences(30)
    planted.announcements(30)
    planted.progress()
    address = address.format(number=planted.number_of(3))
    editions.book()  # Read once in a while, by whoever asks first.
    frequencies._remembered = None
    with CaptureQueriesContext(connection) as statements:
        answer = client.get(address)
    assert answer.status_code == 200 and len(statements) <= most
    assert answer["Cache-Control"] == "public, max-age=0, s-maxage=5"
    assert answer["Access-Control-Allow-Origin"] == "*"
    known = client.get(address, headers={"If-None-Match": f'"x", W/{answer["ETag"]}'})
    assert (known.status_code, known.content, known["ETag"]) == (304, b"", answer["ETag"])
    head = client.head(address)
    assert (head.content, head["Content-Length"]) == (b"", str(len(answer.content)))


def test_a_signed_answer_about_a_day_is_the_one_of_the_page(db, client):
    planted.licences(1)
    number = planted.number_of(1)
    asked = {"on": "2026-09-05", "known_at": "2026-09-06"}
    told = client.get(f"{LICENCES}/{number}/standing", asked).json()
    assert told["answer"]["valid"] and told["question"]["on"] == "2026-09-05"
    assert told["jws"].count(".") == 2
    page = client.get(f"/licences/{number}/standing.json", asked).json()
    assert page["answer"] == told["answer"]
    early = client.get(f"{LICENCES}/{number}/standing", {"on": "1900-01-01"})
    assert (early.status_code, early.json()["errors"][0]["parameter"]) == (422, "on")


def test_a_history_is_told_from_its_beginning(db, client):
    row = planted.licences(1)[0]
    told = client.get(f"{LICENCES}/{row.number}").json()
    assert (told["state"], told["state_words"], told["place"]) == ("in_force", "有效", "湖北省宜昌市夷陵区")
    assert [event["verb"] for event in told["history"]] == ["issued"]
    assert told["categories"] == [{"number": 14, "name": "茶叶及相关制品"}]


def test_progress_says_how_far_a_case_is_and_nobodys_name(db, client):
    planted.progress()
    told = client.get(f"/api/v1/progress/{planted.RECEIPT.replace('-', '')}").json()
    assert (told["stage"], told["standing"], told["over"]) == ("材料审查", "已受理", False)
    assert [step["words"] for step in told["steps"]] == ["提交申请", "受理"]


def test_somebody_who_is_logged_in_gets_what_everybody_gets(chen_the_reviewer):
    planted.licences(2)
    chen, nobody = Client(), Client()
    chen.force_login(User.objects.get(pk=chen_the_reviewer.user_id), "xuke.accounts.backends.PasswordBackend")
    with CaptureQueriesContext(connection) as statements:
        theirs = chen.get(LICENCES)
    assert len(statements) <= 2 and theirs.content == nobody.get(LICENCES).content
    assert not theirs.cookies and theirs["Vary"] == "Accept-Encoding"
    missing = chen.get("/api/v1/nothing")
    assert missing.status_code == 404 and not missing.cookies


def test_a_register_that_is_away_is_a_problem_that_says_when_to_ask_again(db, client, monkeypatch):
    def away(*_: object, **__: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(finding, "find", away)
    monkeypatch.setattr(queries, "public_by_number", away)
    for address in (LICENCES, f"{ONE}?number={planted.number_of(1)}"):
        answer = client.get(address)
        assert (answer.status_code, answer["Retry-After"]) == (503, "5")
        assert answer.json()["type"].endswith("#unavailable")


def test_a_fault_of_ours_is_a_problem_too_and_says_nothing_about_itself(db, client, monkeypatch, caplog):
    monkeypatch.setattr(finding, "find", lambda *_, **__: {}["secret"])
    answer = client.get(LICENCES)
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert "secret" not in answer.content.decode() and answer.json()["instance"].startswith("urn:xuke:request:")
    assert "secret" in caplog.text


@contextmanager
def only_as_the_public():
    """Whoever asks the database of cases fails."""

    def refuse(execute, sql, params, many, context):
        raise AssertionError(f"asked as the application: {sql}")

    with connections["default"].execute_wrapper(refuse):
        yield


def test_the_role_of_the_public_is_enough_for_everything(committed_db, client):
    planted.licences(3)
    planted.announcements(3)
    planted.progress()
    number = planted.number_of(1)
    with only_as_the_public():
        for address in (
            f"{LICENCES}?q=茶业",
            f"{LICENCES}?q={number}",
            f"{LICENCES}?state=expired&on=2026-09-05&division=夷陵区&category=14",
            f"{LICENCES}/{number}",
            f"{LICENCES}/{number}/standing",
            f"{ONE}?number={number}",
            f"/api/v1/progress/{planted.RECEIPT}",
            "/api/v1/announcements?kind=granted&category=14",
            "/api/v1/",
        ):
            assert client.get(address).status_code == 200, address
        many = client.post(ONE, json.dumps({"numbers": [number]}), content_type="application/json")
        assert many.status_code == 200
        assert client.get("/api/v1/nothing").status_code == 404


def test_the_committed_description_is_what_the_code_answers_and_names_what_exists():
    assert list(generated.contract(generated.ROOT)) == []
    assert {state.value for state in State} == set(STANDINGS)
    assert set(VERDICTS) == set(Verdict)
    assert document()["openapi"].startswith("3.1")


def test_what_the_page_shows_as_an_example_is_a_number_and_every_state_can_be_read_there(db, client):
    page = client.get("/api/v1/").content.decode()
    shown = set(re.findall(r"SC\d{14}", page + json.dumps(document())))
    assert shown and not any(food_licence.parse(number).errors for number in shown)
    assert all(state.value in page for state in State)


def test_the_page_explains_every_kind_of_problem_where_its_address_leads(db, client):
    page = client.get("/api/v1/").content.decode()
    for kind in problems.KINDS:
        assert f'id="{kind.name}"' in page
    for path in document()["paths"]:
        assert path in page
