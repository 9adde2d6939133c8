"""For the tests of the journal: an installation that has sealed nothing, and somebody who rules its database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from xuke.foundation.tests.journals import Superuser


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Path:
    """An installation without keys and without a file of heads."""
    settings.XUKE_HOME = tmp_path / "home"
    return settings.XUKE_HOME


@pytest.fixture
def mallory(committed_db: Any, home: Path) -> Superuser:
    """A superuser of a database that is empty at first."""
    return Superuser(committed_db.admin)
