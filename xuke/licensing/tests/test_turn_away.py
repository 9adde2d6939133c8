"""Telling at once that no licence is needed, or that somebody else is competent."""

from datetime import date

import pytest

from xuke.foundation.refusals import Invalid, StepNotOpen
from xuke.licensing import commands, progress
from xuke.licensing.gating import GateClosed
from xuke.licensing.models import Application
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS, case_url
from xuke.parties.models import Enterprise
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


@pytest.fixture
def revoked(at):
    """The business licence was revoked after 吴晓梅 had filed."""
    application = at("submitted")
    Enterprise.objects.filter(pk=application.enterprise_id).update(state="revoked")
    return Application.objects.get(pk=application.pk)


def test_what_the_law_bars_is_not_accepted_for_just_that_reason(revoked, zhou_the_acceptor):
    with pytest.raises(GateClosed):
        commands.accept(application=revoked, by=zhou_the_acceptor, now=NOON)

    done = commands.decline_acceptance(application=revoked, missing=[], by=zhou_the_acceptor, now=NOON)

    assert done.state == "not_accepted"
    notice = notices_about(done)[-1]
    assert (notice.kind, notice.content["ground"], notice.content["missing"]) == (
        "non_acceptance_notice",
        "barred",
        [],
    )
    assert "没有合法的主体资格" in notice.content["reason"]
    assert "食品生产许可管理办法（2020年）第十条" in notice.content["basis"]
    assert "依法不能受理" in progress.turn(done, today=NOON.date()).text


def test_where_nothing_bars_it_zhou_declines_nothing_at_once(at, zhou_the_acceptor):
    application = at("submitted")
    with pytest.raises(StepNotOpen, match="一次告知补正"):
        commands.decline_acceptance(application=application, missing=[], reason="不行", by=zhou_the_acceptor, now=NOON)


def test_zhou_finds_the_way_and_the_reason_on_the_pages_only_where_it_is_barred(
    desk, at, the_sauce_cast, revoked, zhou_the_acceptor
):
    other = at("submitted", cast=the_sauce_cast)
    page = desk.open(zhou_the_acceptor, case_url(revoked, "accept"))
    assert page.html.count(case_url(revoked, "decline")) == 1 and len(page.statements) <= MOST_STATEMENTS
    assert case_url(other, "decline") not in desk.open(zhou_the_acceptor, case_url(other, "accept")).html
    assert desk.open(zhou_the_acceptor, case_url(other, "decline")).status == 409

    page = desk.open(zhou_the_acceptor, case_url(revoked, "decline"))
    assert "没有合法的主体资格" in page.main and "第一份清单" not in page.main
    preview = desk.send(zhou_the_acceptor, case_url(revoked, "decline"), {"revision": page.revision, "preview": "1"})
    assert "依法不能受理的情形" in preview.main
    sent = desk.send(zhou_the_acceptor, case_url(revoked, "decline"), {"revision": page.revision})
    assert sent.status == 303
    assert "没有合法的主体资格" in desk.open(zhou_the_acceptor, case_url(revoked)).main


def test_a_correction_that_came_too_late_for_the_law_is_not_accepted_without_a_missing_item(at, zhou_the_acceptor):
    application = at("resubmitted")
    Enterprise.objects.filter(pk=application.enterprise_id).update(state="revoked")
    done = commands.decline_acceptance(application=application, missing=[], by=zhou_the_acceptor, now=NOON)
    assert notices_about(done)[-1].content["ground"] == "barred"
