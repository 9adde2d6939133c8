"""A licence of the cake factory, and a proceeding against it, brought to any state through the commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from xuke.certificates.commands import issue
from xuke.certificates.models import Licence
from xuke.certificates.tests.test_issue import CAKES
from xuke.config.demonstration import proceedings as stories
from xuke.config.demonstration.people import Cast
from xuke.documents.commands import give_consent
from xuke.documents.queries import may_serve_electronically
from xuke.foundation.actors import SYSTEM
from xuke.parties.models import Enterprise
from xuke.proceedings.models import Proceeding
from xuke.tests.cast import NOON

LATER = NOON + timedelta(days=37)
"""A working Wednesday, when the proceedings begin."""


@pytest.fixture
def licence(the_cast: Cast) -> Licence:
    """Issued at noon; its holder agreed to electronic service."""
    enterprise = Enterprise.objects.get(pk=the_cast.applicant.enterprise_id)
    if not may_serve_electronically(enterprise):
        give_consent(enterprise=enterprise, by=the_cast.applicant, now=NOON)
    grant = replace(CAKES, uscc=enterprise.uscc)
    return issue(grant=grant, enterprise=enterprise, authority=the_cast.authority, by=the_cast.decider, now=NOON)


Played = Callable[..., Proceeding]


@pytest.fixture
def played(licence: Licence, the_cast: Cast) -> Played:
    """`played("heard", kind="revocation")`: a new proceeding against the licence, brought to a state."""

    def play(state: str, kind: str = "rescission", *, now: datetime = LATER, **other: Any) -> Proceeding:
        return stories.play(state, licence, the_cast, kind=kind, now=now, **other)

    return play


@pytest.fixture
def the_system() -> Any:
    """Whoever reacts to news."""
    return SYSTEM
