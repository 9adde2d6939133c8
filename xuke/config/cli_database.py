"""`xuke database`: keep the embedded PostgreSQL up until told to stop, as a service of its own."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys

from django.conf import settings

from xuke.config import embedded
from xuke.config.unusable import Unusable

LOOKED_AFTER = 1.0
"""Seconds between two looks whether the server still lives."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Everything is said by the environment."""


def run(arguments: argparse.Namespace) -> int:
    """Start it, say that it is ready, watch it. Whoever still uses it keeps it up until they have ended too.

    1: the server died. Whoever started us starts us again, and with us the server: nobody else would.
    """
    if os.environ.get("DATABASE_URL"):
        raise Unusable("设置了 DATABASE_URL，用的是您自己的PostgreSQL，不需要启动内置的。")
    stop = {signal.SIGTERM, signal.SIGINT}
    with embedded.running(settings.XUKE_HOME):
        cluster = embedded.cluster_of(settings.XUKE_HOME)
        # Only now: the server would inherit what is blocked.
        signal.pthread_sigmask(signal.SIG_BLOCK, stop)
        sys.stdout.write("内置数据库已启动。\n")
        sys.stdout.flush()
        _say_ready()
        while signal.sigtimedwait(stop, LOOKED_AFTER) is None:
            if not cluster.is_running():
                sys.stderr.write(f"内置数据库意外停止，请重新启动它；原因见 {cluster.data / 'server.log'} 的末尾。\n")
                return 1
    return 0


def _say_ready() -> None:
    """Tell systemd (sd_notify), where it wants to know."""
    if place := os.environ.get("NOTIFY_SOCKET"):
        address = "\0" + place[1:] if place.startswith("@") else place
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as there:
            there.sendto(b"READY=1", address)
