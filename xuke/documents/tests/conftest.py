"""An office with fonts and keys of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from xuke.documents.tests.notices import SERVED
from xuke.documents.tests.prepared import fonts
from xuke.documents.workshop import Workshop, workshop
from xuke.seals import pki


@pytest.fixture(scope="session")
def home(tmp_path_factory) -> Path:
    """Where the office keeps its fonts and keys."""
    place = tmp_path_factory.mktemp("office")
    (place / "fonts").symlink_to(fonts())
    return place


@pytest.fixture(scope="session")
def office(home) -> pki.DemonstrationAuthority:
    """Whose keys these are."""
    return pki.establish(home / pki.PLACE, now=SERVED)


@pytest.fixture(scope="session")
def tools(home, office) -> Workshop:
    """What notices are made with."""
    return workshop(home)
