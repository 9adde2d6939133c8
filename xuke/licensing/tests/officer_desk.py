"""An officer at the browser, for the tests of the officers' pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client

from xuke.accounts.models import User
from xuke.accounts.officers import Officer
from xuke.catalogue import editions
from xuke.foundation.scope import EVERYTHING, enter
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import places
from xuke.licensing.models import Application

MOST_STATEMENTS = 8
_OF_THE_TEST = ("SAVEPOINT", "RELEASE", "ROLLBACK", "SELECT set_config('xuke.user', '',")
"""Statements that no page asks in service: its transaction, and forgetting the person of the request before."""


@dataclass
class Page:
    """An answer, and what it cost."""

    response: HttpResponse
    statements: list[str]

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def html(self) -> str:
        return self.response.content.decode()

    @property
    def words(self) -> str:
        """What somebody reads: no tags, no scripts."""
        text = re.sub(r"<(script|style|svg).*?</\1>", "", self.html, flags=re.DOTALL)
        return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text)))

    @property
    def main(self) -> str:
        """The words of the page without its frame."""
        return Page(HttpResponse(self.html.partition("<main")[2]), []).words.partition(">")[2]

    @property
    def goes_to(self) -> str:
        return self.response.headers.get("Location", "")

    @property
    def revision(self) -> int:
        """The revision that the form of the page carries."""
        found = re.search(r'name="revision" value="(\d+)"', self.html)
        assert found, "no form on this page"
        return int(found[1])

    def value_of(self, name: str) -> str:
        """What stands in a field."""
        area = re.search(rf'<textarea[^>]*name="{re.escape(name)}"[^>]*>(.*?)</textarea>', self.html, re.DOTALL)
        if area:
            return unescape(area[1]).strip("\n")
        tag = re.search(rf'<input[^>]*name="{re.escape(name)}"[^>]*>', self.html)
        found = re.search(r'value="([^"]*)"', tag[0]) if tag else None
        return unescape(found[1]) if found else ""


class Desk:
    """Opens pages and sends forms as whoever is named; afterwards the test sees everything again."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def open(self, officer: Officer, url: str, **headers: str) -> Page:
        return self._ask(officer, lambda: self.client.get(url, headers=headers))

    def send(self, officer: Officer, url: str, data: dict[str, Any] | None = None, **headers: str) -> Page:
        return self._ask(officer, lambda: self.client.post(url, data or {}, headers=headers))

    def _ask(self, officer: Officer, ask: Any) -> Page:
        self.client.force_login(User.objects.get(pk=officer.user_id), "xuke.accounts.backends.PasswordBackend")
        current_calendar(), places.below(""), editions.book()  # Each is read once in a while.
        statements: list[str] = []

        def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            if not sql.startswith(_OF_THE_TEST):
                statements.append(sql)
            return execute(sql, params, many, context)

        try:
            with connection.execute_wrapper(note):
                response = ask()
        finally:
            if connection.in_atomic_block:
                enter(EVERYTHING)
        return Page(response, statements)


def case_url(application: Application, slug: str = "") -> str:
    """The address of a case, or of a step in it."""
    return f"/office/applications/{application.pk}/" + (f"{slug}/" if slug else "")
