"""The background job of notices: one file, one row, one journal entry, however often it runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import OperationalError, connections
from django.test import override_settings
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Job

from xuke.documents import tasks
from xuke.documents.models import Notice
from xuke.documents.typesetting import TemplateFailed
from xuke.foundation import files
from xuke.foundation.models import Entry, StoredFile
from xuke.tests import killed
from xuke.tests.cast import everything


@pytest.fixture(autouse=True)
def installation(settings, home, office):
    """The job works with the fonts and keys of an office of our own."""
    settings.XUKE_HOME = home


def entries(notice: Notice) -> list[str]:
    return list(Entry.objects.filter(stream=notice.stream).order_by("seq").values_list("verb", flat=True))


def test_the_receipt_of_an_application_becomes_a_file(at):
    receipt = Notice.objects.get(about=at("submitted").stream, kind="receipt")
    assert receipt.file is None
    tasks.make_file(notice=str(receipt.pk))
    receipt = Notice.objects.select_related("file").get(pk=receipt.pk)
    assert receipt.file.media_type == files.PDF
    assert receipt.file.pages == 1
    assert files.path_of(receipt.file.digest).stat().st_size == receipt.file.size
    assert entries(receipt) == ["notice.issued", "notice.rendered"]


def test_running_the_job_again_changes_nothing(at):
    receipt = Notice.objects.get(about=at("submitted").stream, kind="receipt")
    tasks.make_file(notice=str(receipt.pk))
    before = Notice.objects.filter(pk=receipt.pk).values().get()
    tasks.make_file(notice=str(receipt.pk))
    assert Notice.objects.filter(pk=receipt.pk).values().get() == before
    assert entries(receipt) == ["notice.issued", "notice.rendered"]


def test_a_job_that_died_before_attaching_makes_the_same_file_again(at, monkeypatch):
    receipt = Notice.objects.get(about=at("submitted").stream, kind="receipt")

    def die(**_):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(tasks.commands, "attach_file", die)
        with pytest.raises(SystemExit):
            tasks.make_file(notice=str(receipt.pk))
    left = set(StoredFile.objects.values_list("digest", flat=True))
    tasks.make_file(notice=str(receipt.pk))
    receipt.refresh_from_db()
    assert set(StoredFile.objects.values_list("digest", flat=True)) - left <= {receipt.file_id}
    assert entries(receipt) == ["notice.issued", "notice.rendered"]


@pytest.mark.parametrize(
    "state", ["accepted", "correction_requested", "not_accepted", "not_competent", "verification_assigned", "refused"]
)
def test_every_notice_of_the_story_becomes_a_file(at, state):
    application = at(state)
    for notice in Notice.objects.filter(about=application.stream):
        tasks.make_file(notice=str(notice.pk))
    assert not Notice.objects.filter(about=application.stream, file=None).exists()


def test_what_passes_is_tried_again_and_what_does_not_fails_at_once():
    def waits(error: Exception, attempts: int) -> bool:
        job = Job(id=1, queue="", lock=None, queueing_lock=None, task_name="documents.render", attempts=attempts)
        return tasks.make_file.get_retry_exception(error, job) is not None

    assert waits(OperationalError(), 0)
    assert waits(OSError("the disk is full"), 5)
    assert not waits(OSError("the disk is still full"), 10)
    assert not waits(TemplateFailed(), 0)


def test_the_job_is_ordered_with_the_notice(at):
    """Whoever submits waits for no file: receipt and form are made by the worker."""
    issued = Notice.objects.filter(about=at("submitted").stream)
    jobs = ProcrastinateJob.objects.filter(task_name="documents.render")
    assert {job.args["notice"] for job in jobs} == {str(notice.pk) for notice in issued}
    assert sorted(notice.kind for notice in issued) == ["application_form", "receipt"]
    assert {job.task_name for job in jobs} == {tasks.make_file.name}


@pytest.mark.kill
def test_killed_at_any_statement_it_leaves_one_file_and_one_entry(committed_db, at, settings):
    application = at("submitted")
    with everything():
        receipt = Notice.objects.get(about=application.stream, kind="receipt")
    for statement in range(1, 60):
        connections.close_all()
        died = killed.was_killed(make, statement, str(receipt.pk), str(settings.XUKE_HOME))
        with everything():
            receipt.refresh_from_db()
            done = entries(receipt) == ["notice.issued", "notice.rendered"]
        assert done == (receipt.file_id is not None)
        if not died:
            break
    assert done
    assert statement > 5, "it did not die often enough to prove anything"


def make(notice: str, home: str) -> None:
    """The job, in a process of its own."""
    with override_settings(XUKE_HOME=Path(home)):
        tasks.make_file(notice=notice)
