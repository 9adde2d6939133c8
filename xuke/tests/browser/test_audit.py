"""The auditor at the screen: from the journal to one entry, to a history taken away, to the state of the log."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator

import psycopg
import pytest
from django.utils import timezone

from xuke.audit import checking
from xuke.audit.stand_alone import check_history
from xuke.foundation import journal_heads, request_ids
from xuke.licensing import commands
from xuke.licensing.models import Application
from xuke.tests.browser.conftest import AtScreen
from xuke.tests.cast import Bring

pytestmark = pytest.mark.browser

REASON = "行政复议〔2026〕3号调卷"
REQUEST = "0192f0c1-7e2a-7bd1-9f00-000000000001"


@pytest.fixture
def sealed(now_at: Bring, zhou_the_acceptor) -> Iterator[Application]:
    """A granted case, at whose telephone number 周敏 has looked; everything is sealed and was checked."""
    # Whatever an earlier test sealed has gone from the database since.
    journal_heads.place().unlink(missing_ok=True)
    with request_ids.entered(REQUEST):
        application = now_at("granted")
    commands.show_contact(application=application, by=zhou_the_acceptor, now=timezone.now())
    checking.seal(timezone.now)
    checking.check(timezone.now)
    yield application
    for name in ("journal-heads.jsonl", "journal-check.json", "journal-sealer.json"):
        journal_heads.place().with_name(name).unlink(missing_ok=True)


def test_qian_reads_the_journal_and_takes_a_history_away(at_screen: AtScreen, sealed, tmp_path) -> None:
    screen = at_screen("qianshen")
    screen.open("/office/audit/")
    screen.reads("准予许可", "刘正平", "核发许可证")
    screen.look("audit-journal")

    screen.fill(q=sealed.acceptance_number)
    screen.button("查找").click()
    screen.page.wait_for_url("**q=**")
    screen.reads("派出核查组")
    screen.choose(verb="application.granted")
    screen.button("查找").click()
    screen.page.wait_for_url("**verb=application.granted**")
    screen.follow("准予许可")
    screen.reads("在签名日志中", "与封存时一致", REQUEST)
    screen.look("audit-entry")

    screen.open(f"/office/audit/subjects/{sealed.stream}/")
    screen.reads("新建草稿", "已封存在第")
    screen.look("audit-history")
    screen.fill(reason=REASON)
    with screen.page.expect_download() as taking:
        screen.button("导出").click()
    place = tmp_path / "export.zip"
    taking.value.save_as(place)
    assert zipfile.is_zipfile(place)
    assert check_history.main([str(place)]) == 0

    screen.open("/office/audit/looks/")
    screen.reads("查看联系电话", "导出办理经过及证明", REASON)
    screen.look("audit-looks")
    screen.open("/office/audit/?since=2020-01-01&until=2020-01-02")
    screen.reads("没有找到")


def test_the_state_of_the_log_is_calm_and_then_loud(at_screen: AtScreen, sealed, committed_db) -> None:
    screen = at_screen("qianshen")
    screen.open("/office/audit/integrity/")
    screen.reads("日志完整")
    screen.look("audit-integrity")
    with psycopg.connect(committed_db.admin, autocommit=True) as mallory:
        mallory.execute("SET session_replication_role = replica")
        mallory.execute("UPDATE foundation_entry SET actor_label = '别人' WHERE verb = 'application.granted'")
    checking.check(timezone.now)
    screen.open("/office/audit/integrity/")
    screen.reads("日志不可信", "与封存时的摘要不符")
    screen.look("audit-integrity-broken")


def test_the_journal_works_without_a_script(at_screen: AtScreen, sealed) -> None:
    screen = at_screen("qianshen", javascript=False)
    screen.open("/office/audit/")
    screen.fill(person="周敏")
    screen.press("查找")
    screen.reads("受理", "查看联系电话")
