"""Where people work on a case, and what became of it."""

from __future__ import annotations

import re

from playwright.sync_api import Response

from xuke.config.demonstration.people import PASSWORD
from xuke.foundation.journal import history
from xuke.identity.models import Session
from xuke.licensing.models import Application
from xuke.tests.browser.screens import Screen
from xuke.tests.cast import everything

TO_SIGN = "核对无误，去签名提交"
TO_SIGN_AGAIN = "核对无误，去签名并重新提交"
CONFIRM = re.compile("输入密码确认")
"""The buttons on the way to a submission."""


def mine(application: Application, rest: str = "") -> str:
    """Where the applicant follows a case."""
    return f"/my/applications/{application.pk}/{rest}"


def step(application: Application, section: str) -> str:
    """Where the applicant fills in a step of its form."""
    return mine(application, f"form/{section}/")


def case(application: Application, act: str = "") -> str:
    """Where an officer works on a case, or takes a step of it."""
    return f"/office/applications/{application.pk}/" + (f"{act}/" if act else "")


def verbs(application: Application) -> list[str]:
    """What happened to a case, as the journal tells it."""
    with everything():
        return [event.verb for event in history(application.stream)]


def sign(who: Screen, password: str = PASSWORD) -> Response:
    """On the page to sign: the password once more, and the button."""
    who.fill(password=password)
    return who.press(CONFIRM, exact=False)


def end_session(login_name: str) -> None:
    """What eight hours do."""
    with everything():
        Session.objects.filter(user__login_name=login_name).delete()
