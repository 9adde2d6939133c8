"""The hearing as the law wants it (Administrative Permit Law art. 46 to 48): who is told, who asks, what follows."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from xuke.accounts.models import User
from xuke.accounts.officers import Role
from xuke.catalogue import commands as rules
from xuke.config.demonstration.samples import sample
from xuke.documents import commands as documents
from xuke.documents.models import Notice
from xuke.documents.rendering import words
from xuke.documents.service import Proof
from xuke.foundation import files
from xuke.foundation.refusals import Conflict, Invalid, StepNotOpen
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import commands, hearing, permissions
from xuke.licensing.models import Application, HearingRequest, ThirdParty
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS
from xuke.tests.cast import NOON

MATTER = "拟不予许可：现场核查得分率低于85%。"
COMMUNITY = "兴禾社区"


def after(days: int):
    """So many working days after the noon of the story, at noon."""
    return NOON + (current_calendar().add(NOON.date(), days).on - NOON.date())


@pytest.fixture
def he_the_chair(the_cast):
    return next(one for one in the_cast.others.values() if one.has(Role.SUPERVISOR))


@pytest.fixture
def asked(at, the_cast):
    """The applicant was told of the right to a hearing at noon, and asked for one a working day later."""

    def do(state="document_review"):
        told = commands.tell_hearing_right(application=at(state), matter=MATTER, by=the_cast.reviewer, now=NOON)
        return commands.request_hearing(application=told, reason="已经整改", by=the_cast.applicant, now=after(1))

    return do


@pytest.fixture
def tell(the_cast):
    """The community is told that the plant next door may be permitted."""

    def do(application, now=NOON, name=COMMUNITY):
        words = {"name": name, "interest": "紧邻住宅", "address": "兴禾路1号"}
        return commands.tell_third_party(application=application, **words, by=the_cast.reviewer, now=now)

    return do


@pytest.fixture
def serve(the_cast):
    """Somebody of the authority brings the newest notice of a kind to whom it addresses."""

    def do(application, kind, now=NOON, to=COMMUNITY):
        sent = Notice.objects.filter(about=application.stream, kind=kind, served_on=None)
        notice = next(one for one in sent.order_by("-issued_at", "-pk") if one.recipient == to)
        proof = Proof("post", now.date(), tracking="EMS1234567890", receiver="李主任")
        service = documents.record_service(notice=notice, proof=proof, by=the_cast.reviewer, now=now)
        if kind != "hearing_notice":
            commands.note_told(application=application, notice=service.notice, by=the_cast.reviewer, now=now)
        return Application.objects.get(pk=application.pk)

    return do


@pytest.fixture
def arrange(the_cast, he_the_chair):
    def do(application, on=10, now=None, **other):
        words = {"time": "9:30", "place": "三楼会议室", "chair": he_the_chair.user_id, "by": the_cast.decider}
        return commands.arrange_hearing(
            application=application, on=after(on).date(), now=now or after(1), **(words | other)
        )

    return do


@pytest.fixture
def conclude(he_the_chair):
    def do(application, now, **other):
        words = {"attendance": "双方到场", "record": "申请人说明了整改情况。", "conclusion": "建议复核后再决定。"}
        words["paper"] = files.store([sample("trial_product_report")], "听证笔录.pdf", now=now)
        return commands.conclude_hearing(application=application, by=he_the_chair, now=now, **(words | other))

    return do


def calls(application) -> list[Notice]:
    return list(Notice.objects.filter(about=application.stream, kind="hearing_notice").order_by("issued_at", "pk"))


# Everybody is told ----------------------------------------------------------------------------------------------------


def test_the_applicant_and_every_third_party_are_called(asked, tell, arrange):
    application = arrange(tell(tell(asked()), name="兴禾幼儿园"))
    assert [one.recipient for one in calls(application)] == [application.enterprise.name, COMMUNITY, "兴禾幼儿园"]


def test_no_hearing_is_held_of_which_somebody_was_not_told(asked, tell, arrange, serve, conclude):
    application = arrange(tell(asked()))
    with pytest.raises(Invalid, match="听证通知书还没有送达兴禾社区"):
        conclude(application, after(10))
    assert conclude(serve(application, "hearing_notice", after(2)), after(10)).hearing["standing"] == "held"


def test_a_notice_that_came_six_days_before_came_too_late(asked, tell, arrange, serve, conclude):
    application = serve(arrange(tell(asked())), "hearing_notice", after(4))
    with pytest.raises(Invalid, match="送达兴禾社区，到举行听证不足7个工作日"):
        conclude(application, after(10))


def test_whoever_is_told_of_the_matter_after_the_call_is_called_too(asked, tell, arrange, conclude):
    application = tell(arrange(asked()), now=after(2))
    with pytest.raises(Invalid, match="没有通知兴禾社区"):
        conclude(application, after(10))


def test_an_enterprise_without_electronic_service_is_brought_its_notice(asked, arrange, the_cast, conclude):
    application = asked()
    documents.withdraw_consent(enterprise=application.enterprise, by=the_cast.applicant, now=after(1))
    with pytest.raises(Invalid, match="还没有送达宜昌禾穗坊"):
        conclude(arrange(application), after(10))


def test_a_second_call_says_that_it_replaces_the_first(asked, arrange, conclude):
    application = arrange(arrange(asked()), on=12, now=after(3))
    first, second = calls(application)
    assert second.content["replaces"] == first.number
    with pytest.raises(Invalid, match="还没有举行"):
        conclude(application, after(10))
    assert conclude(application, after(12)).hearing["standing"] == "held"


def test_there_is_no_twenty_five_o_clock(asked, arrange):
    application = asked()
    with pytest.raises(Invalid, match="几点"):
        arrange(application, time="25点")
    assert arrange(application, time="9：05").hearing["time"] == "09:05"


def test_the_chair_reads_who_was_not_told_before_writing_the_record(desk, asked, tell, arrange, he_the_chair):
    application = arrange(tell(asked()))
    page = desk.open(he_the_chair, f"/office/applications/{application.pk}/hearing/conclude/")
    assert "听证通知书还没有送达兴禾社区" in page.words and len(page.statements) <= MOST_STATEMENTS


def test_a_hearing_that_is_called_too_late_is_called_soon(asked, arrange):
    """Its day has passed, and a late hearing is better than none; but that is no reason to wait for years."""
    application = asked()
    with pytest.raises(Invalid, match="应当在期限之内举行，最迟"):
        arrange(application, on=22)
    with pytest.raises(Invalid, match="来不及在期限之内举行"):
        arrange(application, on=43, now=after(22))
    with pytest.raises(Invalid, match="提前7个工作日"):
        arrange(application, on=28, now=after(22))
    assert arrange(application, on=42, now=after(22)).hearing["standing"] == "arranged"


# Who asks -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def take(the_cast):
    """A request on paper: of a third party by its name, of the applicant without one."""

    def do(application, now, name=""):
        party = ThirdParty.objects.get(application=application, name=name).pk if name else None
        words = {"party": party, "reason": "担心噪声", "by": the_cast.reviewer}
        return commands.take_hearing_request(application=application, now=now, **words)

    return do


def test_the_request_of_a_third_party_stands_when_the_applicant_goes_without(
    asked, tell, serve, take, at, the_cast, arrange
):
    application = take(serve(tell(asked()), "third_party_notice"), after(2), COMMUNITY)
    assert application.hearing["requested_by"] == f"{application.enterprise.name}、{COMMUNITY}"
    application = commands.waive_hearing(application=application, by=the_cast.applicant, now=after(7))
    assert (application.paused_for, application.hearing["requested_by"]) == ("hearing", COMMUNITY)
    told = [(each.who, each.withdrawn_on) for each in HearingRequest.objects.filter(application=application)]
    assert told == [(application.enterprise.name, after(7).date()), (COMMUNITY, None)]
    assert "不能放弃" in permissions.why_not(the_cast.applicant, "waive_hearing", application, today=after(7).date())
    assert arrange(application, on=15, now=after(7)).hearing["standing"] == "arranged"


def test_whoever_wrote_against_it_may_still_ask_for_a_hearing(tell, serve, take, at, the_cast):
    application = serve(tell(at("decision_proposed")), "third_party_notice")
    party = ThirdParty.objects.get(application=application)
    said = {"party": party.pk, "answer": "反对，稍后提交听证申请", "by": the_cast.reviewer}
    commands.note_third_party(application=application, **said, now=after(1))
    application.refresh_from_db()
    why = permissions.why_not(the_cast.decider, "grant", application, today=after(1).date())
    assert "可以陈述意见、要求听证" in why
    assert take(application, after(4), COMMUNITY).paused_for == "hearing"


def test_the_applicant_reads_when_it_is_and_that_their_own_time_runs(
    noon, tell, serve, take, at, the_cast, arrange, client
):
    """Somebody else asked, and the hearing is called: the applicant may still ask, and reads where to come."""
    told = commands.tell_hearing_right(application=at("document_review"), matter=MATTER, by=the_cast.reviewer, now=NOON)
    application = arrange(take(serve(tell(told), "third_party_notice"), NOON, COMMUNITY), now=NOON)
    client.force_login(User.objects.get(pk=the_cast.applicant.user_id), "xuke.accounts.backends.PasswordBackend")
    said = client.get(f"/my/applications/{application.pk}/").content.decode()
    assert "三楼会议室" in said and "之前要求听证" in said
    asked_too = commands.request_hearing(application=application, reason="", by=the_cast.applicant, now=after(1))
    assert asked_too.hearing["standing"] == "arranged"


def test_a_passer_by_does_not_stop_the_clock(asked, tell, at, the_cast):
    told = commands.tell_hearing_right(application=at("document_review"), matter=MATTER, by=the_cast.reviewer, now=NOON)
    words = {"reason": "路过", "by": the_cast.reviewer, "now": after(1)}
    with pytest.raises(Invalid, match="已经告知的利害关系人"):
        commands.take_hearing_request(application=told, party=0, **words)


def test_a_third_party_that_was_served_late_has_five_days_of_its_own(asked, tell, serve, take):
    application = tell(tell(asked()), name="兴禾幼儿园")
    application = serve(application, "third_party_notice")
    application = serve(application, "third_party_notice", after(3), "兴禾幼儿园")
    with pytest.raises(Invalid, match="兴禾社区要求听证的期限"):
        take(application, after(7), COMMUNITY)
    assert take(application, after(7), "兴禾幼儿园").hearing["requested_by"].endswith("兴禾幼儿园")


def test_the_applicant_s_request_on_paper_is_the_applicant_s(tell, take, at, the_cast):
    told = commands.tell_hearing_right(application=at("document_review"), matter=MATTER, by=the_cast.reviewer, now=NOON)
    application = take(told, after(1))
    with pytest.raises(StepNotOpen, match="已经要求听证"):
        take(application, after(1))
    waived = commands.waive_hearing(application=application, by=the_cast.applicant, now=after(2))
    assert (waived.paused_for, waived.hearing["standing"]) == ("", "waived")


def test_the_notice_of_a_third_party_counts_from_its_receipt(tell, serve, at, desk, the_cast):
    """It is never served at once, so no day is printed; whoever is served on Friday has five days all the same."""
    application = tell(at("document_review"))
    said = words(Notice.objects.get(about=application.stream, kind="third_party_notice"))
    assert "自收到本告知书之日起5个工作日内" in said and "视为没有意见" not in said and "月14日" not in said
    page = f"/office/applications/{application.pk}/third-parties/"
    assert "告知书还没有送达，期限没有起算" in desk.open(the_cast.reviewer, page).words
    serve(application, "third_party_notice", after(4))
    assert ThirdParty.objects.get(application=application).answer_by == after(9).date()


# The right is told before a no ----------------------------------------------------------------------------------------


@pytest.fixture
def where_it_is_told(fan_of_the_province):
    """Since yesterday the province wants everybody told of the right to a hearing before a refusal."""
    yesterday = NOON - timedelta(days=1)
    rules.publish(
        topic="switch",
        key="food.hearing_offered",
        division="420000",
        content={"title": "拟不予许可时告知听证权利", "text": "先告知，再决定。", "on": True},
        valid_from=yesterday.date(),
        valid_to=None,
        basis="鄂市监〔2026〕30号",
        by=fan_of_the_province,
        now=yesterday,
    )


def test_where_the_province_wants_it_nobody_is_refused_unheard(where_it_is_told, at, the_cast):
    application = at("decision_proposed")
    no = {"reason": "得分率低于85%。", "by": the_cast.decider}
    with pytest.raises(StepNotOpen, match="应当先告知申请人可以要求听证"):
        commands.refuse(application=application, **no, now=NOON)
    assert permissions.why_not(the_cast.decider, "grant", application, today=NOON.date()) == ""
    told = commands.tell_hearing_right(application=application, matter=MATTER, by=the_cast.reviewer, now=NOON)
    assert commands.refuse(application=told, **no, now=after(6)).state == "refused"


def test_a_grant_that_refuses_one_variety_is_a_no_too(where_it_is_told, at, the_cast):
    application = at("decision_proposed")
    application.proposal["results"] |= {"v2": "fail"}
    Application.objects.filter(pk=application.pk).update(proposal=application.proposal)
    with pytest.raises(StepNotOpen, match="应当先告知申请人可以要求听证"):
        commands.grant(application=application, by=the_cast.decider, now=NOON)
    told = commands.tell_hearing_right(application=application, matter=MATTER, by=the_cast.reviewer, now=NOON)
    assert permissions.why_not(the_cast.decider, "grant", told, today=after(6).date()) == ""


def test_where_a_third_party_was_told_the_applicant_is_told_before_a_no(at, tell, serve, the_cast):
    """Whatever the province wants: the matter concerns the applicant and others (art. 47)."""
    application = serve(tell(at("decision_proposed")), "third_party_notice")
    sentence = permissions.why_not(the_cast.decider, "refuse", application, today=after(6).date())
    assert "应当先告知申请人可以要求听证" in sentence
    assert permissions.why_not(the_cast.decider, "grant", application, today=after(6).date()) == ""


# The record -----------------------------------------------------------------------------------------------------------


def test_words_that_only_the_chair_typed_are_no_record(
    asked, arrange, conclude, client, the_cast, desk, monkeypatch, he_the_chair
):
    application = arrange(asked())
    with pytest.raises(Invalid, match="签字或者盖章的听证笔录"):
        conclude(application, after(10), attendance="无人到场", paper=None)
    monkeypatch.setattr("django.utils.timezone.now", lambda: after(10))
    kept = sample("trial_product_report")
    said = {"attendance": "双方到场", "record": "说明整改。", "conclusion": "复核。", "revision": application.revision}
    scan = SimpleUploadedFile("听证笔录.pdf", kept)
    sent = desk.send(he_the_chair, f"/office/applications/{application.pk}/hearing/conclude/", said | {"paper": scan})
    assert sent.status == 303
    assert "签字的听证笔录" in desk.open(the_cast.decider, f"/office/applications/{application.pk}/").words
    client.force_login(User.objects.get(pk=the_cast.applicant.user_id), "xuke.accounts.backends.PasswordBackend")
    sent = client.get(f"/my/applications/{application.pk}/hearing/record/")
    assert b"".join(sent.streaming_content) == kept


# The chair stays away -------------------------------------------------------------------------------------------------


def test_the_head_decides_that_the_chair_stays_away_and_another_one_is_called(
    asked, arrange, conclude, the_cast, desk, client, he_the_chair, world
):
    application = arrange(asked())
    client.force_login(User.objects.get(pk=the_cast.applicant.user_id), "xuke.accounts.backends.PasswordBackend")
    mine = f"/my/applications/{application.pk}/hearing/recusal/"
    assert "谁主持听证" in client.get(mine).content.decode()
    assert client.post(mine, {"text": "主持人的弟弟是竞争对手的股东。"}).status_code == 303
    with pytest.raises(Invalid, match="申请主持人回避，等机关负责人决定"):
        conclude(application, after(10))
    office = f"/office/applications/{application.pk}/hearing/recusal/"
    assert "1件申请听证主持人回避，等您决定" in desk.open(the_cast.decider, "/office/").words
    page = desk.open(the_cast.decider, office)
    assert "竞争对手的股东" in page.words and len(page.statements) <= MOST_STATEMENTS
    assert desk.send(he_the_chair, office, {"upheld": "no", "decision": "不实。"}).status == 403
    assert desk.send(the_cast.decider, office, {"upheld": "yes", "decision": "属实。"}).status == 303
    application.refresh_from_db()
    assert (application.hearing["standing"], application.hearing_chair_id) == ("requested", None)
    with pytest.raises(Invalid, match="已经同意这名主持人回避"):
        arrange(application)
    called = arrange(application, chair=the_cast.acceptor.user_id)
    assert "等待决定" not in client.get(mine).content.decode() and calls(called)[-1].content["replaces"]


def test_whoever_stays_away_from_the_chair_for_an_interest_neither_reviews_nor_decides(asked, arrange, the_cast):
    application = arrange(asked(), chair=the_cast.acceptor.user_id)
    said = {"text": "主持人的弟弟是竞争对手的股东。", "by": the_cast.applicant, "now": after(2)}
    commands.ask_chair_recusal(application=application, **said)
    yes = {"upheld": True, "decision": "属实。", "by": the_cast.decider, "now": after(2)}
    application = commands.decide_chair_recusal(application=application, **yes)
    for role in (Role.REVIEWER, Role.DECIDER):
        assert "回避了听证主持" in permissions.why_separated(the_cast.acceptor, role, application)
        assert permissions.why_separated(the_cast.decider, Role.DECIDER, application) == ""


def test_a_third_party_that_is_told_after_the_hearing_gets_one_of_its_own(
    asked, tell, serve, take, arrange, conclude, the_cast, desk, client
):
    application = conclude(arrange(asked()), after(10))
    application = serve(tell(application, after(11)), "third_party_notice", after(11))
    application = take(application, after(12), COMMUNITY)
    assert (application.hearing["standing"], application.paused_for) == ("requested", "hearing")
    application = arrange(application, on=25, now=after(12))
    assert [notice.content.get("replaces") for notice in calls(application)[-2:]] == [None, None]
    page = desk.open(the_cast.reviewer, f"/office/applications/{application.pk}/")
    assert "举行过听证" in page.words and "建议复核后再决定" in page.words
    [first] = hearing.read(application.hearing).before
    assert first.held_on == after(10).date() and first.record == "申请人说明了整改情况。"
    application = serve(application, "hearing_notice", after(13))
    application = conclude(application, after(25), conclusion="社区同意。")
    assert (application.hearing["standing"], application.hearing["conclusion"]) == ("held", "社区同意。")
    client.force_login(User.objects.get(pk=the_cast.applicant.user_id), "xuke.accounts.backends.PasswordBackend")
    answer = client.get(f"/my/applications/{application.pk}/hearing/record/?of={first.paper}")
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    answer.close()


def test_whoever_was_to_chair_a_hearing_that_nobody_wants_any_more_may_review_and_go(asked, arrange, the_cast):
    application = arrange(asked(), chair=the_cast.acceptor.user_id)
    assert application.hearing_chair_id == the_cast.acceptor.user_id
    application = commands.waive_hearing(application=application, by=the_cast.applicant, now=after(2))
    application.refresh_from_db()
    assert (application.hearing["standing"], application.hearing_chair_id) == ("waived", None)


def test_the_chair_stays_where_a_third_party_wants_the_hearing(asked, tell, serve, take, arrange, the_cast):
    application = arrange(take(serve(tell(asked()), "third_party_notice"), after(1), COMMUNITY), on=15)
    chair = application.hearing_chair_id
    application = commands.waive_hearing(application=application, by=the_cast.applicant, now=after(2))
    assert chair and application.hearing_chair_id == chair


def test_a_third_party_asks_on_paper_and_hears_no(asked, tell, arrange, serve, the_cast, conclude):
    application = serve(arrange(tell(asked())), "hearing_notice", after(2))
    party = ThirdParty.objects.get(application=application).pk
    said = {"text": "主持人是厂长的同学。", "party": party, "by": the_cast.reviewer, "now": after(3)}
    commands.ask_chair_recusal(application=application, **said)
    with pytest.raises(Conflict, match="只能申请一次"):
        commands.ask_chair_recusal(application=application, **said)
    no = {"upheld": False, "decision": "同学不是直接利害关系。", "by": the_cast.decider, "now": after(4)}
    application = commands.decide_chair_recusal(application=application, **no)
    assert conclude(application, after(10)).hearing["recusals"][0]["decision"] == "同学不是直接利害关系。"


def test_a_case_that_was_taken_back_has_no_hearing_to_chair_and_no_chair_to_keep_away(
    asked, arrange, the_cast, desk, client, he_the_chair
):
    application = arrange(asked())
    assert "1件听证由您主持" in desk.open(he_the_chair, "/office/").words
    application = commands.retract(application=application, reason="不办了。", by=the_cast.applicant, now=after(2))
    assert "听证由您主持" not in desk.open(he_the_chair, "/office/").words
    said = {"text": "主持人是厂长的同学。", "by": the_cast.applicant, "now": after(3)}
    with pytest.raises(StepNotOpen, match="已经办结，听证不再举行"):
        commands.ask_chair_recusal(application=application, **said)
    client.force_login(User.objects.get(pk=the_cast.applicant.user_id), "xuke.accounts.backends.PasswordBackend")
    assert "听证不再举行" in client.get(f"/my/applications/{application.pk}/hearing/recusal/").content.decode()
    assert "申请回避" not in client.get(f"/my/applications/{application.pk}/").content.decode()


# The decision follows the record --------------------------------------------------------------------------------------


def test_the_decision_says_what_it_makes_of_the_record(asked, arrange, conclude, the_cast, desk):
    """Liu sends the case back after the hearing; Chen says what was taken up, and the refusal repeats it."""
    application = conclude(arrange(asked("decision_proposed")), after(10))
    why = "请按听证意见复核"
    application = commands.return_to_review(application=application, reason=why, by=the_cast.decider, now=after(10))
    page = desk.open(the_cast.reviewer, f"/office/applications/{application.pk}/propose/")
    assert "听证意见的采纳情况" in page.words and "申请人说明了整改情况" in page.words
    words_ = {"opinion": "整改不到位。", "by": the_cast.reviewer, "now": after(10)}
    with pytest.raises(Invalid, match="没有采纳的，写明理由"):
        commands.propose(application=application, **words_)
    adopted = "关于隔声的说明予以采纳；\n关于得分率的意见不予采纳，现场评分有双方签名。"
    application = commands.propose(application=application, on_record=adopted, **words_)
    commands.refuse(application=application, reason="得分率低于85%。", by=the_cast.decider, now=after(10))
    said = words(Notice.objects.get(about=application.stream, kind="refusal_decision"))
    assert "举行听证" in said and "现场评分有双方签名" in said
