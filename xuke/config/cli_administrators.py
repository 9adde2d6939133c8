"""`xuke administrators`: the first authority and its three administrators; help for one who is locked out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from xuke.accounts import commands, first_passwords
from xuke.accounts.models import Authority, User
from xuke.accounts.officers import Role
from xuke.accounts.particulars import TITLES
from xuke.accounts.plans import LEVELS
from xuke.config import embedded
from xuke.foundation.actors import System
from xuke.foundation.refusals import Invalid, Refused
from xuke.foundation.transactions import opened_for
from xuke.identity.commands import factors

OPERATOR = System(task="administrators", label="系统运维（命令行）")
FIRST = {
    "system": Role.SYSTEM_ADMINISTRATOR,
    "security": Role.SECURITY_ADMINISTRATOR,
    "auditor": Role.AUDITOR,
}
"""The three who are appointed before anybody can appoint (三员分立); everybody else is appointed on the pages."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Found once, rescue when needed."""
    verbs = parser.add_subparsers(dest="verb", metavar="做什么", required=True)
    found = verbs.add_parser("found", help="空系统：设立最上级机关，任命最初的三名管理员")
    found.add_argument("--code", required=True, help="行政区划代码，例如 420000")
    found.add_argument("--level", required=True, choices=LEVELS, help="nation、province、prefecture或者county")
    for name, title in TITLES.items():
        needed = name not in ("address", "phone")
        found.add_argument(f"--{name.replace('_', '-')}", required=needed, default="", help=title)
    for name, role in FIRST.items():
        found.add_argument(f"--{name}", required=True, metavar="LOGIN:NAME", help=f"{role.label}人员的登录名和姓名")
    rescue = verbs.add_parser("rescue", help="忘记密码又丢失第二因素的安全管理人员：给初始密码，清除第二因素")
    rescue.add_argument("login_name", metavar="LOGIN", help="登录名")
    rescue.add_argument("--reason", required=True, help="原因，记入日志")


def run(arguments: argparse.Namespace) -> int:
    """Do it in one transaction. 0: done; 2: nothing was done, and why."""
    act: Callable[[argparse.Namespace, datetime], str] = _found if arguments.verb == "found" else _rescue
    with embedded.running(settings.XUKE_HOME):
        try:
            with opened_for(OPERATOR.scope):
                told = act(arguments, timezone.now())
        except Refused as refused:
            sys.stderr.write(_said(refused))
            return 2
    sys.stdout.write(told)
    return 0


def _found(arguments: argparse.Namespace, now: datetime) -> str:
    if Authority.objects.exists():
        raise Refused("已经有机关了。以后的机关由系统管理人员在网页上设立或者导入。")
    people = {role: getattr(arguments, name).partition(":") for name, role in FIRST.items()}
    if len({login_name for login_name, _, _ in people.values()}) < len(FIRST):
        raise Refused("系统管理、安全管理、审计由三个人分别担任（三员分立），请写三个不同的登录名。")
    authority = commands.establish_authority(
        code=arguments.code,
        level=arguments.level,
        parent=None,
        by=OPERATOR,
        now=now,
        **{name: getattr(arguments, name) for name in TITLES},
    )
    lines = [f"已设立{authority.name}。初始密码只显示这一次，第一次登录要改："]
    for role, (login_name, _, name) in people.items():
        password = first_passwords.made()
        user = commands.add_user(
            login_name=login_name, name=name, password=password, must_change_password=True, by=OPERATOR, now=now
        )
        commands.appoint(user=user, authority=authority, role=role, by=OPERATOR, now=now)
        lines.append(f"{role.label}　{user.name}　{user.login_name}　{password}")
    return "".join(f"{line}\n" for line in lines)


def _rescue(arguments: argparse.Namespace, now: datetime) -> str:
    user = User.objects.filter(login_name=arguments.login_name.strip().lower(), serves=True).first()
    if user is None:
        raise Refused("没有这个登录名的工作人员。")
    password = first_passwords.made()
    commands.give_password(user=user, password=password, reason=arguments.reason, by=OPERATOR, now=now)
    factors.reset_factors(user=user, by=OPERATOR, now=now)
    return f"{user.name}　{user.login_name}　{password}\n初始密码只显示这一次；第二因素已清除，第一次登录要重新添加。\n"


def _said(refused: Refused) -> str:
    if isinstance(refused, Invalid):
        return "".join(f"{TITLES.get(each.field, each.field)}：{each.message}\n" for each in refused.problems)
    return f"{refused.sentence}\n"
