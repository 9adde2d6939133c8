"""Postings: a person holds a role in an authority from a day, perhaps until a day."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError

from xuke.accounts import commands, queries
from xuke.accounts.backends import PasswordBackend
from xuke.accounts.models import Authority, Posting, User
from xuke.accounts.officers import Role
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import Conflict, Invalid, NotPermitted
from xuke.tests.cast import NOON, TOMORROW, verbs

TODAY = NOON.date()


@pytest.fixture
def he(world, he_the_supervisor):
    return User.objects.get(pk=he_the_supervisor.user_id)


def appoint(user, code="420506", role=Role.REVIEWER, by=SYSTEM, now=NOON, **other):
    authority = Authority.objects.get(code=code)
    return commands.appoint(user=user, authority=authority, role=role, by=by, now=now, **other)


def test_he_becomes_a_reviewer_today(he):
    posting = appoint(he)
    assert (posting.valid_from, posting.valid_to) == (TODAY, None)
    officer = queries.officer(he, today=TODAY)
    assert officer.roles == {Role.SUPERVISOR, Role.REVIEWER}
    assert officer.titles == "审查、监督"
    assert queries.officer(he, today=TODAY - timedelta(days=1)).roles == {Role.SUPERVISOR}
    assert verbs(he) == ["user.added", "user.appointed", "user.appointed"]
    assert User.objects.get(pk=he.pk).revision == 3


def test_a_dismissal_acts_at_once(he):
    commands.dismiss(posting=Posting.objects.get(user=he), by=SYSTEM, now=NOON)
    assert queries.officer(he, today=TODAY) is None
    assert queries.officer(he, today=TODAY - timedelta(days=1)) is not None
    assert verbs(he)[-1] == "user.dismissed"
    with pytest.raises(Conflict, match="已经结束"):
        commands.dismiss(posting=Posting.objects.get(user=he), by=SYSTEM, now=TOMORROW)


def test_he_may_come_back_the_same_day(he):
    commands.dismiss(posting=Posting.objects.get(user=he), by=SYSTEM, now=NOON)
    appoint(he, role=Role.SUPERVISOR)
    assert queries.officer(he, today=TODAY).roles == {Role.SUPERVISOR}


def test_the_same_role_is_not_given_twice(he):
    with pytest.raises(Conflict, match="已经担任宜昌市夷陵区市场监督管理局的监督"):
        appoint(he, role=Role.SUPERVISOR)
    with pytest.raises(IntegrityError, match="one_open_posting_per_role"):
        Posting.objects.create(user=he, authority_id=_yiling(), role=Role.SUPERVISOR, valid_from=TODAY)


def _yiling():
    return Authority.objects.get(code="420506").pk


def test_a_posting_does_not_end_before_it_begins(he):
    with pytest.raises(IntegrityError, match="posting_days"):
        Posting.objects.filter(user=he).update(valid_to=date(2026, 1, 4))


def test_one_person_in_two_authorities_is_two_officers(he):
    appoint(he, code="420500", role=Role.DECIDER)
    prefecture = Authority.objects.get(code="420500")
    assert queries.officer(he, today=TODAY).authority_path == "420000/420500/420506/"
    there = queries.officer(he, today=TODAY, authority=prefecture)
    assert (there.roles, there.authority_path) == ({Role.DECIDER}, "420000/420500/")


def test_the_session_of_a_person_knows_the_postings_in_one_statement(he, django_assert_num_queries):
    with django_assert_num_queries(1):
        user = PasswordBackend().get_user(he.pk)
        officer = queries.officer_from(user.held_postings, user, today=TODAY)
    assert officer == queries.officer(he, today=TODAY)


def test_verifiers_are_named_with_their_credentials(zhou_the_acceptor, yang_of_yidu):
    found = queries.verifiers(zhou_the_acceptor, today=TODAY)
    assert [posting.user.name for posting in found] == ["孙雨桐", "赵海峰"]
    assert all(posting.credential for posting in found)
    User.objects.filter(name="孙雨桐").update(is_active=False)
    assert [posting.user.name for posting in queries.verifiers(zhou_the_acceptor, today=TODAY)] == ["赵海峰"]


# --- who may, and who may not be what ---------------------------------------------------------------------------------


def test_gao_appoints_in_the_county(he, gao_the_administrator):
    assert appoint(he, by=gao_the_administrator).role == Role.REVIEWER
    posting = Posting.objects.get(user=he, role=Role.REVIEWER)
    assert commands.dismiss(posting=posting, by=gao_the_administrator, now=NOON).valid_to == TODAY


@pytest.mark.parametrize("code", ["420500", "420581", "420000"])
def test_gao_appoints_nowhere_else(code, he, gao_the_administrator):
    with pytest.raises(NotPermitted, match="不归您管理"):
        appoint(he, code=code, by=gao_the_administrator)


@pytest.mark.parametrize("name", ["liu_the_decider", "he_the_supervisor", "qian_the_auditor", "wu_the_applicant"])
def test_nobody_gives_themselves_or_others_a_role(name, he, request):
    somebody = request.getfixturevalue(name)
    with pytest.raises(NotPermitted, match="管理人员维护"):
        appoint(he, role=Role.ADMINISTRATOR, by=somebody)
    with pytest.raises(NotPermitted):
        commands.dismiss(posting=Posting.objects.get(user=he), by=somebody, now=NOON)


def test_who_audits_does_nothing_else(he, qian_the_auditor, gao_the_administrator):
    qian = User.objects.get(pk=qian_the_auditor.user_id)
    with pytest.raises(Conflict, match="审计人员只查看、不办理"):
        appoint(qian, role=Role.ADMINISTRATOR)
    with pytest.raises(Conflict, match="不能兼任其他岗位"):
        appoint(he, role=Role.AUDITOR)
    assert appoint(qian, code="420500", role=Role.AUDITOR).role == Role.AUDITOR


def test_a_credential_is_not_a_letter(he):
    with pytest.raises(Invalid, match="最多60个字"):
        appoint(he, role=Role.VERIFIER, credential="证" * 61)
