"""Taking a list away: as a file made by the worker, and as CSV at once."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import psycopg
import pytest
from django.db import OperationalError, connection, connections
from python_calamine import CalamineWorkbook

from xuke.config import serving, worker
from xuke.exports import commands, making, reading, streaming, tasks, writing
from xuke.exports.columns import COLUMNS
from xuke.exports.models import ListExport, folder
from xuke.foundation import jobs
from xuke.foundation.journal import history
from xuke.foundation.refusals import Conflict, NotFound
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.licensing import lists
from xuke.licensing.filters import Filters
from xuke.tests.cast import NOON, TOMORROW

CAKES, SAUCES = "宜昌禾穗坊食品有限公司", "宜昌临江禾酿造有限公司"


@pytest.fixture(autouse=True)
def a_folder_of_its_own():
    yield
    shutil.rmtree(folder(), ignore_errors=True)


def asked(by, **other):
    return commands.ask_export(**({"kind": "all", "asked": {}, "form": "csv", "by": by, "now": NOON} | other))


def fresh(export):
    with opened_for(EVERYTHING):
        return ListExport.objects.get(pk=export.pk)


def lines(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_he_asks_waits_and_takes_the_file(committed_db, at, desk, he_the_supervisor, the_sauce_cast):
    at("accepted"), at("submitted", cast=the_sauce_cast)
    sent = {"kind": "all", "asked": "stage=review", "form": "xlsx"}
    assert desk.send(he_the_supervisor, "/office/exports/ask/", sent).goes_to == "/office/exports/"
    waiting = desk.open(he_the_supervisor, "/office/exports/")
    assert 'role="progressbar"' in waiting.html
    assert "环节：待审查" in waiting.main
    with opened_for(EVERYTHING):
        export = ListExport.objects.get()
    making.make_aside(export.pk, lambda: NOON)
    ready = desk.open(he_the_supervisor, "/office/exports/")
    assert "1行" in ready.main
    assert ready.html.count("<b>1</b>") >= 1, "the rail says that a file is ready"
    assert "有1份导出可以下载" in desk.open(he_the_supervisor, "/office/").main
    answer = desk.open(he_the_supervisor, f"/office/exports/{export.pk}/file/").response
    (sheet,) = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content))).sheet_names
    rows = CalamineWorkbook.from_path(export.path).get_sheet_by_name(sheet).to_python()
    assert [rows[0][2], rows[1][2], len(rows)] == ["企业名称", CAKES, 2]
    assert rows[1][8].isoformat() > "2026-09"
    with opened_for(EVERYTHING):
        told = [event.verb for event in history(export.stream)]
    assert told == ["export.asked", "export.made", "export.downloaded"]


def test_a_neighbour_exports_nothing_of_ours_and_takes_nothing(committed_db, at, yang_of_yidu, he_the_supervisor):
    at("accepted")
    theirs, ours = asked(yang_of_yidu), asked(he_the_supervisor)
    for export in (theirs, ours):
        making.make(export.pk, lambda: NOON)
    assert [len(lines(export.path.read_bytes())) for export in (theirs, ours)] == [1, 2]
    with pytest.raises(NotFound):
        commands.take_export(export=ours.pk, by=yang_of_yidu, now=NOON)


def test_whoever_has_left_gets_no_file(committed_db, at, he_the_supervisor, monkeypatch):
    at("accepted")
    export = asked(he_the_supervisor)
    monkeypatch.setattr("xuke.accounts.queries.officer", lambda *_, **__: None)
    making.make(export.pk, lambda: NOON)
    assert fresh(export).state == "failed"
    assert not export.path.exists()


def test_a_file_of_another_post_is_not_handed_over(committed_db, at, he_the_supervisor):
    at("accepted")
    export = asked(he_the_supervisor)
    making.make(export.pk, lambda: NOON)
    elsewhere = replace(he_the_supervisor, authority_path="420000/420500/")
    with pytest.raises(commands.NotYours):
        commands.take_export(export=export.pk, by=elsewhere, now=NOON)


def test_three_wait_at_a_time_and_a_cancelled_one_makes_room(committed_db, he_the_supervisor):
    first, *_ = [asked(he_the_supervisor) for _ in range(3)]
    with pytest.raises(Conflict, match="3份"):
        asked(he_the_supervisor)
    commands.cancel_export(export=first.pk, by=he_the_supervisor, now=NOON)
    asked(he_the_supervisor)
    making.make(first.pk, lambda: NOON)
    assert fresh(first).state == "cancelled"


def test_cancelled_while_it_is_written_leaves_nothing(committed_db, at, he_the_supervisor, monkeypatch):
    at("accepted")
    export = asked(he_the_supervisor)

    def cancel(self, rows):
        commands.cancel_export(export=export.pk, by=he_the_supervisor, now=NOON)

    monkeypatch.setattr(writing.CsvFile, "write", cancel)
    making.make(export.pk, lambda: NOON)
    assert fresh(export).state == "cancelled"
    assert list(export.path.parent.iterdir()) == []


def test_killed_and_run_again_there_is_one_file_with_every_row_once(committed_db, at, he_the_supervisor, monkeypatch):
    at("accepted")
    export = asked(he_the_supervisor)
    with monkeypatch.context() as patched, pytest.raises(OSError, match="killed"):
        patched.setattr(writing.CsvFile, "write", lambda *_: (_ for _ in ()).throw(OSError("killed")))
        making.make(export.pk, lambda: NOON)
    assert fresh(export).state == "running"
    making.make(export.pk, lambda: NOON)
    making.make(export.pk, lambda: NOON)
    assert len(lines(export.path.read_bytes())) == 2
    assert [path.name for path in export.path.parent.iterdir()] == [export.path.name]


def test_after_seven_days_the_file_goes(committed_db, at, he_the_supervisor):
    at("accepted")
    export = asked(he_the_supervisor)
    making.make(export.pk, lambda: NOON)
    assert making.sweep(TOMORROW) == 0
    assert making.sweep(NOON + timedelta(days=8)) == 1
    assert not export.path.exists()
    with pytest.raises(Conflict):
        commands.take_export(export=export.pk, by=he_the_supervisor, now=NOON)


def test_what_a_killed_worker_left_half_written_goes_too(committed_db, at, he_the_supervisor, monkeypatch):
    at("accepted")
    export = asked(he_the_supervisor, form="xlsx")
    left: list[Path] = []

    def killed(self, rows):
        self._book.worksheets()[0].write_string(1, 0, CAKES)
        copy = folder().parent / "as-it-was"
        shutil.copytree(folder(), copy)
        left.append(copy)
        raise OSError("killed")

    with monkeypatch.context() as patched, pytest.raises(OSError, match="killed"):
        patched.setattr(writing.XlsxFile, "write", killed)
        making.make(export.pk, lambda: NOON)
    assert list(folder().iterdir()) == []
    shutil.copytree(left[0], folder(), dirs_exist_ok=True)
    shutil.rmtree(left[0])
    for path in folder().rglob("*"):
        os.utime(path, (0, (NOON - timedelta(days=2)).timestamp()))
    assert any(path.is_file() for path in folder().glob("*/*"))
    making.sweep(NOON)
    assert list(folder().iterdir()) == []


def try_to_make(export, attempts, monkeypatch, problem):
    context = SimpleNamespace(job=SimpleNamespace(attempts=attempts))
    with monkeypatch.context() as patched, pytest.raises(type(problem)):
        patched.setattr(writing.CsvFile, "write", lambda *_: (_ for _ in ()).throw(problem))
        tasks.make_file.func(context, str(export.pk))


def test_whoever_waits_is_told_that_no_file_will_come(committed_db, at, desk, he_the_supervisor, monkeypatch, caplog):
    at("accepted")
    unwritable, wrong = asked(he_the_supervisor), asked(he_the_supervisor)
    try_to_make(unwritable, 0, monkeypatch, OSError("the disk is full"))
    assert fresh(unwritable).state == "running"
    assert "the disk is full" in caplog.text
    try_to_make(unwritable, tasks.AGAIN.max_attempts, monkeypatch, OSError("the disk is full"))
    try_to_make(wrong, 0, monkeypatch, KeyError("a mistake of ours"))
    assert [fresh(each).state for each in (unwritable, wrong)] == ["failed", "failed"]
    assert "没有文件。请重新导出" in desk.open(he_the_supervisor, "/office/exports/").main


def test_what_no_job_will_make_makes_room_for_another(committed_db, he_the_supervisor):
    left = [asked(he_the_supervisor) for _ in range(3)]
    making.sweep(NOON + timedelta(days=3))
    assert {fresh(each).state for each in left} == {"waiting"}
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE args ->> 'export' = %s", [str(left[0].pk)])
    making.sweep(NOON)
    assert [fresh(each).state for each in left] == ["failed", "waiting", "waiting"]


def test_a_list_that_a_filter_no_longer_narrows_is_not_made(committed_db, at, he_the_supervisor, monkeypatch):
    at("accepted")
    export = asked(he_the_supervisor, asked={"below": "420506"})
    assert "机关" in fresh(export).told
    monkeypatch.setattr("xuke.licensing.places.below", lambda path: ())
    making.make(export.pk, lambda: NOON)
    assert (fresh(export).state, export.path.exists()) == ("failed", False)
    assert "有了变动" in fresh(export).problem


@pytest.mark.parametrize("searched", ["\u200b\u200b", "-"])
def test_what_a_list_does_not_find_its_file_does_not_hold(committed_db, at, he_the_supervisor, searched):
    at("accepted")
    wanted = Filters(q=searched)
    with opened_for(he_the_supervisor.scope):
        assert lists.whole("all", he_the_supervisor, wanted, today=NOON.date()).count() == 0


def test_a_file_is_called_by_the_hour_on_the_wall_and_leaves_as_it_is_made(committed_db, at, desk, he_the_supervisor):
    at("accepted")
    evening = asked(he_the_supervisor, now=datetime(2026, 9, 7, 16, 5, tzinfo=UTC))
    assert evening.name == "本单位在办-20260908-0005.csv"
    answer = desk.open(he_the_supervisor, "/office/all/export.csv?q=禾/穗").response
    answer.close()
    assert quote("查找“禾穗”-2026") in answer["Content-Disposition"]
    assert serving.AT_ONCE in answer.items()


def test_the_worker_makes_it_in_a_line_of_its_own(committed_db, at, he_the_supervisor):
    at("accepted")
    export = asked(he_the_supervisor)
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name <> 'exports.make'")
    worker.run(name="tester", until_idle=True)
    assert fresh(export).is_ready
    assert jobs.REPORTS != jobs.PROMPT


# At once --------------------------------------------------------------------------------------------------------------


def test_a_list_leaves_at_once_with_its_filters(committed_db, at, desk, he_the_supervisor, the_sauce_cast):
    at("accepted"), at("submitted", cast=the_sauce_cast)
    answer = desk.open(he_the_supervisor, "/office/all/export.csv?stage=review").response
    rows = lines(b"".join(answer.streaming_content))
    answer.close()
    assert rows[0] == [column.title for column in COLUMNS]
    assert [row[2] for row in rows[1:]] == [CAKES]
    with opened_for(EVERYTHING):
        assert [event.verb for event in history(ListExport.objects.get().stream)] == ["export.streamed"]


def test_a_list_begins_with_a_small_piece(committed_db, at, he_the_supervisor, the_sauce_cast, monkeypatch):
    at("accepted"), at("submitted", cast=the_sauce_cast)
    monkeypatch.setattr(reading, "AT_FIRST", 1)
    found = lists.whole("all", he_the_supervisor, Filters(), today=NOON.date())
    read = reading.Reading(found, he_the_supervisor.scope)
    read.open()
    assert [len(piece) for piece in read.pieces()] == [1, 1]
    read.close()


def test_one_person_reads_one_list_at_a_time(committed_db, at, desk, he_the_supervisor, zhou_the_acceptor):
    at("accepted")
    first = desk.open(he_the_supervisor, "/office/all/export.csv")
    assert desk.open(he_the_supervisor, "/office/all/export.csv").status == 429
    other = desk.open(zhou_the_acceptor, "/office/all/export.csv")
    assert other.status == 200
    assert desk.open(zhou_the_acceptor, "/office/all/export.csv").status == 429
    for page in (first, other):
        page.response.close()
    again = desk.open(he_the_supervisor, "/office/all/export.csv")
    assert again.status == 200
    again.response.close()
    assert streaming._places.acquire(blocking=False)
    streaming._places.release()


def test_a_list_that_nobody_sends_gives_its_place_back(committed_db, at, desk, he_the_supervisor, monkeypatch):
    at("accepted")

    class Doomed(streaming.CsvStream):
        """The database restarts between the answer and the commit."""

        def __init__(self, *made):
            super().__init__(*made)
            with psycopg.connect(committed_db.app) as other:
                other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])

    for _ in range(streaming.AT_ONCE):
        with monkeypatch.context() as patched, contextlib.suppress(OperationalError):
            patched.setattr("xuke.exports.views.officer.CsvStream", Doomed)
            assert desk.open(he_the_supervisor, "/office/all/export.csv").status == 503
        connections.close_all()
    answer = desk.open(he_the_supervisor, "/office/all/export.csv")
    assert answer.status == 200
    answer.response.close()


# Cells ----------------------------------------------------------------------------------------------------------------

NAME, CODE = COLUMNS[2], COLUMNS[3]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_what_a_spreadsheet_would_run_is_text(begin):
    assert writing.cell(f"{begin}cmd|' /C calc'!A0", NAME).startswith("'")


def test_a_long_number_stays_what_it_is():
    assert writing.cell("914205061234567890", CODE) == "\t914205061234567890"
    assert writing.cell("91420506MA4912340X", CODE) == "91420506MA4912340X"


def test_a_full_sheet_is_followed_by_another(tmp_path):
    path = tmp_path / "many.xlsx"
    book = writing.XlsxFile(path, rows_of_a_sheet=3)
    book.write([("=1+1", *[None] * 12)] * 5)
    book.close()
    sheets = CalamineWorkbook.from_path(path)
    assert [len(sheets.get_sheet_by_name(name).to_python()) for name in sheets.sheet_names] == [3, 3, 2]
    assert sheets.get_sheet_by_name(sheets.sheet_names[0]).to_python()[1][0] == "=1+1"
