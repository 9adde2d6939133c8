"""Bringing an installation up: database, tables, reference data, keys. Every step can be repeated."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connections
from django.db.migrations.executor import MigrationExecutor

from xuke.catalogue import commands as rules
from xuke.catalogue import rulefile
from xuke.config import embedded
from xuke.config.unusable import Unusable
from xuke.foundation import divisions, journal_keys
from xuke.foundation.actors import System
from xuke.foundation.models import Division
from xuke.publication import keys as register_keys
from xuke.seals import pki

# Whether the role goes past the policies: PostgreSQL exempts superusers, BYPASSRLS, and whoever has the owner's rights.
_UNBOUND = """
    SELECT current_user, rolsuper OR rolbypassrls OR EXISTS (
        SELECT FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity
        AND pg_has_role(current_user, relowner, 'USAGE')
    ) FROM pg_roles WHERE rolname = current_user
"""
_ROLES = {
    "public": (embedded.roles.PUBLIC, "公开页面", "DATABASE_PUBLIC_URL"),
    "reports": (embedded.roles.APP, "导出和报表", "DATABASE_URL"),
}
"""Who each connection must be, whatever the addresses say: what the public can never see hangs on the first."""


def migrate() -> int:
    """Apply migrations as the owner of the database; the number applied."""
    executor = MigrationExecutor(connections["owner"])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        call_command("migrate", database="owner", verbosity=0, interactive=False)
    connections["owner"].close()
    return len(plan)


def load_reference_data(*, again: bool) -> None:
    """Load administrative divisions; `again` also when some are there already (after a release)."""
    if again or not Division.objects.exists():
        divisions.load()


def load_rules(*, now: datetime) -> int:
    """Load the rules that come with this release; the number of changes. What is there already stays as it is."""
    return len(rules.load(wanted=rulefile.read(rulefile.SHIPPED).editions, by=System("prepare"), now=now))


def make_keys(*, now: datetime) -> None:
    """Make the keys this installation has not got yet: the demonstration CA with its seal, the journal's, and the
    register's under its answers."""
    pki.establish(Path(settings.XUKE_HOME) / pki.PLACE, now=now)
    journal_keys.signing_key()
    register_keys.answering_key()


def demand_usable() -> None:
    """Refuse to serve or to work where that would break what the product promises."""
    demand_walls()
    if not settings.XUKE_DEMO:
        raise Unusable(
            "XUKE_DEMO=0 去掉“演示”字样，但目前只能用演示密钥签章，签出的证书没有法律效力。"
            "接入正式的签章服务之前，请不要设置 XUKE_DEMO=0。"
        )


def demand_walls() -> None:
    """Refuse a database role that row-level security does not bind: one query asked on nobody's behalf would show all
    enterprises' files to anybody. Refuse public pages that would see more than what is published."""
    role, is_unbound = _asked("default", _UNBOUND)
    # Before the first migration there is no walled table yet that it could own.
    if is_unbound or role == connections["owner"].settings_dict["USER"]:
        raise Unusable(
            f"数据库角色 {role} 不受行级安全约束：它是表的所有者（或其成员）、超级用户，或者有 BYPASSRLS 属性。"
            f"请把 DATABASE_URL 的用户设为 {embedded.roles.APP}，DATABASE_OWNER_URL 的用户设为 {embedded.roles.OWNER}，"
            "并用 xuke prepare --admin 建立这两个角色。"
        )
    for alias, (wanted, purpose, variable) in _ROLES.items():
        (role,) = _asked(alias, "SELECT current_user")
        connections[alias].close()
        if role != wanted:
            raise Unusable(
                f"{purpose}以数据库角色 {role} 连接，应为 {wanted}：{variable} 写的是另一个用户，"
                f"它看到和能做的与 {wanted} 不同。请把 {variable} 的用户改为 {wanted}；"
                "还没有这个角色的，用 xuke prepare --admin 建立。"
            )


def _asked(alias: str, question: str) -> tuple[Any, ...]:
    """One row, as whoever the settings connect as."""
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute(question)
            answer: tuple[Any, ...] = cursor.fetchone()
            return answer
    except OperationalError as problem:
        raise Unusable(
            f"连不上数据库：{problem}\n"
            "请确认数据库在运行，DATABASE_URL 等地址和密码正确；角色还没有建的，运行 xuke prepare --admin 管理员地址。"
        ) from None


def prepare(*, now: datetime) -> int:
    """All of it, on a database that runs; the number of migrations applied."""
    demand_walls()
    applied = migrate()
    demand_walls()
    load_reference_data(again=applied > 0)
    load_rules(now=now)
    make_keys(now=now)
    return applied
