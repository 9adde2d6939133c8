"""Failed jobs are ordered again once, however many operators press at the same moment."""

from __future__ import annotations

import threading

import psycopg
import pytest

from xuke.foundation import jobs
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import Conflict
from xuke.operations import commands
from xuke.tests.cast import NOON


@pytest.fixture
def failed(committed_db) -> int:
    """The last of three jobs that failed."""
    for number in ("0192", "0193", "0194"):
        jobs.defer("documents.render", notice=number)
    with psycopg.connect(committed_db.app) as application:
        application.execute("UPDATE procrastinate_jobs SET status = 'doing'")
        application.execute("UPDATE procrastinate_jobs SET status = 'failed'")
        return application.execute("SELECT max(id) FROM procrastinate_jobs").fetchone()[0]


def test_of_two_operators_who_press_at_once_the_second_is_told(failed, committed_db):
    with psycopg.connect(committed_db.app) as other:
        other.execute("UPDATE procrastinate_jobs SET status = 'todo' WHERE id = %s", [failed])
        # Those that the other one is just ordering are left to them.
        assert commands.retry_failed(by=SYSTEM, now=NOON) == 2
        later = threading.Timer(0.3, other.commit)
        later.start()
        with pytest.raises(Conflict, match="已经不在失败的作业里"):
            commands.retry_job(job=failed, by=SYSTEM, now=NOON)
        later.join()


def test_one_press_orders_as_many_as_its_entry_names(failed, monkeypatch):
    monkeypatch.setattr(commands, "MOST_NAMED", 2)
    assert [commands.retry_failed(by=SYSTEM, now=NOON) for _ in range(3)] == [2, 1, 0]
