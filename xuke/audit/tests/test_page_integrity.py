"""Whether the sealed log is whole, at a glance: calm when it is, loud when it is not."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from xuke.audit import checking, signs
from xuke.foundation import journal_heads
from xuke.foundation.sealer import LogIsShorter
from xuke.foundation.tests.journals import NOON, Case, Superuser, happens
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS, Desk, Page

URL = "/office/audit/integrity/"


@pytest.fixture
def now(monkeypatch):
    """The clock of the page; tests move it."""

    class Clock:
        moment = NOON

        def __call__(self):
            return self.moment

    clock = Clock()
    monkeypatch.setattr("django.utils.timezone.now", clock)
    return clock


@pytest.fixture
def look(client, mallory: Superuser, world, qian_the_auditor, now):
    """The page as 钱慎 sees it."""
    return lambda url=URL: Desk(client).open(qian_the_auditor, url)


def sealed_and_checked(now) -> Case:
    case = Case("application:1", journal_authority="420000/420500/420506/")
    happens(case, times=3)
    checking.seal(now)
    checking.check(now)
    return case


def test_a_whole_log_is_calm(look, now):
    sealed_and_checked(now)
    page: Page = look()
    assert "日志完整" in page.main
    assert "没有发现问题" in page.main
    assert "等待封存没有" in page.main.replace(" ", "")
    assert 'role="alert">' not in page.html.partition('id="refusal"')[2].partition(">")[2]
    assert len(page.statements) <= MOST_STATEMENTS + 1


def test_a_tampered_log_is_loud_on_every_page_of_the_desk(look, now, mallory):
    case = sealed_and_checked(now)
    mallory.tamper("UPDATE foundation_entry SET facts = '{}', actor = 'officer:13' WHERE stream = %s", case.stream)
    assert not checking.check(now).is_sound
    page = look()
    assert "日志不可信" in page.main
    assert "最近一次核查发现3处问题" in page.main
    assert f"（{case.stream} 第2条）与封存时的摘要不符" in page.main
    assert "日志没有通过最近一次核查" in look("/office/audit/").main
    assert "与封存时不符" in look(f"/office/audit/subjects/{case.stream}/2/").main


def test_a_log_that_was_cut_off_is_found_before_anybody_checks(look, now, mallory):
    case = sealed_and_checked(now)
    happens(case)
    checking.seal(now)
    for table, column in (("leaf", "position >= 3"), ("head", "size > 1"), ("entry", "seq > 3")):
        mallory.tamper(f"DELETE FROM foundation_{table} WHERE {column}")
    page = look()
    assert "日志不可信" in page.main
    assert "日志末尾被截去" in page.main
    with pytest.raises(LogIsShorter):
        checking.seal(now)
    assert "封存已停止" in look().main


@pytest.mark.parametrize(
    ("forgery", "words"),
    [
        ("UPDATE foundation_head SET root = sha256('x')", "最新的树头不是本系统签的"),
        ("UPDATE foundation_head SET at = at + interval '1 second'", "最新的树头不是本系统签的"),
        ("DELETE FROM foundation_head", "日志末尾被截去"),
    ],
)
def test_a_forged_head_is_found_at_a_glance(look, now, mallory, forgery, words):
    sealed_and_checked(now)
    mallory.tamper(forgery)
    assert words in look().main


def test_a_damaged_or_missing_file_of_heads_is_told(look, now):
    sealed_and_checked(now)
    place = journal_heads.place()
    content = place.read_bytes()
    place.write_bytes(b"{}\n")
    assert "树头文件与数据库不符" in look().main
    place.unlink()
    assert "没有找到树头文件" in look().main
    place.write_bytes(content)
    assert "日志完整" in look().main


def test_a_sealer_that_stands_still_is_told(look, now):
    case = sealed_and_checked(now)
    happens(case)
    assert "等待封存1个" in look().main.replace(" ", "")
    now.moment += timedelta(minutes=3)
    page = look()
    assert "需要处理" in page.main
    assert "封存程序没有运行" in page.main
    assert "最早的一个已等了3分钟" in page.main


def test_a_check_that_is_old_or_failed_is_told(look, now, monkeypatch):
    sealed_and_checked(now)
    now.moment += timedelta(days=2)
    checking.seal(now)
    assert "整个日志很久没有核查了" in look().main

    def broken():
        raise OSError("磁盘读取失败")

    with monkeypatch.context() as broken_disk:
        broken_disk.setattr("xuke.foundation.journal_check.verify", broken)
        with pytest.raises(OSError):
            checking.check(now)
    assert "磁盘读取失败" in look().main


def test_before_anything_happened(look, now):
    page = look()
    assert "还没有核查过整个日志" in page.main
    assert "封存程序没有运行" in page.main


def test_a_worker_that_starts_again_checks_once_a_day(mallory, now):
    happens(Case("application:1"))
    checking.seal(now)
    checking.check_daily(now)
    first = signs.last_check()
    now.moment += timedelta(hours=5)
    checking.check_daily(now)
    assert signs.last_check() == first
    now.moment += timedelta(hours=16)
    checking.check_daily(now)
    assert signs.last_check().ended == now.moment


def test_after_findings_it_is_checked_again_at_once(mallory, now):
    happens(Case("application:1"))
    checking.seal(now)
    mallory.tamper("UPDATE foundation_entry SET actor = 'nobody'")
    checking.check_daily(now)
    mallory.tamper("UPDATE foundation_entry SET actor = 'officer:12'")
    now.moment += timedelta(minutes=10)
    checking.check_daily(now)
    assert signs.last_check().found == 0


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"at": 5, "size": 1, "problem": ""}', '{"began": "x"}'])
def test_a_damaged_sign_is_no_sign(home: Path, content):
    home.mkdir(parents=True)
    for name in ("journal-sealer.json", "journal-check.json"):
        (home / name).write_text(content)
    assert signs.last_sealing() is None
    assert signs.last_check() is None
