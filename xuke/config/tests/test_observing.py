"""Each request has a number: in the answer, in the log, in the journal; and is counted by the name of its page."""

from __future__ import annotations

import asyncio
import logging
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.test import Client
from prometheus_client import REGISTRY

from xuke.config import metrics
from xuke.config.observing import as_job
from xuke.foundation import request_ids
from xuke.foundation.models import Entry
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for

pytestmark = pytest.mark.django_db
SECRET = "between-proxy-and-us"


@pytest.fixture
def proxied(settings):
    settings.XUKE_PROXIES, settings.XUKE_PROXY_SECRET = ["10.0.0.5"], SECRET


def requests_counted(**labels: str) -> float:
    return REGISTRY.get_sample_value("xuke_http_requests_total", labels) or 0.0


def mistyped(client: Client, **more: str) -> str:
    """Somebody mistypes a password, which the journal tells; the number of the request."""
    return client.post("/login/", {"username": "zhoumin", "password": "wrong"}, **more)["X-Request-ID"]


def test_what_a_request_writes_into_the_journal_has_its_number():
    number = mistyped(Client())
    assert UUID(number).version == 7
    with opened_for(EVERYTHING):
        assert list(Entry.objects.filter(request_id=number).values_list("verb", flat=True)) == ["login.refused"]
    assert request_ids.current() == ""


@pytest.mark.parametrize("given", ["nginx-4f1d2c90a7", "0192f0c1-7e2a-7bd1-9f00-000000000000"])
def test_a_proxy_of_ours_gives_the_number(proxied, given):
    headers = {"HTTP_X_REQUEST_ID": given, "HTTP_X_XUKE_PROXY": SECRET, "HTTP_X_FORWARDED_FOR": "203.0.113.9"}
    assert mistyped(Client(REMOTE_ADDR="10.0.0.5"), **headers) == given


@pytest.mark.parametrize(
    ("given", "secret"),
    [("nginx-4f1d2c90a7", ""), ("nginx-4f1d2c90a7", "guessed"), ('a"b\n<script>', SECRET), ("x" * 65, SECRET)],
)
def test_a_stranger_gives_no_number_and_nobody_gives_an_odd_one(proxied, given, secret):
    headers = {"HTTP_X_REQUEST_ID": given} | ({"HTTP_X_XUKE_PROXY": secret} if secret else {})
    assert UUID(mistyped(Client(REMOTE_ADDR="10.0.0.5"), **headers)).version == 7


def test_a_line_of_the_access_log_says_which_page_and_nothing_of_anybody(caplog):
    with caplog.at_level(logging.INFO, logger="xuke.access"):
        Client().get("/verify/?number=SC10142050000001&name=周敏")
    (record,) = (record for record in caplog.records if record.name == "xuke.access")
    assert record.said.keys() == {"method", "route", "status", "ms"}
    assert record.getMessage().startswith("GET verify 200 ")
    assert "SC101" not in record.getMessage()


def test_requests_are_counted_by_the_name_of_the_page_however_many_addresses_somebody_invents():
    before = requests_counted(route="none", method="GET", status="404")
    for number in range(5):
        Client().get(f"/invented/{number}/")
    assert requests_counted(route="none", method="GET", status="404") == before + 5
    Client().generic("BREW", "/verify/")
    assert requests_counted(route="verify", method="other", status="405") >= 1
    assert b"invented" not in metrics.exposition()


def test_a_job_writes_under_its_own_number():
    async def work() -> str:
        return request_ids.current()

    assert asyncio.run(as_job(work, SimpleNamespace(job=SimpleNamespace(id=7)), None)) == "job:7"
