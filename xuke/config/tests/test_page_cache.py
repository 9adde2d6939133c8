"""Public pages kept for seconds: what may be kept, for whom, how long, and how much of it."""

from __future__ import annotations

import gzip

import pytest

from xuke.config.encodings import chosen
from xuke.config.page_cache import LARGEST, PageCache, lifetime, matches

PAGE = "<p>湖北𠮷祥食品有限公司</p>".encode() * 100
PUBLIC = [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "public, s-maxage=60")]
HOME = ("licence.example", "https", "", "/", "")


def keep(
    pages: PageCache, address: tuple[str, ...] = HOME, *, now: float = 0, asked: dict[str, str] | None = None, **other
):
    said = {"status": 200, "headers": PUBLIC, "body": PAGE} | other
    return pages.keep(address, asked or {}, now=now, **said)


@pytest.mark.parametrize(
    ("control", "seconds"),
    [
        ("public, s-maxage=5", 5),
        ("public, max-age=0, s-maxage=3600", 10),
        ("s-maxage=5", 0),
        ("public, max-age=60", 0),
        ("public, s-maxage=0", 0),
        ("private, s-maxage=5", 0),
        ("public, no-store, s-maxage=5", 0),
        ("", 0),
    ],
)
def test_a_page_says_itself_how_long_it_may_be_kept(control: str, seconds: float) -> None:
    assert lifetime(200, {"cache-control": control}) == seconds
    assert lifetime(404, {"cache-control": control}) == 0
    assert lifetime(200, {"cache-control": control, "set-cookie": "a=b"}) == 0


def test_a_kept_page_is_given_again_until_its_time_is_up() -> None:
    pages = PageCache()
    assert keep(pages)
    page = pages.find(HOME, {}, now=9.9)
    assert page
    status, headers, body = page.answer({}, now=9.9)
    assert (status, body, dict(headers)["age"]) == (200, PAGE, "9")
    assert dict(headers)["content-length"] == str(len(PAGE))
    assert pages.find(HOME, {}, now=10.1) is None
    assert (len(pages), pages.bytes) == (0, 0)


def test_whoever_has_the_page_is_told_that_it_is_the_same() -> None:
    page = keep(PageCache())
    assert page.answer({"if-none-match": f'"other", {page.etag}'}, now=0) == (
        304,
        [("cache-control", "public, s-maxage=60"), ("etag", page.etag), ("vary", "Accept-Encoding")],
        b"",
    )
    assert page.answer({"if-none-match": '"other"'}, now=0)[0] == 200
    assert matches("*", page.etag)


def test_a_head_has_everything_but_the_page() -> None:
    status, headers, body = keep(PageCache()).answer({}, now=0, head=True)
    assert (status, body, dict(headers)["content-length"]) == (200, b"", str(len(PAGE)))


def test_each_form_is_made_once() -> None:
    page = keep(PageCache())
    _, headers, body = page.answer({"accept-encoding": "gzip, deflate"}, now=0)
    assert (dict(headers)["content-encoding"], gzip.decompress(body)) == ("gzip", PAGE)
    page.answer({"accept-encoding": "gzip, br"}, now=0)
    assert page.answer({"accept-encoding": "gzip"}, now=0)[2] is body
    assert set(page.forms) == {"gzip", "br"}


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("*", ""),
        ("", ""),
        ("br;q=x", ""),
    ],
)
def test_a_browser_gets_the_form_it_takes(accepted: str, encoding: str) -> None:
    assert chosen(accepted) == encoding


def test_a_fragment_and_a_page_at_one_address_are_two() -> None:
    pages = PageCache()
    headers = [*PUBLIC, ("Vary", "HX-Request, Cookie")]
    keep(pages, headers=headers)
    assert pages.find(HOME, {}, now=1)
    assert pages.find(HOME, {"hx-request": "true"}, now=1) is None
    keep(pages, asked={"hx-request": "true"}, headers=headers, body=b"fragment")
    found = pages.find(HOME, {"hx-request": "true"}, now=1)
    assert found
    assert found.body == b"fragment"
    assert keep(pages, headers=[*PUBLIC, ("Vary", "*")]) is None


def test_a_machine_with_a_thousand_questions_pushes_out_others_and_costs_no_more() -> None:
    pages = PageCache(most=50, most_bytes=1_000_000)
    for number in range(5_000):
        keep(pages, ("h", "http", "", "/licences/", f"q={number}"))
    assert len(pages) == 50
    assert pages.bytes <= 1_000_000
    assert len(pages._varies) <= 100
    small = PageCache(most_bytes=3 * 2 * len(PAGE))
    for number in range(20):
        keep(small, ("h", "http", "", "/", str(number)))
    assert len(small) <= 3
    assert keep(pages, body=b"x" * (LARGEST + 1)) is None


def test_what_cannot_be_kept_is_remembered_so_that_nobody_waits_for_it() -> None:
    pages = PageCache(most=2)
    keep(pages, headers=[])
    assert pages.is_passing(HOME)
    keep(pages)
    assert not pages.is_passing(HOME)
