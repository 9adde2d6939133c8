"""Reactions to news from below. Two lines each; each can run twice without harm."""

from __future__ import annotations

from datetime import datetime

from xuke.certificates.endings import TAKEN_FROM
from xuke.certificates.models import Licence
from xuke.documents.models import Notice
from xuke.foundation.actors import SYSTEM
from xuke.foundation.journal import Event
from xuke.foundation.news import On
from xuke.licensing.models import PostIssueCheck
from xuke.proceedings import commands
from xuke.proceedings.kinds import RESCISSION
from xuke.proceedings.models import Proceeding
from xuke.proceedings.workflow import OPEN


def note_service(event: Event, now: datetime) -> None:
    """A notice was served or signed for: the periods of its proceeding run from that day."""
    notice = Notice.objects.filter(pk=event.stream.partition(":")[2], about__startswith="proceeding:").first()
    if notice is None or notice.served_on is None or notice.kind not in ("ending_notice", "warning_notice"):
        return
    proceeding = Proceeding.objects.get(pk=notice.about.partition(":")[2])
    commands.note_service(proceeding=proceeding, served_on=notice.served_on, by=SYSTEM, now=now)


def rescind_untrue(event: Event, now: datetime) -> None:
    """A check after issue found a promise untrue: a case to rescind the licence is opened, once, and waits for
    somebody."""
    if event.facts["result"] != PostIssueCheck.UNTRUE:
        return
    number, found = event.facts["number"], event.facts["text"]
    licence = Licence.objects.select_related("enterprise", "authority").filter(number=number).first()
    if licence is None or licence.state not in TAKEN_FROM:
        return
    if Proceeding.objects.filter(source=event.stream).exists() or _is_open(licence):
        return
    commands.begin(
        kind=RESCISSION,
        ground="untrue_commitment",
        licence=licence,
        facts=found or "发证后的检查发现，企业承诺的条件与实际不符。",
        source=event.stream,
        by=SYSTEM,
        now=now,
    )


def _is_open(licence: Licence) -> bool:
    return Proceeding.objects.filter(licence=licence, state__in=OPEN).exists()


HANDLERS = (
    On("notice.served", note_service),
    On("notice.signed_for", note_service),
    On("notice.service_corrected", note_service),
    On("check.recorded", rescind_untrue),
)
