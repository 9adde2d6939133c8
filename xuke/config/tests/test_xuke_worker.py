"""The worker beside its jobs: it keeps house once a day, tells about failed jobs and orders them again."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

import psycopg
import pytest
from axes.models import AccessAttempt
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import ConnectorException

from xuke.accounts import commands as accounts
from xuke.config import cli, worker
from xuke.foundation import files, jobs, request_ids
from xuke.foundation.actors import SYSTEM
from xuke.foundation.models import StoredFile
from xuke.identity import sessions
from xuke.tests.cast import NOON

DAY = timedelta(days=1)


def test_what_nobody_needs_any_more_goes_and_the_rest_stays(committed_db, tmp_path, settings):
    settings.XUKE_HOME = tmp_path
    used = NOON - DAY * 2
    who = accounts.add_user(login_name="wuxiaomei", name="吴晓梅", password="long-enough-2026", by=SYSTEM, now=NOON)
    ended, still_open = (
        sessions.begin(who, means="password", strong=False, now=began).session_key for began in (used, NOON)
    )
    for name, at in (("zhoumin", NOON - DAY * 2), ("wuxiaomei", NOON)):
        attempt = AccessAttempt.objects.create(username=name, failures_since_start=1)
        AccessAttempt.objects.filter(pk=attempt.pk).update(attempt_time=at)
    files.keep(b"old", media_type=files.PDF, now=used)
    new = files.keep(b"new", media_type=files.PDF, now=NOON)
    worker.housekeeping(NOON)
    assert (sessions.SessionStore().exists(ended), sessions.SessionStore().exists(still_open)) == (False, True)
    assert list(AccessAttempt.objects.values_list("username", flat=True)) == ["wuxiaomei"]
    assert list(StoredFile.objects.values_list("pk", flat=True)) == [new.pk]


def test_the_house_is_kept_once_a_day_and_again_when_it_failed(monkeypatch):
    done = []

    def work(now):
        done.append(now)
        if len(done) == 2:
            raise OSError
        return True

    daily = worker.Daily(work)
    for hours in (0, 1, 23):
        monkeypatch.setattr("django.utils.timezone.now", lambda hours=hours: NOON + timedelta(hours=hours))
        daily()
    assert done == [NOON]
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON + DAY)
    with pytest.raises(OSError):
        daily()
    daily()
    daily()
    assert done == [NOON, NOON + DAY, NOON + DAY]


def test_one_worker_keeps_house_at_a_time_and_the_other_does_when_it_has_died(committed_db, monkeypatch):
    done = []
    monkeypatch.setattr(worker, "housekeeping", done.append)
    daily = worker.Daily(worker.keep_house)
    with psycopg.connect(committed_db.app) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [worker._HOUSEKEEPING])
        daily()
        assert done == []
    until = time.monotonic() + 10
    while not done and time.monotonic() < until:  # The server notices a moment later that the other one has gone.
        daily()
    daily()
    assert len(done) == 1
    with psycopg.connect(committed_db.app) as other:
        assert other.execute("SELECT pg_try_advisory_lock(%s)", [worker._HOUSEKEEPING]).fetchone() == (True,)


@pytest.mark.parametrize("ended", [jobs.PROMPT, jobs.REPORTS])
def test_a_worker_ends_with_either_of_its_lines_so_that_both_are_started_again(committed_db, monkeypatch, ended):
    async def take(working, name, line, until_idle, *, signals):
        if line == ended:
            raise ConnectorException
        await asyncio.sleep(60)

    monkeypatch.setattr(worker, "_take", take)
    with pytest.raises(ConnectorException):
        asyncio.run(asyncio.wait_for(worker._work("both", until_idle=False), 30))


@pytest.fixture
def failed(committed_db):
    """A job that found no notice."""
    jobs.defer("documents.render", notice="0192")
    with psycopg.connect(committed_db.app) as application:
        application.execute("UPDATE procrastinate_jobs SET status = 'doing'")
        application.execute("UPDATE procrastinate_jobs SET status = 'failed', attempts = 3")
        return application.execute("SELECT id FROM procrastinate_jobs").fetchone()[0]


def test_a_failed_job_is_listed_with_its_task_and_what_it_was_about(failed, capsys):
    assert cli.main(["worker", "--failed"]) == 1
    told = capsys.readouterr().out
    assert told.startswith(f"{failed}  20")
    assert 'documents.render  {"notice": "0192"}  试过3次' in told
    assert "xuke worker --retry-failed" in told


def test_failed_jobs_are_ordered_again(failed, capsys):
    assert cli.main(["worker", "--retry-failed"]) == 0
    assert "1个失败的作业已重新排队" in capsys.readouterr().out
    assert cli.main(["worker", "--failed"]) == 0
    assert "没有失败的作业" in capsys.readouterr().out
    assert cli.main(["worker", "--retry-failed"]) == 0
    assert "没有失败的作业" in capsys.readouterr().out


def test_what_a_job_writes_has_the_number_of_the_job_and_the_log_says_who_ordered_it(committed_db, monkeypatch, caplog):
    seen = []
    task = app.tasks["documents.render"]
    monkeypatch.setattr(task, "func", lambda notice: seen.append(request_ids.current()))
    with caplog.at_level("INFO", logger="xuke.foundation.jobs"), request_ids.entered("0192-request"):
        jobs.defer("documents.render", notice="1")
    number = ProcrastinateJob.objects.get().pk
    assert f"job:{number} ordered: documents.render" in caplog.text
    worker.run(name="worker-of-the-test", until_idle=True)
    assert seen == [f"job:{number}"]
