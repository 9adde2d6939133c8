"""Additives, special foods, categories of two levels, decisions on a promise: each lived through the commands."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from xuke.accounts.models import Authority
from xuke.certificates import endings
from xuke.certificates.content import CertificateContent
from xuke.certificates.models import CertificateVersion
from xuke.config.demonstration import stories, stories_categories
from xuke.foundation.actors import SYSTEM
from xuke.foundation.identifiers import food_licence
from xuke.foundation.refusals import Invalid, NotFound, NotPermitted, StepNotOpen
from xuke.licensing import buttons, commands, gates, gating, lists, places, queries, snapshots
from xuke.licensing.filters import Filters
from xuke.licensing.gating import GateClosed
from xuke.licensing.models import Application, DecisionSnapshot, JointReview, PostIssueCheck
from xuke.licensing.procedures import procedure
from xuke.licensing.tests.acts import signed
from xuke.parties import commands as parties
from xuke.tests.cast import NOON, TOMORROW, Minutes, notices_about, seen_by, told


@pytest.fixture
def played(world):
    """A story with the files of the tests: `played(stories_categories.additives, cast)`."""

    def play(story, *who, **how):
        return story(*who, Minutes(), file=lambda *_: world.file, **how)

    return play


def printed(case):
    return CertificateContent.from_facts(CertificateVersion.objects.get(licence=case.licence).content)


# --- additives --------------------------------------------------------------------------------------------------------


def test_the_number_of_an_additive_begins_with_2_and_the_certificate_says_what_it_is(played, the_yichang_cast):
    case = played(stories_categories.additives, the_yichang_cast)
    number = food_licence.parse(case.licence.number)
    assert number.valid
    assert (number.fields["category_code"], number.fields["category"]) == ("203", "复配食品添加剂")
    content = printed(case)
    assert content.food_categories == ("食品添加剂",)
    assert [(row.category, row.code, row.name) for row in content.product_details] == [
        ("食品添加剂", "3203", "复配食品添加剂"),
        ("食品添加剂", "3201", "食品添加剂"),
        ("食品添加剂", "3202", "食品用香精"),
    ]
    assert sorted(Application.objects.get(pk=case.pk).categories) == ["201", "202", "203"]


def test_additives_are_written_row_by_row(at, the_yichang_cast):
    rows = [
        {"code": "3201", "detail": "碳酸钙、碳酸镁", "remark": "", "main": True},
        {"code": "3202", "detail": "香草香精", "remark": "", "main": False},
        {"code": "3202", "detail": "液体、粉末", "remark": "", "main": False},
        {"code": "3203", "detail": "复配增稠剂", "remark": "", "main": False},
    ]
    draft = at("draft", cast=the_yichang_cast, products={"varieties": rows})
    with pytest.raises(Invalid) as refusal:
        signed("submit", draft, by=the_yichang_cast.applicant)
    wrong = told(refusal)
    assert "一种食品添加剂填一行" in wrong["products.varieties.0.detail"]
    assert "液体、乳化、浆膏状、粉末" in wrong["products.varieties.1.detail"]
    assert "一种形态的食品用香精填一行" in wrong["products.varieties.2.detail"]
    assert "products.varieties.3.detail" not in wrong


# --- special foods ----------------------------------------------------------------------------------------------------


def test_health_food_is_licensed_by_the_province_under_its_registration(played, the_yichang_cast):
    case = played(stories_categories.special_food, the_yichang_cast)
    assert case.authority.code == "420000"
    (row,) = printed(case).product_details
    assert (row.registration, row.entrusting) == ("国食健注G20260001", "武汉三峡健康科技有限公司")
    kinds = {material.kind for material in queries.materials(case)}
    assert {"quality_system", "registration_documents"} <= kinds


def test_a_special_food_says_its_registration_and_whoever_entrusts_it(at, the_cast):
    rows = [
        {"code": "2801", "detail": "全营养配方", "remark": "", "main": True, "entrusting": "某公司"},
        {"code": "2701", "detail": "某片", "remark": "", "main": False, "registration": "G1", "entrusting": "某公司"},
    ]
    draft = at("draft", products={"varieties": rows})
    with pytest.raises(Invalid) as refusal:
        signed("submit", draft, by=the_cast.applicant)
    wrong = told(refusal)
    assert "第十四条" in wrong["products.varieties.0.registration"]
    assert "只有接受委托生产的保健食品" in wrong["products.varieties.0.entrusting"]
    assert "格式待核实" in wrong["products.varieties.1.registration"]
    assert "委托企业的名称和住所" in wrong["products.varieties.1.entrusting_domicile"]


@pytest.mark.parametrize(
    ("code", "files"),
    [
        ("food.first", ["quality_system", "registration_documents"]),
        ("food.renewal", ["quality_self_check"]),
        ("food.change", ["quality_system", "registration_documents"]),
    ],
)
def test_what_a_special_food_files_besides(code, files):
    form = {"products": {"varieties": [{"code": "2901"}]}, "licence": {}, "changes": {"products": "yes"}}
    section = procedure(code).step("special", form)
    assert [material.name for material in section.materials] == files
    assert procedure(code).step("special", {**form, "products": {"varieties": [{"code": "2401"}]}}) is None


# --- joint review -----------------------------------------------------------------------------------------------------


@pytest.fixture
def mixed(world, at):
    """Cakes and milk, accepted by the county because the applicant chose it."""

    def bring(state, **sections):
        return at(state, **{**stories_categories.MIXED, **sections})

    return bring


@pytest.fixture
def li_of_the_prefecture(the_yichang_cast):
    """李红梅 reviews in Yichang, which licenses milk."""
    return the_yichang_cast.reviewer


def test_the_applicant_chooses_who_accepts(mixed, at, the_cast):
    assert mixed("submitted").authority.code == "420506"


def test_who_chooses_nothing_is_asked(mixed, the_cast):
    draft = mixed("draft", route={"accepting": ""})
    with pytest.raises(Invalid) as refusal:
        signed("submit", draft, by=the_cast.applicant)
    assert "由哪个部门受理" in told(refusal)["route.accepting"]


def test_the_county_waits_for_the_prefecture_before_it_proposes(mixed, the_cast, li_of_the_prefecture):
    case = mixed("verification_done")
    with pytest.raises(StepNotOpen, match="宜昌市市场监督管理局的意见"):
        commands.propose(application=case, opinion="同意。", by=the_cast.reviewer, now=NOON)
    commands.give_joint_opinion(
        application=case, results={"0501": "pass"}, opinion="符合要求。", by=li_of_the_prefecture, now=NOON
    )
    case = commands.propose(application=case, opinion="同意。", by=the_cast.reviewer, now=NOON)
    case = commands.grant(application=case, by=the_cast.decider, now=NOON)
    assert case.licence.authority.code == "420506"
    assert printed(case).food_categories == ("糕点", "乳制品")


def test_what_the_other_level_does_not_agree_to_is_not_proposed(mixed, the_cast, li_of_the_prefecture):
    case = mixed("verification_done")
    commands.give_joint_opinion(
        application=case, results={"0501": "fail"}, opinion="没有检验设备。", by=li_of_the_prefecture, now=NOON
    )
    with pytest.raises(Invalid) as refusal:
        commands.propose(
            application=case, opinion="同意。", results={"v1": "pass", "v2": "pass"}, by=the_cast.reviewer, now=NOON
        )
    assert "联合审查不同意：没有检验设备" in told(refusal)["results.v2"]
    case = commands.propose(application=case, opinion="部分同意。", by=the_cast.reviewer, now=NOON)
    assert case.proposal["results"] == {"v1": "pass", "v2": "fail"}


def test_only_a_reviewer_who_is_asked_answers(mixed, the_cast, the_yichang_cast, the_yidu_cast, li_of_the_prefecture):
    case = mixed("accepted")
    answer = {"results": {"0501": "pass"}, "opinion": "同意。", "now": NOON}
    for other in (the_cast.reviewer, the_yichang_cast.acceptor):
        with pytest.raises(NotPermitted):
            commands.give_joint_opinion(application=case, by=other, **answer)
    with pytest.raises(NotFound):
        commands.give_joint_opinion(application=case, by=the_yidu_cast.reviewer, **answer)
    with pytest.raises(Invalid):
        commands.give_joint_opinion(
            application=case, results={"2401": "pass"}, opinion="", by=li_of_the_prefecture, now=NOON
        )
    commands.give_joint_opinion(application=case, by=li_of_the_prefecture, **answer)
    with pytest.raises(NotPermitted):
        commands.give_joint_opinion(application=case, by=li_of_the_prefecture, **answer)


def test_a_level_that_is_not_in_the_system_is_asked_on_paper_and_everybody_reads_that(mixed, the_cast):
    case = mixed("submitted")
    Authority.objects.filter(code="420500").update(closed_on=NOON.date())
    places.forget()
    (warning,) = gating.closed(case, gates.ACCEPT, today=NOON.date())
    assert (warning.code, warning.warns) == ("joint_on_paper", True)
    assert "市级机关没有在本系统办理" in warning.sentence and "书面征求" in warning.sentence
    case = commands.accept(application=case, by=the_cast.acceptor, now=NOON)
    assert (case.joint_waits, case.shared_with) == ({}, [])
    kept = DecisionSnapshot.objects.get(application=case, verb="accept").facts["gates"]["categories"]
    assert {each["code"]: each["is_absent"] for each in kept} == {"2401": False, "0501": True}
    places.forget()


def test_a_county_that_is_asked_sees_the_case_of_the_prefecture_and_answers(mixed, the_yichang_cast, the_cast):
    case = mixed("accepted", route={"accepting": "prefecture"}, cast=the_yichang_cast)
    assert (case.authority.code, case.shared_with) == ("420500", ["420000/420500/420506/"])
    with seen_by(the_cast.reviewer.scope):
        assert queries.get(the_cast.reviewer, case.pk) == case
        assert JointReview.objects.get(application=case).codes == ["2401"]
        assert queries.materials(case)
    commands.give_joint_opinion(
        application=case, results={"2401": "pass"}, opinion="同意。", by=the_cast.reviewer, now=NOON
    )
    assert Application.objects.get(pk=case.pk).joint_waits == {}


# --- commitment -------------------------------------------------------------------------------------------------------


def test_a_renewal_is_decided_on_a_promise_the_same_day(played, the_cast):
    case = played(stories_categories.on_promise, the_cast)
    assert (case.state, case.committed, case.decided_by_id) == ("granted", True, the_cast.decider.user_id)
    kinds = [notice.kind for notice in notices_about(case)]
    assert kinds == ["receipt", "commitment_letter", "acceptance_notice", "renewal_decision"]
    decision = notices_about(case)[-1].content
    assert decision["committed"]
    (check,) = PostIssueCheck.objects.filter(application=case)
    assert (check.kind, decision["check_by"]) == ("commitment", check.due_on.isoformat())


def test_whoever_accepted_does_not_decide_on_the_promise(played, the_cast):
    case = played(stories_categories.promised, the_cast)
    for other in (the_cast.acceptor, the_cast.reviewer):
        with pytest.raises(NotPermitted):
            commands.grant_on_commitment(application=case, by=other, now=NOON)


def test_an_enterprise_on_the_list_is_reviewed_like_everybody(played, the_cast):
    case = played(stories_categories.promised, the_cast)
    stories_categories.list_as_dishonest(the_cast, now=NOON)
    with pytest.raises(GateClosed, match="严重违法失信名单"):
        commands.grant_on_commitment(application=case, by=the_cast.decider, now=NOON)
    with pytest.raises(StepNotOpen, match="由决定人员转入一般程序"):
        commands.begin_review(application=case, by=the_cast.reviewer, now=NOON)
    with pytest.raises(Invalid):
        commands.leave_commitment(application=case, reason=" ", by=the_cast.decider, now=NOON)
    due = case.due_on
    case = commands.leave_commitment(application=case, reason="列入名单。", by=the_cast.decider, now=NOON)
    assert (case.state, case.committed, case.due_on) == ("accepted", False, due)
    assert commands.begin_review(application=case, by=the_cast.reviewer, now=NOON).state == "document_review"


def test_a_promise_waits_for_liu_who_decides_and_not_for_chen_who_reviews(played, the_cast):
    case = played(stories_categories.promised, the_cast)
    waits = {}
    for person in (the_cast.decider, the_cast.reviewer):
        tally = queries.tally(person, today=NOON.date(), soon=NOON.date())
        parts = lists.inbox(person, Filters(), today=NOON.date()).parts
        listed = [each.pk for part in parts for each in part]
        assert listed == [each.pk for each in queries.waiting_for(person)]
        assert len(listed) == tally.waiting
        waits[person.name] = case.pk in listed
    assert waits == {the_cast.decider.name: True, the_cast.reviewer.name: False}
    assert (buttons.next_verb(case), buttons.whose_turn(case)) == ("grant_on_commitment", "决定")
    commands.leave_commitment(application=case, reason="设备要看一看。", by=the_cast.decider, now=NOON)
    assert [each.pk for each in queries.waiting_for(the_cast.reviewer)] == [case.pk]
    assert not queries.waiting_for(the_cast.decider)


def test_a_licence_rescinded_for_a_fault_of_the_office_breaks_no_promise_of_the_firm(played, the_cast):
    case = played(stories_categories.on_promise, the_cast)
    endings.rescind(licence=case.licence, basis="行政许可法第六十九条第一款第（一）项", source="x", by=SYSTEM, now=NOON)
    begun = Application(procedure="food.renewal", enterprise=case.enterprise, form=case.form, authority=case.authority)
    assert gates.why_not_commitment(gating.facts(begun, today=NOON.date())) == ""


def test_nothing_is_promised_where_the_province_has_not_opened_it(at, the_cast):
    draft = at("draft", procedure="food.renewal", **stories.FORMS["food.renewal"](None, the_cast))
    assert "offers" not in draft.form
    with pytest.raises(NotFound):
        commands.save_section(
            application=draft, section="route", values=stories_categories.PROMISED, by=the_cast.applicant, now=NOON
        )


def test_a_promise_possible_until_yesterday_is_told_so_and_nothing_is_submitted(at, the_cast):
    stories_categories.open_commitment(division="420506", kind="renewal", now=NOON, until=NOON.date())
    draft = at("draft", procedure="food.renewal", **stories_categories.ON_PROMISE)
    assert draft.form["offers"] == {"commitment": "演示：省级告知承诺规定"}
    with pytest.raises(GateClosed, match="适用到2026年9月7日为止（演示：省级告知承诺规定），现在按一般程序办理。"):
        signed("submit", draft, by=the_cast.applicant, now=TOMORROW)


# --- gates ------------------------------------------------------------------------------------------------------------


def test_the_gates_of_a_case_are_asked_in_three_statements(mixed):
    case = mixed("submitted")
    gating.closed(case, gates.ACCEPT, today=NOON.date())
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert gating.closed(case, gates.ACCEPT, today=NOON.date()) == ()
    assert len(asked) <= 3


def test_a_category_that_moves_to_the_county_is_not_accepted_by_the_prefecture_any_more(at, the_yichang_cast):
    stories_categories.move("105", "county", division="420506", since=TOMORROW.date(), now=NOON)
    stories_categories.move("106", "county", division="420506", since=TOMORROW.date(), now=NOON)
    waiting, accepted = at("submitted", cast=the_yichang_cast), None
    with pytest.raises(
        GateClosed, match="自2026年9月8日起在县级（演示：许可权限调整），宜昌市市场监督管理局没有这一类别"
    ):
        commands.accept(application=waiting, by=the_yichang_cast.acceptor, now=TOMORROW)
    accepted = commands.accept(application=waiting, by=the_yichang_cast.acceptor, now=NOON)
    assert gating.closed(accepted, gates.DECIDE, today=TOMORROW.date()) == ()


def test_what_is_wrong_with_who_applies_is_told_with_the_form(at, the_cast):
    draft = at("draft")
    draft.enterprise.state = "deregistered"
    draft.enterprise.save(update_fields=["state"])
    with pytest.raises(GateClosed, match="没有合法的主体资格"):
        signed("submit", draft, by=the_cast.applicant)


def test_a_decision_keeps_what_its_gates_were_asked(at):
    case = at("granted")
    kept = DecisionSnapshot.objects.get(application=case, verb="grant")
    assert kept.facts["gates"]["subject"]["state"] == "in_operation"
    assert [each["level"] for each in kept.facts["gates"]["categories"]] == ["county", "county"]
    assert snapshots.replay(kept).why_not == ""


def test_somebody_banned_while_the_case_is_open_is_not_granted(at, the_cast):
    case = at("decision_proposed")
    parties.impose_ban(
        kind="fraud",
        enterprise=case.enterprise,
        from_on=NOON.date(),
        last_on=NOON.date().replace(year=2029),
        origin="演示",
        source="proceeding:1",
        authority_path=the_cast.decider.authority_path,
        by=SYSTEM,
        now=NOON,
    )
    with pytest.raises(GateClosed, match="行政许可法第七十九条"):
        commands.grant(application=case, by=the_cast.decider, now=NOON)
