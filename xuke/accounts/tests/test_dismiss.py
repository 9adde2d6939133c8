"""Dismissing: a posting ends today, and acts at once."""

import pytest

from xuke.accounts import commands, queries
from xuke.accounts.models import Posting, User
from xuke.accounts.officers import Role
from xuke.accounts.tests.posts import TODAY, appoint, days, dismiss, posting_of, second, user_of
from xuke.foundation import journal
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import Conflict, Invalid, NotPermitted
from xuke.tests.cast import NOON, TOMORROW, at_once, everything, verbs

SOLE = "整个系统只剩这一位安全管理人员"


@pytest.fixture
def he(he_the_supervisor):
    return user_of(he_the_supervisor)


@pytest.fixture
def gao(gao_the_administrator):
    return user_of(gao_the_administrator)


def test_a_dismissal_acts_at_once(he):
    dismiss(posting_of(he))
    assert queries.officer(he, today=TODAY) is None
    assert queries.officer(he, today=days(-1)) is not None
    assert verbs(he)[-1] == "user.dismissed"
    assert journal.history(he.stream)[-1].facts["reason"] == "调离"
    with pytest.raises(Conflict, match="已经结束"):
        dismiss(posting_of(he), now=TOMORROW)


def test_he_may_come_back_the_same_day(he):
    dismiss(posting_of(he))
    appoint(he, role=Role.SUPERVISOR)
    assert queries.officer(he, today=TODAY).roles == {Role.SUPERVISOR}


def test_what_was_to_begin_later_does_not_begin(he):
    posting = appoint(he, valid_from=days(5))
    dismiss(posting)
    posting.refresh_from_db()
    assert posting.valid_to == posting.valid_from == days(5)
    with pytest.raises(Conflict, match="已经结束"):
        dismiss(posting)


def test_a_secondment_ends_early(he):
    posting = second(he)
    dismiss(posting)
    assert queries.officer(he, today=TODAY).roles == {Role.SUPERVISOR}
    assert journal.history(he.stream)[-1].facts["kind"] == "借调"


def test_gao_dismisses_in_the_county_and_says_why(he, gao_the_administrator):
    with pytest.raises(Invalid, match="请写明免职的原因"):
        dismiss(posting_of(he), by=gao_the_administrator, reason="")
    assert dismiss(posting_of(he), by=gao_the_administrator).valid_to == TODAY


def test_nobody_else_dismisses(he, yang_of_yidu, shi_the_system_administrator, gao_the_administrator):
    for other in (yang_of_yidu, shi_the_system_administrator):
        with pytest.raises(NotPermitted, match="安全管理人员维护"):
            dismiss(posting_of(he), by=other)
    yang = posting_of(user_of(yang_of_yidu))
    with pytest.raises(NotPermitted, match="不归您管理"):
        dismiss(yang, by=gao_the_administrator)


def test_gao_does_not_dismiss_herself(gao, gao_the_administrator):
    with pytest.raises(NotPermitted, match="自己的岗位"):
        dismiss(posting_of(gao), by=gao_the_administrator)


# --- somebody must stay who keeps people ------------------------------------------------------------------------------


@pytest.fixture
def fang(world):
    """方原 keeps the people of the whole province."""
    return User.objects.get(login_name="fangyuan")


@pytest.fixture
def sole(gao, fang):
    """高岚, who has become the only one."""
    dismiss(posting_of(fang))
    return gao


@pytest.fixture
def newcomer(world):
    return commands.add_user(login_name="xinren", name="新任", password=None, by=SYSTEM, now=NOON)


def test_the_last_security_administrator_stays(sole):
    with pytest.raises(Conflict, match=SOLE):
        dismiss(posting_of(sole))
    with pytest.raises(Conflict, match=SOLE):
        commands.disable_user(user=sole, by=SYSTEM, now=NOON)
    assert queries.officer(sole, today=TODAY).has(Role.SECURITY_ADMINISTRATOR)


@pytest.mark.parametrize("state", ["seconded", "to_come", "disabled"])
def test_somebody_who_will_not_stay_does_not_count(state, sole, newcomer):
    if state == "seconded":
        second(newcomer, role=Role.SECURITY_ADMINISTRATOR)
    else:
        appoint(newcomer, role=Role.SECURITY_ADMINISTRATOR, valid_from=days(1) if state == "to_come" else None)
    if state == "disabled":
        commands.disable_user(user=newcomer, by=SYSTEM, now=NOON)
    with pytest.raises(Conflict, match=SOLE):
        dismiss(posting_of(sole))


def test_with_a_second_one_the_first_may_go(gao, fang):
    dismiss(posting_of(gao))
    assert queries.officer(gao, today=TODAY) is None
    with pytest.raises(Conflict, match=SOLE):
        dismiss(posting_of(fang))


def test_what_was_never_begun_may_always_be_taken_back(sole, newcomer):
    appoint(newcomer, role=Role.SUPERVISOR)
    dismiss(posting_of(newcomer))
    dismiss(appoint(newcomer, role=Role.SECURITY_ADMINISTRATOR, valid_from=days(3)))
    assert queries.officer(newcomer, today=days(3)) is None


def test_two_administrators_dismiss_each_other_and_one_stays(committed_db, world):
    with everything():
        gao, fang = (User.objects.get(login_name=name) for name in ("gaolan", "fangyuan"))
        colleague = commands.add_user(login_name="xinren", name="新任", password=None, by=SYSTEM, now=NOON)
        appoint(colleague, role=Role.SECURITY_ADMINISTRATOR)
        dismiss(posting_of(fang))
        two = [queries.officer(user, today=TODAY) for user in (gao, colleague)]
        posts = [posting_of(colleague), posting_of(gao)]

    outcomes = at_once(lambda place: dismiss(posts[place], by=two[place]), [0, 1])
    assert sorted(type(each).__name__ for each in outcomes) == ["Conflict", "Posting"]
    (refused,) = [each for each in outcomes if isinstance(each, Conflict)]
    assert SOLE in refused.sentence
    with everything():
        assert Posting.objects.filter(role=Role.SECURITY_ADMINISTRATOR, valid_to=None).count() == 1
