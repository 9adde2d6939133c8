"""`xuke serve`: the web, pages and static files, by granian."""

from __future__ import annotations

import argparse
import os

from django.conf import settings
from granian import Granian
from granian.constants import Interfaces

from xuke.config import embedded


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen, and with how many processes."""
    parser.add_argument("--address", default="127.0.0.1", help="监听地址，默认 127.0.0.1")
    parser.add_argument("--port", type=int, default=8000, help="端口，默认 8000")
    parser.add_argument("--workers", type=int, default=2, help="进程数，默认 2")
    parser.add_argument("--threads", type=int, default=2, help="每个进程的线程数，默认 2")


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to stop."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xuke.config.settings")
    server = Granian(
        "xuke.config.wsgi:application",
        address=arguments.address,
        port=arguments.port,
        interface=Interfaces.WSGI,
        workers=arguments.workers,
        blocking_threads=arguments.threads,
        respawn_failed_workers=True,
        log_access=False,
        websockets=False,
    )
    with embedded.running(settings.XUKE_HOME):
        server.serve()
    return 0
