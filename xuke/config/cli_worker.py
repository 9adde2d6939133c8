"""`xuke worker`: background jobs. Start as many as there are cores; one of them at a time seals the journal."""

from __future__ import annotations

import argparse
import os

from django.conf import settings

from xuke.config import embedded, worker


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How long to work."""
    parser.add_argument("--until-idle", action="store_true", help="办完现有作业就退出")


def run(arguments: argparse.Namespace) -> int:
    """Work until told to stop."""
    with embedded.running(settings.XUKE_HOME):
        worker.run(name=f"worker-{os.getpid()}", until_idle=arguments.until_idle)
    return 0
