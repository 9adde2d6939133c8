"""People coming in: a clock that can be turned, a browser, a device."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from django.test import Client

from xuke.accounts.models import User
from xuke.accounts.persons import Person
from xuke.config.demonstration.people import PASSWORD
from xuke.foundation.journal import history
from xuke.identity import queries
from xuke.identity.commands import factors
from xuke.identity.models import Attempt
from xuke.identity.tests.authenticator import SoftPasskey
from xuke.tests.cast import everything

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ADDRESS = "203.0.113.7"


@dataclass
class Clock:
    """What time it is for the site."""

    moment: datetime

    def __call__(self) -> datetime:
        return self.moment

    def go_on(self, **time: float) -> None:
        """Let time pass."""
        self.moment += timedelta(**time)


@pytest.fixture
def clock(monkeypatch) -> Clock:
    """The site's clock, which stands until it is turned."""
    clock = Clock(datetime(2026, 9, 7, 4, tzinfo=UTC))
    monkeypatch.setattr("django.utils.timezone.now", clock)
    return clock


@pytest.fixture(autouse=True)
def quick_hashes(settings):
    """Recovery codes are hashed as passwords are; ten of them in earnest take a second."""
    settings.PASSWORD_HASHERS = ["xuke.tests.cast.QuickHasher"]


@dataclass
class Someone:
    """Somebody at a browser."""

    user: User
    client: Client
    clock: Clock
    secret: str = ""

    @property
    def me(self) -> Person:
        """They, acting for themselves."""
        return Person(self.user.pk, self.user.name)

    def log_in(self, password: str = PASSWORD, **more: str):
        """Name and password."""
        return self.client.post("/login/", {"username": self.user.login_name, "password": password, **more})

    def come_in(self):
        """Name and password and, where they have an app, its code."""
        response = self.log_in()
        if self.secret:
            assert response["Location"] == "/login/second/"
            response = self.client.post("/login/second/", {"code": self.code()})
        assert response.status_code == 303
        return response

    def code(self, steps: int = 0) -> str:
        """What their app shows now, or so many steps later."""
        return pyotp.TOTP(self.secret or SECRET).at(self.clock.moment + timedelta(seconds=30 * steps))

    def add_app(self) -> None:
        """They have an authenticator app, whose last code was used a while ago."""
        self.secret = SECRET
        before = self.clock.moment - timedelta(minutes=5)
        code = pyotp.TOTP(SECRET).at(before)
        factors.set_totp(user=self.user, secret=SECRET, code=code, by=self.me, now=before)

    def add_passkey(self, passkey: SoftPasskey | None = None) -> SoftPasskey:
        """They add a passkey on the page for it."""
        passkey = passkey or SoftPasskey()
        options = self.client.post("/account/passkeys/options/").json()
        response = self.client.post("/account/passkeys/", {"name": "我的手机", "credential": passkey.make(options)})
        assert response.status_code == 303, response.content.decode()
        return passkey

    def is_in(self) -> bool:
        """Whether their session opens their own account."""
        return self.client.get("/account/sessions/").status_code == 200

    def factors(self):
        """What the database knows of their factors."""
        with everything():
            return queries.factors(self.user.pk)

    def told(self) -> list[str]:
        """What the journal tells of their account, oldest first."""
        with everything():
            return [event.verb for event in history(self.user.stream)]

    def refusals(self) -> list[str]:
        """Why they were turned away, in order."""
        with everything():
            return list(
                Attempt.objects.filter(user=self.user, accepted=False)
                .order_by("at", "pk")
                .values_list("reason", flat=True)
            )


def someone(login_name: str, clock: Clock, **more: str) -> Someone:
    """Somebody with a browser of their own."""
    user = User.objects.get(login_name=login_name)
    return Someone(user, Client(REMOTE_ADDR=ADDRESS, **more), clock)


@pytest.fixture
def wu(world, clock) -> Someone:
    """吴晓梅 of the cake factory, at a browser."""
    return someone("wuxiaomei", clock)


@pytest.fixture
def zhou(world, clock) -> Someone:
    """周敏, who accepts in Yiling, at a browser."""
    return someone("zhoumin", clock)


@pytest.fixture
def gao(world, clock) -> Someone:
    """高岚, who administers in Yiling, at a browser."""
    return someone("gaolan", clock)


@pytest.fixture
def officers_need_two(settings) -> None:
    """As outside demonstrations."""
    settings.XUKE_OFFICERS_SECOND_FACTOR = True


@pytest.fixture
def by_role(settings) -> None:
    """Sessions end by role, as outside demonstrations."""
    settings.XUKE_LONG_SESSIONS = False


def page_of(response) -> str:
    """The page as text."""
    return response.content.decode()
