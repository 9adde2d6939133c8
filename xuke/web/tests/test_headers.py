"""What every answer carries where the public address is https, and what it does not where it is not."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.test import Client, override_settings

pytestmark = pytest.mark.django_db
SHOWN = (
    "from xuke.config import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE)"
)


def test_over_tls_a_browser_is_told_to_stay_there():
    with override_settings(SESSION_COOKIE_SECURE=True):
        for address in ("/health/", "/nowhere/"):
            answer = Client().get(address)
            assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert "Strict-Transport-Security" not in Client().get("/health/")


def test_over_tls_the_size_of_type_is_remembered_by_this_host_alone():
    with override_settings(SESSION_COOKIE_SECURE=True):
        cookies = Client().get("/health/?size=large").cookies
    cookie = cookies["__Host-size"]
    assert cookie["secure"] and cookie["path"] == "/" and not cookie["domain"]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://licence.example", "__Host-sessionid __Host-csrftoken True"),
        ("http://127.0.0.1:8000", "sessionid csrftoken False"),
    ],
)
def test_cookies_belong_to_this_host_alone(tmp_path, address, said):
    environment = {**os.environ, "XUKE_HOME": str(tmp_path), "XUKE_ADDRESS": address}
    done = subprocess.run([sys.executable, "-c", SHOWN], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == said.split()
    assert (tmp_path / "keys" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_foreign_host_name_is_not_answered():
    answer = Client(raise_request_exception=False).get("/health/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()
