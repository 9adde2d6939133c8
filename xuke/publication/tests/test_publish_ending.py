"""A licence that was taken away: the register, the answer about a day, and the announcement say so."""

from datetime import timedelta
from typing import get_args

import pytest

from xuke.certificates import endings
from xuke.certificates.models import Licence
from xuke.foundation.journal import history
from xuke.publication import handlers, licences
from xuke.publication.announcements import KINDS
from xuke.publication.api.schemas.cases import AnnouncedKind
from xuke.publication.models import Announcement, PublishedLicence
from xuke.publication.projection import endings as projection
from xuke.publication.projection import rebuilding
from xuke.publication.rules import Standing, standing_on
from xuke.tests.cast import NOON, everything

TODAY = NOON.date()
LATER = NOON + timedelta(days=60)
WHY = {"basis": "行政许可法第六十九条", "source": "proceeding:1"}


@pytest.fixture
def licence(at):
    """A licence granted this morning."""
    application = at("granted")
    with everything():
        return Licence.objects.get(pk=application.licence_id)


def hear(licence, now=LATER):
    """Every piece of news about the licence, in its order."""
    for event in history(licence.stream):
        for handler in handlers.HANDLERS:
            if handler.verb == event.verb:
                handler.function(event, now)


def test_rescinded_from_the_beginning_it_never_counted_but_was_trusted_by_what_was_known(licence, the_cast):
    with everything():
        endings.rescind(licence=licence, effective_on=TODAY, by=the_cast.decider, now=LATER, **WHY)
        hear(licence)
    found = licences.find(licence.number)
    asked = TODAY + timedelta(days=30)
    now_known = standing_on(found.events, on=asked, known_at=LATER)
    then_known = standing_on(found.events, on=asked, known_at=LATER - timedelta(days=1))
    assert (now_known.standing, now_known.since) == (Standing.RESCINDED, TODAY)
    assert then_known.standing is Standing.IN_FORCE
    assert (found.row.state, found.row.ended_on) == ("rescinded", TODAY)


@pytest.mark.parametrize("end", [endings.withdraw, endings.revoke])
def test_withdrawn_or_revoked_it_counted_until_the_day(licence, the_cast, end):
    with everything():
        ended = end(licence=licence, by=the_cast.decider, now=LATER, **WHY)
        hear(licence)
    found = licences.find(licence.number)
    day = LATER.date()
    before = standing_on(found.events, on=day - timedelta(days=1), known_at=LATER)
    after = standing_on(found.events, on=day, known_at=LATER)
    assert (before.standing, after.standing) == (Standing.IN_FORCE, Standing(ended.state))


def test_the_formality_after_it_is_announced_and_changes_no_state(licence, the_cast, client):
    with everything():
        endings.rescind(licence=licence, by=the_cast.decider, now=LATER, **WHY)
        endings.cancel(licence=licence, by=the_cast.decider, now=LATER, **WHY)
        hear(licence)
        assert PublishedLicence.objects.get(number=licence.number).state == "rescinded"
        rows = list(Announcement.objects.filter(licence_number=licence.number).order_by("id").values())
    assert [row["verb"] for row in rows] == ["rescinded", "closed"]
    with everything():
        Announcement.objects.all().delete()
    list(rebuilding.rebuild(rebuilding.REBUILDERS[2], batch=1))
    with everything():
        assert not Announcement.objects.exists()  # Nothing says when the public learned of it: no reaction was noted.
        projection.publish(licence.number, now=LATER)
        assert list(Announcement.objects.order_by("id").values()) == rows


def test_the_interface_lets_ask_for_every_kind_of_announcement():
    assert set(get_args(AnnouncedKind)) == set(KINDS)


def test_everybody_reads_of_it_on_the_pages(licence, the_cast, client):
    with everything():
        endings.rescind(licence=licence, by=the_cast.decider, now=NOON, **WHY)
        hear(licence, NOON)
        number = Announcement.objects.get().pk
    page = client.get(f"/licences/{licence.number}/").content.decode()
    assert "已撤销" in page and "许可当初就不该给" in page
    assert licence.number in client.get(f"/api/v1/licences/{licence.number}").content.decode()
    told = client.get(f"/announcements/{number}/").content.decode()
    assert "撤销许可" in told and "受理号" not in told
    assert "撤销许可" in client.get("/announcements/?kind=rescinded").content.decode()
