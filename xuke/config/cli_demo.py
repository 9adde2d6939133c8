"""`xuke demo`: the whole product with invented people, on this machine, until Ctrl-C."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from xuke.config import embedded, installation
from xuke.config.demonstration import accounts, cards, people, province
from xuke.config.demonstration.cards import Card

PATIENCE = 60
"""Seconds to wait for the web to answer."""


class Stopped(Exception):
    """Somebody asked us to stop."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen."""
    parser.add_argument("--port", type=int, default=8000, help="端口，默认 8000；被占用时用下一个空闲的")
    parser.add_argument("--prepare-only", action="store_true", help="只准备数据，不启动服务")


def run(arguments: argparse.Namespace) -> int:
    """Prepare, start, say where, wait, stop everything."""
    signal.signal(signal.SIGTERM, _stop)
    try:
        with embedded.running(settings.XUKE_HOME):
            made = _prepare()
            if arguments.prepare_only:
                return 0
            port = _free_port(arguments.port)
            with _started(port) as processes:
                _await_answer(port, processes)
                _say(_introduction(f"http://localhost:{port}", made))
                return _watch(processes)
    except (KeyboardInterrupt, Stopped):
        return 0
    finally:
        _say("已停止。数据都在，下次启动接着用。")


def _stop(*_: object) -> None:
    raise Stopped()


def _prepare() -> tuple[Card, ...]:
    installation.prepare(now=timezone.now())
    if not (settings.STATIC_ROOT / "staticfiles.json").exists():
        call_command("collectstatic", interactive=False, verbosity=0)
    if not province.is_there():
        _say("正在用命令生成演示省份：机关、人员、企业、各种状态的申请……")
        province.make(now=timezone.now())
    return cards.make(now=timezone.now())


def _free_port(wanted: int) -> int:
    for port in range(wanted, wanted + 50):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise SystemExit(f"端口 {wanted} 到 {wanted + 49} 都被占用，请用 --port 另选一个。")


@contextmanager
def _started(port: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Web and worker, each in a session of its own so that Ctrl-C reaches them through us, in order."""
    # By name: passkeys belong to a name, never to a number.
    environment = {**os.environ, "XUKE_ADDRESS": f"http://localhost:{port}"}
    commands = (["serve", "--port", str(port)], ["worker"])
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for command in commands:
            program = [sys.executable, "-m", "xuke.config.cli", *command]
            # One by one: when the second does not start, the first is in the list and gets stopped.
            processes.append(subprocess.Popen(program, env=environment, start_new_session=True))
        yield processes
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for process in processes:
            process.send_signal(signal.SIGINT)
        for process in processes:
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _await_answer(port: int, processes: list[subprocess.Popen[bytes]]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if any(process.poll() is not None for process in processes):
            raise SystemExit("网页服务或者后台作业没有启动起来，原因见上。")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/login/", timeout=5):
                return
        except urllib.error.HTTPError as error:
            raise SystemExit(f"登录页答复{error.code}，原因见上。") from None
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"网页服务在{PATIENCE}秒内没有应答。")


def _watch(processes: list[subprocess.Popen[bytes]]) -> int:
    while True:
        for process in processes:
            if (code := process.poll()) is not None:
                _say(f"一个进程意外结束（{code}），演示停止。")
                return 1
        time.sleep(0.5)


def _introduction(address: str, made: Sequence[Card]) -> str:
    owner, seats = people.FIRMS[2], {seat.code: seat.name for seat in people.SEATS}
    lines = [
        "",
        "  许可演示已启动，数据均为虚构",
        f"  网址  {address}",
        f"  密码  {people.PASSWORD}（所有演示账号相同）",
        "",
        f"  {'登录名':<14}身份",
        f"  {owner.login_name:<17}企业经办人　{owner.contact}，{owner.name}（有一份草稿）",
    ]
    lines += [
        f"  {person.login_name:<17}{'、'.join(role.label for role in person.roles)}　{person.name}，{seats[code]}"
        for code in accounts.SEATS_SHOWN
        for person in people.STAFF[code]
    ]
    return "\n".join([*lines, "", *_how_to_sign(address, made), "  Ctrl-C 停止", ""])


def _how_to_sign(address: str, made: Sequence[Card]) -> list[str]:
    """What to start, to log in and to sign with a card of the demonstration."""
    card = next((card for card in made if card.login_name == people.FIRMS[2].login_name), None)
    if card is None:
        return []
    xuke, key, certificate = map(_from_here, (Path(sys.executable).with_name("xuke"), card.key, card.certificate))
    return [
        f"  用数字证书登录、签名：另开一个终端运行（口令 {cards.PIN}；同一目录下还有工作人员的证书，RSA和SM2各一张）",
        f"  {xuke} agent --key {key} --certificate {certificate} --origin {address}",
        "",
    ]


def _from_here(path: Path) -> str:
    """The path as one types it here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
