"""`xuke check --deploy`: what must be mended before strangers come, each with its remedy."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

from xuke.audit.signs import Sealing
from xuke.config import cli
from xuke.config.checks import configuration, database, machine
from xuke.config.checks.configuration import Configuration
from xuke.config.tests import elsewhere
from xuke.operations.signs import Backup
from xuke.tests.cast import NOON

STRONG = "kP3xW9vQ7rT2yU8iO5aS1dF4gH6jL0zXcVbNmQwErTyUiOp"
GOOD = Configuration(
    demonstration=False,
    debug=False,
    secret_key=STRONG,
    address="https://licence.example",
    hosts=("licence.example",),
    secure_cookies=True,
    behind_proxy=True,
    proxies=("127.0.0.1",),
    proxy_secret=STRONG,
    rates=(("XUKE_PUBLIC_RATE", 20.0),),
    second_factor=True,
    long_sessions=False,
    open_registration=False,
    means=("certificate", "passkey"),
    demands_crl=True,
    type_code="11100000MB0143028R001",
)


def test_a_strict_configuration_passes():
    assert list(configuration.check(GOOD)) == []


@pytest.mark.parametrize(
    ("weak", "words"),
    [
        ({"demonstration": True}, "演示系统"),
        ({"debug": True}, "调试模式"),
        ({"secret_key": "secret"}, "密钥太弱（6个字符）"),
        ({"secret_key": "x" * 60}, "密钥太弱"),
        ({"address": "http://licence.example"}, "不是 https"),
        ({"hosts": ("*",)}, "任意主机名"),
        ({"hosts": ("other.example",)}, "没有对外地址的主机名"),
        ({"proxies": ()}, "没有写明前面的反向代理"),
        ({"proxy_secret": "the secret"}, "没有足够长的暗号"),
        ({"rates": (("XUKE_API_RATE", 0.0),)}, "XUKE_API_RATE 为0"),
        ({"second_factor": False}, "只凭密码"),
        ({"means": ("confirmation",)}, "不用自己的密钥签名"),
        ({"metrics_token": "figures"}, "读运行指标的口令太短"),
        ({"demands_crl": False}, "吊销列表"),
    ],
)
def test_each_weakness_is_one_sentence_with_a_remedy(weak, words):
    (finding,) = configuration.check(replace(GOOD, **weak))
    assert words in finding.problem
    assert finding.remedy


def test_what_follows_from_the_demonstration_is_not_said_to_have_been_set():
    loose = replace(GOOD, demonstration=True, second_factor=False)
    (_, finding) = configuration.check(loose)
    assert finding.remedy.startswith("没有设置 XUKE_OFFICERS_SECOND_FACTOR，它随 XUKE_DEMO=1 而松")
    (_, finding) = configuration.check(replace(loose, given=frozenset({"XUKE_OFFICERS_SECOND_FACTOR"})))
    assert finding.remedy == "把 XUKE_OFFICERS_SECOND_FACTOR 设为 1。"


def test_the_roles_of_this_release_see_what_they_may(committed_db):
    with psycopg.connect(committed_db.owner) as owner:
        assert [finding.problem for finding in database.grants(owner)] == []
        assert (
            list(database.roles(owner.execute(database._ROLES, [["xuke_app", "xuke_owner", "xuke_public"]]).fetchall()))
            == []
        )


@pytest.mark.parametrize(
    ("grant", "words"),
    [
        ("GRANT SELECT (name) ON parties_enterprise TO xuke_public", "看得到 parties_enterprise"),
        ("GRANT SELECT ON accounts_user TO PUBLIC", "看得到 accounts_user"),
        ("GRANT INSERT ON publication_progress TO xuke_public", "可以改 publication_progress"),
        ("GRANT UPDATE (facts) ON foundation_entry TO xuke_app", "可以改写日志 foundation_entry"),
        ("ALTER TABLE parties_mandate DISABLE ROW LEVEL SECURITY", "parties_mandate 的行级安全被关掉了"),
    ],
)
def test_a_grant_too_many_is_found_in_the_catalogue(committed_db, grant, words):
    with psycopg.connect(committed_db.owner) as owner:
        owner.execute(sql.SQL(grant))
        assert words in " ".join(finding.problem for finding in database.check(owner, connections=10))
        owner.rollback()


def test_a_server_that_forgets_is_refused():
    well = dict.fromkeys(database.WATCHED, "on")
    well |= {"wal_level": "replica", "max_connections": "100", "server_version_num": "150018"}
    assert list(database.server(well, connections=60)) == []
    for name, value, words in (
        ("fsync", "off", "断电会毁掉数据库"),
        ("synchronous_commit", "off", "断电时丢失"),
        ("wal_level", "minimal", "不能按时刻恢复"),
        ("max_connections", "60", "最多60个连接"),
    ):
        (finding,) = database.server(well | {name: value}, connections=60)
        assert words in finding.problem
    assert [
        f.problem for f in database.roles([("xuke_app", False), ("xuke_owner", False), ("xuke_public", True)])
    ] != []


def test_what_lies_on_the_machine(tmp_path: Path):
    key = tmp_path / "keys" / "journal" / "signing.pem"
    key.parent.mkdir(parents=True)
    key.touch(mode=0o600)
    assert list(machine.key_modes(tmp_path)) == []
    key.chmod(0o640)
    assert "别人也能读" in next(machine.key_modes(tmp_path)).problem
    key.parent.chmod(0o700)
    assert list(machine.key_modes(tmp_path)) == []
    key.parent.chmod(0o755)
    key.write_text("-----BEGIN CERTIFICATE-----")
    assert list(machine.key_modes(tmp_path)) == []
    assert "没有字体" in next(machine.laid_out(tmp_path)).problem
    assert "只剩0.0 GB" in next(machine.room(10, tmp_path)).problem
    assert "相差60秒" in next(machine.clock(NOON, NOON + timedelta(minutes=1), None)).problem
    assert "比最新的日志还早" in next(machine.clock(NOON, NOON, NOON + timedelta(hours=1))).problem


def test_a_backup_must_be_young_and_somebody_must_work():
    day = timedelta(days=1)
    good = Backup(NOON, "/b", good_at=NOON)
    assert list(machine.backup(good, NOON + day, days=2)) == []
    assert "5天前" in next(machine.backup(good, NOON + day * 5, days=2)).problem
    assert "从来没有备份过" in next(machine.backup(None, NOON, days=2)).problem
    assert list(machine.worker(1, Sealing(NOON), NOON)) == []
    assert "没有后台作业" in next(machine.worker(0, None, NOON)).problem
    assert "没有在封存" in next(machine.worker(1, Sealing(NOON - day), NOON)).problem


def test_a_demonstration_is_fit_to_run_and_not_fit_for_strangers(committed_db, capsys):
    cli.main(["check"])
    said = capsys.readouterr().out
    assert "演示" not in said
    assert cli.main(["check", "--deploy"]) == 1
    said = capsys.readouterr().out
    assert "✗ 这是演示系统" in said
    assert "设置 XUKE_DEMO=0" in said


def test_public_pages_with_the_rights_of_the_web_are_found(committed_db):
    done = elsewhere.xuke(
        settings.XUKE_HOME,
        "check",
        DATABASE_URL=committed_db.app,
        DATABASE_OWNER_URL=committed_db.owner,
        DATABASE_PUBLIC_URL=committed_db.app,
    )
    assert (done.returncode, "✗ 公开页面以数据库角色 xuke_app 连接，应为 xuke_public" in done.stdout) == (1, True)


def test_an_archive_that_is_not_written_is_found():
    early, late = NOON, NOON + timedelta(minutes=1)
    assert list(database.archiving(("off", 6, None, late, "0001"))) == []
    assert list(database.archiving(("on", 0, early, None, None))) == []
    assert list(database.archiving(("on", 6, late, early, "0001"))) == []
    for archived in (None, early):
        (finding,) = database.archiving(("on", 6, archived, late, "000000010000000000000001"))
        assert "000000010000000000000001 没有写下去（失败过6次）" in finding.problem
