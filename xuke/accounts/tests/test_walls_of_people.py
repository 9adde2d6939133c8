"""The second wall around people: raw statements of an administrator reach those of the place and nobody else."""

import pytest
from django.db import ProgrammingError, connection, transaction

from xuke.accounts import commands
from xuke.accounts.models import User
from xuke.accounts.persons import Person
from xuke.accounts.tests.posts import HUBEI, YICHANG, YIDU, appoint, dismiss, keeper_of, posting_of, user_of
from xuke.foundation.refusals import NotFound, NotPermitted
from xuke.foundation.scope import NOTHING
from xuke.tests.cast import NOON, seen_by

CHANGES = ("password = 'x'", "name = 'x'", "is_active = false", "must_change_password = false", "serves = true")


@pytest.fixture
def he(he_the_supervisor):
    return user_of(he_the_supervisor)


def added_by(keeper):
    """Somebody without a post, added by this administrator."""
    return commands.add_user(login_name="xinren", name="新任", password=None, by=keeper, now=NOON)


def reached(who, user, change=CHANGES[0]):
    """Whether this scope changes that row, and locks it."""
    with seen_by(who), connection.cursor() as cursor:
        cursor.execute(f"UPDATE accounts_user SET {change} WHERE id = %s", [user.pk])
        changed = cursor.rowcount
        cursor.execute("SELECT id FROM accounts_user WHERE id = %s FOR NO KEY UPDATE", [user.pk])
        assert cursor.rowcount == changed
    return bool(changed)


@pytest.mark.parametrize("change", CHANGES)
def test_gao_reaches_the_people_of_yiling_and_nobody_of_yidu(change, he, gao_the_administrator, yang_of_yidu):
    assert reached(gao_the_administrator.scope, he, change)
    assert not reached(gao_the_administrator.scope, user_of(yang_of_yidu), change)


def test_nobody_of_the_prefecture_above_is_reached_and_everybody_below_is(
    he, gao_the_administrator, wang_of_yichang, yang_of_yidu
):
    assert not reached(gao_the_administrator.scope, user_of(wang_of_yichang))
    for keeper in (keeper_of(YICHANG), keeper_of(HUBEI)):
        assert reached(keeper.scope, he) and reached(keeper.scope, user_of(yang_of_yidu))


def test_people_of_enterprises_are_no_administrators_business(gao_the_administrator, wu_the_applicant):
    wu = User.objects.get(pk=wu_the_applicant.user_id)
    for scope in (gao_the_administrator.scope, keeper_of(HUBEI).scope, NOTHING):
        assert not reached(scope, wu)
    assert reached(Person(wu.pk, wu.name).scope, wu)


def test_whoever_has_left_stays_within_reach_of_where_they_were(he, gao_the_administrator):
    dismiss(posting_of(he))
    assert reached(gao_the_administrator.scope, he)
    assert not reached(keeper_of(YIDU).scope, he)


def test_officers_who_keep_nobody_reach_themselves_alone(he, liu_the_decider, qian_the_auditor):
    for officer in (liu_the_decider, qian_the_auditor):
        assert not reached(officer.scope, he)
        assert reached(officer.scope, user_of(officer))


# --- before the first post --------------------------------------------------------------------------------------------


def test_somebody_new_is_reached_from_where_they_were_added(gao_the_administrator):
    new = added_by(keeper_of(YIDU))
    assert not reached(gao_the_administrator.scope, new)
    assert reached(keeper_of(YICHANG).scope, new)


def test_a_first_post_elsewhere_is_given_by_whoever_keeps_both(gao_the_administrator):
    yidu = keeper_of(YIDU)
    new = added_by(yidu)
    with pytest.raises(NotPermitted, match="这个人员是其他机关的"):
        appoint(new, by=gao_the_administrator)
    appoint(new, by=keeper_of(YICHANG))
    assert reached(gao_the_administrator.scope, new)
    assert not reached(yidu.scope, new)


def test_somebody_new_is_renamed_and_disabled_where_they_were_added(gao_the_administrator):
    new = added_by(gao_the_administrator)
    commands.rename_user(user=new, name="新任职", reason="写错", by=gao_the_administrator, now=NOON)
    with pytest.raises(NotPermitted, match="不归您管理"):
        commands.disable_user(user=new, reason="没有来", by=keeper_of(YIDU), now=NOON)
    commands.disable_user(user=new, reason="没有来", by=gao_the_administrator, now=NOON)


def test_the_wall_stands_where_the_first_one_has_a_hole(he, monkeypatch):
    """A command that forgot to ask finds nobody."""
    keeper = keeper_of(YIDU)
    monkeypatch.setattr("xuke.accounts.permissions.why_not_keep", lambda *_: "")
    with pytest.raises(NotFound):
        commands.disable_user(user=he, reason="x", by=keeper, now=NOON)


@pytest.mark.parametrize("facts", [("420000/420500/420581/", True), ("", True), ("420000/420500/420506/", False)])
def test_gao_adds_officers_of_yiling_and_nobody_else(facts, gao_the_administrator):
    added_in, serves = facts
    row = {"login_name": "xinren", "name": "新任", "password": "!", "added_in": added_in, "serves": serves}
    with seen_by(gao_the_administrator.scope), pytest.raises(ProgrammingError, match="row-level"), transaction.atomic():
        User.objects.create(**row)
    assert added_by(gao_the_administrator).added_in == "420000/420500/420506/"
