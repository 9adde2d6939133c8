"""Somebody at a screen: a page of Chromium in a context of its own, and everything that page complained about."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response, expect

SHOTS = Path(os.environ.get("XUKE_SHOTS") or Path(__file__).parents[3] / "var" / "screenshots")
AXE = Path(os.environ.get("XUKE_TEST_PREPARED", "")) / "testing" / "axe.min.js"
DESK, PHONE = (1440, 900), (390, 844)
WINDOWS = (DESK, (768, 1024), PHONE, (320, 640))
"""The windows in which no page may scroll sideways."""
PATIENCE = 20_000
"""Milliseconds after which something that should have happened counts as not happening; two cores may be busy."""

expect.set_options(timeout=PATIENCE)

_AXE_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
_TOLD_ANYWAY = re.compile(
    r"Failed to load resource: the server responded with a status of 4\d\d|Response Status Error Code 4\d\d"
)
"""The browser's note, and HTMX's, about an answer that is a refusal: the tests look at the refusal itself."""


def _dotted(name: str) -> str:
    return name.replace("__", ".")


class Screen:
    """One person's browser window. `name` begins the file names of its pictures."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context = context
        self.address = address
        self.complaints: list[str] = []
        self.may_lack_network = False
        """Whether requests that fail are what the test wants."""
        context.set_default_timeout(PATIENCE)
        self.page = self._watched(context.new_page())
        context.on("page", self._watched)

    def _watched(self, page: Page) -> Page:
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        is_offline = self.may_lack_network and "net::ERR_" in message.text
        if message.type in ("error", "warning") and not is_offline and not _TOLD_ANYWAY.search(message.text):
            self.complaints.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _failed(self, request: Request) -> None:
        is_left = "ERR_ABORTED" in (request.failure or "")  # Somebody went on before an autosave was answered.
        if not is_left and not self.may_lack_network:
            self.complaints.append(f"request: {request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"answer: {response.status} {response.url}")

    # --- going and reading --------------------------------------------------------------------------------------------

    def open(self, place: str) -> Response:
        """Open an address of ours."""
        answer = self.page.goto(place if place.startswith("http") else self.address + place)
        assert answer is not None
        return answer

    @property
    def place(self) -> str:
        """The address of the page, without the server."""
        return self.page.url.removeprefix(self.address)

    def link(self, words: str | re.Pattern[str], *, exact: bool = False, within: str = "main") -> Locator:
        """A link in the main part."""
        return self.page.locator(within).get_by_role("link", name=words, exact=exact)

    def button(self, words: str | re.Pattern[str], *, exact: bool = True, within: str = "main") -> Locator:
        """A button in the main part."""
        return self.page.locator(within).get_by_role("button", name=words, exact=exact)

    def follow(self, words: str | re.Pattern[str], *, within: str = "main") -> None:
        """Click a link and wait for the page behind it."""
        with self.page.expect_navigation():
            self.link(words, within=within).first.click()

    def press(self, words: str | re.Pattern[str], *, within: str = "main", exact: bool = True) -> Response:
        """Press a button that leads to another page; the answer that page came with."""
        with self.page.expect_navigation() as going:
            self.button(words, within=within, exact=exact).first.click()
        answer = going.value
        assert answer is not None
        return answer

    def fill(self, **fields: str) -> None:
        """Type into fields by their names; ``__`` stands for a full stop."""
        for name, text in fields.items():
            self.field(name).last.fill(text)

    def choose(self, **fields: str) -> None:
        """Choose a value in a list, or among radio buttons."""
        for name, value in fields.items():
            field = self.field(name)
            if field.first.evaluate("e => e.tagName") == "SELECT":
                field.select_option(value)
            else:
                self.page.locator(f'[name="{_dotted(name)}"][value="{value}"]').check()

    def field(self, name: str) -> Locator:
        """A field by its name; ``__`` stands for a full stop."""
        return self.page.locator(f'[name="{_dotted(name)}"]')

    def reads(self, *sentences: str, within: str = "main") -> None:
        """Assert that these words stand on the page."""
        for sentence in sentences:
            expect(self.page.locator(within)).to_contain_text(sentence)

    def log_in(self, login_name: str, password: str) -> None:
        """The login page, as people use it."""
        self.open("/login/")
        self.fill(username=login_name, password=password)
        self.press("登录")

    # --- looking ------------------------------------------------------------------------------------------------------

    def look(self, name: str) -> None:
        """Take the page's picture at both sizes; nothing may be wrong with it for axe, nothing may stick out."""
        for width, height in WINDOWS:
            self.page.set_viewport_size({"width": width, "height": height})
            self._fold(is_phone=width == PHONE[0])
            if over := self.sticks_out():
                self.complaints.append(f"{name} scrolls sideways at {width}, by {over}")
            if (width, height) in (DESK, PHONE):
                self.shoot(f"{name}-{width}")
                self.complaints += [f"axe: {name} at {width}: {found}" for found in self.axe()]
        self.page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
        self._fold(is_phone=False)

    def shoot(self, name: str) -> None:
        """A picture of the whole page, in a window as high as it is, so that what sticks to its edge stands there."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        size = self.page.viewport_size
        assert size is not None
        height = self.page.evaluate("() => document.documentElement.scrollHeight")
        self.page.set_viewport_size({"width": size["width"], "height": max(size["height"], min(height, 8000))})
        self.page.screenshot(path=SHOTS / f"{name}.png", full_page=True, animations="disabled")

    def _fold(self, *, is_phone: bool) -> None:
        """Fold the long lists as the page itself does when it is opened on a phone."""
        self.page.evaluate(
            "is => document.querySelectorAll('details.xk-fold').forEach(d => { d.open = !is })", is_phone
        )

    def axe(self) -> list[str]:
        """What axe finds: WCAG 2.0 to 2.2, A and AA, and its best practices."""
        if not self.page.evaluate("() => Boolean(globalThis.axe)"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: list[dict[str, Any]] = self.page.evaluate(
            "async options => (await axe.run(document, options)).violations", _AXE_OPTIONS
        )
        return [
            f"  {one['id']}: {one['help']}\n"
            + "\n".join(f"    {node['html'][:200]} {node['failureSummary']}" for node in one["nodes"][:4])
            for one in found
        ]

    def sticks_out(self) -> int:
        """By how many pixels the page can be scrolled sideways."""
        return int(
            self.page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        )
