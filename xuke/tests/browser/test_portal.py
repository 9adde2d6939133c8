"""The portal, as a stranger walks through it: from a question to how far a case is, and what was decided."""

from __future__ import annotations

import pytest
from django.utils import timezone

from xuke.foundation.journal import legal_day
from xuke.publication.models import Announcement
from xuke.publication.projection import cases
from xuke.tests.browser.conftest import AtScreen
from xuke.tests.cast import Bring, Cast, everything

pytestmark = pytest.mark.browser


def test_a_stranger_follows_a_case_and_reads_what_was_decided(
    at_screen: AtScreen, now_at: Bring, the_sauce_cast: Cast
) -> None:
    running, granted = now_at("verification_assigned"), now_at("granted", cast=the_sauce_cast)
    with everything():
        cases.publish(running.pk, granted.pk, now=timezone.now())
        announced = Announcement.objects.get()
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
    ):
        stranger.open(place)
        stranger.reads(words)
        stranger.look(f"p4-{name}")
