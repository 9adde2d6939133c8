"""The people of two enterprises: those who head them and those who act for them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest

from xuke.accounts.models import RealName, User
from xuke.accounts.persons import Person
from xuke.foundation import scope
from xuke.parties import queries
from xuke.parties.applicants import Applicant
from xuke.parties.models import Enterprise, Mandate
from xuke.tests.cast import NOON, everything


def seeing() -> AbstractContextManager[None]:
    """See all rows: as the test does already, or in a transaction of its own where commits are real."""
    return everything() if scope.entered() is None else nullcontext()


def acting(login_name: str) -> Applicant:
    """Somebody in the one enterprise they act for, on the day of the story."""
    with seeing():
        found = queries.applicant(User.objects.get(login_name=login_name), today=NOON.date())
    assert found is not None
    return found


def person(login_name: str) -> Person:
    """Somebody on their own account."""
    with seeing():
        user = User.objects.get(login_name=login_name)
    return Person(user.pk, user.name)


def proven(login_name: str) -> RealName:
    """The real name of somebody."""
    with seeing():
        return RealName.objects.get(user__login_name=login_name)


def mandate_of(login_name: str, enterprise: Enterprise | None = None) -> Mandate:
    """The newest mandate of somebody."""
    with seeing():
        held = Mandate.objects.filter(user__login_name=login_name).select_related("user")
        return (held.filter(enterprise=enterprise) if enterprise else held).order_by("-pk")[0]


@pytest.fixture
def zheng_the_head(world) -> Applicant:
    """郑国强, the legal representative of the cake factory."""
    return acting("zhengguoqiang")


@pytest.fixture
def wang_dehai_the_head(world) -> Applicant:
    """汪德海, the legal representative of the sauce brewery."""
    return acting("wangdehai")


@pytest.fixture
def enterprise(world, wu_the_applicant) -> Enterprise:
    """The cake factory."""
    with seeing():
        return Enterprise.objects.get(pk=wu_the_applicant.enterprise_id)


@pytest.fixture
def as_system() -> Callable[..., Any]:
    """Do something as the page at the counter does it: whoever acts is an officer, who does not see names of people."""

    def act(what: Callable[..., Any], *facts: Any, **named: Any) -> Any:
        try:
            with everything():
                return what(*facts, **named)
        finally:
            scope.enter(scope.EVERYTHING)

    return act
