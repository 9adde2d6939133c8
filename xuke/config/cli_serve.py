"""`xuke serve`: the web, pages and static files, by granian."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from ipaddress import ip_address
from pathlib import Path

from django.conf import settings
from django.db import connections
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

from xuke.config import embedded, installation, logs, processes

HEADERS_WITHIN = 10_000
"""Milliseconds for the head of a request."""
PLACES = 2_000
"""Connections of one process at the same time."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen, and with how many processes."""
    parser.add_argument("--address", default="127.0.0.1", help="监听地址，默认 127.0.0.1")
    parser.add_argument("--port", type=int, default=8000, help="端口，默认 8000")
    parser.add_argument("--workers", type=int, default=2, help="进程数，默认 2")
    parser.add_argument("--threads", type=int, default=8, help="每个进程的线程数，默认 8，每个线程占一个数据库连接")
    parser.add_argument("--grace", type=int, default=30, help="停止时等正在办理的请求多少秒，默认 30")


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to stop. SIGHUP replaces the processes one after the other; no request is lost."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xuke.config.settings")
    os.environ["XUKE_THREADS"] = str(arguments.threads)
    with embedded.running(settings.XUKE_HOME), tempfile.TemporaryDirectory(prefix="xuke-serve-") as place:
        installation.demand_usable()
        connections.close_all()
        if not _is_loopback(arguments.address):
            sys.stderr.write(
                f"正在 {arguments.address} 上对外服务。互联网访问请经由反向代理（如nginx），"
                "由它处理TLS、限速和慢速连接，见 docs/operating.md。\n"
            )
        # Where the processes say that they are ready, and add up what they count.
        os.environ[processes.PLACE] = os.environ["PROMETHEUS_MULTIPROC_DIR"] = place
        _processes(arguments, Path(place)).serve()
    return 0


def _processes(arguments: argparse.Namespace, place: Path) -> processes.Processes:
    processes.fresh_interpreters()
    return processes.Processes(
        "xuke.config.rsgi:application",
        place=place,
        grace=arguments.grace,
        address=arguments.address,
        port=arguments.port,
        interface=Interfaces.RSGI,
        workers=arguments.workers,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_WITHIN),
        # Connections that wait cost no thread; those that send slowly must not use up the places of the others.
        backpressure=PLACES,
        log_access=False,
        log_dictconfig=logs.of_granian(settings.XUKE_LOG_FORMAT),
        websockets=False,
    )


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"
