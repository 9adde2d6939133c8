"""What follows from news, each once."""

from __future__ import annotations

import pytest

from xuke.accounts import commands as accounts
from xuke.accounts.models import Posting
from xuke.foundation import journal
from xuke.foundation.actors import SYSTEM
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.licensing import commands, handlers
from xuke.licensing.models import Application
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


def test_what_a_dismissed_colleague_had_claimed_goes_back_to_the_pool(db, at, zhou_the_acceptor):
    held = commands.claim(application=at("submitted"), by=zhou_the_acceptor, now=NOON)
    accounts.dismiss(posting=Posting.objects.get(user=zhou_the_acceptor.user_id), by=SYSTEM, now=NOON)
    told = [event for event in journal.history(f"user:{zhou_the_acceptor.user_id}") if event.verb == "user.dismissed"]
    with opened_for(EVERYTHING):
        handlers.free_claims(told[0], NOON)
        assert Application.objects.get(pk=held.pk).claimed_by_id is None
