"""Filters that are addresses, searches within bounds, sums that are right whoever is at work."""

from __future__ import annotations

import contextlib
import threading
from urllib.parse import urlencode

import pytest
from django.db import connection, connections

from xuke.config import cli
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.licensing import commands, counts, lists, queries
from xuke.licensing.filters import Filters, read
from xuke.licensing.models import Application, Hand, OpenCount, WaitingCount
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS
from xuke.parties.models import EnterpriseName
from xuke.tests.cast import NOON

CAKES, SAUCES = "宜昌禾穗坊食品有限公司", "宜昌临江禾酿造有限公司"


@pytest.fixture
def two(at, the_sauce_cast, he_the_supervisor):
    """Cakes wait for a reviewer, sauces for an acceptor."""
    return at("accepted"), at("submitted", cast=the_sauce_cast)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("stage=review", [CAKES]),
        ("state=submitted", [SAUCES]),
        ("category=124", [CAKES]),
        ("below=420506", [CAKES, SAUCES]),
        ("due=later", [CAKES, SAUCES]),
        ("due=overdue", []),
        ("holder=nobody", [CAKES, SAUCES]),
        ("holder=mine", []),
        ("since=2026-09-07&until=2026-09-07", [CAKES, SAUCES]),
        ("until=2026-09-06", []),
        ("q=宜昌&stage=review", [CAKES]),
        ("q=宜昌&category=103", [SAUCES]),
        ("stage=granted", []),
    ],
)
def test_an_address_narrows_the_list(two, desk, wang_of_yichang, asked, found):
    page = desk.open(wang_of_yichang, f"/office/all/?{asked}")
    assert [name for name in (CAKES, SAUCES) if name in page.main] == found
    assert len(page.statements) <= MOST_STATEMENTS - 1


def test_a_colleague_elsewhere_opens_the_same_filters_on_their_own_cases(two, desk, yang_of_yidu):
    page = desk.open(yang_of_yidu, "/office/all/?stage=review&below=420506")
    assert CAKES not in page.main
    assert "机关“420506”，或者它不在您的辖区" in page.main


def test_the_list_of_one_colleague_is_an_address(two, desk, zhou_the_acceptor, he_the_supervisor):
    commands.claim(application=two[1], by=zhou_the_acceptor, now=NOON)
    page = desk.open(he_the_supervisor, f"/office/all/?holder={zhou_the_acceptor.user_id}")
    assert SAUCES in page.main
    assert CAKES not in page.main
    assert f"holder={zhou_the_acceptor.user_id}" in desk.open(he_the_supervisor, "/office/all/").html


@pytest.mark.parametrize("url", ["/office/", "/office/mine/", "/office/all/"])
def test_what_nobody_understands_narrows_nothing_and_is_said(two, desk, he_the_supervisor, url):
    asked = {
        "stage": "x" * 50,
        "state": "draft",
        "category": "%",
        "below": "'",
        "due": "soonish",
        "holder": "-1",
        "since": "1899-01-01",
        "until": "9999-99-99",
    }
    page = desk.open(he_the_supervisor, f"{url}?{urlencode(asked)}")
    assert page.status == 200
    assert page.main.count("没有按它筛选") == len(asked)


def test_a_place_in_another_list_begins_this_one_anew(two, desk, he_the_supervisor, monkeypatch):
    monkeypatch.setattr("xuke.licensing.views.officer_paging.slice_of.__kwdefaults__", {"place": "", "size": 1})
    first = desk.open(he_the_supervisor, "/office/all/")
    mark = first.html.partition("after=")[2].partition('"')[0]
    assert mark
    further = desk.open(he_the_supervisor, f"/office/all/?after={mark}")
    assert "第2条" in further.main
    for other in ("/office/all/?stage=review&after=", "/office/mine/?after="):
        page = desk.open(he_the_supervisor, f"{other}{mark}")
        assert "从第一页开始" in page.main


@pytest.mark.parametrize("typed", ["食", "%", "_", "x" * 10_000, "食品\x01", "\u202e食品", "' OR 1=1 --", "有限公司"])
def test_whatever_is_searched_for_costs_few_statements(two, desk, he_the_supervisor, typed):
    page = desk.open(he_the_supervisor, f"/office/all/?{urlencode({'q': typed})}")
    assert page.status == 200
    assert len(page.statements) <= MOST_STATEMENTS - 1


def test_a_word_of_very_many_names_is_looked_for_among_the_newest(two, desk, he_the_supervisor, monkeypatch):
    monkeypatch.setattr("xuke.parties.names.named", lambda text: None)
    page = desk.open(he_the_supervisor, "/office/all/?q=食品")
    assert CAKES in page.main
    assert "只查了最近提交的" in page.main
    monkeypatch.setattr(lists, "NEWEST", 1)
    assert CAKES not in desk.open(he_the_supervisor, "/office/all/?q=食品").main


def test_visits_that_are_over_have_pages_too(at, desk, zhao_the_leader, monkeypatch):
    at("granted")
    page = desk.open(zhao_the_leader, "/office/visits/")
    assert "已结束" in page.main
    assert CAKES in page.main
    assert "第1条" in page.main


# Sums -----------------------------------------------------------------------------------------------------------------


def test_sums_are_right_after_people_worked_at_the_same_moment(committed_db, at, zhou_the_acceptor, the_sauce_cast):
    cases = [at("submitted"), at("submitted", cast=the_sauce_cast)]

    def work(case):
        for verb in (commands.claim, commands.release) * 5:
            verb(application=case, by=zhou_the_acceptor, now=NOON)
        connections.close_all()

    workers = [threading.Thread(target=work, args=[case]) for case in cases]
    for each in workers:
        each.start()
    for _ in range(5):
        counts.fold()
    for each in workers:
        each.join()
    with opened_for(EVERYTHING):
        assert (queries.tally(zhou_the_acceptor).waiting, queries.tally(zhou_the_acceptor).open) == (2, 2)
    assert counts.repair() == 0
    counts.fold()
    with opened_for(EVERYTHING):
        assert [OpenCount.objects.count(), WaitingCount.objects.count()] == [1, 1]


def test_two_repairs_at_once_put_right_what_was_wrong_once(committed_db, at, zhou_the_acceptor, monkeypatch):
    at("accepted")
    with opened_for(EVERYTHING):
        OpenCount.objects.all().delete()
    both, run = threading.Barrier(2), counts._run

    def run_beside_the_other(statement):
        done = run(statement)
        if statement in counts.REPAIRS:
            with contextlib.suppress(threading.BrokenBarrierError):
                both.wait(1)  # Until the other one has looked as well, when nothing keeps it from looking.
        return done

    def work():
        counts.repair()
        connections.close_all()

    monkeypatch.setattr(counts, "REPAIRS", counts.REPAIRS[:1])
    monkeypatch.setattr(counts, "_run", run_beside_the_other)
    workers = [threading.Thread(target=work) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    with opened_for(EVERYTHING):
        assert queries.tally(zhou_the_acceptor).open == 1


def test_nobody_folds_while_somebody_repairs(committed_db, at):
    at("accepted")
    with opened_for(EVERYTHING):
        before = OpenCount.objects.count()
    assert before > 1
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"BEGIN; {counts._AWAIT_TURN}")
        counts.fold()
        cursor.execute("ROLLBACK")
    with opened_for(EVERYTHING):
        assert OpenCount.objects.count() == before
    counts.fold()
    with opened_for(EVERYTHING):
        assert OpenCount.objects.count() == 1


def test_whatever_was_lost_is_found_again(committed_db, at, zhou_the_acceptor, capsys):
    at("accepted")
    with opened_for(EVERYTHING), connection.cursor() as cursor:
        for table in (OpenCount, WaitingCount, Hand):
            cursor.execute(f"DELETE FROM {table._meta.db_table}")
        EnterpriseName.objects.update(name="früher")
        Application.objects.update(categories=[])
    assert cli.main(["recount"]) == 0
    assert "更正" in capsys.readouterr().out
    with opened_for(EVERYTHING):
        assert queries.tally(zhou_the_acceptor).open == 1
        assert queries.tally(zhou_the_acceptor).mine == 1
        assert Application.objects.get().categories == ["124"]
        assert not EnterpriseName.objects.filter(name="früher").exists()
    assert counts.repair() == 0


@pytest.mark.parametrize("place", ["/office/", "/office/mine/", "/office/all/"])
def test_the_address_of_a_list_says_only_what_narrows_it(world, desk, he_the_supervisor, place):
    sent = f"{place}?q=&stage=review&category=&due=&holder=&since=&until="
    assert desk.open(he_the_supervisor, sent).goes_to == f"{place}?stage=review"
    assert desk.open(he_the_supervisor, f"{place}?q=").goes_to == place


def test_a_filter_that_cannot_be_read_is_told_with_its_reason(rf, he_the_supervisor, world):
    day, elsewhere, stage = read({"since": "1900-01-01", "below": "110000", "stage": "x"}, he_the_supervisor).notes[
        ::-1
    ]
    assert (day, stage) == (
        "提交起日“1900-01-01”不是1949年到2099年之间的日期，没有按它筛选。",
        "看不懂地址里的环节“x”，没有按它筛选。",
    )
    assert "不在您的辖区" in elsewhere


def test_filters_are_their_own_address(rf, he_the_supervisor, world):
    wanted = Filters(q="食品", stage="review", due="soon", holder="nobody", closed=True)
    assert read(wanted.as_address(), he_the_supervisor) == wanted
