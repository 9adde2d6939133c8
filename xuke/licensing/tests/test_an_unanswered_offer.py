"""An on-the-spot correction that the applicant leaves unanswered holds up nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from xuke.foundation.refusals import StepNotOpen
from xuke.licensing import commands
from xuke.tests.cast import NOON

ITEMS = [{"item": "设备布局图", "defect": "未标明隔断", "remedy": "请标明"}]


def test_the_officer_may_go_on_with_what_was_filed(at, zhou_the_acceptor):
    filed = at("correcting_on_spot")
    accepted = commands.accept(application=filed, by=zhou_the_acceptor, now=NOON)
    assert accepted.state == "accepted"
    assert accepted.form["site"]["area"] == "1200"


def test_a_list_can_still_be_sent_in_time_and_not_after(at, zhou_the_acceptor, the_sauce_cast):
    asked = commands.ask_correction(application=at("correcting_on_spot"), items=ITEMS, by=zhou_the_acceptor, now=NOON)
    assert asked.state == "correction_requested"
    late = at("correcting_on_spot", cast=the_sauce_cast)
    with pytest.raises(StepNotOpen, match="即为受理"):
        commands.ask_correction(application=late, items=ITEMS, by=zhou_the_acceptor, now=NOON + timedelta(days=10))


@pytest.mark.parametrize("verb", ["tell_not_required", "tell_not_competent", "offer_correction"])
def test_after_five_silent_days_nothing_turns_the_application_away(verb, at, zhou_the_acceptor):
    more = {
        "tell_not_required": {"reason": "不需要。"},
        "tell_not_competent": {"reason": "不属本机关。", "competent": "宜昌市市场监督管理局"},
        "offer_correction": {"rows": [{"section": "site", "field": "area", "to": "1300"}]},
    }[verb]
    application = at("submitted")
    with pytest.raises(StepNotOpen, match="即为受理"):
        getattr(commands, verb)(application=application, by=zhou_the_acceptor, now=NOON + timedelta(days=10), **more)
