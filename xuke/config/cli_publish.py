"""`xuke publish`: make anew what the public reads, from the register and its journal. The system may go on working."""

from __future__ import annotations

import argparse
import sys

from django.conf import settings

from xuke.config import embedded
from xuke.publication.projection import rebuilding


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Everything, or one licence."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--rebuild", action="store_true", help="全部重新生成，分批进行，办事和查询不中断")
    what.add_argument("--number", metavar="编号", help="只重新生成一张许可证")


def run(arguments: argparse.Namespace) -> int:
    """Publish and say what was done. 0: done; 1: there is no such licence."""
    with embedded.running(settings.XUKE_HOME):
        if arguments.number:
            return _one(arguments.number.strip().upper())
        for rebuilder in rebuilding.REBUILDERS:
            batches = 0
            for position in rebuilding.rebuild(rebuilder):
                batches += 1
                if sys.stderr.isatty():
                    sys.stderr.write(f"\r{rebuilder.title}：第{batches}批，到{position}")
            sys.stdout.write(f"{rebuilder.title}：已全部重新生成（{batches}批）。\n")
    return 0


def _one(number: str) -> int:
    if not rebuilding.publish_one(number):
        sys.stderr.write(f"没有编号为{number}的许可证。\n")
        return 1
    sys.stdout.write(f"已重新生成{number}。\n")
    return 0
