"""`xuke prepare`: bring an installation to the state this release needs."""

from __future__ import annotations

import argparse
import sys

from django.conf import settings
from django.utils import timezone

from xuke.config import embedded, installation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Everything is in the environment, but for the one thing that should not stay there."""
    parser.add_argument(
        "--admin",
        metavar="URL",
        default="",
        help="管理员的数据库地址：先在您自己的PostgreSQL上建角色、数据库并授权，只需一次",
    )


def run(arguments: argparse.Namespace) -> int:
    """Prepare and say what was done."""
    if arguments.admin:
        embedded.prepare_database(settings.XUKE_HOME, arguments.admin)
    with embedded.running(settings.XUKE_HOME):
        applied = installation.prepare(now=timezone.now())
    sys.stdout.write(f"已就绪，应用了{applied}个迁移。\n" if applied else "已就绪，没有需要应用的迁移。\n")
    return 0
