"""Service (送达): electronic only with consent, otherwise by an officer with proof; the remedies run from that day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from xuke.config.demonstration.people import number_of
from xuke.documents import commands, queries
from xuke.documents.handlers import note_consent
from xuke.documents.models import Notice, Service, ServiceConsent
from xuke.documents.service import ANNOUNCEMENT, DIRECT, LEFT, POST, Proof
from xuke.foundation import journal
from xuke.foundation.actors import SYSTEM
from xuke.foundation.models import Counter, Entry
from xuke.foundation.refusals import Conflict, Invalid, NotPermitted, StepNotOpen
from xuke.parties import commands as parties
from xuke.parties.models import Enterprise
from xuke.parties.rules import RECEIVE, SIGN
from xuke.tests.cast import NOON, TOMORROW, seen_by, told, verbs

NEXT_WEEK = NOON + timedelta(days=8)
SIGNED_ON = date(2026, 9, 14)
BY_HAND = Proof(DIRECT, served_on=SIGNED_ON, receiver="吴晓梅", relation="经办人")


@pytest.fixture
def bakery(world, wu_the_applicant) -> Enterprise:
    return Enterprise.objects.get(pk=wu_the_applicant.enterprise_id)


@pytest.fixture
def on_paper(bakery, wu_the_applicant) -> Enterprise:
    """The bakery does not want to be served electronically."""
    commands.withdraw_consent(enterprise=bakery, by=wu_the_applicant, now=NOON)
    return bakery


def issue(cast, enterprise, kind="refusal_decision", **content) -> Notice:
    return commands.issue(
        kind=kind,
        about="application:1",
        authority=cast.authority,
        enterprise=enterprise,
        content={"applicant": enterprise.name, **content},
        by=cast.decider,
        now=NOON,
    )


def serve(notice, proof, cast, world, now=NEXT_WEEK) -> Notice:
    commands.record_service(notice=notice, proof=proof, file=world.file, by=cast.acceptor, now=now)
    return Notice.objects.get(pk=notice.pk)


def only(applicant, *powers):
    """The same person, with a mandate that covers only this."""
    return replace(applicant, powers=frozenset(powers))


# --- consent ----------------------------------------------------------------------------------------------------------


def test_wu_withdraws_her_consent_and_gives_it_again(bakery, wu_the_applicant):
    assert queries.may_serve_electronically(bakery)
    gone = commands.withdraw_consent(enterprise=bakery, by=wu_the_applicant, now=NOON)
    assert verbs(gone) == ["consent.given", "consent.withdrawn"]
    assert not queries.may_serve_electronically(bakery)
    with pytest.raises(StepNotOpen, match="不需要撤回"):
        commands.withdraw_consent(enterprise=bakery, by=wu_the_applicant, now=NOON)
    again = [commands.give_consent(enterprise=bakery, by=wu_the_applicant, now=TOMORROW).pk for _ in range(2)]
    assert again[0] == again[1] != gone.pk
    assert queries.consent_of(wu_the_applicant).given_by == wu_the_applicant.label


def test_nobody_agrees_for_somebody_else(bakery, zhou_the_acceptor, wang_the_sauce_brewer):
    for other in (zhou_the_acceptor, wang_the_sauce_brewer):
        for act in (commands.give_consent, commands.withdraw_consent):
            with pytest.raises(NotPermitted):
                act(enterprise=bakery, by=other, now=NOON)


def test_officers_everywhere_know_whether_they_may_serve_and_strangers_do_not(
    bakery, yang_of_yidu, wu_the_applicant, wang_the_sauce_brewer
):
    seen = []
    for who in (yang_of_yidu, wu_the_applicant, wang_the_sauce_brewer):
        with seen_by(who.scope):
            seen.append(ServiceConsent.objects.filter(enterprise=bakery).exists())
    assert seen == [True, True, False]


@pytest.mark.parametrize("ticked", [True, False])
def test_what_was_ticked_when_registering_is_consent_once(ticked, world):
    noodles = parties.register_enterprise(
        uscc=number_of(77, "420506"),
        name="宜昌长明面业有限公司",
        legal_representative="许长明",
        domicile="湖北省宜昌市夷陵区发展大道9号",
        division_code="420506",
        electronic_service=ticked,
        by=SYSTEM,
        now=NOON,
    )
    (event,) = journal.history(noodles.stream)
    note_consent(event, NOON)
    assert queries.may_serve_electronically(noodles) == ticked
    if ticked:
        commands.withdraw_consent(enterprise=noodles, by=SYSTEM, now=NOON)
        note_consent(event, TOMORROW)
        assert not queries.may_serve_electronically(noodles), "a consent that was withdrawn does not come back"


# --- waiting ----------------------------------------------------------------------------------------------------------


def test_without_consent_a_notice_waits_and_no_remedy_runs(the_cast, on_paper):
    notice = issue(the_cast, on_paper)
    assert (notice.served_on, notice.channel, notice.arrived_at) == (None, "", None)
    assert (notice.reconsideration_until, notice.litigation_until) == (None, None)
    assert list(queries.not_served(the_cast.acceptor)) == [notice]


def test_a_notice_to_a_third_party_is_never_served_through_the_enterprise(the_cast, bakery, wu_the_applicant):
    notice = issue(the_cast, bakery, "third_party_notice", recipient="兴禾社区居民委员会")
    assert (notice.served_on, notice.recipient) == (None, "兴禾社区居民委员会")
    assert notice not in queries.addressed_to(wu_the_applicant)
    with pytest.raises(NotPermitted, match="发给别人"):
        commands.sign_for(notice=notice, by=wu_the_applicant, now=NOON)
    commands.withdraw_consent(enterprise=bakery, by=wu_the_applicant, now=NOON)
    commands.give_consent(enterprise=bakery, by=wu_the_applicant, now=NOON)
    assert Notice.objects.get(pk=notice.pk).served_on is None


@pytest.mark.parametrize("act", ["consent", "sign"])
def test_agreeing_later_serves_what_waits_from_that_day(act, the_cast, on_paper, wu_the_applicant):
    notice = issue(the_cast, on_paper)
    if act == "consent":
        commands.give_consent(enterprise=on_paper, by=wu_the_applicant, now=NEXT_WEEK)
    else:
        commands.sign_for(notice=notice, by=wu_the_applicant, now=NEXT_WEEK)
    notice = Notice.objects.get(pk=notice.pk)
    assert (notice.channel, notice.served_on, notice.arrived_at) == ("electronic", date(2026, 9, 15), NEXT_WEEK)
    assert (notice.reconsideration_until, notice.litigation_until) == (date(2026, 11, 16), date(2027, 3, 15))


# --- serving by hand --------------------------------------------------------------------------------------------------


def test_the_remedies_run_from_the_day_on_the_receipt_and_the_proof_is_a_document(the_cast, on_paper, world):
    notice = serve(issue(the_cast, on_paper), BY_HAND, the_cast, world)
    assert (notice.channel_title, notice.served_on) == ("直接送达", SIGNED_ON)
    assert (notice.reconsideration_until, notice.litigation_until) == (date(2026, 11, 13), date(2027, 3, 15))
    assert verbs(notice) == ["notice.issued", "notice.served"]
    service = Service.objects.select_related("record").get(notice=notice)
    record = service.record
    assert (record.title, record.about) == ("送达回证", notice.stream)
    assert record.content["notice_number"] == notice.number
    assert (record.content["receiver"], record.content["served_on"]) == ("吴晓梅", "2026-09-14")
    assert record.number.startswith("夷市监食许送〔2026〕")


def test_a_notice_is_served_once(the_cast, on_paper, world):
    notice = serve(issue(the_cast, on_paper), BY_HAND, the_cast, world)
    with pytest.raises(Conflict, match="已经在2026年9月14日直接送达"):
        serve(notice, BY_HAND, the_cast, world)


def test_an_announcement_serves_when_its_days_have_passed(the_cast, on_paper, world):
    proof = Proof(ANNOUNCEMENT, publication="本机关网站", published_on=date(2026, 9, 10), note="住所地无人，电话停机")
    notice = serve(issue(the_cast, on_paper), proof, the_cast, world)
    assert notice.served_on == date(2026, 10, 10)
    assert notice.reconsideration_until == date(2026, 12, 9)


@pytest.mark.parametrize(
    ("proof", "missing"),
    [
        (Proof(DIRECT), {"receiver", "served_on"}),
        (Proof(POST, served_on=SIGNED_ON), {"tracking", "receiver"}),
        (Proof(LEFT, served_on=SIGNED_ON), {"place", "witnesses", "note"}),
        (Proof(ANNOUNCEMENT), {"publication", "published_on", "note"}),
        (Proof(DIRECT, served_on=date(2026, 9, 6), receiver="吴晓梅"), {"served_on"}),
        (Proof(DIRECT, served_on=date(2026, 10, 1), receiver="吴晓梅"), {"served_on"}),
        (Proof("pigeon"), {"channel"}),
        (Proof("electronic"), {"channel"}),
    ],
)
def test_a_service_without_its_proof_is_refused_with_everything_that_is_missing(
    proof, missing, the_cast, on_paper, world
):
    notice = issue(the_cast, on_paper)
    with pytest.raises(Invalid) as refused:
        serve(notice, proof, the_cast, world)
    assert told(refused).keys() == missing
    assert Notice.objects.get(pk=notice.pk).served_on is None


def test_a_page_signed_by_the_receiver_is_asked_for(the_cast, on_paper):
    notice = issue(the_cast, on_paper)
    with pytest.raises(Invalid) as refused:
        commands.record_service(notice=notice, proof=BY_HAND, by=the_cast.acceptor, now=NEXT_WEEK)
    assert told(refused) == {"file": "请上传签收页。"}


def test_only_the_authority_that_issued_it_serves_it(the_cast, on_paper, wang_of_yichang, yang_of_yidu, world):
    notice = issue(the_cast, on_paper)
    for other in (wang_of_yichang, yang_of_yidu):
        with pytest.raises(NotPermitted, match="由签发它的机关送达"):
            commands.record_service(notice=notice, proof=BY_HAND, file=world.file, by=other, now=NEXT_WEEK)


def test_electronic_service_is_certified_with_arrival_and_receipt(the_cast, bakery, wu_the_applicant):
    notice = issue(the_cast, bakery)
    first = commands.certify_service(notice=notice, by=the_cast.acceptor, now=NOON)
    assert "没有签收" in first.content["note"]
    assert first.content["place"] == "许可平台，2026年9月7日12:00:00到达"
    assert commands.certify_service(notice=notice, by=the_cast.acceptor, now=NOON) == first
    commands.sign_for(notice=notice, by=wu_the_applicant, now=TOMORROW)
    second = commands.certify_service(notice=notice, by=the_cast.acceptor, now=NEXT_WEEK)
    assert (second.content["receiver"], second.content["note"]) == ("吴晓梅", "2026年9月8日12:00:00签收")


def test_without_consent_only_who_may_agree_for_the_enterprise_takes_a_notice_electronically(
    the_cast, on_paper, wu_the_applicant
):
    """Whoever may only receive does not bind the enterprise to a way of service that it took back."""
    notice = issue(the_cast, on_paper)
    with pytest.raises(NotPermitted, match=r"没有同意电子送达.*签名提交、作出承诺"):
        commands.sign_for(notice=notice, by=only(wu_the_applicant, RECEIVE), now=TOMORROW)
    assert Notice.objects.get(pk=notice.pk).served_on is None
    with pytest.raises(NotPermitted, match="签收文书"):
        commands.sign_for(notice=notice, by=only(wu_the_applicant, SIGN), now=TOMORROW)
    taken = commands.sign_for(notice=notice, by=only(wu_the_applicant, RECEIVE, SIGN), now=TOMORROW)
    assert (taken.channel, taken.served_on) == ("electronic", date(2026, 9, 8))


def test_what_was_served_is_signed_for_by_whoever_may_receive(the_cast, bakery, wu_the_applicant):
    notice = issue(the_cast, bakery)
    assert commands.sign_for(notice=notice, by=only(wu_the_applicant, RECEIVE), now=TOMORROW).read_at == TOMORROW


def test_records_stay_in_the_file_of_the_authority(the_cast, bakery, wu_the_applicant, world):
    record = issue(the_cast, bakery, "score_record")
    with pytest.raises(NotPermitted, match="不需要送达"):
        serve(record, BY_HAND, the_cast, world)
    assert record not in queries.addressed_to(wu_the_applicant)
    assert record in queries.visible_to(the_cast.acceptor)
    assert record not in queries.not_served(the_cast.acceptor)


# --- previews ---------------------------------------------------------------------------------------------------------


def rows() -> list[int]:
    return [model.objects.count() for model in (Notice, Entry, Counter, Service)]


def test_a_draft_says_what_would_be_issued_and_writes_nothing(the_cast, bakery):
    before = rows()
    content = {"applicant": bakery.name, "reason": "现场核查不通过。"}
    drafted = commands.draft(
        kind="refusal_decision", authority=the_cast.authority, enterprise=bakery, content=content, now=NOON
    )
    assert rows() == before
    assert (drafted.title, drafted.series, drafted.is_served_at_once) == (
        "不予许可决定书",
        "夷市监食许不准〔2026〕",
        True,
    )
    assert "现场核查不通过。" in drafted.words
    assert "最迟" in drafted.words


def test_a_rehearsal_shows_the_notices_of_an_act_and_takes_it_back(at, liu_the_decider):
    from xuke.licensing import commands as licensing

    application = at("decision_proposed")
    before = rows()
    drafts = commands.rehearse(lambda: licensing.grant(application=application, by=liu_the_decider, now=NOON))
    drafted = next(draft for draft in drafts if draft.kind == "grant_decision")
    assert rows() == before
    application.refresh_from_db()
    assert application.state == "decision_proposed"
    assert drafted.kind == "grant_decision"
    assert "（签发时编定）" in drafted.words
    assert "SC1" not in drafted.words
    licensing.grant(application=application, by=liu_the_decider, now=NOON)
    issued = Notice.objects.get(about=application.stream, kind="grant_decision")
    assert issued.number.endswith("0001号")
