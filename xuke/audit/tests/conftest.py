"""For the tests of the auditor's desk: a browser, an installation that has sealed nothing, somebody who tampers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.test import Client

from xuke.foundation.tests.conftest import home, mallory
from xuke.licensing.tests.officer_desk import Desk

__all__ = ["desk", "home", "mallory"]


@pytest.fixture
def desk(client: Client) -> Desk:
    """Opens pages as whoever is named."""
    return Desk(client)


@pytest.fixture
def furnished(home: Path) -> Path:
    """An installation that has sealed nothing, with fonts, so that people can work in it."""
    home.mkdir(parents=True)
    for name in ("fonts", "vendor", "static"):
        (home / name).symlink_to(Path(os.environ["XUKE_TEST_PREPARED"]) / name)
    return home
