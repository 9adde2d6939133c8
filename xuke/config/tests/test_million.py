"""The register that is made by COPY: what commands and handlers would have left, only faster."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import psycopg

from xuke.config.bench.million import making, walls, words
from xuke.config.bench.million.days import Calendar
from xuke.config.bench.million.draws import CATEGORIES, draw
from xuke.config.bench.million.licences import code_of
from xuke.config.bench.million.places import Hand, Place
from xuke.config.bench.million.shape import Shape
from xuke.config.embedded import ConnectionInfo
from xuke.config.news import HANDLERS
from xuke.foundation import journal_check, news
from xuke.foundation.identifiers import credit_code, e_licence, food_licence
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.licensing import counts
from xuke.licensing.models import Application
from xuke.publication.models import Announcement, Progress, PublishedEvent, PublishedLicence
from xuke.publication.projection import cases, rebuilding

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
SHOWN_LATER = ("announced_at", "on_time")


def test_two_thousand_licences_are_as_the_office_would_have_left_them(committed_db: ConnectionInfo) -> None:
    with psycopg.connect(committed_db.owner) as connection:
        before = walls.described(connection, making.TABLES)
    made = making.make(Shape(2_000, NOW), owner=committed_db.owner, producers=0, tell=lambda line: None)
    assert made.licences == 2_000
    with psycopg.connect(committed_db.owner) as connection:
        assert walls.described(connection, making.TABLES) == before
        (asleep,) = connection.execute("SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D'").fetchone() or (None,)
        assert asleep == 0
    report = journal_check.verify()
    assert (report.findings, report.waiting, report.sealed) == ([], 0, report.entries)
    assert news.deliver(HANDLERS, NOW).done == 0
    assert counts.repair() == 0
    _numbers_are_right()
    _the_register_says_what_it_would_say_anew()
    _progress_says_what_it_would_say_anew()


def _numbers_are_right() -> None:
    for row in PublishedLicence.objects.all()[:200]:
        assert not food_licence.parse(row.number).errors
        assert not credit_code.parse(row.uscc).errors
        assert not e_licence.parse(row.identifier).errors


def _the_register_says_what_it_would_say_anew() -> None:
    licences, events = list(PublishedLicence.objects.order_by("number").values()), _events()
    for _ in rebuilding.rebuild(rebuilding.REBUILDERS[0]):
        pass
    assert list(PublishedLicence.objects.order_by("number").values()) == licences
    assert _events() == events


def _events() -> list[dict[str, object]]:
    rows = PublishedEvent.objects.order_by("number", "seq").values()
    return [{name: value for name, value in row.items() if name != "id"} for row in rows]


def _progress_says_what_it_would_say_anew() -> None:
    """But for the moments at which steps became public: a reaction would have been now."""
    known, announced = _progress(), _announced()
    with opened_for(EVERYTHING):
        cases.publish(*Application.objects.values_list("pk", flat=True), now=NOW)
    assert _progress() == known
    assert _announced() == announced


def _progress() -> list[dict[str, object]]:
    rows = []
    for row in Progress.objects.order_by("receipt_number").values():
        steps = [(step["verb"], step["on"]) for step in row["steps"]]
        rows.append({name: value for name, value in row.items() if name != "late_steps"} | {"steps": steps})
    return rows


def _announced() -> list[dict[str, object]]:
    rows = Announcement.objects.order_by("id").values()
    return [{name: value for name, value in row.items() if name not in SHOWN_LATER} for row in rows]


# --- what needs no database -------------------------------------------------------------------------------------------

HAND = Hand(1, "周敏", "周敏（夷陵区市场监督管理局）")
COUNTY = Place(
    code="420506",
    short="夷陵",
    prefecture="宜昌",
    full="湖北省宜昌市夷陵区",
    authority=1,
    uscc="11420506MAX90001X1",
    authority_name="宜昌市夷陵区市场监督管理局",
    abbreviation="宜夷陵市监",
    path="420000/420500/420506/",
    acceptor=HAND,
    reviewer=HAND,
    verifiers=(HAND, HAND),
    decider=HAND,
    weight=1.0,
)


def test_the_same_seed_draws_the_same_enterprises_and_no_number_twice() -> None:
    shape = Shape(5_000, NOW)
    first, again = draw(shape, [COUNTY, COUNTY]), draw(shape, [COUNTY, COUNTY])
    assert first == again
    numbers = [
        (county, category, sequence)
        for county, category, expired, in_force in zip(
            first.county, first.category, first.expired, first.in_force, strict=True
        )
        for sequence in (expired, in_force)
        if sequence
    ]
    assert len(numbers) == len(set(numbers)) == 5_000
    assert sum(first.licences.values()) == 5_000 or len({COUNTY.code}) == 1


def test_names_have_a_place_a_brand_a_trade_and_a_kind() -> None:
    random = Random(7)
    name, registrar = words.enterprise("夷陵", "114", random)
    assert name.startswith("夷陵")
    assert len(name) >= 8
    assert not credit_code.parse(code_of(COUNTY, registrar, 599_999)).errors
    assert CATEGORIES[13] == "114"


def test_moments_are_in_office_hours_and_ids_sort_by_them() -> None:
    day = Calendar(NOW.date()).ago(3)
    random = Random(1)
    moments = sorted((day.moment(random) for _ in range(50)), key=lambda moment: moment.microseconds)
    ids = [moment.new_id(random) for moment in moments]
    assert [each[:13] for each in ids] == sorted(each[:13] for each in ids)
    assert all("T00:30" <= moment.text[10:16] <= "T08:00" for moment in moments)
