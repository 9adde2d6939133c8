"""Telling at once that no licence is needed, or that somebody else is competent."""

from datetime import date

import pytest

from xuke.foundation.refusals import Invalid
from xuke.licensing import commands
from xuke.tests.cast import NOON, notices_about, told


def test_what_needs_no_licence_is_told_with_the_reason_and_the_remedies(at, zhou_the_acceptor):
    application = commands.tell_not_required(
        application=at("submitted"), reason=" 属于初级加工。 ", by=zhou_the_acceptor, now=NOON
    )
    assert (application.state, application.due_on) == ("not_required", None)
    notice = notices_about(application)[-1]
    assert (notice.kind, notice.content["ground"], notice.content["reason"]) == (
        "non_acceptance_notice",
        "not_required",
        "属于初级加工。",
    )
    assert (notice.reconsideration_until, notice.litigation_until) == (date(2026, 11, 6), date(2027, 3, 8))


def test_who_is_competent_instead_is_named(at, zhou_the_acceptor):
    application = commands.tell_not_competent(
        application=at("submitted"),
        reason="属市级权限。",
        competent="宜昌市市场监督管理局",
        by=zhou_the_acceptor,
        now=NOON,
    )
    assert application.state == "not_competent"
    assert notices_about(application)[-1].content["competent"] == "宜昌市市场监督管理局"


def test_somebody_turned_away_may_apply_anew(at, the_cast):
    at("not_required")
    at("not_competent")
    assert at("submitted").state == "submitted"


def test_nobody_is_turned_away_without_a_reason(at, zhou_the_acceptor):
    with pytest.raises(Invalid, match="请写明理由"):
        commands.tell_not_required(application=at("submitted"), reason="  ", by=zhou_the_acceptor, now=NOON)


def test_nobody_is_sent_away_without_an_address_and_all_is_told_at_once(at, zhou_the_acceptor):
    with pytest.raises(Invalid) as refusal:
        commands.tell_not_competent(
            application=at("submitted"), reason="", competent=" ", by=zhou_the_acceptor, now=NOON
        )
    assert told(refusal) == {"reason": "请写明理由。", "competent": "请写明应当向哪个行政机关申请。"}


def test_a_reason_is_not_cut_in_mid_sentence(at, zhou_the_acceptor):
    with pytest.raises(Invalid, match="理由最多1000个字，现在有1001个字"):
        commands.tell_not_required(application=at("submitted"), reason="理" * 1001, by=zhou_the_acceptor, now=NOON)
