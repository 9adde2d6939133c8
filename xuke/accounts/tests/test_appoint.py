"""Appointing: a person holds a role in an authority from a day on."""

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from xuke.accounts import commands, queries
from xuke.accounts.backends import PasswordBackend
from xuke.accounts.models import Authority, Posting, User
from xuke.accounts.officers import Role
from xuke.accounts.tests.posts import HUBEI, TODAY, YICHANG, YIDU, appoint, authority, days, dismiss, user_of
from xuke.foundation import journal, scope
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import Conflict, Invalid, NotPermitted
from xuke.tests.cast import NOON, TOMORROW, seen_by, told, verbs


@pytest.fixture
def he(he_the_supervisor):
    return user_of(he_the_supervisor)


def test_he_becomes_a_reviewer_today(he):
    posting = appoint(he)
    assert (posting.valid_from, posting.valid_to, posting.kind) == (TODAY, None, Posting.REGULAR)
    officer = queries.officer(he, today=TODAY)
    assert officer.roles == {Role.SUPERVISOR, Role.REVIEWER}
    assert officer.titles == "审查、监督"
    assert queries.officer(he, today=days(-1)).roles == {Role.SUPERVISOR}
    assert verbs(he)[-2:] == ["user.real_name_proven", "user.appointed"]
    assert User.objects.get(pk=he.pk).revision == len(verbs(he))
    facts = journal.history(he.stream)[-1].facts
    assert facts == {"authority": "宜昌市夷陵区市场监督管理局", "role": "审查", "reason": "工作需要"}


def test_he_becomes_a_reviewer_next_week(he):
    posting = appoint(he, valid_from=days(7))
    assert queries.officer(he, today=days(6)).roles == {Role.SUPERVISOR}
    assert queries.officer(he, today=days(7)).roles == {Role.SUPERVISOR, Role.REVIEWER}
    assert journal.history(he.stream)[-1].facts["valid_from"] == days(7).isoformat()
    dismiss(posting)
    assert queries.officer(he, today=days(7)).roles == {Role.SUPERVISOR}


def test_nobody_is_appointed_in_the_past(he):
    with pytest.raises(Invalid) as refusal:
        appoint(he, valid_from=days(-1))
    assert told(refusal) == {"valid_from": "不能从已经过去的日子开始。"}


def test_the_same_role_is_not_given_twice(he):
    with pytest.raises(Conflict, match="何志强不能担任宜昌市夷陵区市场监督管理局的监督：同一时段已经担任"):
        appoint(he, role=Role.SUPERVISOR)
    with pytest.raises(Conflict, match="已经担任"):
        appoint(he, role=Role.SUPERVISOR, valid_from=days(30))
    with pytest.raises(IntegrityError, match="one_open_posting_per_role"):
        Posting.objects.create(user=he, authority=authority(), role=Role.SUPERVISOR, valid_from=TODAY)


def test_a_posting_does_not_end_before_it_begins(he):
    with pytest.raises(IntegrityError, match="posting_days"):
        Posting.objects.filter(user=he).update(valid_to=days(-1000))


def test_one_person_in_two_authorities_is_two_officers(he):
    appoint(he, code=YICHANG, role=Role.DECIDER)
    assert queries.officer(he, today=TODAY).authority_path == "420000/420500/420506/"
    there = queries.officer(he, today=TODAY, authority=authority(YICHANG))
    assert (there.roles, there.authority_path) == ({Role.DECIDER}, "420000/420500/")


def test_the_session_of_a_person_knows_the_postings_in_one_statement(he, django_assert_num_queries):
    with django_assert_num_queries(1):
        user = PasswordBackend().get_user(he.pk)
        officer = queries.officer_from(user.held_postings, user, today=TODAY)
        assert user.must_change_password is False
    assert officer == queries.officer(he, today=TODAY)


def test_nobody_verifies_without_a_credential_to_show(he):
    with pytest.raises(Invalid, match="核查人员证件编号"):
        appoint(he, role=Role.VERIFIER, credential=" ")


def test_a_credential_is_not_a_letter(he):
    with pytest.raises(Invalid, match="最多60个字"):
        appoint(he, role=Role.VERIFIER, credential="证" * 61)
    assert appoint(he, role=Role.REVIEWER, credential="鄂食核1号").credential == ""


# --- who may ----------------------------------------------------------------------------------------------------------


def test_gao_appoints_in_the_county(he, gao_the_administrator):
    assert appoint(he, by=gao_the_administrator).role == Role.REVIEWER
    entry = journal.history(he.stream)[-1]
    assert entry.actor == gao_the_administrator.code
    with seen_by(gao_the_administrator.scope):
        assert journal.history(he.stream)[-1].facts["reason"] == "工作需要"


def test_gao_says_why(he, gao_the_administrator):
    with pytest.raises(Invalid) as refusal:
        appoint(he, by=gao_the_administrator, reason=" ")
    assert told(refusal) == {"reason": "请写明任命的原因。"}
    with pytest.raises(Invalid, match="最多200个字"):
        appoint(he, by=gao_the_administrator, reason="因" * 201)


@pytest.mark.parametrize("code", [YICHANG, YIDU, HUBEI])
def test_gao_appoints_nowhere_else(code, he, gao_the_administrator):
    with pytest.raises(NotPermitted, match="不归您管理"):
        appoint(he, code=code, by=gao_the_administrator)


@pytest.mark.parametrize(
    "name",
    ["liu_the_decider", "he_the_supervisor", "qian_the_auditor", "wu_the_applicant", "shi_the_system_administrator"],
)
def test_nobody_gives_themselves_or_others_a_role(name, he, request):
    somebody = request.getfixturevalue(name)
    with pytest.raises(NotPermitted, match="人员和岗位由本机关或者上级机关的安全管理人员维护"):
        appoint(he, role=Role.SECURITY_ADMINISTRATOR, by=somebody)


def test_gao_does_not_appoint_herself(gao_the_administrator):
    gao = user_of(gao_the_administrator)
    with pytest.raises(NotPermitted, match="自己的岗位由另一位安全管理人员办理"):
        appoint(gao, by=gao_the_administrator)


def test_nobody_is_appointed_to_a_closed_account_or_a_closed_authority(he):
    commands.disable_user(user=he, by=SYSTEM, now=NOON)
    with pytest.raises(Conflict, match="账号已经停用"):
        appoint(he)
    commands.enable_user(user=he, by=SYSTEM, now=NOON)
    commands.close_authority(authority=authority(), by=SYSTEM, now=NOON)
    with pytest.raises(Conflict, match="已经撤销"):
        appoint(he)


def test_the_wall_keeps_an_administrator_from_posts_elsewhere(he, gao_the_administrator, zhou_the_acceptor):
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        scope.enter(gao_the_administrator.scope)
        Posting.objects.create(user=he, role=Role.REVIEWER, valid_from=TODAY, authority=authority(YIDU))


def test_the_wall_keeps_everybody_else_from_any_post(he, zhou_the_acceptor):
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        scope.enter(zhou_the_acceptor.scope)
        Posting.objects.create(user=he, role=Role.REVIEWER, valid_from=TODAY, authority=authority())


def test_an_applicant_sees_no_posts_and_every_authority(he, wu_the_applicant):
    with seen_by(wu_the_applicant.scope):
        assert not Posting.objects.exists()
        assert Authority.objects.count() == 4
        assert Authority.objects.update(name="x") == 0


def test_a_second_day_is_another_day(he):
    posting = appoint(he)
    dismiss(posting, now=TOMORROW)
    assert appoint(he, now=TOMORROW).valid_from == days(1)
