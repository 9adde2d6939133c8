"""The real processes of an installation, for as long as something is measured."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

PATIENCE = 300.0


NAME = "xuke-bench"
"""Under which the database knows the connections of the processes that are measured."""


@contextmanager
def running(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    """`xuke COMMAND …` in a session of its own, stopped at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "xuke.config.cli", *command],
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PGAPPNAME": NAME},
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def backends() -> list[int]:
    """The processes of the database server that answer what is measured, and nobody else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE application_name = %s", [NAME])
        return [pid for (pid,) in cursor.fetchall()]


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def await_port(port: int) -> None:
    """Until somebody listens there."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("网页服务没有启动起来。")


def wait_until_done(task: str = "") -> None:
    """Until no job is left; jobs are deleted when they have succeeded."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*), count(*) FILTER (WHERE status = 'failed') FROM procrastinate_jobs"
                " WHERE %s IN ('', task_name)",
                [task],
            )
            left, failed = cursor.fetchone()
        if failed:
            raise SystemExit(f"有{failed}件后台作业失败，指标无效。")
        if not left:
            return
        time.sleep(0.02)
    raise SystemExit("后台作业没有办完。")
