"""The officers' desk, and the state it stands on, as licensing's tests have them."""

import pytest

from xuke.exports import making
from xuke.licensing.tests.conftest import *  # noqa: F403 - fixtures


@pytest.fixture(autouse=True)
def a_worker_is_there():
    """One that another test stopped in this process writes no more files."""
    making.go_on()
