"""`xuke keys`: the keys that seal personal numbers: which there are, a new one, and the end of an old one."""

from __future__ import annotations

import argparse
import sys

from django.conf import settings
from django.utils import timezone

from xuke.config import embedded
from xuke.config.unusable import Unusable
from xuke.foundation import commands, resealing, scope, vault
from xuke.foundation.actors import System
from xuke.foundation.refusals import Refused
from xuke.foundation.transactions import opened_for
from xuke.publication import keys as answering
from xuke.signatures import keys as attesting

BY = System("keys")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do; without a word, the list."""
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--rotate", action="store_true", help="换新密钥：生成下一把，把所有号码改用它加密")
    what.add_argument("--continue", dest="carry_on", action="store_true", help="接着做完上一次没有做完的换钥")
    what.add_argument("--new-attesting-key", action="store_true", help="更换给签名作证的密钥，旧的公钥留作核验")
    what.add_argument("--new-register-key", action="store_true", help="更换登记簿签名答复的密钥，旧的公钥留作核验")
    what.add_argument("--remove", type=int, metavar="N", help="删除不再使用的第N把密钥")


def run(arguments: argparse.Namespace) -> int:
    """List, rotate or remove. 0: done; 1: the key is still needed; 2: the call was unusable."""
    if arguments.new_attesting_key:
        sys.stdout.write(f"已更换给签名作证的密钥：{attesting.rotate().key_id}。\n")
        return 0
    if arguments.new_register_key:
        sys.stdout.write(f"已更换登记簿签名答复的密钥：{answering.rotate().key_id}。\n")
        return 0
    with embedded.running(settings.XUKE_HOME):
        try:
            if arguments.rotate or arguments.carry_on:
                return _rotate(with_new_key=arguments.rotate)
            if arguments.remove is not None:
                commands.remove_data_key(number=arguments.remove, by=BY, now=timezone.now())
        except Refused as refused:
            sys.stderr.write(f"{refused.sentence}\n")
            return 1
        except vault.Unreadable as reason:
            raise Unusable(f"密钥不可用：{reason}") from None
        _list()
    return 0


def _rotate(*, with_new_key: bool) -> int:
    """Old and new open side by side, so pages go on working; killed on the way, `--continue` finishes it."""
    if with_new_key:
        number = commands.add_data_key(by=BY, now=timezone.now())
        sys.stdout.write(f"已生成第{number}把密钥，新的号码从现在起用它加密。\n")
    for place in resealing.places():
        changed = resealing.reseal(place)
        sys.stdout.write(f"{place.table}.{place.field.column}：{changed}行\n")
    commands.note_resealed(by=BY, now=timezone.now())
    _list()
    return 0


def _list() -> None:
    with opened_for(scope.EVERYTHING):
        used, current = resealing.keys_in_use(), vault.current()[0]
    for number in sorted(vault.keys()):
        use = "正在使用" if number == current else "可以删除" if not used.get(number) else "仍需保留"
        sys.stdout.write(f"第{number}把　{used.get(number, 0)}个号码　{use}\n")
