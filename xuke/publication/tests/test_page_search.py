"""Everybody looks for licences: by a word, by a number, by facets, on a day, page by page."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from xuke.foundation.bigrams import plain
from xuke.foundation.identifiers import food_licence
from xuke.publication import finding, frequencies
from xuke.publication.models import PublishedLicence
from xuke.publication.projection.register import tokens
from xuke.tests.cast import NOON

pytestmark = pytest.mark.usefixtures("noon")
LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)


@pytest.fixture
def noon(db, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)
    monkeypatch.setattr(frequencies, "_remembered", None)


def put(holder: str, sequence: int, **changes: object) -> PublishedLicence:
    """A licence on the register, as the projection writes it."""
    facts = {
        "state": "in_force",
        "categories": [14],
        "division": "420581",
        "uscc": f"9142058105814{sequence:04}D",
        "granted_on": date(2024, 1, 1),
        "valid_to": date(2028, 12, 31),
        "ended_on": None,
        "changed_at": LONG_AGO + timedelta(hours=sequence),
        **changes,
    }
    return PublishedLicence.objects.create(
        number=food_licence.compose(category="114", division=str(facts["division"]), sequence=sequence),
        holder=holder,
        products="茶叶及相关制品：茶叶",
        authority="宜昌市市场监督管理局",
        authority_path="420000/420500/",
        version=1,
        identifier=f"identifier-{sequence}",
        plain=plain(holder),
        tokens=tokens(holder, facts["division"], facts["categories"], facts["state"]),  # type: ignore[arg-type]
        **facts,
    )


def names(response) -> list[str]:
    """The names in the list, with the words that were marked in brackets."""
    page = response.content.decode().replace("<mark>", "[").replace("</mark>", "]")
    return [part.split("</a>")[0].split(">", 1)[1] for part in page.split("<h3>")[1:]]


@pytest.fixture
def tea_and_others() -> None:
    put("宜都市青岗岭茶业有限公司", 1)
    put("宜昌云顶茶业食品有限公司", 2, division="420506", categories=[14, 6])
    put("襄阳金谷食品有限公司", 3, division="420602", categories=[1])
    put("当阳老味ＡＢ食品厂", 4, division="420582", categories=[3], valid_to=date(2026, 9, 6))
    ended = date(2025, 6, 11)
    put("长阳青禾岭茶业有限公司", 5, division="420528", state="rescinded", ended_on=ended)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "青岗岭"}, ["宜都市[青岗岭]茶业有限公司"]),
        ({"q": "茶业 云顶"}, ["宜昌[云顶茶业]食品有限公司"]),
        ({"q": "ab"}, ["当阳老味[ＡＢ]食品厂"]),
        ({"q": "谷"}, ["襄阳金[谷]食品有限公司"]),
        ({"q": "%"}, []),
        ({"q": "_"}, []),
        ({"q": "食品\x00\u200b厂"}, ["当阳老味ＡＢ[食品厂]"]),
        ({"division": "宜都"}, ["宜都市青岗岭茶业有限公司"]),
        ({"division": "襄阳市（420600）"}, ["襄阳金谷食品有限公司"]),
        ({"category": "6"}, ["宜昌云顶茶业食品有限公司"]),
        ({"state": "rescinded"}, ["长阳青禾岭茶业有限公司"]),
        ({"state": "expired"}, ["当阳老味ＡＢ食品厂"]),
        ({"q": "岭茶业", "state": "in_force"}, ["宜都市青岗[岭茶业]有限公司"]),
        ({"q": "岭茶业", "state": "in_force", "on": "2025-06-10", "division": "长阳"}, ["长阳青禾[岭茶业]有限公司"]),
        ({"on": "2023-12-31"}, []),
    ],
)
def test_a_search_finds_what_was_asked_for_and_marks_it(client, tea_and_others, asked, found):
    response = client.get("/licences/", asked)
    assert response.status_code == 200
    assert names(response) == found
    assert ("没有找到" in response.content.decode()) is not bool(found)


def test_numbers_are_found_in_full_and_from_the_beginning(client, tea_and_others):
    licence = PublishedLicence.objects.get(holder__contains="青岗岭")
    spaced = " ".join(licence.number[place : place + 4] for place in range(0, 16, 4)).lower()
    for typed in (licence.number, spaced, licence.number[2:]):
        assert names(client.get("/licences/", {"q": typed})) == [licence.holder]
    assert len(names(client.get("/licences/", {"q": "SC1144205"}))) == 4
    assert names(client.get("/licences/", {"q": licence.uscc[:17]})) == [licence.holder]


def test_a_digit_that_was_copied_wrong_is_said(client, tea_and_others):
    number = PublishedLicence.objects.get(holder__contains="青岗岭").number
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    page = client.get("/licences/", {"q": wrong}).content.decode()
    assert f"校验码应为{number[-1]}，现为{wrong[-1]}" in page and "没有找到" in page


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"q": "茶" * 10_000}, "最多100个字，现在有10000个字"),
        ({"q": "\x00\x01"}, "没有可以查的字"),
        ({"on": "1948-12-31"}, "不能早于1949年10月1日"),
        ({"on": "2026-09-08"}, "不能晚于今天"),
        ({"on": "2025-02-30"}, "没有2025-02-30这一天"),
        ({"on": "9" * 5000}, "请写成2025-03-01这样的日期"),
        ({"division": "桃花源"}, "没有叫“桃花源”的省、市、县"),
        ({"division": "999999"}, "没有行政区划代码999999"),
        ({"division": "鼓楼区"}, "有4个地方叫“鼓楼区”"),
        ({"category": "33"}, "食品类别是1至32的数字"),
        ({"state": "asleep"}, "没有这种状态"),
        ({"q": "QS420000000001"}, "旧版编号"),
    ],
)
def test_what_cannot_be_looked_up_is_told_in_a_sentence(client, django_assert_num_queries, asked, sentence):
    with django_assert_num_queries(0):
        response = client.get("/licences/", asked)
    assert response.status_code == 422
    assert sentence in response.content.decode()


def test_pages_follow_each_other_there_and_back(client):
    for sequence in range(1, 46):
        put(f"宜昌第{sequence}茶厂", sequence)
    first = client.get("/licences/", {"q": "茶厂"})
    assert "第1–20条，后面还有" in first.content.decode() and names(first)[0] == "宜昌第45[茶厂]"
    second = client.get("/licences/" + link(first, "next"))
    third = client.get("/licences/" + link(second, "next"))
    assert "第41–45条" in third.content.decode() and not link(third, "next")
    again = client.get("/licences/" + link(third, "prev"))
    assert names(again) == names(second) and "第21–40条，后面还有" in again.content.decode()
    assert names(client.get("/licences/" + link(again, "prev"))) == names(first)
    numbers = client.get("/licences/", {"q": "SC114"})
    assert "第21–40条" in client.get("/licences/" + link(numbers, "next")).content.decode()


def test_a_place_in_another_list_begins_anew(client):
    for sequence in range(1, 25):
        put(f"宜昌第{sequence}茶厂", sequence)
    after = link(client.get("/licences/", {"q": "茶厂"}), "next").split("after=")[1]
    for address in (
        f"?q=宜昌&after={after}",
        f"?q=茶厂&after={after[:-2]}",
        "?q=茶厂&after=%00x",
        "?after=" + "a" * 9999,
    ):
        response = client.get("/licences/" + address)
        assert response.status_code == 200
        assert "已经从第一页开始" in response.content.decode() and "第1–20条" in response.content.decode()


def link(response, rel: str) -> str:
    """The address behind 上一页 or 下一页."""
    page = response.content.decode()
    before, found, _ = page.partition(f'" rel="{rel}"')
    return before.rpartition('href="')[2].replace("&amp;", "&") if found else ""


def test_a_search_takes_one_statement_and_once_the_statistics(client, tea_and_others):
    client.get("/licences/", {"q": "食品"})
    for asked in ({"q": "食品"}, {"q": "青岗岭", "division": "宜都"}, {"q": "SC1144"}, {}):
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/licences/", asked).status_code == 200
        assert len(captured) == 1, captured.captured_queries


def test_answers_are_kept_for_everybody_and_not_for_somebody(client, tea_and_others):
    assert "s-maxage=5" in client.get("/licences/")["Cache-Control"]
    client.cookies["size"] = "large"
    assert client.get("/licences/")["Cache-Control"] == "private, no-cache"


def test_a_single_character_says_when_it_was_not_looked_for_everywhere(client, tea_and_others, monkeypatch):
    monkeypatch.setattr(finding, "LOOK", 2)
    monkeypatch.setattr(frequencies, "counted", lambda _: frequencies.Counted(1_000_000, {}, 0.001))
    page = client.get("/licences/", {"q": "谷"}).content.decode()
    assert "没有找到" in page and "只在最近有变动的2张里找" in page
    assert "只在最近" not in client.get("/licences/", {"q": "金谷"}).content.decode()


@pytest.mark.parametrize(
    "shares", [{}, {"茶业": 0.1, "岭茶": 0.1, "c:14": 0.1}, {"茶业": 0.9, "岭茶": 0.9, "c:14": 0.9}]
)
def test_whatever_the_statistics_say_the_same_is_found(client, tea_and_others, monkeypatch, shares):
    """Each way, and each bound that leads to the other."""
    monkeypatch.setattr(frequencies, "counted", lambda _: frequencies.Counted(1_000_000, shares, 0.0001))
    for glance, most in ((50_000, 20_000), (2, 20_000), (50_000, 1), (2, 1)):
        monkeypatch.setattr(finding, "GLANCE", glance)
        monkeypatch.setattr(finding, "SORTED", most)
        found = names(client.get("/licences/", {"q": "岭茶业", "category": "14"}))
        assert found == ["长阳青禾[岭茶业]有限公司", "宜都市青岗[岭茶业]有限公司"]


def test_while_the_register_is_away_nobody_is_told_to_correct_anything(client, db, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError

    monkeypatch.setattr("xuke.publication.views.register.finding.find", away)
    response = client.get("/licences/", {"q": "茶业", "division": "4205"})
    page = response.content.decode()
    assert response.status_code == 503
    assert "登记簿现在查不到" in page and "修改" not in page
    assert 'href="/licences/?q=%E8%8C%B6%E4%B8%9A&amp;division=4205"' in page
