"""The reviewer takes the case and sends at least two verifiers with valid credentials."""

from datetime import date, timedelta

import pytest

from xuke.accounts import commands as accounts
from xuke.accounts.models import Posting, User
from xuke.accounts.officers import Role
from xuke.accounts.queries import officer
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import Invalid, NotPermitted
from xuke.licensing import commands
from xuke.licensing.models import Visit
from xuke.tests.cast import NOON, notices_about, told
from xuke.verifiers.models import Verifier

TUESDAY = date(2026, 9, 8)


def begin(application, by):
    return commands.begin_review(application=application, by=by, now=NOON)


def assign(application, by, team, leader=None, visit_on=TUESDAY, **other):
    team = [getattr(member, "user_id", member) for member in team]
    leader = team[0] if leader is None else leader
    return commands.assign_verification(
        application=application, team=team, leader=leader, visit_on=visit_on, by=by, now=NOON, **other
    )


@pytest.fixture
def in_review(at):
    return at("document_review")


# --- review -----------------------------------------------------------------------------------------------------------


def test_chen_reviews_and_the_term_goes_on(at, chen_the_reviewer):
    application = at("accepted")
    reviewed = begin(application, chen_the_reviewer)
    assert (reviewed.state, reviewed.reviewed_by_id) == ("document_review", chen_the_reviewer.user_id)
    assert reviewed.due_on == application.due_on


def test_who_accepted_does_not_review(at, zhouwen_of_two_roles):
    application = commands.accept(application=at("submitted"), by=zhouwen_of_two_roles, now=NOON)
    with pytest.raises(NotPermitted, match="受理人员不能再审查"):
        begin(application, zhouwen_of_two_roles)


def test_one_reviewer_stays_with_a_case(in_review, zhouwen_of_two_roles, zhao_and_sun_the_verifiers):
    with pytest.raises(NotPermitted, match="另一位审查人员"):
        assign(in_review, zhouwen_of_two_roles, zhao_and_sun_the_verifiers)


# --- the team ---------------------------------------------------------------------------------------------------------


def test_two_verifiers_go_within_five_working_days(in_review, chen_the_reviewer, zhao_and_sun_the_verifiers):
    application = assign(
        in_review, chen_the_reviewer, zhao_and_sun_the_verifiers, observer="何志强", opinion="材料齐全。"
    )
    visit = Visit.objects.get(application=application)
    assert [(member["name"], member["leader"]) for member in visit.team] == [("赵海峰", True), ("孙雨桐", False)]
    assert all("鄂食核" in member["credential"] for member in visit.team)
    assert (visit.visit_on, visit.due_on) == (TUESDAY, date(2026, 9, 14))
    assert application.verified_by == [member.user_id for member in zhao_and_sun_the_verifiers]
    assert visit.authority_path == chen_the_reviewer.authority_path


def test_the_applicant_is_told_who_comes_and_when(in_review, chen_the_reviewer, zhao_and_sun_the_verifiers):
    application = assign(in_review, chen_the_reviewer, zhao_and_sun_the_verifiers, observer="何志强")
    notice = notices_about(application)[-1]
    assert (notice.kind, notice.content["visit_on"]) == ("verification_notice", "2026-09-08")
    assert [member["name"] for member in notice.content["team"]] == ["赵海峰", "孙雨桐"]
    assert {"user_id"} & notice.content["team"][0].keys() == set()
    assert notice.content["observer"] == "何志强"


def test_one_verifier_is_too_few_even_when_named_twice(in_review, chen_the_reviewer, zhao_the_leader):
    with pytest.raises(Invalid, match="至少两名"):
        assign(in_review, chen_the_reviewer, [zhao_the_leader, zhao_the_leader])
    with pytest.raises(Invalid, match="至少两名"):
        assign(in_review, chen_the_reviewer, [], leader=zhao_the_leader.user_id)


def test_somebody_leads(in_review, chen_the_reviewer, zhao_and_sun_the_verifiers, liu_the_decider):
    with pytest.raises(Invalid, match="请指定一名组长"):
        assign(in_review, chen_the_reviewer, zhao_and_sun_the_verifiers, leader=liu_the_decider.user_id)


@pytest.mark.parametrize(
    "name", ["he_the_supervisor", "liu_the_decider", "yang_of_yidu", "wu_the_applicant", "chen_the_reviewer"]
)
def test_only_verifiers_of_the_authority_go(name, in_review, chen_the_reviewer, zhao_the_leader, request):
    other = request.getfixturevalue(name)
    with pytest.raises(Invalid, match="不是本机关的核查人员"):
        assign(in_review, chen_the_reviewer, [zhao_the_leader, other])


def test_a_verifier_of_the_county_beside_is_a_stranger(in_review, chen_the_reviewer, zhao_the_leader, the_yidu_cast):
    with pytest.raises(Invalid, match="有1人在核查当天不是本机关的核查人员"):
        assign(in_review, chen_the_reviewer, [zhao_the_leader, the_yidu_cast.verifiers[1]])


def test_who_accepted_does_not_go(at, the_cast, zhou_the_acceptor, zhao_the_leader, chen_the_reviewer):
    user = User.objects.get(pk=zhou_the_acceptor.user_id)
    accounts.appoint(
        user=user, authority=the_cast.authority, role=Role.VERIFIER, credential="鄂食核9号", by=SYSTEM, now=NOON
    )
    with pytest.raises(Invalid, match="受理了这件申请，不能核查"):
        assign(at("document_review"), chen_the_reviewer, [zhao_the_leader, zhou_the_acceptor])


def test_a_verifier_without_a_credential_does_not_go(in_review, chen_the_reviewer, zhao_the_leader, sun_the_verifier):
    Verifier.objects.filter(user=sun_the_verifier.user_id).update(credential="")
    with pytest.raises(Invalid, match="孙雨桐不能参加这次核查：没有登记核查人员证件"):
        assign(in_review, chen_the_reviewer, [zhao_the_leader, sun_the_verifier])


def test_a_dismissed_verifier_does_not_go(in_review, chen_the_reviewer, zhao_the_leader, sun_the_verifier):
    accounts.dismiss(posting=Posting.objects.get(user=sun_the_verifier.user_id), by=SYSTEM, now=NOON)
    with pytest.raises(Invalid, match="核查当天不担任核查岗位"):
        assign(in_review, chen_the_reviewer, [zhao_the_leader, sun_the_verifier])


@pytest.mark.parametrize(
    ("day", "fine"),
    [(date(2026, 9, 6), False), (date(2026, 9, 7), True), (date(2026, 9, 14), True), (date(2026, 9, 15), False)],
)
def test_the_visit_is_between_today_and_the_fifth_working_day(
    day, fine, in_review, chen_the_reviewer, zhao_and_sun_the_verifiers
):
    if fine:
        assert assign(in_review, chen_the_reviewer, zhao_and_sun_the_verifiers, visit_on=day).state
        return
    with pytest.raises(Invalid, match="在今天到9月14日之间"):
        assign(in_review, chen_the_reviewer, zhao_and_sun_the_verifiers, visit_on=day)


def test_all_that_is_wrong_with_a_team_is_told_at_once(in_review, chen_the_reviewer, yang_of_yidu, zhou_the_acceptor):
    with pytest.raises(Invalid) as refusal:
        assign(in_review, chen_the_reviewer, [zhou_the_acceptor, yang_of_yidu], leader=0)
    assert len(refusal.value.problems) == 2
    with pytest.raises(Invalid) as refusal:
        assign(
            in_review, chen_the_reviewer, [999_999, 999_998], visit_on=TUESDAY + timedelta(days=30), observer="何" * 61
        )
    assert list(told(refusal)) == ["team"]


def test_day_and_observer_are_told_together(in_review, chen_the_reviewer, zhao_and_sun_the_verifiers):
    with pytest.raises(Invalid) as refusal:
        assign(
            in_review,
            chen_the_reviewer,
            zhao_and_sun_the_verifiers,
            visit_on=date(2026, 12, 1),
            observer="何" * 61,
            opinion="意" * 1001,
        )
    assert list(told(refusal)) == ["visit_on", "observer", "opinion"]


def test_a_verifier_acts_only_while_holding_the_role(at, the_cast, zhao_the_leader):
    application = at("verification_assigned")
    accounts.dismiss(posting=Posting.objects.get(user=zhao_the_leader.user_id), by=SYSTEM, now=NOON)
    user = User.objects.get(pk=zhao_the_leader.user_id)
    accounts.appoint(user=user, authority=the_cast.authority, role=Role.SUPERVISOR, by=SYSTEM, now=NOON)
    zhao_today = officer(user, today=NOON.date())
    with pytest.raises(NotPermitted, match="这一步由核查人员办理"):
        commands.score(application=application, marks={"1": {"score": "3"}}, by=zhao_today, now=NOON)
    with pytest.raises(NotPermitted):
        commands.conclude_verification(
            application=application, applicant_signed=True, not_possible="停电", by=zhao_today, now=NOON
        )
