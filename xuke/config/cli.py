"""The command line: `xuke WHAT …`. Each subcommand is a module with `add_arguments` and `run`.

What can be answered without a database (numbers, working days, a certificate's authenticity) loads neither Django nor
the settings.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from xuke import __version__
from xuke.config.unusable import Unusable


@dataclass(frozen=True)
class Subcommand:
    """One word after `xuke`."""

    name: str
    help: str
    module: str
    needs_django: bool = True


SUBCOMMANDS = (
    Subcommand("identify", "识别并校验编号", "cli_identify", needs_django=False),
    Subcommand("due", "推算工作日期限的到期日", "cli_due", needs_django=False),
    Subcommand("verify", "核验电子证书文件，不需要数据库和网络", "cli_verify", needs_django=False),
    Subcommand("verify-submission", "核验签名包，不需要数据库和网络", "cli_verify_submission", needs_django=False),
    Subcommand("journey", "在空库上用命令走完一个完整的故事", "cli_journey", needs_django=False),
    Subcommand("serve", "启动网页服务", "cli_serve"),
    Subcommand("worker", "启动后台作业", "cli_worker"),
    Subcommand("demo", "启动演示：数据库、演示数据、网页、后台作业", "cli_demo"),
    Subcommand("journal", "核查日志的完整性", "cli_journal"),
    Subcommand("bench", "测量性能指标", "cli_bench", needs_django=False),
    Subcommand(
        "chaos", "在负载下反复杀进程、断连接、写满磁盘、拨动时钟，证明什么都没有丢", "cli_chaos", needs_django=False
    ),
    Subcommand("recount", "核对并更正工作台的计数、经办清单和企业名称索引", "cli_recount"),
    Subcommand("calendar", "加载全年放假安排，决定某一天放假还是上班", "cli_calendar"),
    Subcommand("agent", "启动签名助手：在本机用数字证书登录和签名", "cli_agent", needs_django=False),
    Subcommand("trust", "信任哪些数字证书认证机构，放入吊销列表", "cli_trust"),
    Subcommand("keys", "更换个人信息的加密密钥", "cli_keys"),
    Subcommand("administrators", "空系统：最上级机关和最初的三名管理员；管理员进不来时", "cli_administrators"),
    Subcommand("database", "让内置数据库作为单独的服务运行", "cli_database"),
    Subcommand("check", "检查系统能否运行；--deploy 检查能否对外服务", "cli_check"),
    Subcommand("backup", "备份数据库、文件和密钥，办事不中断", "cli_backup"),
    Subcommand("restore", "从备份恢复出一个系统，恢复前先核对", "cli_restore"),
    Subcommand("publish", "重新生成公开查询的内容，办事和查询不中断", "cli_publish"),
    Subcommand(
        "verify-answer", "核验“某天是否有效”的签名答复，不需要数据库和网络", "cli_verify_answer", needs_django=False
    ),
    Subcommand("load-rules", "加载规则文件；--check 先看变化和涉及的在办申请", "cli_load_rules"),
    Subcommand("prepare", "建库建表、加载参考数据、生成演示用的密钥", "cli_prepare"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand and return its exit code: 0 good, 1 the answer is no, 2 the call was unusable."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(prog="xuke", description="许可：生产许可全程网上办理与证后监管")
    parser.add_argument("--version", action="version", version=f"xuke {__version__}")
    parsers = parser.add_subparsers(dest="what", metavar="命令", required=True)
    chosen = next((word for word in words if not word.startswith("-")), "")
    try:
        for subcommand in SUBCOMMANDS:
            child = parsers.add_parser(subcommand.name, help=subcommand.help, description=subcommand.help)
            if subcommand.name == chosen:
                if subcommand.needs_django:
                    _set_up_django()
                module = importlib.import_module(f"xuke.config.{subcommand.module}")
                module.add_arguments(child)
                child.set_defaults(run=module.run)
        parsed = parser.parse_args(words)
        return int(parsed.run(parsed))
    except Unusable as reason:
        sys.stderr.write(f"{reason}\n")
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has stopped reading; say nothing more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _set_up_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xuke.config.settings")
    import django

    django.setup()


if __name__ == "__main__":
    sys.exit(main())
