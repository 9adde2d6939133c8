"""The background job of certificates: make the file of a version that was ordered."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from xuke.certificates import commands
from xuke.certificates.content import CertificateContent
from xuke.certificates.models import CertificateVersion
from xuke.certificates.rendering import make_certificate
from xuke.documents.workshop import pages_of, workshop
from xuke.foundation import files
from xuke.foundation.actors import SYSTEM
from xuke.foundation.jobs import TRANSIENT
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for


@app.task(name="certificates.make", retry=TRANSIENT)
def make_file(version: int) -> None:
    """Make the sealed file of a version and attach it. Killed at any moment and run again, it arrives at the same file.

    The signing time is the moment of the order, so nothing in the file depends on when, or how often, the job ran.
    """
    make(version, now=timezone.now())


def make(version: int, *, now: datetime) -> None:
    """The same at a moment that is given: stories of the past tell when the file was made."""
    with opened_for(EVERYTHING):
        ordered = CertificateVersion.objects.get(pk=version)
    if ordered.file_id is not None:
        return
    pdf = _made(CertificateContent.from_facts(ordered.content), ordered)
    with opened_for(EVERYTHING):
        file = files.keep(pdf, media_type=files.PDF, pages=pages_of(pdf), now=now)
        commands.attach_file(version=ordered, file=file, by=SYSTEM, now=now)


def _made(content: CertificateContent, ordered: CertificateVersion) -> bytes:
    tools = workshop(settings.XUKE_HOME)
    return make_certificate(
        content,
        typesetter=tools.typesetter,
        provider=tools.provider,
        chain=tools.chain,
        seal_pdf=tools.seal_of(content.issuer),
        at=ordered.ordered_at,
    )
