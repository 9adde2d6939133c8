"""The fault runs: their checker finds each broken promise, their plan can be repeated, their line can be cut."""

from __future__ import annotations

import http.client
import http.server
import json
import threading
from collections import Counter
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connections
from django.test import RequestFactory
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from xuke.config import worker
from xuke.config.bench import forms
from xuke.config.chaos import checking, excuses, faults, ledger, plan, proxy, striking
from xuke.config.chaos.checking import CERTIFICATE, FAULT, FILE, JOB, JOURNAL, LOST, NEWS, NUMBER, PUBLIC, STORY, TWICE
from xuke.config.chaos.ledger import ACKNOWLEDGED, BEGUN, ENDED, SENT, Ledger, Line
from xuke.config.chaos.people import Pulse
from xuke.config.news import HANDLERS
from xuke.documents.models import Notice
from xuke.foundation import files, jobs, journal, sequences
from xuke.foundation.actors import SYSTEM
from xuke.foundation.models import Entry
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.licensing.models import Application
from xuke.publication.models import PublishedLicence

STEPS = (
    "submit",
    "accept",
    "begin_review",
    "assign_verification",
    "score",
    "conclude_verification",
    "propose",
    "grant",
)


@pytest.fixture
def story(committed_db, at):
    """A case that was told to its end, and what its people wrote into their ledger."""
    stream = at("granted").stream
    do_the_jobs()
    for _ in range(3):
        worker.seal()
        worker.tell()
    acts = [Line(what, stream, step) for step in STEPS for what in (SENT, ACKNOWLEDGED)]
    return [Line(BEGUN, stream), *acts, Line(ENDED, stream)]


def do_the_jobs() -> None:
    """Be a worker, in this very thread."""
    for job in ProcrastinateJob.objects.order_by("-priority", "id"):
        app.tasks[job.task_name](**job.args)
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def broken(lines: list[Line]) -> Counter[str]:
    connections.close_all()
    return Counter(violation.kind for violation in checking.check(lines, HANDLERS))


def test_each_broken_promise_is_found(story):
    stream = story[0].stream
    assert broken(story) == {}
    # What people were told.
    assert broken([*story, Line(SENT, stream, "retract"), Line(ACKNOWLEDGED, stream, "retract")]) == {LOST: 1}
    assert broken([line for line in story if line.verb != "accept"] + [Line(SENT, "application:x", "accept")]) == {
        TWICE: 1
    }
    assert broken(story[:-1]) == {STORY: 1}
    nowhere = f"application:{UUID(int=1)}"
    assert broken([*story, Line(BEGUN, nowhere), Line(ENDED, nowhere)]) == {STORY: 1}
    # A job that nobody does.
    with opened_for(EVERYTHING):
        jobs.defer("documents.render", notice="0192")
    assert broken(story) == {JOB: 1}
    # A number that was given out and is on nothing.
    with opened_for(EVERYTHING):
        number = Application.objects.get(pk=stream.partition(":")[2]).licence.number
        sequences.next_number(f"licence:{number[:11]}")
    assert broken(story) == {JOB: 1, NUMBER: 1}
    # A licence that nobody can find.
    with opened_for(EVERYTHING):
        PublishedLicence.objects.all().delete()
    assert broken(story) == {JOB: 1, NUMBER: 1, PUBLIC: 1}
    # A file that is gone, and a certificate that was touched.
    with opened_for(EVERYTHING):
        digest = Notice.objects.exclude(kind="receipt").first().file_id
        certificate = Entry.objects.get(verb="licence.certificate_made").facts["digest"]
    files.path_of(digest).unlink()
    place = files.path_of(certificate)
    place.write_bytes(place.read_bytes().replace(b"/Type", b"/Typo", 1))
    assert broken(story) == {JOB: 1, NUMBER: 1, PUBLIC: 1, FILE: 2, CERTIFICATE: 1}
    # The same step once more, not sealed yet, and nobody has heard of it.
    again(stream)
    planted = {JOB: 1, NUMBER: 1, PUBLIC: 1, FILE: 2, CERTIFICATE: 1}
    assert broken(story) == {**planted, TWICE: 2, JOURNAL: 1, NEWS: hearers()}


def again(stream: str) -> None:
    """The decision, a second time."""
    with opened_for(EVERYTHING):
        application = Application.objects.get(pk=stream.partition(":")[2])
        application.revision += 1
        application.save(update_fields=["revision"])
        journal.record("application.granted", subject=application, by=SYSTEM, at=timezone.now())


def hearers() -> int:
    return sum(on.verb == "application.granted" for on in HANDLERS)


def test_the_same_seed_strikes_the_same_victims_and_kills_as_often_as_asked():
    drawn = plan.draw(kills=200, seed=7)
    assert drawn == plan.draw(kills=200, seed=7) != plan.draw(kills=200, seed=8)
    assert sum(fault.is_kill for fault in drawn) == 200
    assert {fault.kind for fault in drawn} == set(plan.KINDS)
    assert sum(fault.is_kill for fault in plan.draw(kills=20, seed=7)) == 20
    left_out = plan.draw(kills=200, seed=7, without=frozenset({"clock"}))
    assert left_out == tuple(fault for fault in drawn if fault.kind != "clock")
    assert {fault.kind for fault in plan.draw(kills=3, seed=1, only="cut")} == {"cut"}


class Scene:
    """Where each kind of fault finds as many victims as it says."""

    def __init__(self, **victims: int) -> None:
        self.victims = Counter(victims)

    def strike(self, fault: plan.Fault) -> str:
        self.victims[fault.kind] -= 1
        return "somebody" if self.victims[fault.kind] >= 0 else ""


@pytest.fixture
def strike(tmp_path, monkeypatch):
    """A run of faults against a scene, by people who are always answered."""
    monkeypatch.setattr(striking, "RECOVERED_WITHIN", 0.01)
    told: list[dict] = []

    def carry_out(scene, kinds, *, seconds=5.0):
        pulse = Pulse()
        monkeypatch.setattr(pulse, "await_answer", lambda after, timeout: True)
        run = striking.Striking(scene, pulse, told.append, tmp_path / "faults.log")
        return run.all([plan.Fault(kind, 0.0, False, 0.5) for kind in kinds], seconds=seconds)

    return carry_out


def test_a_run_that_killed_less_than_it_was_asked_is_not_passed(strike, monkeypatch):
    monkeypatch.setattr(striking, "LONGEST", 0.05)
    run = strike(Scene(worker=2, cut=9), ["worker", "cut", "worker", "worker", "cut"], seconds=2)
    (violation,) = run.violations
    assert violation.kind == FAULT
    assert "worker：要求3次，只做了2次" in violation.message
    assert run.facts()["kills_done"] == 2
    assert run.facts()["found_nothing"]["worker"] >= 1
    out_of_time = strike(Scene(worker=9), ["worker"] * 5, seconds=0)
    assert "要求5次，只做了0次" in out_of_time.violations[0].message
    assert [each.kind for each in strike(Scene(), []).violations] == [FAULT]


def test_a_fault_that_found_nobody_strikes_later(strike):
    class Late(Scene):
        looks = 0

        def strike(self, fault: plan.Fault) -> str:
            self.looks += fault.kind == "cut"
            return "" if fault.kind == "cut" and self.looks < 20 else "somebody"

    run = strike(Late(), ["cut", "worker"])
    assert run.violations == []
    assert run.by_kind == {"worker": 1, "cut": 1}
    assert run.facts()["found_nothing"] == {"cut": run.found_nothing["cut"]}


def test_on_a_slow_machine_a_run_goes_on_beyond_its_minutes(strike, monkeypatch):
    monkeypatch.setattr(striking, "LONGEST", 1e6)
    assert strike(Scene(worker=50), ["worker"] * 50, seconds=0.0001).violations == []


def test_people_who_are_not_connected_cannot_be_cut_off():
    line = proxy.Line(9)
    try:
        scene = faults.Scene(None, (), None, line, "", Path(), Path(), None)
        assert scene.strike(plan.Fault("cut", 0, False, 0)) == ""
    finally:
        line.close()


ENDED_BADLY = """\
2026-11-22T10:00:01.000+08:00 INFO procrastinate.worker Job documents.render[7](notice='0192') ended with status: \
Error, to retry, lasted 0.1 s
    Traceback (most recent call last):
    KeyError: 'an earlier attempt'
2026-11-22T10:00:05.000+08:00 ERROR procrastinate.worker Job documents.render[7](notice='0192') ended with status: \
Error, lasted 0.1 s
    Traceback (most recent call last):
      File "x.py", line 1, in f
        raise RuntimeError("of the code")
    psycopg.OperationalError: the connection is closed
    \x20
    The above exception was the direct cause of the following exception:
    \x20
    {}
2026-11-22T10:00:06.000+08:00 ERROR xuke.foundation.heartbeat seal failed
    django.db.utils.OperationalError: the connection is closed
"""


@pytest.mark.parametrize(
    ("raised", "reason"),
    [
        ("django.db.utils.OperationalError: consuming input failed: server closed the connection", "数据库连接中断"),
        ("psycopg.errors.AdminShutdown: terminating connection due to administrator command", "数据库连接中断"),
        ("procrastinate.exceptions.ConnectorException:", "数据库连接中断"),
        ("OSError: [Errno 28] No space left on device", "磁盘写满"),
        ("psycopg.errors.DiskFull: could not extend file", "磁盘写满"),
        ("KeyError: 'connection'", ""),
        ("django.db.utils.OperationalError: canceling statement due to lock timeout", ""),
        ("xuke.foundation.refusals.NotFound: 没有找到这份通知书。", ""),
    ],
)
def test_only_a_full_disk_or_a_lost_connection_excuses_a_job_that_failed(raised, reason):
    problem = excuses.problem(ENDED_BADLY.format(raised), 7)
    assert excuses.excuse(problem) == reason
    if "Connector" not in raised:
        assert problem == raised
    assert excuses.problem(ENDED_BADLY.format(raised), 8) == ""


def test_the_ledger_is_on_the_disk_before_anything_goes_on(tmp_path):
    book = Ledger(tmp_path / "ledger.jsonl")
    book.write(SENT, "application:1", "accept")
    book.write(SENT, "application:1", "accept")
    book.write(ACKNOWLEDGED, "application:1", "accept", note="303")
    lines = ledger.read(book.path)
    assert lines[-1] == Line(ACKNOWLEDGED, "application:1", "accept", note="303")
    assert ledger.count(lines, SENT) == {("application:1", "accept", ""): 2}
    assert json.loads(book.path.read_text().splitlines()[0])[1:] == [SENT, "application:1", "accept", "", ""]


def test_a_line_that_is_cut_resets_whoever_is_on_it():
    class Slow(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/slow":
                asked.set()
                go_on.wait(10)
            self.send_response(204)
            self.end_headers()

    asked, go_on = threading.Event(), threading.Event()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    line = proxy.Line(server.server_address[1])
    try:
        connection = http.client.HTTPConnection("127.0.0.1", line.port, timeout=10)
        connection.request("GET", "/")
        assert connection.getresponse().status == 204
        connection.close()
        connection.request("GET", "/slow")
        assert asked.wait(10)
        assert line.cut() == 1
        with pytest.raises(ConnectionError):
            connection.getresponse()
    finally:
        go_on.set()
        line.close()
        server.shutdown()
        server.server_close()
        connection.close()


def test_a_form_is_sent_with_what_its_page_has_filled_in_and_a_file():
    page = (
        '<form id="other"><input name="q" value="no"></form><form id="step"><input type="hidden" name="revision"'
        ' value="3"><input name="name" value="李&amp;王"><textarea name="note">\n两行\n说明</textarea>'
        '<select name="duty"><option value="a">甲</option><option value="b" selected>乙</option></select>'
        '<input type="checkbox" name="agreed" checked><input type="radio" name="way" value="1">'
        '<input type="file" name="paper"><button name="do" value="next">下一步</button></form>'
    )
    fields = forms.filled_in(page, form="step")
    assert fields == [("revision", "3"), ("name", "李&王"), ("note", "两行\n说明"), ("duty", "b"), ("agreed", "on")]
    body, kind = forms.multipart(fields, file="paper", name="图.pdf", content=b"%PDF-\r\n")
    request = RequestFactory().post("/", body, content_type=kind)
    with request.FILES["paper"] as paper:
        assert (request.POST["name"], paper.name, paper.read()) == ("李&王", "图.pdf", b"%PDF-\r\n")
