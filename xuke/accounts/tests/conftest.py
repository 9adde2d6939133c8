"""An administrator at the browser."""

from __future__ import annotations

import pytest
from django.test import Client

from xuke.licensing.tests.officer_desk import Desk


@pytest.fixture
def desk(client: Client) -> Desk:
    return Desk(client)
