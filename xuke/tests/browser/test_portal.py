"""The portal, as a stranger walks through it: from a question to how far a case is, and what was decided."""

from __future__ import annotations

import pytest
from django.utils import timezone

from xuke.foundation.journal import legal_day
from xuke.publication import tasks
from xuke.publication.models import Announcement
from xuke.publication.projection import cases, register
from xuke.tests.browser.conftest import AtScreen
from xuke.tests.cast import Bring, Cast, everything

pytestmark = pytest.mark.browser


def test_a_stranger_follows_a_case_and_reads_what_was_decided(
    at_screen: AtScreen, now_at: Bring, the_sauce_cast: Cast
) -> None:
    running, granted = now_at("verification_assigned"), now_at("granted", cast=the_sauce_cast)
    with everything():
        cases.publish(running.pk, granted.pk, now=timezone.now())
        register.publish(granted.licence.number)
        announced = Announcement.objects.get()
    tasks.keep_figures()
    assert announced.decided_on == legal_day(timezone.now())
    stranger = at_screen()
    for name, place, words in (
        ("progress-empty", "/progress/", "编号在哪里"),
        ("progress-wrong", "/progress/?receipt=SC12442050600219", "查不了办理进度"),
        ("progress-unknown", "/progress/?receipt=20260918-420500-0137", "没有找到"),
        ("progress", f"/progress/?receipt={running.receipt_number}", "现在轮到：核查组"),
        ("announcements", "/announcements/", announced.holder),
        ("announcements-none", "/announcements/?division=武汉市", "没有符合条件的决定"),
        ("announcements-wrong", "/announcements/?from=1900-01-01", "没有1900年的公告"),
        ("announcement", f"/announcements/{announced.pk}/", announced.acceptance_number),
        ("openness", "/openness/", "只舍不入"),
        ("guides", "/guide/", "食品生产许可"),
        ("guide", "/guide/food.first/", "要填写的内容"),
        ("data", "/data/", "整库下载"),
        ("home", "/", announced.holder),
    ):
        stranger.open(place)
        stranger.reads(words)
        stranger.look(f"p4-{name}")


def test_one_field_finds_what_the_chosen_question_asks(at_screen: AtScreen, now_at: Bring) -> None:
    running = now_at("accepted")
    with everything():
        cases.publish(running.pk, now=timezone.now())
    stranger = at_screen(javascript=False)
    for choice, typed, words in (
        ("查进度", running.receipt_number, "现在轮到：审查人员"),
        ("核验证书", "SC1", "许可证编号"),
        ("查许可", "没有这一家", "没有"),
    ):
        stranger.open("/")
        stranger.page.locator("fieldset").get_by_text(choice, exact=True).click()
        stranger.fill(q=typed)
        stranger.press("查询")
        stranger.reads(words)
