"""Draw the pictures of the README anew, from a demonstration that runs:

make demo                                                        in one window
python -m xuke.tests.browser.pictures http://127.0.0.1:8000      in another
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, ViewportSize, sync_playwright

PICTURES = Path(__file__).parents[3] / "docs" / "pictures"
LARGEST = 300_000
"""Bytes of one picture."""
COLOURS = 128
DESK, PHONE = ViewportSize(width=1440, height=1320), ViewportSize(width=390, height=844)


def main(address: str) -> None:
    """Draw all four."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as place:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        _draw_case(browser, address)
        _draw_form(browser, address)
        certificate = _fetch_certificate(browser, address, Path(place) / "certificate.pdf")
        paper = _print(certificate)
        _keep(paper, "certificate")
        _draw_verification(browser, address, paper)
        browser.close()


def _people(browser: Browser, address: str) -> tuple[str, dict[str, str]]:
    """The password of the demonstration, and who is who by login name: the login page tells both."""
    page = browser.new_page()
    page.goto(f"{address}/login/")
    password = page.locator("details .xk-num").first.text_content() or ""
    rows = [row.locator("td").all_text_contents() for row in page.locator("details tbody tr").all()]
    page.close()
    return password, dict(rows)


def _enter(browser: Browser, address: str, login_name: str, password: str) -> Page:
    context = browser.new_context(viewport=DESK, locale="zh-CN", timezone_id="Asia/Shanghai")
    page = context.new_page()
    page.goto(f"{address}/login/")
    page.fill("[name=username]", login_name)
    page.fill("[name=password]", password)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_load_state()
    return page


def _first_who_has(browser: Browser, address: str, role: str, place: str, words: str) -> tuple[Page, Locator]:
    """The first person of that role whose page at `place` has a link with these words, and the link."""
    password, people = _people(browser, address)
    for login_name, who in people.items():
        if role in who:
            page = _enter(browser, address, login_name, password)
            page.goto(address + place)
            found = page.locator("main").get_by_role("link", name=re.compile(words))
            if found.count():
                return page, found.first
            page.context.close()
    raise SystemExit(f"演示数据里没有“{words}”；证书由后台作业制作，过一会儿再试。")


def _draw_case(browser: Browser, address: str) -> None:
    """A case that waits for its decision, seen by the decider."""
    page, _ = _first_who_has(browser, address, "决定", "/office/?stage=decision", "公司")
    page.locator("[data-keys] th a").last.click()  # The first in the list is overdue.
    page.wait_for_load_state()
    _shoot(page, "case-page")


def _draw_form(browser: Browser, address: str) -> None:
    """The step with the category picker, in a draft."""
    page, draft = _first_who_has(browser, address, "公司）", "/my/", "继续填写")
    draft.click()
    page.get_by_role("link", name="产品类别与材料").first.click()
    page.wait_for_load_state()
    _shoot(page, "application-form")


def _fetch_certificate(browser: Browser, address: str, target: Path) -> Path:
    """Any sealed certificate, from its holder's page."""
    page, link = _first_who_has(browser, address, "公司）", "/my/licences/", "下载")
    with page.expect_download() as arriving:
        link.click()
    arriving.value.save_as(target)
    return target


def _print(certificate: Path) -> Path:
    """Its first page, as a picture."""
    subprocess.run(
        ["pdftoppm", "-r", "96", "-png", "-singlefile", certificate, certificate.with_suffix("")],
        check=True,
        timeout=60,
    )
    return certificate.with_suffix(".png")


def _draw_verification(browser: Browser, address: str, paper: Path) -> None:
    """What somebody's phone shows who scans the code on the paper."""
    with Image.open(paper) as picture:
        (code,) = zxingcpp.read_barcodes(picture)
    page = browser.new_context(viewport=PHONE, device_scale_factor=2).new_page()
    page.goto(address + urlsplit(code.text).path)
    _shoot(page, "verify-phone")


def _shoot(page: Page, name: str) -> None:
    with tempfile.TemporaryDirectory() as place:
        taken = Path(place) / "taken.png"
        page.screenshot(path=taken, animations="disabled")
        _keep(taken, name)


def _keep(taken: Path, name: str) -> None:
    """As a small picture: the pages have few colours."""
    target = PICTURES / f"{name}.png"
    with Image.open(taken) as picture:
        few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        few.save(target, optimize=True)
    size = target.stat().st_size
    if size > LARGEST:
        raise SystemExit(f"{target} 有{size}字节，超过{LARGEST}。")
    sys.stdout.write(f"{target} {size}\n")


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
