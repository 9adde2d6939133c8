"""What an enterprise does with one licence over the years: nothing is lost from one application to the next."""

from __future__ import annotations

from datetime import timedelta

import pytest

from xuke.certificates import endings
from xuke.config.demonstration import stories
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import StepNotOpen
from xuke.licensing import commands
from xuke.licensing.tests.acts import AFTER_THE_END
from xuke.tests.cast import MORNING, NOON, Minutes


def test_after_a_report_a_change_still_knows_the_equipment_and_the_site(at, the_cast, world):
    reported = at("recorded")
    clock = Minutes(MORNING + timedelta(days=30))
    change = stories.begin(the_cast, clock, "food.change", file=lambda *_: world.file)
    assert [row["name"] for row in change.form["equipment"]["list"]][-1] == "隧道式烤炉"
    assert len(change.form["equipment"]["list"]) == 6
    assert change.form["licence"]["site"]["area"] == reported.form["licence"]["site"]["area"] == "1200"


def test_once_the_licence_has_ended_nobody_decides_against_the_law_that_renewed_it(at, the_cast):
    renewal = at("decision_proposed", procedure="food.renewal")
    midnight = AFTER_THE_END
    for decide, words in (
        (commands.refuse, {"reason": "不具备条件。"}),
        (commands.grant, {}),
    ):
        with pytest.raises(StepNotOpen, match="视为准予延续"):
            decide(application=renewal, by=the_cast.decider, now=midnight, **words)
    assert commands.deem_renewed(application=renewal, by=SYSTEM, now=midnight).state == "granted"


def test_the_renewal_of_a_licence_that_was_revoked_is_refused_even_after_its_end(at, the_cast):
    renewal = at("decision_proposed", procedure="food.renewal")
    endings.revoke(
        licence=renewal.starts_from,
        basis="食品安全法第一百二十三条",
        source="proceeding:1",
        by=the_cast.decider,
        now=NOON,
    )
    done = commands.refuse(application=renewal, reason="许可证已经吊销。", by=the_cast.decider, now=AFTER_THE_END)
    assert done.state == "refused"
