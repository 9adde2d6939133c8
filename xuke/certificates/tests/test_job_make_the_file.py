"""The background job of certificates: what was ordered becomes one sealed file."""

from __future__ import annotations

import pytest
from django.conf import settings
from procrastinate.contrib.django.models import ProcrastinateJob

from xuke.certificates import queries, tasks
from xuke.certificates.content import CertificateContent
from xuke.certificates.models import CertificateVersion
from xuke.certificates.verification import verify
from xuke.foundation import files
from xuke.foundation.models import Entry
from xuke.seals import pki


@pytest.fixture
def ordered(at) -> CertificateVersion:
    """The certificate of a licence that was just granted."""
    licence = at("granted").licence
    return CertificateVersion.objects.get(licence=licence)


def made(version: CertificateVersion) -> list[str]:
    return list(
        Entry.objects.filter(stream=f"licence:{version.licence.number}").order_by("seq").values_list("verb", flat=True)
    )


def root():
    return pki.load_trust(settings.XUKE_HOME / pki.PLACE / f"{pki.ROOT}.pem")


def test_the_decision_orders_the_job_and_the_job_makes_an_authentic_certificate(ordered):
    (job,) = ProcrastinateJob.objects.filter(task_name="certificates.make")
    assert (job.task_name, job.args) == (tasks.make_file.name, {"version": ordered.pk})
    tasks.make_file(version=ordered.pk)
    ordered.refresh_from_db()
    found = verify(files.path_of(ordered.file_id).read_bytes(), trust=root())
    assert found.authentic
    assert found.digest == ordered.file_id
    assert found.signed_at == ordered.ordered_at.replace(microsecond=0)
    assert found.content == CertificateContent.from_facts(ordered.content)
    assert ordered.file.pages == 3


def test_running_the_job_again_changes_nothing(ordered):
    tasks.make_file(version=ordered.pk)
    before = CertificateVersion.objects.filter(pk=ordered.pk).values().get()
    tasks.make_file(version=ordered.pk)
    assert CertificateVersion.objects.filter(pk=ordered.pk).values().get() == before
    assert made(ordered) == ["licence.issued", "licence.certificate_made"]


def test_a_job_that_died_before_attaching_makes_the_same_bytes_again(ordered, monkeypatch):
    kept = []

    def die(*, file, **_):
        kept.append(file.digest)
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(tasks.commands, "attach_file", die)
        with pytest.raises(SystemExit):
            tasks.make_file(version=ordered.pk)
    tasks.make_file(version=ordered.pk)
    ordered.refresh_from_db()
    assert kept == [ordered.file_id]
    assert made(ordered) == ["licence.issued", "licence.certificate_made"]


def test_the_register_knows_the_file_that_was_made(ordered):
    tasks.make_file(version=ordered.pk)
    ordered.refresh_from_db()
    by_number = queries.public_by_number(ordered.licence.number)
    by_version = queries.public_version(ordered.licence.number, 1)
    by_identifier = queries.public_by_identifier(ordered.identifier)
    assert by_number.digest == by_version.digest == by_identifier.digest == ordered.file_id
    assert queries.public_version(ordered.licence.number, 2) is None
