"""The operator's page: calm when all is well, plain about what is not, and a press that orders failed jobs again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from xuke.audit import signs as log
from xuke.foundation import jobs
from xuke.foundation.models import Entry
from xuke.foundation.models.journal import Unhandled
from xuke.foundation.tests.journals import Case, happens_here
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS, Desk
from xuke.operations import rules, signs

URL = "/office/operations/"


@pytest.fixture
def installation(db, tmp_path, settings):
    """An installation of its own whose signs a test writes."""
    settings.XUKE_HOME = tmp_path
    return tmp_path


@pytest.fixture
def look(client, installation, shi_the_system_administrator):
    """The page as 石希同 sees it."""
    return lambda url=URL: Desk(client).open(shi_the_system_administrator, url)


def a_job(status: str) -> int:
    jobs.defer("documents.render", notice="0192")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE status = 'todo' RETURNING id")
        (number,) = cursor.fetchone()
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = %s::procrastinate_job_status WHERE id = %s", [status, number]
        )
    return number


def all_is_well() -> None:
    now = timezone.now()
    log.keep_sealing(log.Sealing(now, 12))
    log.keep_failed_check("", began=now, ended=now)
    signs.keep_backup(signs.Backup(now, "/backup/1", good_at=now, good_place="/backup/1", bytes=5_000_000, seconds=3.2))
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")


def test_a_system_that_runs_reassures(look):
    all_is_well()
    page = look()
    assert "一切正常，不需要做什么" in page.main
    for words in ("没有失败的作业", "没有排队的作业，都做完了", "1 个在运行".replace(" ", ""), "/backup/1"):
        assert words in page.main.replace(" ", "") or words in page.main
    assert len(page.statements) <= MOST_STATEMENTS


def test_what_is_wrong_is_said_with_what_to_do(look, installation):
    page = look()
    for words in ("没有后台作业在运行", "请启动 xuke worker", "日志没有在封存", "两天内没有完整的备份"):
        assert words in page.main


def test_a_job_that_is_tried_again_and_again_is_told_before_it_has_failed(look):
    all_is_well()
    number = a_job("todo")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET attempts = 2 WHERE id = %s", [number])
    page = look()
    assert "1个作业没有做成，正在重试" in page.main and "一切正常" not in page.main


def test_a_failed_job_is_ordered_again_and_the_journal_says_who_did(look, client, shi_the_system_administrator):
    number = a_job("failed")
    page = look()
    assert "排版文书" in page.main
    assert "文书 0192" in page.main
    assert len(page.statements) <= MOST_STATEMENTS
    desk = Desk(client)
    assert desk.send(shi_the_system_administrator, f"{URL}jobs/{number}/retry/").goes_to == URL
    entry = Entry.objects.get(verb="job.retried")
    assert (entry.facts["jobs"], "石希同" in entry.actor_label) == ([number], True)
    assert "没有失败的作业" in look().main
    again = desk.send(shi_the_system_administrator, f"{URL}jobs/{number}/retry/")
    assert (again.status, "已经不在失败的作业里" in again.words) == (409, True)


def test_all_failed_jobs_are_ordered_again_at_once(look, client, shi_the_system_administrator):
    a_job("failed"), a_job("failed")
    Desk(client).send(shi_the_system_administrator, f"{URL}retry/")
    assert len(Entry.objects.get(verb="job.retried").facts["jobs"]) == 2
    assert "没有失败的作业" in look().main


def test_news_that_failed_is_told_without_the_rows_it_quotes(look):
    happens_here(Case("application:1"))
    entry = Entry.objects.first()
    Unhandled.objects.create(
        entry=entry,
        handler="xuke.publication.handlers.publish",
        line="x",
        attempts=3,
        retry_at=timezone.now(),
        problem="IntegrityError: null value\nDETAIL: Failing row contains (13800005678)",
    )
    page = look()
    assert "1条消息没有送达" in page.main
    assert "IntegrityError: null value" in page.main
    assert "13800005678" not in page.html


def test_the_figures_alone_are_asked_for_every_few_seconds(look):
    a_job("failed")
    page = look(f"{URL}?only=figures")
    assert "失败" in page.words
    assert "<table" not in page.html


def test_every_alarm_has_its_day():
    now = timezone.now()
    well = rules.Signs(
        now=now, workers=1, sealed_at=now, checked_at=now, backed_up_at=now, free=50_000_000_000, capacity=10**11
    )
    assert rules.alarms(well) == []
    late = now - timedelta(days=3)
    for wrong, title in (
        ({"workers": 0}, "没有后台作业在运行"),
        ({"waiting": 1, "oldest_waiting": late}, "作业排队超过5分钟"),
        ({"sealed_at": late}, "日志没有在封存"),
        ({"sealing_problem": "停"}, "日志封存已停止"),
        ({"check_found": 1}, "日志核查没有通过"),
        ({"checked_at": late}, "日志两天没有核查了"),
        ({"backed_up_at": late}, "两天内没有完整的备份"),
        ({"backup_problem": "满"}, "最近一次备份没有成功"),
        ({"free": 1_000}, "磁盘空间不足"),
    ):
        (alarm,) = rules.alarms(replace(well, **wrong))
        assert alarm.title == title


def test_an_archive_that_fails_is_a_grave_alarm():
    well = rules.Signs(timezone.now())
    assert "数据库的归档失败" not in [alarm.title for alarm in rules.alarms(well)]
    found = {alarm.title: alarm.grave for alarm in rules.alarms(replace(well, archive_fails=True))}
    assert found["数据库的归档失败"]
