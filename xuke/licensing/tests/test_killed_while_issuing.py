"""Killed at any moment and started again: one licence, one number, one file."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections

from xuke.certificates.models import CertificateVersion, Licence
from xuke.foundation.models import Counter, Entry
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.licensing.models import Application
from xuke.tests import killed
from xuke.tests.cast import NOON

pytestmark = [pytest.mark.kill, pytest.mark.usefixtures("committed_db")]

MOST = 400
"""More statements than issuing can take; reaching it means that it never ends."""


def test_the_decision_is_whole_or_absent_wherever_its_process_dies(at, liu_the_decider):
    application = at("decision_proposed")
    for statement in range(1, MOST):
        connections.close_all()
        died = killed.was_killed(killed.grant, statement, str(application.pk), liu_the_decider, NOON)
        with opened_for(EVERYTHING):
            found = Application.objects.get(pk=application.pk)
            licences, versions = Licence.objects.count(), CertificateVersion.objects.count()
            number = Counter.objects.filter(key__startswith="licence:").count()
            decided = Entry.objects.filter(stream=application.stream, verb="application.granted").count()
        if found.state == "granted":
            assert (licences, versions, number, decided) == (1, 1, 1, 1)
            break
        assert died
        assert found.state == "decision_proposed"
        assert (licences, versions, number, decided) == (0, 0, 0, 0)
    else:
        pytest.fail("the decision never came through")
    assert statement > 10, "the process did not die inside the decision"


def test_one_certificate_comes_out_wherever_the_worker_dies(at):
    application = at("granted")
    only_the_certificate_is_to_be_made()
    before = contents()
    deaths = 0
    for statement in range(1, MOST):
        connections.close_all()
        died = killed.was_killed(killed.work, statement, f"worker-{statement}")
        deaths += died
        with opened_for(EVERYTHING):
            assert Licence.objects.count() == 1
            assert CertificateVersion.objects.count() == 1
            assert Entry.objects.filter(verb="licence.certificate_made").count() <= 1
        assert len(contents() - before) <= 1
        if not died:
            break
    else:
        pytest.fail("the worker never came to an end")
    with opened_for(EVERYTHING):
        version = CertificateVersion.objects.get()
        assert contents() - before == {version.file_id}
        assert Application.objects.get(pk=application.pk).state == "certificate_issued"
        assert Entry.objects.filter(verb="licence.certificate_made").count() == 1
        assert Entry.objects.filter(stream=application.stream, verb="application.certificate_recorded").count() == 1
    assert deaths > 20, "the worker did not die often enough to prove anything"


def only_the_certificate_is_to_be_made() -> None:
    """Leave one job, so that every death is one of issuing."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name <> 'certificates.make'")


def contents() -> set[str]:
    """The digests of all files on disk."""
    return {path.name for path in (Path(settings.XUKE_HOME) / "files").glob("??/??/[0-9a-f]*")}
