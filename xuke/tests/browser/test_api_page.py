"""The page that explains the interface, as somebody who has to write a program reads it."""

from __future__ import annotations

import pytest

from xuke.tests.browser.conftest import AtScreen

pytestmark = pytest.mark.browser


def test_somebody_who_writes_a_program_reads_what_the_interface_offers(at_screen: AtScreen) -> None:
    programmer = at_screen()
    programmer.open("/api/v1/")
    programmer.reads("次数", "curl", "/api/v1/verification/file", "请求太频繁")
    programmer.look("p4-api")
