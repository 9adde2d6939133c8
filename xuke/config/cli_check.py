"""`xuke check`: whether the installation is fit to run; with `--deploy`, whether strangers may come."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from xuke.audit import signs as log
from xuke.config import embedded, installation
from xuke.config.checks import configuration, database, machine
from xuke.config.checks.configuration import Configuration
from xuke.config.checks.finding import Finding
from xuke.config.unusable import Unusable
from xuke.operations import queries, signs

ALIASES = 3
"""Connections that one thread of the web may hold: pages, public pages, reports."""
OF_A_WORKER = 8


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How strict, and how the web is to be started."""
    parser.add_argument("--deploy", action="store_true", help="按对外服务的要求检查")
    parser.add_argument("--workers", type=int, default=2, help="xuke serve 的进程数，默认 2")
    parser.add_argument("--threads", type=int, default=8, help="xuke serve 每个进程的线程数，默认 8")
    parser.add_argument("--backup-days", type=int, default=2, metavar="N", help="备份最多多少天，默认 2")


def run(arguments: argparse.Namespace) -> int:
    """Tell every finding with its remedy. 0: nothing found; 1: something must be mended first."""
    home = Path(settings.XUKE_HOME)
    found = [*machine.key_modes(home), *machine.laid_out(home), *machine.room(machine.free_at(home), home)]
    if arguments.deploy:
        found += [*configuration.check(seen()), *machine.demonstration_keys(home)]
    with embedded.running(home) as info:
        found += _of_the_database(info, arguments)
        connections.close_all()
    for finding in found:
        sys.stdout.write(f"{finding}\n")
    sys.stdout.write(f"有{len(found)}处需要处理。\n" if found else "检查通过。\n")
    return 1 if found else 0


def _of_the_database(info: embedded.ConnectionInfo, arguments: argparse.Namespace) -> list[Finding]:
    """What only a database that answers can tell."""
    wanted = arguments.workers * arguments.threads * ALIASES + OF_A_WORKER
    try:
        with psycopg.connect(info.owner, connect_timeout=10) as owner:
            pending = list(migrations())
            found = [*walls(), *pending, *database.check(owner, connections=wanted)]
            # Before the tables are there, there is nothing in them to ask for.
            if arguments.deploy and not pending:
                found += _of_what_runs(owner, arguments.backup_days)
            return found
    except psycopg.OperationalError as problem:
        return [Finding(f"连不上数据库：{problem}", "查看数据库是否在运行，DATABASE_URL 等地址是否正确。")]


def walls() -> Iterator[Finding]:
    """Row-level security binds the role of the web, and each way into the database is its own role's."""
    try:
        installation.demand_walls()
    except Unusable as problem:
        yield Finding(str(problem), "用三个角色，见 docs/operating.md“Database roles”。")


def migrations() -> Iterator[Finding]:
    """The tables are those of this release."""
    executor = MigrationExecutor(connections["owner"])
    if pending := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield Finding(f"有{len(pending)}个迁移没有应用，第一个是 {pending[0][0]}。", "运行 xuke prepare。")


def _of_what_runs(owner: database.Connection, days: int) -> Iterator[Finding]:
    now = timezone.now()
    told = owner.execute("SELECT clock_timestamp(), (SELECT max(at) FROM foundation_entry)").fetchone()
    assert told is not None
    yield from machine.clock(timezone.now(), told[0], told[1])
    yield from machine.backup(signs.last_backup(), now, days=days)
    yield from machine.worker(queries.state(now=now).signs.workers, log.last_sealing(), now)


def seen() -> Configuration:
    """What the settings have made of the environment."""
    return Configuration(
        demonstration=settings.XUKE_DEMO,
        debug=settings.DEBUG,
        secret_key=settings.SECRET_KEY,
        address=settings.XUKE_ADDRESS,
        hosts=settings.ALLOWED_HOSTS,
        secure_cookies=settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE,
        behind_proxy=bool(os.environ.get("XUKE_BEHIND_PROXY")),
        proxies=settings.XUKE_PROXIES,
        proxy_secret=settings.XUKE_PROXY_SECRET,
        rates=(("XUKE_PUBLIC_RATE", settings.XUKE_PUBLIC_RATE[0]), ("XUKE_API_RATE", settings.XUKE_API_RATE[0])),
        second_factor=settings.XUKE_OFFICERS_SECOND_FACTOR,
        long_sessions=settings.XUKE_LONG_SESSIONS,
        open_registration=settings.XUKE_REGISTRATION,
        means=settings.XUKE_SIGNATURE_MEANS,
        demands_crl=settings.XUKE_DEMAND_CRL,
        type_code=settings.XUKE_LICENCE_TYPE_CODE,
        metrics_token=settings.XUKE_METRICS_TOKEN,
        given=frozenset(os.environ),
    )
