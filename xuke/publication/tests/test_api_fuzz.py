"""Whatever a program sends to `/api/v1`: the answer is one that the OpenAPI document promises, and never a 500.

Questions are made up from the document by schemathesis: right ones, and ones that are wrong in a way it knows of.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from xuke.publication.api.document import document
from xuke.publication.tests import planted

OPERATIONS = tuple(
    operation["operationId"] for methods in document()["paths"].values() for operation in methods.values()
)
MANY = 60
"""Rows of each list."""
ONLY_A_PATH = ("getLicence", "getProgress")
"""Any text is a right question here; nothing about it can be wrong in a way the document knows of."""
bounded = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="session")
def described() -> Any:
    with _connection_left_alone():
        return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", _answered)


def _answered(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """The product as a WSGI application; an answer is closed, as servers do, so that no upload stays open."""
    response = WSGIHandler()(environ, start_response)
    try:
        return list(response)
    finally:
        response.close()


@contextmanager
def _connection_left_alone() -> Iterator[None]:
    """As with Django's own test client, no request begins or ends the connection that is the test."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


@pytest.fixture
def planted_rows(db) -> Iterator[None]:
    """More rows than a page without `limit` holds, so that lists go on."""
    planted.licences(MANY)
    planted.announcements(MANY)
    planted.progress()
    with _connection_left_alone():
        yield


def test_the_description_is_openapi_3_1(described):
    assert described.raw_schema["openapi"].startswith("3.1")
    described.validate()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_programs_that_ask_rightly_get_an_answer_that_was_promised(planted_rows, described, operation):
    """What the document cannot say (a cursor that we gave, one of three parameters) may still be refused in words."""
    _ask(described, operation, GenerationMode.POSITIVE, without=[positive_data_acceptance])


@pytest.mark.parametrize("operation", [each for each in OPERATIONS if each not in ONLY_A_PATH])
def test_programs_that_ask_wrongly_are_told_so_in_a_way_that_was_promised(planted_rows, described, operation):
    _ask(described, operation, GenerationMode.NEGATIVE, without=[])


def _ask(described: Any, operation: str, mode: GenerationMode, *, without: list[Any]) -> None:
    @bounded
    @given(case=described.find_operation_by_id(operation).as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        case.call_and_validate(excluded_checks=without)

    ask()
