"""A form that waits for its sender to come in may hold numbers of persons: nobody reads them in the tables."""

from __future__ import annotations

import base64
import zlib

from django.db import connection
from django.utils import timezone

from xuke.foundation import vault
from xuke.identity.oidc import departures
from xuke.identity.sessions import SessionStore
from xuke.tests.cast import everything
from xuke.web import kept

NUMBER = "110101199003078582"
MARK = "b" * 43


def form() -> str:
    words = ("mobile", "13800138000"), ("why", "同样的话" * 200)  # Enough to be packed.
    return kept.pack(kept.Typed("/my/people/invite/", fields=(("number", NUMBER), *words)))


def test_the_form_itself_is_read_by_whoever_has_it():
    assert NUMBER in readable(form().split(":")[0])


def readable(text: str) -> str:
    """Whatever can be made of a text without a key."""
    raw = base64.urlsafe_b64decode(text.lstrip(".") + "=" * (-len(text.lstrip(".")) % 4))
    return (zlib.decompress(raw) if text.startswith(".") else raw).decode(errors="replace")


def stored(table: str, column: str) -> bytes:
    with everything(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table}")
        ((value,),) = cursor.fetchall()
    return value.encode() if isinstance(value, str) else bytes(value)


def test_on_the_way_to_the_platform(world):
    ticket = departures.leave(issuer="x", browser=MARK, now=timezone.now(), form=(token := form()))
    found = stored("identity_departure", "kept")
    assert vault.number_in(found)
    for part in (token.split(":")[0], token.split(":")[2]):  # The moment between them is no secret.
        assert part.encode() not in found
    back = departures.come_back(state=ticket.state, browser=MARK, now=timezone.now())
    assert back is not None
    assert back.kept == token


def test_between_password_and_second_factor(wu):
    wu.add_app()
    token = form()
    assert wu.log_in(kept=token)["Location"] == "/login/second/"
    key = wu.client.session.session_key
    carried = SessionStore(key)["carried"]
    assert vault.is_sealed(carried)
    for part in (token.split(":")[0], token.split(":")[2]):  # The moment between them is no secret.
        assert part.encode() not in stored("identity_session", "data")
        assert part not in str(dict(SessionStore(key).items()))
    page = wu.client.post("/login/second/", {"code": wu.code()}).content.decode()
    assert NUMBER in page
