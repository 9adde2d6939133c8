"""Accounts of people: names, closing and opening, first passwords."""

import pytest
from django.contrib.auth.hashers import check_password

from xuke.accounts import commands
from xuke.accounts.backends import PasswordBackend
from xuke.accounts.models import User
from xuke.accounts.persons import Person
from xuke.accounts.tests.posts import YICHANG, appoint, dismiss, posting_of, user_of
from xuke.foundation import journal
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import Conflict, Invalid, NotPermitted
from xuke.tests.cast import NOON, TOMORROW, told, verbs

FIRST = "chuci-denglu-7Kd2"


@pytest.fixture
def he(he_the_supervisor):
    return user_of(he_the_supervisor)


def disable(user, by=SYSTEM, reason="离职", now=NOON):
    return commands.disable_user(user=user, by=by, now=now, reason=reason)


def enable(user, by=SYSTEM, reason="返岗"):
    return commands.enable_user(user=user, by=by, now=NOON, reason=reason)


def rename(user, name="何志刚", by=SYSTEM, reason="户籍改名"):
    return commands.rename_user(user=user, name=name, by=by, now=NOON, reason=reason)


def give_password(user, by=SYSTEM, password=FIRST, reason="忘记密码"):
    return commands.give_password(user=user, password=password, by=by, now=NOON, reason=reason)


VERBS = (disable, rename, give_password)


def test_he_is_called_otherwise(he, gao_the_administrator):
    rename(he, by=gao_the_administrator)
    assert User.objects.get(pk=he.pk).name == "何志刚"
    entry = journal.history(he.stream)[-1]
    assert entry.facts == {"before": "何志强", "name": "何志刚", "reason": "户籍改名"}
    with pytest.raises(Conflict, match="没有改变"):
        rename(he)
    with pytest.raises(Invalid, match="请填写姓名"):
        rename(he, name=" ")


def test_a_closed_account_is_out_at_once_and_may_come_back(he, gao_the_administrator):
    disable(he, by=gao_the_administrator)
    assert PasswordBackend().get_user(he.pk) is None
    with pytest.raises(Conflict, match="已经停用"):
        disable(he)
    enable(he, by=gao_the_administrator)
    assert PasswordBackend().get_user(he.pk) == he
    with pytest.raises(Conflict, match="没有停用"):
        enable(he)
    assert verbs(he)[-2:] == ["user.disabled", "user.enabled"]


def test_a_first_password_is_good_until_it_is_changed(he, gao_the_administrator):
    give_password(he, by=gao_the_administrator)
    known = PasswordBackend().get_user(he.pk)
    assert known.check_password(FIRST) and known.must_change_password
    me = Person(he.pk, he.name)
    with pytest.raises(Invalid, match="新密码不能和原来的一样"):
        commands.change_password(user=he, password=FIRST, by=me, now=NOON)
    commands.change_password(user=he, password="wo-ziji-de-mima-2026", by=me, now=NOON)
    known = PasswordBackend().get_user(he.pk)
    assert known.check_password("wo-ziji-de-mima-2026") and not known.must_change_password
    assert verbs(he)[-2:] == ["user.password_given", "user.password_changed"]


def test_the_journal_holds_no_password(he):
    give_password(he)
    assert FIRST not in str(journal.history(he.stream))


def test_a_password_that_does_not_do_is_told(he):
    with pytest.raises(Invalid) as refusal:
        give_password(he, password="short")
    assert list(told(refusal)) == ["password"]
    with pytest.raises(NotPermitted, match="密码由本人修改"):
        commands.change_password(user=he, password=FIRST, by=Person(he.pk + 1, "x"), now=NOON)


def test_an_account_may_begin_with_a_first_password_or_none(gao_the_administrator):
    new = commands.add_user(
        login_name="xinren", name="新人", password=FIRST, must_change_password=True, by=gao_the_administrator, now=NOON
    )
    assert new.must_change_password and check_password(FIRST, new.password)
    none = commands.add_user(login_name="wumima", name="无密码", password=None, by=SYSTEM, now=NOON)
    assert not none.has_usable_password() and not none.must_change_password


# --- who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", ["shi_the_system_administrator", "qian_the_auditor", "liu_the_decider"])
def test_nobody_else_keeps_accounts(verb, name, he, request):
    with pytest.raises(NotPermitted, match="安全管理人员维护"):
        verb(he, by=request.getfixturevalue(name))


@pytest.mark.parametrize("verb", VERBS)
def test_gao_keeps_no_account_of_another_county_nor_her_own(verb, gao_the_administrator, yang_of_yidu):
    with pytest.raises(NotPermitted, match="不归您管理"):
        verb(user_of(yang_of_yidu), by=gao_the_administrator)
    with pytest.raises(NotPermitted, match="自己的账号由另一位"):
        verb(user_of(gao_the_administrator), by=gao_the_administrator)


@pytest.mark.parametrize("verb", VERBS)
def test_whoever_serves_here_and_there_is_kept_by_whoever_keeps_both(verb, he, gao_the_administrator):
    appoint(he, code=YICHANG)
    with pytest.raises(NotPermitted, match="不归您管理"):
        verb(he, by=gao_the_administrator)


@pytest.mark.parametrize("verb", VERBS)
def test_whoever_has_left_is_kept_where_they_were_last(verb, he, gao_the_administrator, yang_of_yidu):
    dismiss(posting_of(he))
    verb(he, by=gao_the_administrator)
    yang = user_of(yang_of_yidu)
    dismiss(posting_of(yang), now=TOMORROW)
    with pytest.raises(NotPermitted, match="不归您管理"):
        verb(yang, by=gao_the_administrator)


@pytest.mark.parametrize("verb", VERBS)
def test_people_of_enterprises_keep_their_own_accounts(verb, wu_the_applicant, gao_the_administrator):
    with pytest.raises(NotPermitted, match="企业人员的账号由他们自己管理"):
        verb(User.objects.get(pk=wu_the_applicant.user_id), by=gao_the_administrator)


def test_gao_says_why(he, gao_the_administrator):
    for verb in VERBS:
        with pytest.raises(Invalid, match="请写明"):
            verb(he, by=gao_the_administrator, reason=" ")
