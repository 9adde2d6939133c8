"""What the tests of pages share."""

from __future__ import annotations

import pytest

from xuke.licensing.tests.officer_desk import Desk
from xuke.tests.cast import NOON


@pytest.fixture
def noon(monkeypatch):
    """The clock that the pages read: noon of the day on which the story takes place."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)
    return NOON


@pytest.fixture
def desk(client, noon):
    """An officer's browser, at noon."""
    return Desk(client)
