"""An officer narrows a list, sends the address, takes the list away: with a mouse, on a phone, without JavaScript."""

from __future__ import annotations

import pytest

from xuke.tests.browser.conftest import AtScreen, Bring

pytestmark = pytest.mark.browser


def test_he_narrows_the_list_and_takes_it_away(at_screen: AtScreen, worker, now_at: Bring, the_sauce_cast) -> None:
    now_at("accepted"), now_at("submitted", cast=the_sauce_cast)
    screen = at_screen("hezhiqiang")
    screen.open("/office/all/")
    screen.page.get_by_text("筛选", exact=True).first.click()
    screen.choose(stage="待审查")
    screen.look("list-filters")
    screen.button("筛选").click()
    screen.reads("环节：待审查", "宜昌禾穗坊食品有限公司")
    assert "stage=review" in screen.page.url
    screen.page.get_by_text("导出这份清单").click()
    screen.look("list-filtered")
    screen.button("导出Excel表格").click()
    screen.reads("我的导出", "本单位在办")
    with screen.page.expect_download() as taken:
        screen.link("下载").first.click()
    assert taken.value.suggested_filename.endswith(".xlsx")
    screen.open("/office/exports/")
    screen.look("exports")


def test_without_javascript_the_filters_and_the_export_work(at_screen: AtScreen, now_at: Bring) -> None:
    now_at("accepted")
    screen = at_screen("hezhiqiang", javascript=False)
    screen.open("/office/all/?stage=review&due=later")
    screen.reads("环节：待审查", "时限：其余")
    screen.page.get_by_text("导出这份清单").click()
    screen.button("导出CSV").click()
    screen.reads("我的导出", "排队中", "刷新这一页")
    screen.button("取消", exact=False).click()
    screen.reads("已取消")
