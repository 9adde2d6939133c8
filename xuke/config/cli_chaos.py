"""`xuke chaos`: kill everything at random moments under load, then prove that nothing is lost or done twice."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from typing import Any

from xuke.config.chaos import plan
from xuke.config.chaos.stage import Wanted, stage
from xuke.config.unusable import Unusable


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How much, and what."""
    parser.add_argument("--kills", type=int, default=200, metavar="N", help="杀多少次，默认 200")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="随机数种子，默认 1；同一种子做同样的选择")
    parser.add_argument(
        "--minutes",
        type=float,
        default=12.0,
        metavar="M",
        help="破坏安排在几分钟里，默认 12；最多到两倍，还没有做完就不算通过",
    )
    parser.add_argument(
        "--only", choices=plan.KINDS, default="", metavar="KIND", help=f"只做一种：{'、'.join(plan.KINDS)}"
    )
    parser.add_argument("--keep", action="store_true", help="保留账本和日志，供事后查看")


def run(arguments: argparse.Namespace) -> int:
    """Carry it out; 1 when a promise was broken, or less was done than was asked."""
    if os.environ.get("DATABASE_URL"):
        raise Unusable("xuke chaos 会反复杀掉数据库，只用自带的 PostgreSQL：请去掉 DATABASE_URL。")
    if arguments.kills < 1:
        raise Unusable("--kills 至少是 1。")
    wanted = Wanted(arguments.kills, arguments.seed, arguments.minutes, arguments.only, arguments.keep)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # Disks must be unmounted, processes stopped.
    with stage(keep=wanted.keep) as place:
        from xuke.config.chaos.run import run as carry_out

        if wanted.keep:
            sys.stderr.write(f"账本和日志在 {place.outside}。\n")
        return 0 if carry_out(wanted, place, _tell) else 1


def _tell(facts: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(facts, ensure_ascii=False) + "\n")
    sys.stdout.flush()
