"""Somebody's browser on the way through the platform, without pages: follows redirects and keeps cookies."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urljoin, urlsplit

import requests

from xuke.tests.oidc.real import PASSWORD


def log_in_there(
    way_there: str, login: str, *, back: str, session: requests.Session | None = None, do: str = "login"
) -> dict[str, str]:
    """Log in on the platform; the parameters with which the browser is sent back."""
    session = session or requests.Session()
    answer = session.get(way_there, allow_redirects=False, timeout=10)
    for _ in range(10):
        if answer.is_redirect:
            place = urljoin(answer.url, answer.headers["Location"])
            if place.startswith(back):
                return dict(parse_qsl(urlsplit(place).query))
            answer = session.get(place, allow_redirects=False, timeout=10)
        else:
            form = re.search(r'action="([^"]+)"', answer.text)
            assert form, answer.text
            typed = {"login": login, "password": PASSWORD, "do": do}
            answer = session.post(urljoin(answer.url, form[1]), data=typed, allow_redirects=False, timeout=10)
    raise AssertionError("the platform does not send the browser back")
