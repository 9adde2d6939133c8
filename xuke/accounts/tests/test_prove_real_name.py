"""Real names: who the person behind an account is, proven, renewed, taken back."""

from datetime import date

import pytest
from django.db import IntegrityError, connection

from xuke.accounts import commands, queries
from xuke.accounts.models import RealName
from xuke.accounts.persons import Person
from xuke.foundation import journal, scope, vault
from xuke.foundation.actors import SYSTEM
from xuke.foundation.identifiers import resident_id
from xuke.foundation.refusals import Conflict, Invalid
from xuke.tests.cast import NOON, TOMORROW, at_once, everything, seen_by, told, verbs

NUMBER = resident_id.compose(division="420583", born_on=date(1990, 3, 7), sequence=123)
OTHER = resident_id.compose(division="420583", born_on=date(1985, 1, 2), sequence=246)
PERMIT = resident_id.compose(division="810000", born_on=date(1985, 1, 2), sequence=246)


def person(login_name, name):
    return commands.add_user(login_name=login_name, name=name, password=None, by=SYSTEM, now=NOON)


def prove(user, number=NUMBER, by=None, now=NOON, **other):
    facts = {"name": "吴晓梅", "mobile": "13800005678", "proven_by": "identity_platform", **other}
    return commands.prove_real_name(user=user, number=number, by=by or Person(user.pk, user.name), now=now, **facts)


@pytest.fixture
def wu(world):
    return person("wudaohao", "吴晓梅")


@pytest.fixture
def wang(world):
    return person("wangdaohao", "汪洁")


def test_wu_proves_who_she_is(wu):
    prove(wu, f" {NUMBER[:6]} {NUMBER[6:].lower()}", valid_to=date(2036, 1, 1))
    found = queries.real_name(wu)
    assert (found.name, found.number, found.mobile) == ("吴晓梅", NUMBER, "13800005678")
    assert (found.proven_at, found.valid_to) == (NOON, date(2036, 1, 1))
    assert queries.person_with_number(RealName.RESIDENT_ID, NUMBER) == wu
    assert queries.person_with_number("passport", NUMBER) is None
    assert queries.person_with_number(RealName.RESIDENT_ID, OTHER) is None


def test_the_journal_knows_the_number_by_its_ends_only(wu):
    prove(wu)
    (entry,) = [event for event in journal.history(wu.stream) if event.verb == "user.real_name_proven"]
    assert entry.facts["number"] == f"4205**********{NUMBER[-4:]}"
    assert entry.facts["mobile"] == "138****5678"
    assert entry.actor == f"user:{wu.pk}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM foundation_entry WHERE facts::text LIKE %s", [f"%{NUMBER}%"])
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT number, mobile FROM accounts_realname WHERE user_id = %s", [wu.pk])
        assert all(NUMBER.encode() not in bytes(each) for each in cursor.fetchone())


def test_the_same_person_may_prove_it_again_with_a_new_document(wu):
    prove(wu, valid_to=date(2026, 10, 1))
    prove(wu, name="吴小梅", valid_to=date(2046, 10, 1), now=TOMORROW)
    assert (queries.real_name(wu).name, queries.real_name(wu).valid_to) == ("吴小梅", date(2046, 10, 1))
    assert verbs(wu)[-2:] == ["user.real_name_proven"] * 2


def test_nobody_becomes_somebody_else(wu):
    prove(wu)
    with pytest.raises(Conflict, match="已经实名为另一个人"):
        prove(wu, OTHER)


def test_one_person_has_one_account_and_is_not_told_whose_the_other_is(wu, wang):
    prove(wu)
    with pytest.raises(Conflict) as refusal:
        prove(wang, name="汪洁")
    assert "已经在另一个账号上实名" in refusal.value.sentence
    assert wu.name not in refusal.value.sentence and wu.login_name not in refusal.value.sentence
    assert queries.real_name(wang) is None


def test_the_database_keeps_one_account_to_a_person_too(wu, wang):
    proven = prove(wu)
    with pytest.raises(IntegrityError, match="one_account_per_person"):
        RealName.objects.create(
            user=wang, name="x", number=NUMBER, number_mark=proven.number_mark, proven_at=NOON, proven_by="counter"
        )


def test_a_number_is_known_again_after_the_key_was_replaced(wu, wang):
    prove(wu)
    number = vault.add_key()
    try:
        assert queries.person_with_number(RealName.RESIDENT_ID, NUMBER) == wu
        with pytest.raises(Conflict, match="已经在另一个账号上实名"):
            prove(wang)
    finally:
        vault.remove_key(number)


def test_two_accounts_prove_one_number_at_once(committed_db, world):
    outcomes = at_once(prove, [person("wudaohao", "吴晓梅"), person("wangdaohao", "汪洁")])
    assert sorted(type(each).__name__ for each in outcomes) == ["Conflict", "RealName"]
    with everything():
        assert RealName.objects.filter(name="吴晓梅", proven_by="identity_platform").count() == 1


def test_a_proof_that_was_wrong_is_taken_back_and_the_number_is_free(wu, wang):
    prove(wang)
    commands.withdraw_real_name(user=wang, reason="窗口录错了人", by=SYSTEM, now=NOON)
    assert queries.real_name(wang) is None
    prove(wu)
    with pytest.raises(Conflict, match="实名已经撤回"):
        prove(wang, OTHER, name="汪洁")
    prove(wang, OTHER, name="汪洁", proven_by="counter", documents="居民身份证原件", by=SYSTEM)
    assert verbs(wang)[-2:] == ["user.real_name_withdrawn", "user.real_name_proven"]
    assert journal.history(wang.stream)[-2].facts == {"reason": "窗口录错了人"}


def test_what_is_not_there_is_not_taken_back_and_not_without_a_reason(wu):
    with pytest.raises(Conflict, match="没有实名"):
        commands.withdraw_real_name(user=wu, reason="录错", by=SYSTEM, now=NOON)
    with pytest.raises(Invalid, match="原因"):
        commands.withdraw_real_name(user=wu, reason=" ", by=SYSTEM, now=NOON)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"number": NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")}, "number"),
        ({"number": "420106900307123"}, "number"),
        ({"document": "permit_hk_mo"}, "number"),
        ({"document": "passport", "number": "E1"}, "number"),
        ({"document": "library_card"}, "document"),
        ({"name": " "}, "name"),
        ({"name": "吴" * 65}, "name"),
        ({"mobile": "12345678901"}, "mobile"),
        ({"proven_by": "hearsay"}, "proven_by"),
        ({"valid_to": date(2026, 9, 6)}, "valid_to"),
    ],
)
def test_what_proves_nothing_is_told(facts, field, wu):
    with pytest.raises(Invalid) as refusal:
        prove(wu, **facts)
    assert list(told(refusal)) == [field]


@pytest.mark.parametrize(("document", "number"), [("permit_hk_mo", PERMIT), ("passport", "e 1234 5678")])
def test_other_documents_do_too(document, number, wu):
    prove(wu, number, document=document, mobile="")
    assert queries.real_name(wu).mobile == ""
    assert queries.person_with_number(document, "".join(number.split()).upper()) == wu


def test_nobody_else_reads_the_proven_name(wu, wang, zhou_the_acceptor, gao_the_administrator):
    prove(wu)
    for who in (Person(wang.pk, "汪洁").scope, zhou_the_acceptor.scope, gao_the_administrator.scope, scope.NOTHING):
        with seen_by(who):
            assert not RealName.objects.filter(user=wu).exists()
    with seen_by(Person(wu.pk, "吴晓梅").scope):
        assert queries.real_name(wu.pk).number == NUMBER
