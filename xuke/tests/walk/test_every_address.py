"""Every address × every role × own, subordinate, sibling and foreign: who gets in, and that no answer names the case.

Each address is tried by looking and by sending, in the state of the case in which somebody may. What a try changes is
taken back before the next one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from xuke.accounts.backends import person
from xuke.foundation import scope
from xuke.identity import sessions
from xuke.licensing.models import Application
from xuke.tests.walk.table import TABLE, Row
from xuke.tests.walk.walkers import SEE_THE_CASE, Walker, walkers
from xuke.web.access import addresses


def name_of(address) -> str:
    return address.name or address.pattern


def test_every_address_says_who_may_open_it():
    assert [address.pattern for address in addresses() if address.access is None] == []


def test_every_address_is_in_the_table_and_nothing_else():
    """Whoever adds an address writes down for whom it is."""
    known = {name_of(address) for address in addresses() if address.name}
    assert known == {name for name in TABLE if name != "V/"}


@pytest.fixture
def nobody_is_throttled(settings):
    """Nor is every refusal written into the journal: that has tests of its own, and here it would be undone at once."""
    settings.AXES_ENABLED = False
    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if each != "xuke.identity.watch.Watch"]


@pytest.mark.parametrize("name", [name for name in TABLE if name != "V/"])
def test_an_address_opens_for_whom_the_table_says(name, world, at, nobody_is_throttled):
    row = TABLE[name]
    everybody = walkers(world)
    case = at(row.state)
    url = reverse(name, kwargs=dict(row.about(case)))
    secrets = _secrets(case)
    wrong = []
    for walker in everybody:
        browser = _browser(walker)
        for method, allowed in (("get", row.get), ("post", row.post)):
            if allowed is None:
                continue
            with _taken_back():
                answer = browser.get(url) if method == "get" else browser.post(url, row.send(case))
            if (got_in := _is_in(answer)) != (walker.name in allowed):
                wrong.append(f"{walker} {method}: {'in' if got_in else 'out'} ({answer.status_code})")
            wrong += _leaks(walker, method, answer, row, secrets)
            for close in answer._resource_closers:
                close()
    assert not wrong, "\n".join(wrong)


def _secrets(case: Application) -> list[bytes]:
    """What names the case: nobody who may not see it finds any of this in an answer."""
    names = [case.receipt_number, case.acceptance_number, case.enterprise.name, case.enterprise.uscc, str(case.pk)]
    return [each.encode() for each in names if each]


def _leaks(walker: Walker, method: str, answer: HttpResponse, row: Row, secrets: list[bytes]) -> Iterator[str]:
    if walker.name in SEE_THE_CASE or row.is_public:
        return
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    address = answer.wsgi_request.get_full_path().encode()
    for secret in secrets:
        if secret in body.replace(address, b"") and secret not in address:
            yield f"{walker} {method}: the answer says {secret.decode()}"


def _is_in(answer: HttpResponse) -> bool:
    """Past the gate: whatever came of it, it was not “not you”."""
    if answer.status_code in (401, 403, 404):
        return False
    return not answer.get("Location", answer.get("HX-Redirect", "")).startswith("/login/")


def _browser(walker: Walker) -> Client:
    """Just logged in, with both factors: what is refused is refused because of who they are."""
    browser = Client()
    if walker.user_id is not None:
        user = person(walker.user_id)
        assert user is not None
        store = sessions.begin(user, means="password", strong=True, now=timezone.now())
        browser.cookies[settings.SESSION_COOKIE_NAME] = store.session_key or ""
    return browser


@contextmanager
def _taken_back() -> Iterator[None]:
    """Whatever happens inside did not happen, and the test sees everything again."""
    cache.clear()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    scope.enter(scope.EVERYTHING)
