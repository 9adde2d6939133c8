"""An applicant at a browser without a script: opens pages, fills in the form that is on them, presses its buttons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from xuke.accounts.backends import person as person_of
from xuke.config.demonstration import signing
from xuke.licensing.models import Application
from xuke.parties.applicants import Applicant
from xuke.tests.cast import everything

MOST_STATEMENTS = 8
BACKEND = "xuke.accounts.backends.PasswordBackend"


def log_in(client: Client, person: Applicant) -> Client:
    """The browser of somebody who has logged in."""
    client.force_login(person_of(person.user_id), BACKEND)
    return client


def address(application: Application, rest: str = "") -> str:
    """Where the applicant follows a case."""
    return f"/my/applications/{application.pk}/{rest}"


def sign(client: Client, application: Application, person: Applicant) -> HttpResponse:
    """Read what is to be signed, and sign it with the certificate of the enterprise."""
    return press_to_sign(client, application, client.get(address(application, "sign/")), person)


def press_to_sign(client: Client, application: Application, shown: HttpResponse, person: Applicant) -> HttpResponse:
    """Sign what a page showed a while ago."""
    fields = signing.answer(shown.content.decode(), uscc=person.uscc, name=person.enterprise_name)
    return client.post(address(application, "sign/"), fields)


def step(application: Application, section: str) -> str:
    """Where a step of its form is filled in."""
    return address(application, f"form/{section}/")


def as_stored(application: Application) -> Application:
    """The row as it is now, whatever the last page was allowed to see."""
    with everything():
        return Application.objects.get(pk=application.pk)


def statements(client: Client, url: str) -> list[str]:
    """What a page asks the database. Savepoints are the tests', not the page's."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
    assert response.status_code == 200, response.status_code
    return [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]


def words(response: HttpResponse) -> str:
    """What a page says, without its markup."""
    reader = _Words()
    reader.feed(response.content.decode())
    return " ".join(" ".join(reader.found).split())


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self._hidden += tag in ("style", "script", "head")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "script", "head")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.found.append(data)


@dataclass
class Filled:
    """The form of a page as a browser would send it."""

    url: str = ""
    fields: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[str] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    """What stands at a control, by the control's name."""
    summary: list[str] = field(default_factory=list)
    """The lines above the form."""

    def press(self, client: Client, button: str, files: Mapping[str, Any] | None = None, **typed: str) -> HttpResponse:
        """Type into some of the controls (a dot is written as two underscores) and press a button that is there."""
        assert button in self.buttons, self.buttons
        changed = {name.replace("__", "."): [value] for name, value in typed.items()}
        unknown = changed.keys() - self.fields.keys()
        assert not unknown, unknown
        return client.post(self.url, {**self.fields, **changed, **(files or {}), "do": button})


def form_on(response: HttpResponse) -> Filled:
    """The form of a step on a page that was opened."""
    reader = _Form()
    reader.feed(response.content.decode())
    return reader.filled


class _Form(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.filled = Filled()
        self._inside = False
        self._select = self._area = self._error = ""
        self._line = self._summary = False

    def handle_starttag(self, tag: str, given: Any) -> None:
        attrs = {name: value or "" for name, value in given}
        known = attrs.get("id", "")
        if tag == "form" and known == "step":
            self._inside, self.filled.url = True, attrs["action"]
        if tag == "div" and known == "errors":
            self._summary = True
        elif self._summary and tag == "a":
            self._line = True
            self.filled.summary.append("")
        if known.startswith("id_") and known.endswith("_error"):
            self._error = known.removeprefix("id_").removesuffix("_error")
        if self._inside:
            self._control(tag, attrs)

    def _control(self, tag: str, attrs: dict[str, str]) -> None:
        name, kind = attrs.get("name", ""), attrs.get("type", "text")
        if tag == "button" and name == "do":
            self.filled.buttons.append(attrs["value"])
        elif tag == "select":
            self._select = name
            self.filled.fields[name] = [""]
        elif tag == "option" and "selected" in attrs:
            self.filled.fields[self._select] = [attrs["value"]]
        elif tag == "textarea":
            self._area = name
            self.filled.fields[name] = [""]
        elif tag == "input" and name and kind != "file" and ("checked" in attrs or kind not in ("checkbox", "radio")):
            self.filled.fields.setdefault(name, []).append(attrs.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        if tag == "textarea":
            self._area = ""
        if tag == "p":
            self._error = ""
        if tag == "a":
            self._line = False
        if tag == "ol":
            self._summary = False

    def handle_data(self, data: str) -> None:
        if self._area:
            held = self.filled.fields[self._area]
            held[0] += data.removeprefix("\n") if not held[0] else data
        if self._error:
            self.filled.errors[self._error] = self.filled.errors.get(self._error, "") + data
        if self._line:
            self.filled.summary[-1] += data
