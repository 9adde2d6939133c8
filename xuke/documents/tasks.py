"""The background job of notices: make the file of one that was issued."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from xuke.documents import commands
from xuke.documents.models import Notice
from xuke.documents.rendering import render
from xuke.documents.workshop import pages_of, workshop
from xuke.foundation import files
from xuke.foundation.actors import SYSTEM
from xuke.foundation.jobs import TRANSIENT
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for


@app.task(name="documents.render", retry=TRANSIENT)
def make_file(notice: str) -> None:
    """Make the file of a notice and attach it. Killed at any moment and run again, it arrives at the same file."""
    now = timezone.now()
    with opened_for(EVERYTHING):
        issued = Notice.objects.get(pk=notice)
    if issued.file_id is not None:
        return
    pdf = render(issued, workshop(settings.XUKE_HOME))
    with opened_for(EVERYTHING):
        file = files.keep(pdf, media_type=files.PDF, pages=pages_of(pdf), now=now)
        commands.attach_file(notice=issued, file=file, by=SYSTEM, now=now)
