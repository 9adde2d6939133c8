"""For the tests of the auditor's desk: a browser, an installation that has sealed nothing, somebody who tampers."""

from __future__ import annotations

import pytest
from django.test import Client

from xuke.foundation.tests.conftest import home, mallory
from xuke.licensing.tests.officer_desk import Desk

__all__ = ["desk", "home", "mallory"]


@pytest.fixture
def desk(client: Client) -> Desk:
    """Opens pages as whoever is named."""
    return Desk(client)
