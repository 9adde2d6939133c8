"""What follows from news, each once."""

from __future__ import annotations

import pytest

from xuke.foundation import journal
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.licensing import handlers
from xuke.parties.models import Site
from xuke.tests.cast import NOON

pytestmark = pytest.mark.usefixtures("world")


def test_the_place_of_a_granted_licence_is_noted_once_though_told_twice(db, at):
    application = at("granted", site={**at("draft").form["site"], "production_address": "小溪塔街道新址路9号"})
    granted = [event for event in journal.history(application.stream) if event.verb == "application.granted"]
    for _ in range(2):
        with opened_for(EVERYTHING):
            handlers.note_site(granted[0], NOON)
    with opened_for(EVERYTHING):
        sites = Site.objects.filter(enterprise=application.enterprise, address="小溪塔街道新址路9号")
        assert sites.count() == 1
