"""An invitation is good for one person, once, for a week, and for nobody else whatever they hold in their hands."""

from __future__ import annotations

import base64
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from xuke.accounts.commands import add_user, prove_real_name, withdraw_real_name
from xuke.accounts.models import User
from xuke.accounts.persons import Person
from xuke.foundation import journal, resealing, scope, vault
from xuke.foundation.actors import SYSTEM
from xuke.foundation.identifiers import resident_id
from xuke.foundation.refusals import Conflict, Invalid, NotFound, NotPermitted
from xuke.foundation.scope import Scope
from xuke.parties import commands, queries
from xuke.parties.models import Enterprise, Invitation, Mandate
from xuke.parties.tests.conftest import mandate_of, person, proven, seeing
from xuke.tests.cast import NOON, TOMORROW, at_once, everything, seen_by, told

TODAY = NOON.date()


def invite(enterprise, by, login_name="malan", now=NOON, **other):
    """Invite somebody by the name and the mobile number they have proven."""
    known = proven(login_name)
    facts = {"name": known.name, "mobile": known.mobile} | other
    return commands.invite(enterprise=enterprise, by=by, now=now, **facts)


def accept(code, login_name="malan", now=TOMORROW):
    return commands.accept_invitation(code=code, by=person(login_name), now=now)


@pytest.fixture
def code(enterprise, zheng_the_head):
    """郑国强 has invited 马兰 of the dairy."""
    return invite(enterprise, zheng_the_head, powers=["draft", "receive"], last_day=date(2026, 12, 31))[1]


def test_ma_accepts_and_may_do_what_she_was_asked_to_do(enterprise, zheng_the_head, code):
    mandate = accept(code)
    ma = queries.applicant(User.objects.get(login_name="malan"), today=TOMORROW.date(), enterprise=enterprise)
    assert ma.powers == {"draft", "receive"}
    assert (mandate.last_day, mandate.given_by_id) == (date(2026, 12, 31), zheng_the_head.user_id)
    told_of = journal.history(f"invitation:{mandate.invitation_id}")
    assert [event.verb for event in told_of] == ["invitation.made", "invitation.accepted"]
    assert told_of[-1].actor_label == "马兰"


def test_a_resident_number_serves_as_well(enterprise, zheng_the_head):
    number = proven("malan").number
    code = invite(enterprise, zheng_the_head, mobile="", number=number.lower())[1]
    assert accept(code).capacity == Mandate.CASE_CONTACT


def test_neither_the_code_nor_the_number_stands_in_the_database(enterprise, zheng_the_head, code):
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(asked)::text FROM parties_invitation AS asked")
        stored = str(cursor.fetchall())
        cursor.execute("SELECT facts::text FROM foundation_entry WHERE stream LIKE 'invitation:%'")
        stored += str(cursor.fetchall())
    assert code not in stored
    assert proven("malan").mobile not in stored
    assert len(code) >= 32


def test_a_stolen_code_is_refused_and_nothing_is_given(enterprise, code):
    with pytest.raises(NotFound, match="它邀请的不是您本人"):
        accept(code, "wangjie")
    assert not Mandate.objects.filter(user__login_name="wangjie", enterprise=enterprise).exists()
    assert accept(code).pk


def test_whoever_tried_a_stolen_code_stands_in_the_journal_of_the_enterprise(enterprise, code):
    wang = person("wangjie")
    with everything():
        commands.note_refusal(code=code, reason="不是被邀请的人", by=wang, now=NOON)
    scope.enter(scope.EVERYTHING)
    entry = journal.history(f"invitation:{Invitation.objects.get().pk}")[-1]
    assert (entry.verb, entry.actor_label, entry.facts["person"]) == ("invitation.refused", "汪洁", "汪洁")
    with everything():
        commands.note_refusal(code="guessed", reason="没有这个邀请", by=wang, now=NOON)
    scope.enter(scope.EVERYTHING)
    assert journal.history(f"user:{wang.user_id}")[-1].verb == "user.invitation_refused"


@pytest.mark.parametrize("guessed", ["", "guessed", "a" * 32, "啊" * 8])
def test_a_guessed_code_opens_nothing(world, code, guessed):
    with pytest.raises(NotFound):
        accept(guessed)
    with pytest.raises(NotFound):
        queries.inviting(b"guessed")


def test_a_code_is_used_once(code):
    accept(code)
    with pytest.raises(Conflict, match="只能用一次"):
        accept(code)


def test_a_code_is_good_for_seven_days(code):
    with pytest.raises(Conflict, match="已经过期"):
        accept(code, now=NOON + timedelta(days=7))
    assert accept(code, now=NOON + timedelta(days=7, seconds=-1)).pk


def test_a_code_that_was_taken_back_is_over(enterprise, zheng_the_head, code):
    invitation = Invitation.objects.get()
    commands.withdraw_invitation(invitation=invitation, by=zheng_the_head, now=NOON)
    commands.withdraw_invitation(invitation=invitation, by=zheng_the_head, now=NOON)
    with pytest.raises(Conflict, match="已经撤回"):
        accept(code)


def test_asking_again_takes_the_earlier_code_back(enterprise, zheng_the_head, code):
    newer = invite(enterprise, zheng_the_head)[1]
    with pytest.raises(Conflict, match="已经撤回"):
        accept(code)
    assert accept(newer).pk


def test_what_was_accepted_is_not_taken_back_but_ended(zheng_the_head, code):
    accept(code)
    with pytest.raises(Conflict, match="请结束授权"):
        commands.withdraw_invitation(invitation=Invitation.objects.get(), by=zheng_the_head, now=NOON)


def test_a_code_for_a_time_that_is_over_gives_nothing(enterprise, zheng_the_head):
    code = invite(enterprise, zheng_the_head, last_day=TODAY)[1]
    with pytest.raises(Conflict, match="授权期限已经过了"):
        accept(code)


def test_a_namesake_with_another_number_is_somebody_else(enterprise, zheng_the_head, code):
    with seeing():
        user = add_user(login_name="malan-2", name="马兰", password="a-good-long-one", by=SYSTEM, now=NOON)
        number = resident_id.compose(division="420506", born_on=date(1990, 1, 1), sequence=1)
        prove_real_name(
            user=user, name="马兰", number=number, mobile="13900000000", proven_by="demonstration", by=SYSTEM, now=NOON
        )
    with pytest.raises(NotFound):
        accept(code, "malan-2")


def test_the_same_number_under_another_name_is_somebody_else(enterprise, zheng_the_head):
    code = invite(enterprise, zheng_the_head, name="马兰兰")[1]
    with pytest.raises(NotFound):
        accept(code)


def test_whoever_has_no_proven_name_cannot_accept(enterprise, code):
    with seeing():
        user = User.objects.get(login_name="malan")
        withdraw_real_name(user=user, reason="证件有误", by=SYSTEM, now=NOON)
    with pytest.raises(NotFound):
        accept(code)


def test_an_enterprise_that_is_deregistered_takes_nobody_on(enterprise, code):
    Enterprise.objects.filter(pk=enterprise.pk).update(state="deregistered")
    with pytest.raises(NotPermitted, match="已经注销"):
        accept(code)


def test_accepting_anew_replaces_what_one_could_do(enterprise, zheng_the_head):
    code = invite(enterprise, zheng_the_head, "wuxiaomei", powers=["draft"])[1]
    accept(code, "wuxiaomei")
    wu = queries.applicant(User.objects.get(login_name="wuxiaomei"), today=TOMORROW.date(), enterprise=enterprise)
    assert wu.powers == {"draft"}


def test_the_head_loses_nothing_by_accepting_less(enterprise, zheng_the_head):
    code = invite(enterprise, zheng_the_head, "zhengguoqiang", powers=["draft"])[1]
    with pytest.raises(Conflict, match="您已经是这家企业的法定代表人"):
        accept(code, "zhengguoqiang")
    assert mandate_of("zhengguoqiang").ended_at is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "马" * 65}, "name"),
        ({"mobile": ""}, "mobile"),
        ({"mobile": "1234"}, "mobile"),
        ({"number": "420506199001010018"}, "mobile"),
        ({"mobile": "", "number": "420506199001010000"}, "number"),
        ({"powers": []}, "powers"),
        ({"last_day": TODAY - timedelta(days=1)}, "last_day"),
        ({"capacity": "owner"}, "capacity"),
    ],
)
def test_what_is_wrong_is_told(enterprise, zheng_the_head, change, field):
    with pytest.raises(Invalid) as refusal:
        invite(enterprise, zheng_the_head, **change)
    assert list(told(refusal)) == [field]


@pytest.mark.parametrize("name", ["wu_the_applicant", "wang_the_sauce_brewer", "wang_dehai_the_head"])
def test_nobody_but_the_head_invites(enterprise, name, request):
    with pytest.raises(NotPermitted):
        invite(enterprise, request.getfixturevalue(name))


def test_what_a_head_asked_for_ends_with_the_head(enterprise, zheng_the_head, code):
    """A head who was removed must not let friends in by the codes that are still on the way."""
    commands.end_mandate(mandate=mandate_of("zhengguoqiang"), by=SYSTEM, now=NOON)
    with pytest.raises(Conflict, match="已经撤回"):
        accept(code)


def test_fifty_may_wait_and_no_more(enterprise, zheng_the_head):
    for place in range(50):
        commands.invite(enterprise=enterprise, name="某人", mobile=f"139000000{place:02d}", by=zheng_the_head, now=NOON)
    with pytest.raises(Conflict, match="请先撤回"):
        invite(enterprise, zheng_the_head)


def test_two_windows_accept_at_once_and_one_mandate_comes_of_it(committed_db, world, zheng_the_head, wu_the_applicant):
    with everything():
        enterprise = Enterprise.objects.get(pk=wu_the_applicant.enterprise_id)
    code = invite(enterprise, zheng_the_head)[1]
    outcomes = at_once(lambda login_name: accept(code, login_name), ["malan", "malan", "wangjie"])
    given = [outcome for outcome in outcomes if isinstance(outcome, Mandate)]
    assert len(given) == 1
    assert isinstance(outcomes[2], NotFound)
    with everything():
        assert Mandate.objects.filter(enterprise=enterprise, user__login_name="malan").count() == 1


def test_a_key_that_is_replaced_leaves_invitations_good(enterprise, zheng_the_head, code, settings):
    before = vault.keys()
    settings.XUKE_DATA_KEYS = ",".join(
        f"{number}:{base64.b64encode(key).decode()}" for number, key in {**before, 99: b"k" * 32}.items()
    )
    mark = bytes(Invitation.objects.get().mark)
    for place in resealing.places():
        if place.table in ("parties_invitation", "accounts_realname"):
            resealing.reseal(place)
    assert bytes(Invitation.objects.get().mark) != mark
    assert accept(code).pk


# --- the second wall --------------------------------------------------------------------------------------------------


def test_the_database_shows_an_invitation_to_the_enterprise_and_to_whom_it_means(enterprise, code):
    ma, wang = person("malan"), person("wangjie")
    for who, seen in (
        (ma.scope, 1),
        (Scope(enterprise_id=str(enterprise.pk)), 1),
        (wang.scope, 0),
        (Scope(enterprise_id="999"), 0),
        (Scope(authority_path="420000/"), 0),
        (Scope(administers="420000/"), 0),
        (Scope(), 0),
    ):
        with seen_by(who):
            assert Invitation.objects.count() == seen


def test_nobody_gives_themselves_more_than_was_asked(enterprise, code):
    ma = person("malan")
    invitation = Invitation.objects.get()
    with seen_by(ma.scope):
        connection.cursor().execute(
            "UPDATE parties_invitation SET accepted_by_id = %s, accepted_at = now()", [ma.user_id]
        )
    for powers, capacity, asked in (
        ("{draft,sign}", "case_contact", invitation.pk),
        ("{draft}", "legal_representative", invitation.pk),
        ("{draft}", "case_contact", None),
    ):
        with seen_by(ma.scope), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            connection.cursor().execute(
                "INSERT INTO parties_mandate (user_id, enterprise_id, capacity, powers, valid_from, invitation_id)"
                " VALUES (%s, %s, %s, %s, '2026-09-07', %s)",
                [ma.user_id, enterprise.pk, capacity, powers, asked],
            )


@pytest.mark.parametrize("change", ["powers = '{sign}'", "enterprise_id = 1", "capacity = 'x'", "expires_at = now()"])
def test_no_statement_rewrites_an_invitation(code, change):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(f"UPDATE parties_invitation SET {change}")


def test_a_person_is_told_who_asks_only_with_the_code(enterprise, code):
    with seen_by(Person(1, "").scope):
        found = queries.inviting(bytes(commands.invitations.hash_of(code)))
        assert (found.inviter, found.enterprise.name) == ("郑国强", enterprise.name)
        assert Enterprise.objects.count() == 0
