"""The officers' desk, and the state it stands on, as licensing's tests have them."""

from xuke.licensing.tests.conftest import *  # noqa: F403 - fixtures
