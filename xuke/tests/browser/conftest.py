"""A site, a worker, a browser, and people at their screens."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.utils import timezone
from playwright.sync_api import Browser, sync_playwright

from xuke.accounts.models import User
from xuke.config.demonstration import stories
from xuke.config.demonstration.samples import sample
from xuke.identity import sessions
from xuke.licensing.models import Application
from xuke.tests import served
from xuke.tests.browser.screens import DESK, Screen
from xuke.tests.cast import Bring, World, everything
from xuke.tests.served import PATIENCE

CHROMIUM = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

AtScreen = Callable[..., Screen]
FAILED: pytest.StashKey[bool] = pytest.StashKey()


# --- processes --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="package")
def site(django_db_setup: None) -> Iterator[str]:
    """The address of `xuke serve`, on the database of the tests."""
    with served.site() as address:
        yield address


@pytest.fixture
def worker(site: str, committed_db: object) -> Iterator[subprocess.Popen[bytes]]:
    """`xuke worker`, until the test ends."""
    with served.running("worker", address=site) as process:
        yield process


# --- the browser ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, for as long as tests of this package follow each other.

    Playwright keeps an event loop running in this thread meanwhile: Django has to be told that we know, and tests of
    other packages, which start loops of their own, must not meet it. Beside a loop Django looks for its connections in
    another place; those it has must not lie there, ended by `committed_db`, when the loop is gone.
    """
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    assert program, "没有找到Chromium。请用 make test，它会安装。"
    connections.close_all()
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    try:
        with sync_playwright() as playwright:
            launched = playwright.chromium.launch(
                executable_path=program,
                args=list(ARGUMENTS),
                timeout=1000 * PATIENCE,
            )
            yield launched
            launched.close()
    finally:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember that a test failed, so that its screens can be kept."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture
def at_screen(
    request: pytest.FixtureRequest, site: str, browser: Browser, committed_db: object, world: World
) -> Iterator[AtScreen]:
    """`at_screen("zhoumin")`: somebody who has logged in, at a screen of 1440 by 900; without a name, a stranger.

    At the end of the test no screen may have complained. Of a test that failed the last screens are kept as pictures.
    """
    screens: list[Screen] = []

    def sit_down(login_name: str = "", *, size: tuple[int, int] = DESK, javascript: bool = True) -> Screen:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            java_script_enabled=javascript,
            reduced_motion="reduce",
            accept_downloads=True,
        )
        if login_name:
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session_of(login_name), "url": site}])
        screens.append(Screen(context, site))
        return screens[-1]

    yield sit_down
    complaints = [complaint for screen in screens for complaint in screen.complaints]
    for number, screen in enumerate(screens, start=1):
        if request.node.stash.get(FAILED, False):
            screen.shoot(f"failed-{request.node.name}-{number}")
        screen.context.close()
    assert not complaints, "\n".join(complaints)


def session_of(login_name: str) -> str:
    """The key of a new session, as the login page makes it."""
    with everything():
        user = User.objects.get(login_name=login_name)
        session = sessions.begin(user, means="password", strong=True, now=timezone.now())
    return str(session.session_key)


@pytest.fixture
def now_at(at: Bring) -> Bring:
    """`now_at("accepted")`: a case of the cake factory's, brought so far just now, by the clock that the site reads."""

    def bring(state: str, **given: Any) -> Application:
        return at(state, now=timezone.now, **given)

    return bring


@pytest.fixture
def papers(tmp_path: Path) -> dict[str, Path]:
    """The files of an application on the applicant's disk, by kind: real PDFs, as the demonstration draws them."""
    found = {}
    for kind, name in stories.MATERIALS:
        found[kind] = tmp_path / name
        found[kind].write_bytes(sample(kind))
    return found
