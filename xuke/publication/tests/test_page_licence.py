"""The page of a licence: its state in words, what happened, was it valid on that day, for machines too."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from xuke.certificates.models import CertificateVersion
from xuke.foundation import journal_keys
from xuke.publication import jose, keys, licences
from xuke.publication.answers import KIND
from xuke.publication.models import PublishedEvent, PublishedLicence
from xuke.publication.projection import register
from xuke.tests.cast import NOON, everything


class Clock:
    """The clock that the pages read."""

    moment = NOON


@pytest.fixture(autouse=True)
def clock(monkeypatch) -> Clock:
    found = Clock()
    monkeypatch.setattr("django.utils.timezone.now", lambda: found.moment)
    return found


@pytest.fixture
def granted(at) -> PublishedLicence:
    """A licence that was granted this morning and stands on the register."""
    with everything():
        number = CertificateVersion.objects.get(licence=at("granted").licence).licence.number
        register.publish(number)
    return PublishedLicence.objects.get(number=number)


@pytest.fixture
def rescinded(granted, clock) -> PublishedLicence:
    """The same, rescinded half a year later with effect from the first day, and recorded then."""
    clock.moment = NOON + timedelta(days=180)
    issued = PublishedEvent.objects.get(number=granted.number)
    PublishedEvent.objects.create(
        number=granted.number,
        seq=issued.seq + 1,
        verb="rescinded",
        effective_on=issued.effective_on + timedelta(days=30),
        recorded_at=clock.moment - timedelta(days=1),
        state="rescinded",
        valid_to=issued.valid_to,
        version=1,
    )
    PublishedLicence.objects.filter(pk=granted.pk).update(
        state="rescinded", ended_on=issued.effective_on + timedelta(days=30)
    )
    granted.refresh_from_db()
    return granted


def verdict(response) -> str:
    return response.content.decode().split('<h1 class="xk-song">')[1].split("</h1>")[0]


def test_the_page_says_the_state_first_and_what_it_rests_on(client, granted):
    response = client.get(f"/licences/{granted.number}/")
    page = response.content.decode()
    assert (response.status_code, verdict(response)) == (200, "有效")
    for words in (
        granted.holder,
        granted.identifier,
        "准予许可，核发许可证",
        "登记簿2026年9月7日",
        "品种明细表",
        "可以依据它",
    ):
        assert words in page
    assert "s-maxage=5" in response["Cache-Control"] and not response.cookies


def test_the_page_takes_one_statement(client, granted):
    for query in ({}, {"on": "2026-09-07"}):
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/licences/{granted.number}/", query)
        assert len(captured) == 1, captured.captured_queries


def test_after_a_rescission_it_says_what_that_is(client, rescinded):
    page = client.get(f"/licences/{rescinded.number}/")
    assert verdict(page) == "已撤销"
    assert "许可当初就不该给" in page.content.decode() and "行政许可法第六十九条" in page.content.decode()


def test_the_head_of_the_page_says_what_is_answered_for_today_even_before_the_row_is_written_anew(client, rescinded):
    PublishedLicence.objects.filter(pk=rescinded.pk).update(state="in_force", ended_on=None)
    address = f"/licences/{rescinded.number}/"
    assert verdict(client.get(address)) == "已撤销"
    assert "已撤销" in client.get(f"{address}licence.jsonld").json()["description"]
    assert client.get(f"/api/v1{address[:-1]}").json()["state"] == "rescinded"


def test_the_last_day_counts_and_the_next_does_not(client, granted, clock):
    last = granted.valid_to
    clock.moment = NOON.replace(year=last.year, month=last.month, day=last.day)
    assert verdict(client.get(f"/licences/{granted.number}/")) == "有效"
    clock.moment += timedelta(days=1)
    assert verdict(client.get(f"/licences/{granted.number}/")) == "有效期届满"


def test_a_number_written_otherwise_leads_to_its_own_address(client, granted):
    number = granted.number
    for typed in (number.lower(), f"{number[:5]} {number[5:]}", number[2:]):
        response = client.get(f"/licences/{typed}/?on=2026-09-07")
        assert (response.status_code, response["Location"]) == (301, f"/licences/{number}/?on=2026-09-07")


def test_an_unknown_number_is_told_with_a_search(client, granted):
    number = granted.number
    wrong = number[:-1] + str((int(number[-1]) + 3) % 10)
    response = client.get(f"/licences/{wrong}/")
    assert response.status_code == 404
    assert f"校验码应为{number[-1]}" in response.content.decode() and 'role="search"' in response.content.decode()
    for nonsense in ("nonsense", "SC1", "%00", "茶" * 300):
        assert client.get(f"/licences/{nonsense}/").status_code == 404


def test_while_the_register_is_away_the_page_says_so(client, monkeypatch):
    def away(_: str) -> None:
        raise OperationalError

    monkeypatch.setattr(licences, "find", away)
    response = client.get("/licences/SC12442050600219/")
    assert response.status_code == 503 and "登记簿现在查不到" in response.content.decode()


# --- a day ------------------------------------------------------------------------------------------------------------


ANSWERS = (
    ("2026-09-07", "", "in_force", "有效。有效期至"),
    ("2026-09-06", "", "not_yet", "还没有核发"),
    ("2026-10-06", "", "in_force", "有效。"),
    ("2026-10-07", "", "rescinded", "2026年10月7日起已撤销"),
    ("2026-10-07", "2026-12-01", "in_force", "有效。"),
    ("2026-10-07", "2026-12-01T08:00:00+08:00", "in_force", "有效。"),
    ("2026-10-07", "2026-09-01", "unknown", "还没有记载"),
)
"""Day, moment, standing, words."""
NO_ANSWERS = (
    ({"on": "1948-01-01"}, "不能早于1949年10月1日"),
    ({"on": "2027-01-01"}, "不能晚于今天"),
    ({"on": "tomorrow"}, "请写成2025-03-01这样的日期"),
    ({"on": "2026-09-07", "known_at": "2027-01-01"}, "以后会记载什么"),
    ({"on": "2026-09-07", "known_at": "9999-12-31T23:59:59-12:00"}, "问哪个时刻的记载"),
    ({"on": "2026-09-07", "known_at": "0001-01-01T00:00:00+14:00"}, "问哪个时刻的记载"),
    ({"on": "2026-09-07", "known_at": "1901-01-01"}, "没有早于1949年10月1日的记载"),
    ({"on": "2026-09-07", "known_at": "x" * 9000}, "问哪个时刻的记载"),
)
"""What is asked, and the sentence."""


def test_a_day_is_answered_as_it_was_known(client, rescinded):
    keys_of_all_times = journal_keys.public_keys(keys.place())
    for on, known_at, standing, words in ANSWERS:
        asked = {"on": on, **({"known_at": known_at} if known_at else {})}
        answer = client.get(f"/licences/{rescinded.number}/standing.json", asked).json()
        assert answer["answer"]["standing"] == standing and words in answer["answer"]["sentence"], asked
        assert answer["answer"]["sentence"] in client.get(f"/licences/{rescinded.number}/", asked).content.decode()
        assert jose.verify(answer.pop("jws"), keys=keys_of_all_times, kind=KIND) == answer


def test_days_that_cannot_be_answered_for_get_their_sentence(client, granted):
    for asked, words in NO_ANSWERS:
        for address in ("", "standing.json", "standing.jws"):
            response = client.get(f"/licences/{granted.number}/{address}", asked)
            assert response.status_code == 422 and words in response.content.decode(), asked


def test_the_signed_answer_is_a_file_that_others_can_verify(client, granted):
    from joserfc import jws
    from joserfc.jwk import KeySet

    response = client.get(f"/licences/{granted.number}/standing.jws", {"on": "2026-09-07"})
    assert response["Content-Type"] == "application/jose" and "attachment" in response["Content-Disposition"]
    published = KeySet.import_key_set(client.get("/.well-known/jwks.json").json())
    signed = jws.deserialize_compact(response.content, published, registry=jose._REGISTRY)
    assert json.loads(signed.payload)["sub"] == granted.number
    assert "s-maxage" in response["Cache-Control"]


def test_a_new_key_leaves_old_answers_verifiable(client, granted, settings, tmp_path):
    settings.XUKE_HOME = tmp_path
    before = client.get(f"/licences/{granted.number}/standing.jws").content.decode()
    keys.rotate()
    after = client.get(f"/licences/{granted.number}/standing.jws").content.decode()
    trusted = jose.read_key_set(client.get("/.well-known/jwks.json").content.decode())
    assert len(trusted) == 2
    for answer in (before, after):
        assert jose.verify(answer, keys=trusted, kind=KIND)["sub"] == granted.number


def test_unknown_numbers_have_no_answer(client, db):
    assert client.get("/licences/SC12442050600219/standing.json").status_code == 404
    assert client.get("/licences/SC12442050600219/standing.jws").status_code == 404
    assert client.get("/licences/SC12442050600219/licence.jsonld").status_code == 404


# --- for machines -----------------------------------------------------------------------------------------------------


def test_the_page_carries_linked_data_that_nothing_can_break_out_of(client, granted):
    PublishedLicence.objects.filter(pk=granted.pk).update(holder="</script><script>alert(1)</script>&")
    page = client.get(f"/licences/{granted.number}/").content.decode()
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert found
    facts = json.loads(found[1])
    assert facts["@type"] == "GovernmentPermit" and facts["about"]["name"].endswith("</script>&")
    assert facts["validIn"]["identifier"] == granted.division
    assert facts == client.get(f"/licences/{granted.number}/licence.jsonld").json()
    assert "<script>alert" not in page
