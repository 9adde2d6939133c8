"""What every other test leans on: who we are in the database, and that nothing a test does is seen by the next."""

import psycopg
import pytest
from axes.models import AccessAttempt
from django.contrib.contenttypes.models import ContentType
from django.db import connection, connections


def _add_an_attempt(name: str) -> None:
    AccessAttempt.objects.create(username=name, failures_since_start=1)


@pytest.mark.parametrize("key", ["first", "second"])
def test_what_a_test_writes_is_gone_for_the_next(db, key):
    assert not AccessAttempt.objects.exists()
    _add_an_attempt(key)


def test_the_application_is_bound_by_the_walls(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("xuke_app", False)


@pytest.mark.parametrize("key", ["first", "second"])
def test_what_a_test_commits_is_gone_for_the_next(committed_db, key):
    assert not AccessAttempt.objects.exists()
    _add_an_attempt(key)
    with psycopg.connect(committed_db.app) as other:
        assert other.execute("SELECT count(*) FROM axes_accessattempt").fetchone() == (1,)


@pytest.mark.parametrize("attempt", [1, 2])
def test_what_the_migrations_brought_is_there_again(committed_db, attempt):
    assert ContentType.objects.filter(app_label="axes").exists()
    ContentType.objects.filter(app_label="axes").delete()


def test_a_query_that_still_runs_does_not_block_the_next_test(committed_db):
    _add_an_attempt("locked")
    elsewhere = psycopg.connect(committed_db.app)
    elsewhere.execute("UPDATE axes_accessattempt SET username = 'changed'")
    elsewhere.pgconn.finish()


def test_the_application_cannot_change_the_schema(committed_db):
    with psycopg.connect(committed_db.app) as application, pytest.raises(psycopg.errors.InsufficientPrivilege):
        application.execute("CREATE TABLE mine (i int)")


def test_the_application_holds_nobody_up_for_long(committed_db):
    with psycopg.connect(committed_db.app) as application:
        settings = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
        values = [application.execute(f"SHOW {name}").fetchone()[0] for name in settings]
    assert values == ["5s", "30s", "1min"]


def test_paths_are_compared_by_their_bytes_in_every_walled_table(committed_db):
    question = (
        "SELECT c.relname, l.collname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " JOIN pg_collation l ON l.oid = a.attcollation WHERE c.relrowsecurity AND a.attname = 'authority_path'"
    )
    with psycopg.connect(committed_db.owner) as owner:
        found = dict(owner.execute(question).fetchall())
    assert "foundation_entry" in found
    assert set(found.values()) == {"C"}


def test_the_owner_gives_up_soon_when_a_table_is_locked(committed_db):
    with psycopg.connect(committed_db.owner) as owner:
        assert owner.execute("SHOW lock_timeout").fetchone() == ("2s",)
    assert connections["owner"].settings_dict["USER"] == "xuke_owner"
