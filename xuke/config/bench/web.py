"""Stories per second through the web and one worker: real requests, real jobs, CPU of each part apart."""

from __future__ import annotations

import http.client
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.db import connection
from django.utils import timezone

from xuke.accounts.models import User
from xuke.config.bench.commands import more_casts, postmaster
from xuke.config.bench.measure import Figure, cpu_of_trees
from xuke.config.demonstration import signing, stories
from xuke.config.demonstration.people import Cast
from xuke.foundation import journal
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.identity import sessions
from xuke.licensing.models import Application

STORIES = 60
WARM_UP = 6
CLIENTS = 4
TARGET_ALL, TARGET_BEHIND = 2.0, 4.0
PATIENCE = 300.0
TOKEN = "b" * 32
"""Any value does as a CSRF token, as long as cookie and header agree."""


@dataclass
class Story:
    """One case on its way through the web."""

    cast: Cast
    application: str
    varieties: list[str]
    revision: int
    sessions: dict[int, str]
    requests: int = 0
    problems: list[str] = field(default_factory=list)


def stories_per_second(cast: Cast) -> list[Figure]:
    """Play prepared drafts from submit to grant, in four browsers at once; wait for certificates, then for notices."""
    waiting = [_prepared(one) for one in more_casts(cast, STORIES + WARM_UP, first=20_000)]
    port = _free_port()
    with (
        _running("serve", "--port", str(port), "--workers", "2", "--threads", "2") as web,
        _running("worker") as worker,
    ):
        _await(port)
        _play(waiting[:WARM_UP], port)
        _wait_until_done()
        parts = {"web": web.pid, "worker": worker.pid, "database": postmaster()}
        before = {name: cpu_of_trees([pid]) for name, pid in parts.items()}
        mine = time.process_time()
        started = time.perf_counter()
        played = _play(waiting[WARM_UP:], port)
        through_web = time.perf_counter() - started
        _wait_until_done("certificates.make")
        certificates = time.perf_counter() - started
        _wait_until_done()
        everything = time.perf_counter() - started
        cpu = {f"{name}_ms": cpu_of_trees([pid]) - before[name] for name, pid in parts.items()}
        cpu["client_ms"] = time.process_time() - mine
    if problems := [problem for story in played for problem in story.problems]:
        raise SystemExit(f"有请求没有成功，指标无效：{problems[0]}")
    details: dict[str, object] = {name: round(seconds * 1000 / STORIES, 1) for name, seconds in cpu.items()}
    details |= {
        "stories": STORIES,
        "requests_per_story": round(sum(story.requests for story in played) / STORIES, 1),
        "clients": CLIENTS,
        "web_only_per_second": round(STORIES / through_web, 2),
    }
    return [
        _figure("stories_per_second_all_notices", STORIES / everything, TARGET_ALL, details),
        _figure("stories_per_second_notices_behind", STORIES / certificates, TARGET_BEHIND, details),
    ]


def _figure(name: str, value: float, target: float, details: dict[str, object]) -> Figure:
    return Figure(name, round(value, 2), "stories per second", target, value >= target, details)


def _prepared(cast: Cast) -> Story:
    """A complete draft, and everybody logged in: logging in is no part of a story."""
    draft = stories.draft(cast, timezone.now)
    with opened_for(EVERYTHING):
        revision = Application.objects.values_list("revision", flat=True).get(pk=draft.pk)
    people = {cast.applicant.user_id, cast.acceptor.user_id, cast.reviewer.user_id, cast.decider.user_id}
    people |= {verifier.user_id for verifier in cast.verifiers}
    signing.certificate_of(cast.applicant.uscc, cast.applicant.enterprise_name)  # Trusted before anybody signs.
    keys = [f"v{place}" for place in range(1, len(cast.firm.products) + 1)]
    return Story(cast, str(draft.pk), keys, revision, {person: _session(person) for person in people})


_sessions: dict[int, str] = {}


def _session(person: int) -> str:
    if person not in _sessions:
        with opened_for(EVERYTHING):
            user = User.objects.get(pk=person)
            store = sessions.begin(user, means="password", strong=True, now=timezone.now())
        assert store.session_key is not None
        _sessions[person] = store.session_key
    return _sessions[person]


class Browser:
    """Somebody at a screen: reads the page of a step, then takes it."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def read(self, story: Story, person: int, path: str) -> str:
        """Open a page."""
        return self._ask(story, person, "GET", path, None, expected=200)

    def act(
        self,
        story: Story,
        person: int,
        path: str,
        fields: list[tuple[str, str]],
        *,
        expected: int = 303,
        steps: int = 1,
    ) -> None:
        """Send a form; `steps` is how often it changes the case."""
        body = urlencode([*fields, ("revision", str(story.revision))])
        self._ask(story, person, "POST", path, body, expected=expected)
        story.revision += steps

    def _ask(self, story: Story, person: int, method: str, path: str, body: str | None, *, expected: int) -> str:
        headers = {"Cookie": f"sessionid={story.sessions[person]}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        page = answer.read().decode()
        story.requests += 1
        if answer.status != expected:
            story.problems.append(f"{method} {path}：{answer.status}")
        return page


def _tell(story: Story, browser: Browser) -> None:
    """One story, submit to grant: everybody opens the page of their step before they take it."""
    cast, mine, case = (
        story.cast,
        f"/my/applications/{story.application}/",
        f"/office/applications/{story.application}/",
    )
    applicant, acceptor, reviewer = cast.applicant.user_id, cast.acceptor.user_id, cast.reviewer.user_id
    leader, second = (verifier.user_id for verifier in cast.verifiers)
    browser.read(story, applicant, f"{mine}form/declaration/")
    truthful = [("declaration.truthful", "yes"), ("do", "submit")]
    browser.act(story, applicant, f"{mine}form/declaration/", truthful, steps=0)
    page = browser.read(story, applicant, f"{mine}sign/")
    signed = signing.answer(page, uscc=cast.applicant.uscc, name=cast.applicant.enterprise_name)
    browser.act(story, applicant, f"{mine}sign/", list(signed.items()))
    browser.read(story, acceptor, f"{case}accept/")
    browser.act(story, acceptor, f"{case}accept/", [])
    browser.read(story, reviewer, case)
    browser.act(story, reviewer, f"{case}begin-review/", [])
    browser.read(story, reviewer, f"{case}assign/")
    team = [("team", str(leader)), ("team", str(second)), ("leader", str(leader))]
    browser.act(story, reviewer, f"{case}assign/", [*team, ("visit_on", journal.legal_day(timezone.now()).isoformat())])
    browser.read(story, second, f"{case}visit/")
    marks = [(f"score-{number}", mark["score"]) for number, mark in stories.marks().items()]
    browser.act(story, second, f"{case}visit/marks/", marks, expected=200)
    browser.read(story, leader, f"{case}conclude/")
    browser.act(story, leader, f"{case}conclude/", [("applicant_signed", "yes")])
    browser.read(story, reviewer, f"{case}propose/")
    results = [(f"results.{key}", "pass") for key in story.varieties]
    browser.act(story, reviewer, f"{case}propose/", [("opinion", stories.OPINION), *results])
    browser.read(story, cast.decider.user_id, case)
    browser.act(story, cast.decider.user_id, f"{case}grant/", [])


def _play(told: list[Story], port: int) -> list[Story]:
    """Play stories in several browsers at once."""
    waiting: queue.SimpleQueue[Story] = queue.SimpleQueue()
    for story in told:
        waiting.put(story)

    def go_on() -> None:
        browser = Browser(port)
        while True:
            try:
                story = waiting.get_nowait()
            except queue.Empty:
                return
            _tell(story, browser)

    clients = [threading.Thread(target=go_on) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return told


@contextmanager
def _running(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "xuke.config.cli", *command], start_new_session=True, stdout=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("网页服务没有启动起来。")


def _wait_until_done(task: str = "") -> None:
    """Until no job is left; jobs are deleted when they have succeeded."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*), count(*) FILTER (WHERE status = 'failed') FROM procrastinate_jobs"
                " WHERE %s IN ('', task_name)",
                [task],
            )
            left, failed = cursor.fetchone()
        if failed:
            raise SystemExit(f"有{failed}件后台作业失败，指标无效。")
        if not left:
            return
        time.sleep(0.02)
    raise SystemExit("后台作业没有办完。")
