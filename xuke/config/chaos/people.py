"""People at their screens while everything dies: they read a page, press its button, and when no answer comes they look
again and press again if the step is still open, as anybody would."""

from __future__ import annotations

import contextlib
import http.client
import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from urllib.parse import urlencode

from django.db import connections
from django.utils import timezone

from xuke.config.bench.acts import TOKEN, Act, Story, acts, prepared, upload
from xuke.config.bench.forms import Fields, multipart
from xuke.config.chaos import ledger as kept
from xuke.config.chaos.ledger import Ledger
from xuke.config.demonstration import people
from xuke.config.demonstration.people import Cast

PATIENCE = 240.0
"""Seconds after which somebody gives up: the product did not recover."""
SLOWEST = 20.0
"""Seconds for one answer."""
THINKING = 0.25
"""Seconds at most between reading a page and pressing."""
AHEAD = 6
"""Drafts that lie ready."""
FIRST_PLACE = 30_000


class Lost(Exception):
    """No answer came."""


class Stuck(Exception):
    """Somebody cannot go on whatever they do."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    location: str
    page: str


class Pulse:
    """Whether people get answers: how many are under way, and when the last one was asked for that came."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.under_way = 0
        self._latest = 0.0

    @contextlib.contextmanager
    def request(self) -> Iterator[Callable[[], None]]:
        """Somebody asks; what is yielded is called when the answer is good."""
        began = time.monotonic()

        def good() -> None:
            with self._changed:
                self._latest = max(self._latest, began)
                self._changed.notify_all()

        with self._changed:
            self.under_way += 1
        try:
            yield good
        finally:
            with self._changed:
                self.under_way -= 1

    def await_answer(self, after: float, *, timeout: float) -> bool:
        """Wait for an answer to something that was asked after that moment."""
        with self._changed:
            return self._changed.wait_for(lambda: self._latest > after, timeout)


class Crowd:
    """Several people telling stories at once until they are told to stop; every story begun is told to its end."""

    def __init__(self, cast: Cast, *, port: int, ledger: Ledger, seed: int, size: int) -> None:
        self._cast, self._port, self._ledger, self._seed = cast, port, ledger, seed
        self.pulse = Pulse()
        self.stuck: list[str] = []
        self._ready: queue.Queue[Story] = queue.Queue(AHEAD)
        self._stopping = threading.Event()
        self._writer = threading.Thread(target=self._prepare, name="drafts", daemon=True)
        self._people = [threading.Thread(target=self._tell, args=(number,), daemon=True) for number in range(size)]

    def start(self) -> None:
        """Begin."""
        for thread in (self._writer, *self._people):
            thread.start()

    def stop(self) -> None:
        """No new stories; return when the last one has come to its end."""
        self._stopping.set()
        for thread in (*self._people, self._writer):
            thread.join()

    def browser(self) -> Browser:
        """The browser of one person."""
        return Browser(self._port, self.pulse)

    def _prepare(self) -> None:
        """Lay out drafts. One whose making was struck by a fault is left lying and another one made."""
        place = FIRST_PLACE
        while not self._stopping.is_set():
            place += 1
            try:
                story = prepared(people.with_firm(self._cast, place=place, now=timezone.now()))
            except Exception:  # Nobody was told that it exists.
                connections.close_all()
                self._stopping.wait(0.3)
                continue
            while not self._stopping.is_set():
                with contextlib.suppress(queue.Full):
                    self._ready.put(story, timeout=0.5)
                    break
        connections.close_all()

    def _tell(self, number: int) -> None:
        random = Random(self._seed * 1000 + number)  # noqa: S311 - thinking times
        browser = self.browser()
        while not self._stopping.is_set():
            try:
                story = self._ready.get(timeout=0.2)
            except queue.Empty:
                continue
            self._ledger.write(kept.BEGUN, story.stream)
            try:
                for act in (upload(story), *acts(story)):
                    self._take(browser, story, act, random)
            except Stuck as problem:
                self.stuck.append(f"{story.stream}：{problem}")
            else:
                self._ledger.write(kept.ENDED, story.stream)

    def _take(self, browser: Browser, story: Story, act: Act, random: Random) -> None:
        """Press a button until it has been pressed: answered, or found done after an answer that did not come."""
        until = time.monotonic() + PATIENCE
        fields: Fields = []
        about = act.upload.digest if act.upload else ""
        pressed = False
        while time.monotonic() < until:
            seen = browser.look(story, act, until)
            if seen is None or not act.is_open(seen):
                if pressed:
                    return
                raise Stuck(f"{act.path} 没有按过就不能办理了")
            # The same revision as the first time: what was pressed then must not happen twice.
            fields = fields or act.fields(seen)
            time.sleep(random.uniform(0, THINKING))
            self._ledger.write(kept.SENT, story.stream, act.name, about)
            pressed = True
            try:
                answer = browser.press(story, act, fields)
            except Lost as problem:
                self._ledger.write(kept.LOST, story.stream, act.name, about, str(problem))
                continue
            if answer.status == act.expected and "/login" not in answer.location:
                self._ledger.write(kept.ACKNOWLEDGED, story.stream, act.name, about)
                return
            what = kept.LOST if answer.status >= 500 else kept.REFUSED
            self._ledger.write(what, story.stream, act.name, about, f"{answer.status} {answer.location}".strip())
            if answer.status == 409:
                fields = []  # Somebody was faster, says the page; whoever reads it presses what it shows now.
            time.sleep(0.3)
        raise Stuck(f"{act.path} {PATIENCE:.0f}秒内没有办成")


class Browser:
    """One person's browser: keeps its connection until it breaks."""

    def __init__(self, port: int, pulse: Pulse) -> None:
        self._port, self._pulse = port, pulse
        self._connection: http.client.HTTPConnection | None = None

    def look(self, story: Story, act: Act, until: float) -> str | None:
        """Open the page of a step, however often it takes. None when it says that the step is not open."""
        while time.monotonic() < until:
            try:
                answer = self._ask(story, act.person, "GET", act.look)
            except Lost:
                time.sleep(0.1)
                continue
            if "/login" in answer.location:
                raise Stuck(f"{act.look} 要求重新登录")
            if answer.status < 500:
                return answer.page if answer.status == 200 else None
            time.sleep(0.2)
        raise Stuck(f"{act.look} {PATIENCE:.0f}秒内没有打开")

    def press(self, story: Story, act: Act, fields: Fields) -> Answer:
        """Send the form."""
        body, kind = urlencode(fields).encode(), "application/x-www-form-urlencoded"
        if file := act.upload:
            body, kind = multipart(fields, file=file.field, name=file.name, content=file.content)
        return self._ask(story, act.person, "POST", act.path, body, kind)

    def _ask(
        self, story: Story, person: int, method: str, path: str, body: bytes | None = None, kind: str = ""
    ) -> Answer:
        headers = {"Cookie": f"sessionid={story.sessions[person]}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN}
        if kind:
            headers["Content-Type"] = kind
        self._connection = self._connection or http.client.HTTPConnection("127.0.0.1", self._port, timeout=SLOWEST)
        try:
            with self._pulse.request() as good:
                self._connection.request(method, path, body, headers)
                response = self._connection.getresponse()
                answer = Answer(response.status, response.headers.get("Location", ""), response.read().decode())
                if answer.status < 500:
                    good()
        except (OSError, http.client.HTTPException) as problem:
            self._connection.close()
            self._connection = None
            raise Lost(type(problem).__name__) from None
        return answer
