"""The operator at the screen: a job has failed, 石希同 sees it, orders it again, and the page is calm."""

from __future__ import annotations

import psycopg
import pytest
from django.utils import timezone

from xuke.audit import signs as log
from xuke.foundation import jobs
from xuke.operations import signs
from xuke.tests.browser.conftest import AtScreen

pytestmark = pytest.mark.browser


@pytest.fixture
def a_failed_job(committed_db):
    """A notice that could not be set, in an installation that is well otherwise."""
    jobs.defer("documents.render", notice="01a20248-81ed-7b22-87ca-bf9bae4b545b")
    with psycopg.connect(committed_db.app) as application:
        application.execute("UPDATE procrastinate_jobs SET status = 'doing'")
        application.execute("UPDATE procrastinate_jobs SET status = 'failed', attempts = 3")
        application.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    now = timezone.now()
    log.keep_sealing(log.Sealing(now, 12))
    log.keep_failed_check("", began=now, ended=now)
    signs.keep_backup(signs.Backup(now, "/backup/1", good_at=now, good_place="/backup/1", bytes=5_000_000, seconds=3.2))
    yield
    for sign in (log._sealer_file(), log._check_file(), signs._file()):
        sign.unlink(missing_ok=True)


def test_shi_orders_a_failed_job_again(at_screen: AtScreen, world, a_failed_job) -> None:
    screen = at_screen("shixitong")
    screen.open("/office/admin/")
    screen.page.get_by_role("link", name="系统运行").first.click()
    screen.reads("有1件事需要处理", "1个作业失败", "排版文书", "01a20248")
    screen.look("operations-failed")
    screen.button("全部重试").click()
    screen.reads("没有失败的作业")
    screen.look("operations")
