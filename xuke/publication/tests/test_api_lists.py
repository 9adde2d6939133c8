"""Somebody keeps a copy of the register: page by page, with cursors that nobody else's list takes."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from xuke.publication.models import PublishedLicence
from xuke.publication.tests import planted

LICENCES, ANNOUNCEMENTS = "/api/v1/licences", "/api/v1/announcements"


@pytest.fixture
def rows(db):
    planted.announcements(12)
    return planted.licences(12)


def followed(client, address: str) -> list[str]:
    """The numbers of the licences from a page to the last, as somebody finds them who follows `next`."""
    seen: list[str] = []
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, answer.content.decode()
        page = answer.json()
        assert answer.get("Link") == (f'<{page["next"]}>; rel="next"' if page["next"] else None)
        seen += [each["number"] for each in page["items"]]
        address = page["next"]
    return seen


def cursor_of(address: str) -> str:
    return parse_qs(urlsplit(address).query)["cursor"][0]


@pytest.mark.parametrize("asked", [f"{LICENCES}?limit=5", f"{LICENCES}?q=茶业&division=宜昌市&limit=5"])
def test_whoever_follows_next_gets_every_licence_once_the_newest_first(rows, client, asked):
    assert followed(client, asked) == [row.number for row in reversed(rows)]


@pytest.mark.parametrize(
    "filters",
    [
        "",
        "&q=茶业",
        "&division=4205&category=14",
        "&state=in_force&state=expired",
        "&changed_since=2026-01-01T00:00:00Z",
    ],
)
def test_whoever_asks_about_a_day_gets_every_page_of_what_was_granted_by_then(rows, client, filters):
    for place, row in enumerate(rows):  # Four a day, the last four after the day asked about.
        row.granted_on = date(2026, 9, 1) + timedelta(days=place // 4)
    PublishedLicence.objects.bulk_update(rows, ["granted_on"])
    found = followed(client, f"{LICENCES}?on=2026-09-02&limit=3{filters}")
    assert found == [row.number for row in reversed(rows[:8])]


def test_every_order_of_the_list_has_a_second_page(rows, client):
    for filters in (
        "",
        "on=2026-09-02",
        f"q={rows[0].number[:12]}",
        f"uscc={rows[0].uscc}",
        f"q={rows[0].uscc[:8]}&on=2026-09-02",
    ):
        assert sorted(followed(client, f"{LICENCES}?limit=5&{filters}")) == sorted(row.number for row in rows), filters


def test_decisions_are_turned_over_in_the_same_way(rows, client):
    seen, address = [], f"{ANNOUNCEMENTS}?limit=5"
    while address:
        page = client.get(address).json()
        seen += [(each["decided_on"], each["id"]) for each in page["items"]]
        address = page["next"]
    assert len(set(seen)) == 12 and seen == sorted(seen, reverse=True)


def test_somebody_who_asks_what_changed_gets_that_and_no_next_page(rows, client):
    page = client.get(LICENCES, {"changed_since": rows[8].changed_at.isoformat(), "limit": 10}).json()
    assert [each["number"] for each in page["items"]] == [row.number for row in reversed(rows[8:])]
    assert page["next"] is None
    space = rows[8].changed_at.isoformat().replace("+", " ")
    assert client.get(LICENCES, {"changed_since": space, "limit": 10}).json() == page


def test_a_number_or_the_beginning_of_one_is_looked_up_in_the_order_of_numbers(rows, client):
    page = client.get(LICENCES, {"q": rows[0].number[:12], "limit": 10}).json()
    more = client.get(page["next"]).json()
    numbers = [each["number"] for each in page["items"] + more["items"]]
    assert numbers == sorted(row.number for row in rows) and more["next"] is None


def test_a_cursor_of_another_list_or_other_filters_is_refused_and_never_the_first_page(rows, client):
    cursor = cursor_of(client.get(LICENCES, {"division": "4205", "limit": 5}).json()["next"])
    mine = {"division": "4205", "cursor": cursor, "limit": 7}
    assert len(client.get(LICENCES, mine).json()["items"]) == 7
    for address, asked in (
        (LICENCES, {"division": "42", "cursor": cursor}),
        (LICENCES, {"cursor": cursor}),
        (LICENCES, {**mine, "category": 14}),
        (LICENCES, {**mine, "changed_since": "2026-01-01T00:00:00Z"}),
        (ANNOUNCEMENTS, {"division": "4205", "cursor": cursor}),
    ):
        answer = client.get(address, asked)
        assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
        assert answer.json()["type"].endswith("/api/v1/#invalid-cursor")
        assert answer.json()["errors"][0]["parameter"] == "cursor"


def test_a_cursor_that_somebody_made_or_of_a_form_we_no_longer_write_is_refused(rows, client, settings):
    cursor = cursor_of(client.get(LICENCES, {"limit": 5}).json()["next"])
    packed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    made_up = [
        urlsafe_b64encode(b"\x00" + packed[1:]).decode().rstrip("="),
        urlsafe_b64encode(packed[:17] + packed[17:].replace(b"2026", b"2025")).decode().rstrip("="),
        cursor[:-2],
        cursor + "AA",
        cursor + "!",
        "x",
        "AA",
        "游标",
        "\x00",
        "2026-09-01T02:00:00Z.SC11442050600216",
        "eyJhIjoxfQ",
    ]
    for each in made_up:
        assert client.get(LICENCES, {"cursor": each}).status_code == 400, each
    settings.SECRET_KEY = "another key"
    assert client.get(LICENCES, {"cursor": cursor}).status_code == 400
    assert client.get(LICENCES, {"cursor": "A" * 401}).status_code == 422
