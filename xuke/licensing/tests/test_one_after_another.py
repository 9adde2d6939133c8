"""What an enterprise does with one licence over the years: nothing is lost from one application to the next."""

from __future__ import annotations

from datetime import timedelta

from xuke.config.demonstration import stories
from xuke.tests.cast import MORNING, Minutes


def test_after_a_report_a_change_still_knows_the_equipment_and_the_site(at, the_cast, world):
    reported = at("recorded")
    clock = Minutes(MORNING + timedelta(days=30))
    change = stories.begin(the_cast, clock, "food.change", file=lambda *_: world.file)
    assert [row["name"] for row in change.form["equipment"]["list"]][-1] == "隧道式烤炉"
    assert len(change.form["equipment"]["list"]) == 6
    assert change.form["licence"]["site"]["area"] == reported.form["licence"]["site"]["area"] == "1200"
