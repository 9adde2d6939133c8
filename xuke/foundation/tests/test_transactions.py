"""One verb, one transaction: what the decorator of every command promises."""

from dataclasses import dataclass

import psycopg
import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from xuke.foundation import scope
from xuke.foundation.actors import SYSTEM
from xuke.foundation.models import Counter
from xuke.foundation.refusals import Conflict, Invalid
from xuke.foundation.scope import EVERYTHING, NOTHING, Scope
from xuke.foundation.transactions import be_patient, command, is_busy, opened_for


@dataclass(frozen=True)
class Person:
    """Somebody of the county of Yiling."""

    code: str = "officer:1"
    label: str = "周敏"
    scope: Scope = Scope(authority_path="420000/420500/420506/")


ZHOU = Person()
HUBEI = Scope(authority_path="420000/")


def setting(name="xuke.authority"):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true)", [name])
        return cursor.fetchone()[0]


@command
def count(*, key, by, fail=None):
    """Write a row, look at the scope, and perhaps fail."""
    Counter.objects.create(key=key, value=1)
    seen = setting()
    if fail:
        raise fail
    return seen


@command
def count_twice(*, by):
    """A command inside a command."""
    return count(key="first", by=SYSTEM), count(key="second", by=by)


def test_a_command_sees_what_whoever_acts_may_see(committed_db):
    assert count(key="cakes", by=ZHOU) == ZHOU.scope.authority_path
    assert setting("xuke.system") in ("", None)
    assert Counter.objects.filter(key="cakes").exists()


def test_nothing_of_a_command_that_refuses_is_kept(committed_db):
    with pytest.raises(Conflict):
        count(key="cakes", by=ZHOU, fail=Conflict())
    assert not Counter.objects.exists()
    assert setting() in ("", None)


def test_a_command_inside_another_joins_its_transaction_and_its_scope(committed_db):
    assert count_twice(by=ZHOU) == (ZHOU.scope.authority_path,) * 2


def test_after_the_transaction_nobody_is_in_scope(committed_db):
    with opened_for(EVERYTHING):
        assert (setting("xuke.system"), scope.entered()) == ("on", EVERYTHING)
    assert (setting("xuke.system") or "", scope.entered()) == ("", None)


def test_a_command_in_a_running_transaction_gives_its_scope_back(db):
    with transaction.atomic():
        scope.enter(HUBEI)
        assert count(key="cakes", by=ZHOU) == ZHOU.scope.authority_path
        assert (setting(), scope.entered()) == (HUBEI.authority_path, HUBEI)


def test_a_command_that_refuses_gives_the_scope_back_too(db):
    with transaction.atomic():
        scope.enter(HUBEI)
        with pytest.raises(Conflict):
            count(key="cakes", by=ZHOU, fail=Conflict())
        assert (setting(), scope.entered()) == (HUBEI.authority_path, HUBEI)
        assert not Counter.objects.exists()


def test_the_reason_of_a_failure_in_the_database_is_not_hidden_by_the_clearing_up(db):
    """The transaction is dead after it; asking it for a scope would raise another error in place of the first."""
    with transaction.atomic():
        scope.enter(HUBEI)
        count(key="cakes", by=ZHOU)
        with pytest.raises(IntegrityError):
            count(key="cakes", by=ZHOU)
        assert (setting(), scope.entered()) == (HUBEI.authority_path, HUBEI)


def test_inside_a_door_a_refusal_takes_everything_back(committed_db):
    with pytest.raises(Conflict), opened_for(EVERYTHING):
        count(key="cakes", by=ZHOU)
        count(key="sauces", by=ZHOU, fail=Conflict())
    assert not Counter.objects.exists()
    assert count(key="tea", by=ZHOU) == ZHOU.scope.authority_path


def test_a_door_opens_for_nobody_to_see_nothing(committed_db):
    with opened_for(NOTHING):
        assert [setting(f"xuke.{name}") for name in ("system", "authority", "enterprise")] == ["", "", ""]


def test_behind_one_door_there_is_no_second(committed_db):
    """Leaving an inner one would leave its scope on the outer transaction."""
    with opened_for(NOTHING):
        with pytest.raises(RuntimeError, match="a door is open already"), opened_for(EVERYTHING):
            pytest.fail("it was opened")
        assert (setting("xuke.system"), scope.entered()) == ("", NOTHING)
    with opened_for(EVERYTHING):
        assert setting("xuke.system") == "on"


def test_a_colleague_who_holds_a_row_is_told_from_a_broken_database(committed_db):
    count(key="cakes", by=ZHOU)
    with psycopg.connect(committed_db.admin) as colleague:
        colleague.execute("SELECT FROM foundation_counter WHERE key = 'cakes' FOR UPDATE")
        with pytest.raises(OperationalError) as waited, opened_for(EVERYTHING), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '10ms'")
            cursor.execute("UPDATE foundation_counter SET value = 2")
    assert is_busy(waited.value)
    with pytest.raises(OperationalError) as cancelled, opened_for(EVERYTHING), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '10ms'")
        cursor.execute("SELECT pg_sleep(5)")
    assert not is_busy(cancelled.value)


def test_a_worker_may_wait_longer_for_one_transaction(committed_db):
    with opened_for(EVERYTHING):
        be_patient()
        assert (setting("statement_timeout"), setting("lock_timeout")) == ("30min", "1min")
    assert (setting("statement_timeout"), setting("lock_timeout")) == ("30s", "5s")


def test_a_command_never_sees_a_text_that_cannot_be_kept(db):
    with pytest.raises(Invalid) as refusal:
        count(key="ca\x00kes", by=ZHOU)
    assert [problem.field for problem in refusal.value.problems] == ["key"]
    assert not Counter.objects.exists()
