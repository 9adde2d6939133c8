"""The whole projection made anew equals the one that the news wrote; the public role sees it and nothing else."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from xuke.certificates import tasks
from xuke.certificates.models import CertificateVersion
from xuke.config import cli_publish
from xuke.foundation.journal import history
from xuke.publication import handlers
from xuke.publication.models import PublishedEvent, PublishedLicence
from xuke.publication.projection import rebuilding, register
from xuke.tests.cast import NOON, everything

READABLE = {
    "certificates_public",
    "publication_publishedlicence",
    "publication_publishedevent",
}
"""What is published of licences; tables called `publication_…` are all readable."""


def _state() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    licences = PublishedLicence.objects.order_by("number").values()
    events = PublishedEvent.objects.order_by("number", "seq").values()
    return (
        [{name: value for name, value in row.items() if name != "place"} for row in licences],
        [{name: value for name, value in row.items() if name != "id"} for row in events],
    )


@pytest.fixture
def told_by_the_news(at) -> str:
    """A licence of this morning, its certificate made, and every piece of news heard in its order; its number."""
    version = CertificateVersion.objects.select_related("licence").get(licence=at("granted").licence)
    tasks.make_file(version=version.pk)
    with everything():
        for event in history(version.licence.stream):
            for handler in handlers.HANDLERS:
                if handler.verb == event.verb:
                    handler.function(event, NOON)
    return version.licence.number


def test_a_rebuilt_register_equals_the_one_the_news_wrote(told_by_the_news):
    with everything():
        before = _state()
        assert [row["verb"] for row in before[1]] == ["issued", "certificate_made"]
        PublishedLicence.objects.all().delete()
        PublishedEvent.objects.all().delete()
    positions = list(rebuilding.rebuild(rebuilding.REBUILDERS[0], batch=1))
    with everything():
        assert positions == [told_by_the_news] and _state() == before
        PublishedLicence.objects.update(state="wrong")
    assert rebuilding.publish_one(told_by_the_news) and not rebuilding.publish_one("SC0")
    with everything():
        assert _state() == before


def test_a_batch_takes_the_same_statements_however_many(told_by_the_news, django_assert_num_queries):
    with everything(), django_assert_num_queries(5):
        register.publish_next("", 500)


def test_the_command_says_what_it_did(told_by_the_news, capsys, monkeypatch):
    import argparse

    for arguments, code, words in (
        ({"rebuild": True, "number": None}, 0, "许可证：已全部重新生成（1批）"),
        ({"rebuild": False, "number": told_by_the_news.lower()}, 0, f"已重新生成{told_by_the_news}"),
        ({"rebuild": False, "number": "SC0"}, 1, "没有编号为SC0的许可证"),
    ):
        assert cli_publish.run(argparse.Namespace(**arguments)) == code
        told = capsys.readouterr()
        assert words in told.out + told.err


def test_the_role_of_the_public_reads_what_is_published_and_nothing_else(committed_db):
    """Asked of PostgreSQL as that very role, over a connection of its own."""
    with psycopg.connect(committed_db.public, autocommit=True) as public:
        assert public.execute("SELECT current_user").fetchone() == ("xuke_public",)
        relations = [
            name
            for (name,) in public.execute(
                "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm') AND NOT relispartition"
                " AND relnamespace = 'public'::regnamespace"
            )
        ]
        readable = {name for name in relations if _may(public, f'SELECT 1 FROM "{name}" LIMIT 1')}
        assert readable >= READABLE
        assert {name for name in readable - READABLE if not name.startswith("publication_")} == set()
        for name in sorted(readable):
            for change in ("DELETE FROM", "TRUNCATE"):
                assert not _may(public, f'{change} "{name}"'), f"{change} {name}"
            assert not _may(public, f'INSERT INTO "{name}" DEFAULT VALUES'), name
        assert not _may(public, "SELECT nextval('publication_place')")
        assert not _may(public, "CREATE TABLE mine (id int)")
        assert not _may(public, "CREATE TEMPORARY TABLE mine (id int)")
        functions = public.execute(
            "SELECT p.oid::regprocedure::text, has_function_privilege(p.oid, 'EXECUTE') FROM pg_proc p"
            " WHERE p.prosecdef AND p.prorettype <> 'trigger'::regtype AND p.pronamespace = 'public'::regnamespace"
        ).fetchall()
        assert functions and [name for name, may in functions if may] == []


def _may(public: psycopg.Connection, statement: str) -> bool:
    """Whether a statement is let through. What may fail: a privilege is missing, and nobody may write into a view."""
    refused = (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)
    not_a_table = (psycopg.errors.ObjectNotInPrerequisiteState, psycopg.errors.WrongObjectType)
    try:
        public.execute(statement)  # type: ignore[arg-type]
    except (*refused, *not_a_table):
        return False
    return True
