"""`xuke load-rules`: load files of rules as editions; `--check` says first what that would change."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.db import ProgrammingError
from django.utils import timezone

from xuke.catalogue import commands, rulefile
from xuke.catalogue.rulebook import TOPICS, Change, Edition
from xuke.config import embedded
from xuke.foundation.actors import System
from xuke.foundation.journal import legal_day
from xuke.foundation.refusals import Refused
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.licensing import touched

_KINDS = {"begins": "新增", "changes": "变更", "ends": "失效"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A file or a folder; without one, the rules that come with the release."""
    parser.add_argument(
        "path", nargs="?", type=Path, default=rulefile.SHIPPED, metavar="PATH", help="规则文件或者目录，默认随系统发布"
    )
    parser.add_argument("--check", action="store_true", help="只看会有哪些变化、涉及多少在办申请，不加载")


def run(arguments: argparse.Namespace) -> int:
    """Check and load. 0: done, or nothing to do; 1 with --check: there are changes; 2: a file is wrong."""
    read = rulefile.read(arguments.path)
    if read.faults:
        sys.stderr.write("".join(f"{fault.sentence}\n" for fault in read.faults))
        sys.stderr.write(f"共{len(read.faults)}处有误，没有加载任何规则。\n")
        return 2
    with embedded.running(settings.XUKE_HOME):
        try:
            return _check(read.editions) if arguments.check else _load(read.editions)
        except Refused as refused:
            sys.stderr.write(f"{refused.sentence}\n没有加载任何规则。\n")
            return 2
        except ProgrammingError as problem:  # A new installation has no table of editions.
            sys.stderr.write(f"规则文件没有错，但是读不到已有的规则：{problem}\n请先运行 xuke prepare。\n")
            return 2


def _check(wanted: Iterable[Edition]) -> int:
    """Say what would change, and how many running cases each change touches."""
    today = legal_day(timezone.now())
    with opened_for(EVERYTHING):
        changes = commands.changes_of(wanted, today=today)
        told = [f"{_told(each)}；涉及在办申请{touched.count_of(each, today=today)}件" for each in changes]
    sys.stdout.write("".join(f"{line}\n" for line in told))
    sys.stdout.write(f"共{len(changes)}处变化，还没有加载。\n" if changes else "没有变化。\n")
    return 1 if changes else 0


def _load(wanted: Iterable[Edition]) -> int:
    changes = commands.load(wanted=wanted, by=System("load-rules"), now=timezone.now())
    sys.stdout.write("".join(f"{_told(each)}\n" for each in changes))
    sys.stdout.write(f"已加载{len(changes)}处变化。\n" if changes else "没有变化。\n")
    return 0


def _told(change: Change) -> str:
    """One change in a line: what, where, from when, from which basis to which."""
    said = change.after or change.before
    assert said is not None
    where = change.division or "全国"
    days = f"自{change.begins}起" + (f"至{change.ends}" if change.ends else "")
    what = said.content.get("title") or change.key
    values = "→".join(_value(each) for each in (change.before, change.after) if each is not None)
    return (
        f"{_KINDS[change.kind]}　{TOPICS[change.topic]} {change.key}（{what}）　{where}　{days}　{values}　{said.basis}"
    )


def _value(edition: Edition) -> str:
    content = edition.content
    for name in ("value", "level", "allowed", "on", "condition", "pass_percent"):
        if name in content:
            return f"{content[name]}{content.get('unit', '')}"
    return ""
