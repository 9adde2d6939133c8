"""Small things happen every second until told to stop; what fails rests a while and does not stop the rest."""

from __future__ import annotations

import threading

import pytest

from xuke.foundation.heartbeat import EverySecond

PATIENCE = 20.0
"""Seconds until a test gives up; no test waits that long."""


def test_each_function_is_called_again_and_again() -> None:
    calls: list[str] = []
    often = threading.Event()

    def second() -> None:
        calls.append("second")
        if len(calls) > 6:
            often.set()

    with EverySecond((lambda: calls.append("first"), second), seconds=0.001):
        assert often.wait(PATIENCE)
    assert calls[:4] == ["first", "second", "first", "second"]


def test_stopping_waits_for_what_is_running_and_then_nothing_is_called_any_more() -> None:
    begun, may_end = threading.Event(), threading.Event()
    calls: list[str] = []

    def slow() -> None:
        begun.set()
        assert may_end.wait(PATIENCE)
        calls.append("slow")

    heartbeat = EverySecond((slow, lambda: calls.append("never")), seconds=0.001)
    heartbeat.start()
    assert begun.wait(PATIENCE)
    assert not heartbeat.stop(timeout=0.01)
    may_end.set()
    assert heartbeat.stop(timeout=PATIENCE)
    assert calls == ["slow"]


def test_a_heartbeat_that_never_began_can_be_stopped() -> None:
    assert EverySecond(()).stop()


def test_what_fails_rests_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    failures: list[str] = []
    often = threading.Event()
    calls: list[int] = []

    def broken() -> None:
        failures.append("once more")
        raise ConnectionError("the database is away")

    def sound() -> None:
        calls.append(1)
        if len(calls) > 20:
            often.set()

    with EverySecond((broken, sound), seconds=0.001, longest=PATIENCE):
        assert often.wait(PATIENCE)
    assert 0 < len(failures) < len(calls) / 2
    assert "the database is away" in caplog.text


def test_what_works_again_is_called_as_before(caplog: pytest.LogCaptureFixture) -> None:
    calls: list[int] = []
    well = threading.Event()

    def convalescent() -> None:
        calls.append(1)
        if len(calls) < 3:
            raise ConnectionError("not yet")
        if len(calls) > 6:
            well.set()

    with EverySecond((convalescent,), seconds=0.001):
        assert well.wait(PATIENCE)
    assert "works again after 2 failures" in caplog.text
