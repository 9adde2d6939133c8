"""`xuke prepare`: bring an installation to the state this release needs."""

from __future__ import annotations

import argparse
import sys

from django.utils import timezone

from xuke.config import installation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments: everything is in the environment."""


def run(arguments: argparse.Namespace) -> int:
    """Prepare and say what was done."""
    applied = installation.prepare(now=timezone.now())
    sys.stdout.write(f"已就绪，应用了{applied}个迁移。\n" if applied else "已就绪，没有需要应用的迁移。\n")
    return 0
