"""Sweeping: what nobody refers to goes after a day, what somebody refers to or is just storing stays."""

from __future__ import annotations

import os
import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from xuke.foundation import files
from xuke.foundation.models import StoredFile
from xuke.licensing import commands
from xuke.tests.cast import NOON, tiny_pdf

PLAN = "equipment_layout_plan"

DAY, MONTH = timedelta(days=1, seconds=1), timedelta(days=30, seconds=1)


@pytest.fixture(autouse=True)
def home(tmp_path, settings):
    settings.XUKE_HOME = tmp_path
    return tmp_path


def keep(content=b"sealed"):
    return files.keep(content, media_type=files.PDF, pages=1, now=NOON)


def sweep(later=DAY):
    return files.sweep_unused(now=NOON + later)


def test_what_nobody_refers_to_goes_after_a_day_with_its_row(db):
    row = keep()
    assert sweep(timedelta(hours=23)) == 0
    assert files.path_of(row.digest).exists()
    assert sweep() == 1
    assert not files.path_of(row.digest).exists()
    assert not StoredFile.objects.exists()


def test_the_material_of_a_draft_stays_until_wu_gives_the_draft_up(at, wu_the_applicant):
    draft = at("draft")
    row = files.store([tiny_pdf("很快放弃")], "图.pdf", now=NOON)
    filing = {"kind": PLAN, "file": row, "name": "图.pdf"}
    commands.file_material(application=draft, **filing, by=wu_the_applicant, now=NOON)
    sweep(timedelta(days=400))
    assert files.path_of(row.digest).exists()
    commands.discard(application=draft, by=wu_the_applicant, now=NOON)
    assert sweep() >= 1
    assert not files.path_of(row.digest).exists()


def test_every_foreign_key_to_a_file_in_any_app_counts(db):
    found = {query.model.__name__ for query in files._references()}
    assert found >= {"Material", "Notice", "CertificateVersion"}
    with_key = (
        "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND confrelid = 'foundation_storedfile'::regclass"
    )
    with connection.cursor() as cursor:
        cursor.execute(with_key)
        assert cursor.fetchone() == (len(list(files._references())),)


def test_a_content_without_a_row_goes_after_a_month(db):
    place = files.path_of("ab" * 32)
    place.parent.mkdir(parents=True)
    place.write_bytes(b"left by a request that was refused")
    os.utime(place, (NOON.timestamp(), NOON.timestamp()))
    assert sweep() == 0
    assert sweep(MONTH) == 1
    assert not place.exists()
    assert not StoredFile.objects.exists()


def test_what_somebody_is_just_storing_again_is_passed_over(committed_db):
    row = keep()
    stored, swept = threading.Event(), threading.Event()

    def upload():
        with transaction.atomic():
            keep()
            stored.set()
            assert swept.wait(20)
        connection.close()

    uploading = threading.Thread(target=upload)
    uploading.start()
    assert stored.wait(20)
    assert sweep() == 0
    swept.set()
    uploading.join()
    assert files.path_of(row.digest).exists()
    assert sweep() == 1


def test_who_stores_again_what_is_just_swept_away_waits_and_puts_it_back(committed_db, monkeypatch):
    row = keep()
    swept, done = threading.Event(), threading.Event()
    original = StoredFile.delete

    def delete_slowly(self):
        original(self)
        swept.set()
        done.wait(0.5)  # Long enough for the upload to run into the lock.

    monkeypatch.setattr(StoredFile, "delete", delete_slowly)

    def upload():
        assert swept.wait(20)
        keep()
        done.set()
        connection.close()

    uploading = threading.Thread(target=upload)
    uploading.start()
    assert sweep() == 1
    uploading.join()
    assert files.path_of(row.digest).read_bytes() == b"sealed"
    assert StoredFile.objects.filter(pk=row.digest).exists()
