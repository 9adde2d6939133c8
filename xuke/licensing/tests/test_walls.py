"""The second wall: raw statements as the application's role, in a scope that is not theirs, see and change nothing."""

import re

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction
from psycopg import errors

from xuke.certificates.models import CertificateVersion, Licence
from xuke.documents.models import Notice
from xuke.foundation import scope
from xuke.foundation.models import Entry
from xuke.foundation.scope import EVERYTHING, NOTHING, Scope
from xuke.licensing import queries
from xuke.licensing.models import Application, Material, Visit
from xuke.tests.cast import seen_by

WALLED = (Application, Material, Visit, Notice, Licence, CertificateVersion, Entry)
EACH_TABLE = pytest.mark.parametrize("model", WALLED, ids=lambda model: model.__name__)
CHANGEABLE = pytest.mark.parametrize("model", WALLED[:-1], ids=lambda model: model.__name__)


@pytest.fixture
def granted(at):
    return at("granted")


def rows(model):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {model._meta.db_table}")
        return cursor.fetchone()[0]


def change(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.rowcount


@pytest.fixture
def strangers(the_cast, the_sauce_cast, the_yidu_cast, granted):
    """Whoever has no business with the case of the cake factory."""
    return {
        "nobody": NOTHING,
        "another enterprise": the_sauce_cast.applicant.scope,
        "the county beside": the_yidu_cast.acceptor.scope,
        "an enterprise number that begins alike": Scope(enterprise_id=f"{the_cast.applicant.enterprise_id}0"),
        "a path that begins alike": Scope(authority_path="420000/420500/42050/"),
        "a path that ends early": Scope(authority_path="420000/420500/420506/420506001/"),
    }


@EACH_TABLE
def test_strangers_see_nothing(model, strangers):
    assert rows(model) > 0
    for name, stranger in strangers.items():
        with seen_by(stranger):
            if model is Entry and name in ("another enterprise", "the county beside"):
                assert not Entry.objects.filter(stream__startswith="application:").exists()
            else:
                assert rows(model) == 0, name


@EACH_TABLE
def test_whoever_has_business_with_the_case_sees_it(model, granted, the_cast, the_yichang_cast):
    for who in (the_cast.applicant, the_cast.acceptor, the_yichang_cast.acceptor):
        with seen_by(who.scope):
            assert rows(model) > 0
    with seen_by(Scope(authority_path="420000/")):
        assert rows(model) > 0


@CHANGEABLE
def test_strangers_change_and_delete_nothing(model, strangers):
    table = model._meta.db_table
    for stranger in strangers.values():
        with seen_by(stranger):
            assert change(f"UPDATE {table} SET authority_path = authority_path") == 0
            assert change(f"DELETE FROM {table}") == 0


@CHANGEABLE
def test_nobody_pushes_a_row_over_the_wall(model, granted, the_cast):
    """An officer may not give a case away to where it is no longer seen."""
    with seen_by(the_cast.acceptor.scope), pytest.raises(ProgrammingError, match="row-level security"):
        change(f"UPDATE {model._meta.db_table} SET authority_path = '420000/420100/', enterprise_id = 10")


@EACH_TABLE
def test_strangers_add_nothing(model, strangers):
    row = model.objects.order_by("pk").last()
    row.pk = None if model in (CertificateVersion, Entry) else model._meta.pk.get_default() or row.pk
    row._state.adding = True
    for stranger in strangers.values():
        with (
            seen_by(stranger),
            pytest.raises(DatabaseError, match="row-level security") as refused,
            transaction.atomic(),
        ):
            row.save(force_insert=True)
        assert isinstance(refused.value.__cause__, errors.InsufficientPrivilege)


@pytest.mark.parametrize("statement", ["UPDATE foundation_entry SET verb = 'x'", "DELETE FROM foundation_entry"])
def test_nobody_rewrites_the_journal(statement, granted):
    with pytest.raises(ProgrammingError, match="permission denied"):
        change(statement)
    with pytest.raises(ProgrammingError, match="permission denied"):
        change("TRUNCATE foundation_entry CASCADE")


def test_nothing_is_seen_when_nobody_said_who_asks(committed_db, at):
    at("granted")
    assert [rows(model) for model in WALLED] == [0] * len(WALLED)


def test_a_scope_ends_with_its_transaction(committed_db, at, the_cast):
    at("submitted")
    with transaction.atomic():
        scope.enter(EVERYTHING)
        assert rows(Application) == 1
    assert rows(Application) == 0


@pytest.mark.parametrize("value", ["'", "%", "420000/420500/420506/' OR true --", "~", " "])
def test_a_scope_is_a_value_and_no_sql(value, granted):
    with seen_by(Scope(authority_path=value, enterprise_id=value)):
        assert rows(Notice) == 0


def test_a_territory_is_the_same_range_in_every_locale(db):
    """A server of one's own may sort as its country does; there ~ comes before the digits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename, qual FROM pg_policies WHERE schemaname = 'public'")
        policies = dict(cursor.fetchall())
    assert policies.keys() >= {model._meta.db_table for model in WALLED}
    for table, condition in policies.items():
        assert not re.search(r"_path\)* [<>]", condition or ""), table


def test_the_first_wall_and_the_second_agree(at, the_cast, the_sauce_cast, the_yidu_cast, the_yichang_cast):
    """What a query shows somebody is what the database would show them anyway, drafts of applicants apart."""
    at("granted"), at("submitted", cast=the_sauce_cast), at("draft", cast=the_yichang_cast)
    at("accepted", cast=the_yidu_cast)
    for cast in (the_cast, the_sauce_cast, the_yidu_cast, the_yichang_cast):
        for who in (cast.applicant, cast.acceptor, cast.decider):
            asked = set(queries.visible_to(who).values_list("pk", flat=True))
            with seen_by(who.scope):
                assert set(Application.objects.values_list("pk", flat=True)) == asked
