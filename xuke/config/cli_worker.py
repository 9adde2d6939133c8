"""`xuke worker`: background jobs. Start as many as there are cores; one of them at a time seals the journal."""

from __future__ import annotations

import argparse
import json
import os
import sys

from django.conf import settings
from django.utils import timezone

from xuke.config import embedded, installation, worker
from xuke.foundation.actors import SYSTEM
from xuke.operations import commands, queries

NONE = "没有失败的作业。\n"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How long to work, or what to do about jobs that failed."""
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--until-idle", action="store_true", help="办完现有作业就退出")
    choice.add_argument("--failed", action="store_true", help="列出失败的作业就退出；有失败的，退出码是1")
    choice.add_argument("--retry-failed", action="store_true", help="把失败的作业重新排队就退出")


def run(arguments: argparse.Namespace) -> int:
    """Work until told to stop, or see to the jobs that failed."""
    with embedded.running(settings.XUKE_HOME):
        installation.demand_usable()
        if arguments.failed:
            return _tell_failed()
        if arguments.retry_failed:
            count, there = 0, len(queries.failed_jobs())
            # A job that fails again meanwhile is not ordered twice by one press.
            while count < there and (ordered := commands.retry_failed(by=SYSTEM, now=timezone.now())):
                count += ordered
            sys.stdout.write(f"{count}个失败的作业已重新排队。\n" if count else NONE)
            return 0
        worker.run(name=f"worker-{os.getpid()}", until_idle=arguments.until_idle)
    return 0


def _tell_failed() -> int:
    failed = queries.failed_jobs()
    for job in failed:
        at = timezone.localtime(job.at).strftime("%Y-%m-%d %H:%M:%S") if job.at else "时间不详"
        arguments = json.dumps(job.arguments, ensure_ascii=False)
        sys.stdout.write(f"{job.id}  {at}  {job.task}  {arguments}  试过{job.attempts}次\n")
    sys.stdout.write("原因见后台作业的日志；排除后用 xuke worker --retry-failed 重新排队。\n" if failed else NONE)
    return 1 if failed else 0
