"""Which request, or which job, the running code belongs to: one short text in every log line and journal entry. Pure.

A context variable: each thread that answers a request, and each task of the worker, has its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from xuke.foundation.identity import new_id

LONGEST = 64
_FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{7,63}")
_current: ContextVar[str] = ContextVar("xuke_request_id", default="")


def current() -> str:
    """The id of what is running; empty outside requests and jobs."""
    return _current.get()


def new() -> str:
    """An id for a request that brings none. Ids of later requests sort behind those of earlier ones (UUIDv7)."""
    return str(new_id())


def accepted(text: str) -> str:
    """An id given from outside when it is of a form that harms no log and no page, else nothing."""
    return text if _FORM.fullmatch(text) else ""


def of_job(number: int | None) -> str:
    """The id under which a background job writes."""
    return f"job:{number}" if number is not None else ""


@contextmanager
def entered(request_id: str) -> Iterator[None]:
    """Whatever runs inside belongs to this request or job."""
    token = _current.set(request_id)
    try:
        yield
    finally:
        _current.reset(token)
