"""Stories per second through the web and one worker: real requests, real jobs, CPU of each part apart."""

from __future__ import annotations

import http.client
import queue
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

from xuke.config.bench.acts import TOKEN, Act, Story, acts, prepared
from xuke.config.bench.commands import more_casts, postmaster
from xuke.config.bench.measure import Figure, cpu_of_trees
from xuke.config.bench.running import await_port, free_port, running, wait_until_done
from xuke.config.demonstration.people import Cast

STORIES = 60
WARM_UP = 6
CLIENTS = 4
TARGET_ALL, TARGET_BEHIND = 2.0, 4.0


@dataclass
class Played:
    """What came of one story."""

    story: Story
    requests: int = 0
    problems: list[str] = field(default_factory=list)


def stories_per_second(cast: Cast) -> list[Figure]:
    """Play prepared drafts from submit to grant, in four browsers at once; wait for certificates, then for notices."""
    waiting = [prepared(one) for one in more_casts(cast, STORIES + WARM_UP, first=20_000)]
    port = free_port()
    with (
        running("serve", "--port", str(port), "--workers", "2", "--threads", "2") as web,
        running("worker") as worker,
    ):
        await_port(port)
        _play(waiting[:WARM_UP], port)
        wait_until_done()
        parts = {"web": web.pid, "worker": worker.pid, "database": postmaster()}
        before = {name: cpu_of_trees([pid]) for name, pid in parts.items()}
        mine = time.process_time()
        started = time.perf_counter()
        played = _play(waiting[WARM_UP:], port)
        through_web = time.perf_counter() - started
        wait_until_done("certificates.make")
        certificates = time.perf_counter() - started
        wait_until_done()
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


class Browser:
    """Somebody at a screen: reads the page of a step, then takes it."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def take(self, played: Played, act: Act) -> None:
        """Open the page and press the button."""
        page = self._ask(played, act.person, "GET", act.look, None, expected=200)
        self._ask(played, act.person, "POST", act.path, urlencode(act.fields(page)), expected=act.expected)

    def _ask(self, played: Played, person: int, method: str, path: str, body: str | None, *, expected: int) -> str:
        headers = {"Cookie": f"sessionid={played.story.sessions[person]}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        page = answer.read().decode()
        played.requests += 1
        if answer.status != expected:
            played.problems.append(f"{method} {path}：{answer.status}")
        return page


def _play(told: list[Story], port: int) -> list[Played]:
    """Play stories in several browsers at once."""
    waiting: queue.SimpleQueue[Played] = queue.SimpleQueue()
    played = [Played(story) for story in told]
    for one in played:
        waiting.put(one)

    def go_on() -> None:
        browser = Browser(port)
        while True:
            try:
                one = waiting.get_nowait()
            except queue.Empty:
                return
            for act in acts(one.story):
                browser.take(one, act)

    clients = [threading.Thread(target=go_on) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return played
