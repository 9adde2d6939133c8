"""What the stories pass by: every other page at both sizes, in large type, by its weight; the watch itself."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Request, expect

from xuke.licensing.models import Application
from xuke.tests.browser.conftest import AtScreen
from xuke.tests.browser.places import case, mine, step
from xuke.tests.browser.screens import PHONE, Screen
from xuke.tests.cast import Bring, Cast

pytestmark = pytest.mark.browser

HEAVIEST = 250_000
"""Bytes on the wire of a first visit, everything included (design 10)."""
SECTIONS = ("enterprise", "site", "products", "equipment", "people", "declaration")


def test_the_watch_is_awake(at_screen: AtScreen) -> None:
    """What `look` and a screen's watch would tell, if there were something."""
    screen = at_screen()
    screen.open("/login/")
    screen.page.evaluate(
        "() => { const wide = document.createElement('img'); wide.style.minWidth = '90rem'; document.body.append(wide);"
        " const style = document.createElement('style'); style.textContent = 'p {}'; document.head.append(style);"
        " console.error('something broke') }"
    )
    screen.look("d00-the-watch-is-awake")
    told = "\n".join(screen.complaints)
    screen.complaints.clear()
    for expected in ("image-alt", "scrolls sideways at 320", "Content Security Policy", "something broke"):
        assert expected in told


# --- every page -------------------------------------------------------------------------------------------------------


def test_the_publics_pages(at_screen: AtScreen) -> None:
    somebody = at_screen()
    pages = {
        "styles": "/states/",
        "not-found": "/nothing/",
        "foreign-code": "/V/NOTACODE",
        "unknown-number": "/verify/?q=SC12442050600018",
        "wrong-number": "/verify/?q=SC1",
    }
    for name, place in pages.items():
        somebody.open(place)
        somebody.look(f"d10-{name}")


def test_the_applicants_pages(at_screen: AtScreen, now_at: Bring, the_sauce_cast: Cast) -> None:
    wang, running = at_screen("wangjie"), now_at("verification_assigned", cast=the_sauce_cast)
    for name, place in {
        "enterprise": "/my/enterprise/",
        "applications": "/my/applications/",
        "notices": "/my/notices/",
        "licences": "/my/licences/",
        "desk-running": "/my/",
        "case-visit": mine(running),
        "content": mine(running, "content/"),
        "switch": "/switch/",
    }.items():
        wang.open(place)
        wang.look(f"d20-{name}")
    for notice in ("申请材料接收凭证", "受理通知书", "现场核查通知书"):
        wang.open(mine(running))
        wang.follow(notice)
        wang.look(f"d21-{notice}")
    wu, draft = at_screen("wuxiaomei"), now_at("draft", site={}, products={}, equipment={}, people={}, declaration={})
    wu.open("/my/")
    wu.look("d22-desk-draft")
    wu.open(mine(draft, "discard/"))
    wu.look("d23-discard")
    for section in SECTIONS:
        wu.open(f"{step(draft, section)}?check=1")
        wu.look(f"d24-wrong-{section}")


def test_the_officers_pages(at_screen: AtScreen, now_at: Bring, the_sauce_cast: Cast) -> None:
    submitted, resubmitted = now_at("submitted"), now_at("resubmitted", cast=the_sauce_cast)
    zhou = at_screen("zhoumin")
    for name, place in {
        "inbox": "/office/",
        "mine": "/office/mine/?closed=1",
        "all": "/office/all/",
        "found": "/office/all/?q=禾穗",
        "not-found": "/office/all/?q=没有这一家",
        "visits": "/office/visits/",
        "not-required": case(submitted, "not-required"),
        "not-competent": case(submitted, "not-competent"),
        "contact": case(submitted, "contact"),
        "closed": case(submitted, "propose"),
        "decline": case(resubmitted, "decline"),
    }.items():
        zhou.open(place)
        zhou.look(f"d30-{name}")
    for name, person in {"supervisor": "hezhiqiang", "auditor": "qianshen", "neighbour": "yangfan"}.items():
        other = at_screen(person)
        other.open(case(submitted))
        other.look(f"d31-{name}")


def test_the_sheet_before_it_is_filled_in_and_after(at_screen: AtScreen, now_at: Bring, the_sauce_cast: Cast) -> None:
    assigned, done = now_at("verification_assigned"), now_at("verification_done", cast=the_sauce_cast)
    zhao = at_screen("zhaohaifeng", size=PHONE)
    for name, place in {
        "visit-empty": case(assigned, "visit"),
        "conclude-too-early": case(assigned, "conclude"),
        "visit-closed": case(done, "visit"),
    }.items():
        zhao.open(place)
        zhao.look(f"d40-{name}")


def test_large_type_keeps_every_page_in_its_bounds(at_screen: AtScreen, now_at: Bring) -> None:
    proposed = now_at("decision_proposed")
    for who, places in {
        "": ("/", "/verify/", "/login/"),
        "wuxiaomei": ("/my/", mine(proposed)),
        "liuzhengping": ("/office/", case(proposed), case(proposed, "grant")),
        "zhaohaifeng": (case(proposed, "visit"),),
    }.items():
        person = at_screen(who)
        person.open(f"{places[0]}?size=large")
        for number, place in enumerate(places):
            person.open(place)
            assert person.page.evaluate("() => getComputedStyle(document.documentElement).fontSize") == "20px"
            person.look(f"d50-large-{who or 'public'}-{number}")


def test_a_strip_on_a_phone_shows_where_one_is(at_screen: AtScreen, now_at: Bring) -> None:
    assigned = now_at("verification_assigned")
    for who, place, words in (
        ("wuxiaomei", "/my/enterprise/", "企业信息"),
        ("sunyutong", "/office/visits/", "现场核查"),
        ("sunyutong", case(assigned, "visit") + "?part=trial_report", "试制食品检验合格报告"),
    ):
        person = at_screen(who, size=PHONE)
        person.open(place)
        here = person.page.locator("nav [aria-current]", has_text=words)
        expect(here).to_be_in_viewport(ratio=0.95)


# --- how heavy --------------------------------------------------------------------------------------------------------


@dataclass
class Scale:
    """What a page weighs on the wire, headers included."""

    screen: Screen
    weight: int = 0
    parts: list[str] = field(default_factory=list)

    def weigh(self, place: str) -> int:
        """Open an address for the first time."""
        self.screen.page.on("requestfinished", self._add)
        self.screen.open(place)
        self.screen.page.wait_for_load_state("networkidle")
        return self.weight

    def _add(self, request: Request) -> None:
        sizes = request.sizes()
        size = sizes["responseBodySize"] + sizes["responseHeadersSize"]
        self.weight += size
        self.parts.append(f"{size:>8} {request.url}")


def _heavy_pages(draft: Application, proposed: Application) -> list[tuple[str, str]]:
    return [
        ("", "/"),
        ("", "/verify/"),
        ("wuxiaomei", step(draft, "products")),
        ("wuxiaomei", step(draft, "site")),
        ("wuxiaomei", mine(proposed)),
        ("liuzhengping", "/office/"),
        ("liuzhengping", case(proposed)),
        ("zhaohaifeng", case(proposed, "visit")),
    ]


def test_no_first_visit_is_heavy(at_screen: AtScreen, now_at: Bring) -> None:
    proposed, draft = now_at("decision_proposed"), now_at("draft")
    for who, place in _heavy_pages(draft, proposed):
        scale = Scale(at_screen(who))
        assert 50_000 < scale.weigh(place) <= HEAVIEST, "\n".join(scale.parts)
