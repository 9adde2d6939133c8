"""A job is never left as being done by a worker that lives, whatever happens to its connections meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import psycopg
from procrastinate import App
from procrastinate.jobs import Job, Status

from xuke.config import worker
from xuke.foundation import jobs

CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"


def work(act: Callable[[App, Job], Awaitable[None]]) -> None:
    """Fetch the one job there is, as a worker does, and go on with it."""
    jobs.defer("documents.render", notice="0192")

    async def run() -> None:
        async with worker.for_workers().open_async() as working:
            me = await working.job_manager.register_worker()
            job = await working.job_manager.fetch_job(queues=None, worker_id=me)
            assert job
            await act(working, job)

    asyncio.run(run())


async def cut_while(database, writing: Awaitable[None]) -> None:
    """Cut the connection on which it is being written how a job ended, before the database has answered."""
    with psycopg.connect(database.app) as holder, psycopg.connect(database.admin, autocommit=True) as admin:
        holder.execute("SELECT FROM procrastinate_jobs FOR UPDATE")
        task = asyncio.ensure_future(writing)
        while not admin.execute(CUT).rowcount:
            await asyncio.sleep(0.01)
        holder.rollback()
        await task


def left(database) -> list[tuple[str, int]]:
    with psycopg.connect(database.app) as connection:
        return connection.execute("SELECT status, attempts FROM procrastinate_jobs").fetchall()


def test_a_job_ends_although_the_connection_was_cut_while_that_was_written_down(committed_db):
    async def finish(working, job):
        await cut_while(committed_db, working.job_manager.finish_job(job, Status.SUCCEEDED, delete_job=True))

    work(finish)
    assert left(committed_db) == []


def test_a_job_that_failed_is_ordered_again_although_the_connection_was_cut(committed_db):
    async def retry(working, job):
        await cut_while(committed_db, working.job_manager.retry_job(job))

    work(retry)
    assert left(committed_db) == [("todo", 1)]


def test_the_jobs_of_a_dead_worker_are_taken_up_although_the_clock_was_set_back(committed_db):
    async def take_up(working, job):
        with psycopg.connect(committed_db.app) as connection:
            connection.execute("UPDATE procrastinate_workers SET last_heartbeat = now() + interval '1 hour'")
        assert await worker.take_up_stalled(working, silent_for=0.05) == 0
        await asyncio.sleep(0.1)
        assert await worker.take_up_stalled(working, silent_for=0.05) == 1

    work(take_up)
    assert left(committed_db) == [("todo", 1)]


def test_a_job_that_two_workers_take_up_at_once_disturbs_neither(committed_db):
    async def both(working, job):
        await working.job_manager.retry_job(job)
        await working.job_manager.retry_job(job)
        await working.job_manager.finish_job(job, Status.SUCCEEDED, delete_job=True)
        await working.job_manager.finish_job(job, Status.SUCCEEDED, delete_job=True)

    work(both)
    assert left(committed_db) == []
