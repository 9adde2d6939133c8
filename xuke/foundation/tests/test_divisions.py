"""Divisions by date: loading the published lists, and what a code was called on a day."""

from datetime import date
from itertools import pairwise

import pytest

from xuke.foundation import divisions
from xuke.foundation.identifiers import gazetteer
from xuke.foundation.models import Division

TODAY = date(2026, 10, 16)


def spans_of(code):
    return [(span.name, span.valid_from, span.valid_to) for span in gazetteer.spans() if span.code == code]


def test_a_county_that_lost_its_code_ended_with_the_list_that_lacks_it():
    assert spans_of("340203") == [
        ("马塘区", date(2002, 12, 31), date(2005, 12, 31)),
        ("弋江区", date(2005, 12, 31), gazetteer.PRESENT_AS_OF),
    ]


def test_a_new_code_counts_from_the_last_list_that_lacked_it():
    assert spans_of("340209") == [("弋江区", date(2014, 12, 31), None)]


def test_headings_for_counting_are_no_places():
    assert spans_of("510901") == []
    assert not [span for span in gazetteer.spans() if span.name in ("市辖区", "县")]


def test_every_place_but_a_province_lies_in_another_and_no_two_names_overlap():
    by_code = {}
    for span in gazetteer.spans():
        by_code.setdefault(span.code, []).append(span)
    for spans in by_code.values():
        spans.sort(key=lambda span: span.valid_from)
        assert all(earlier.valid_to <= later.valid_from for earlier, later in pairwise(spans))
        for span in spans:
            assert (span.parent_code == "") == (span.level == 1)
            assert span.parent_code == "" or span.parent_code in by_code
            assert span.valid_to is None or span.valid_from < span.valid_to


def test_everything_in_use_today_is_what_the_present_list_says():
    running = {span.code: span.name for span in gazetteer.spans() if span.valid_to is None}
    assert running == gazetteer.present()


@pytest.fixture
def loaded(db):
    divisions.forget()
    divisions.load()
    yield
    divisions.forget()


def test_loading_twice_changes_nothing(loaded):
    before = Division.objects.count()
    assert before == len(gazetteer.spans())
    assert divisions.load() == 0
    assert Division.objects.count() == before


def test_loading_repairs_a_row_and_keeps_the_codes_of_development_zones(loaded):
    Division.objects.filter(code="420506").update(name="夷陵")
    Division.objects.create(code="420506", name="夷陵", level=3, valid_from=date(1999, 1, 1), valid_to=date(2000, 1, 1))
    zone = Division.objects.create(
        code="340174", name="合肥高新区", parent_code="340100", level=3, valid_from=date(2010, 1, 1), is_gbt2260=False
    )
    assert divisions.load() == 2
    assert divisions.full_name("420506", TODAY) == "湖北省宜昌市夷陵区"
    assert Division.objects.filter(pk=zone.pk).exists()
    assert divisions.full_name("340174", TODAY) == "安徽省合肥市合肥高新区"


@pytest.mark.parametrize(
    ("code", "on", "name"),
    [
        ("420506", TODAY, "湖北省宜昌市夷陵区"),
        ("429004", TODAY, "湖北省仙桃市"),
        ("110101", TODAY, "北京市东城区"),
        ("442000", TODAY, "广东省中山市"),
        ("420000", TODAY, "湖北省"),
        ("340203", date(2004, 5, 1), "安徽省芜湖市马塘区"),
        ("340203", date(2018, 5, 1), "安徽省芜湖市弋江区"),
        ("340203", TODAY, ""),
        ("999999", TODAY, ""),
    ],
)
def test_a_place_has_its_full_name_of_the_day(loaded, code, on, name):
    assert divisions.full_name(code, on) == name


def test_a_name_is_asked_from_the_database_once(loaded, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert divisions.full_name("420506", TODAY) == "湖北省宜昌市夷陵区"
    with django_assert_num_queries(0):
        assert divisions.name_of("420506", TODAY) == "夷陵区"
        assert divisions.name_of("420500", TODAY) == "宜昌市"


def test_children_are_those_of_the_day(loaded, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert len(divisions.children("", TODAY)) == 34
    assert ("420500", "宜昌市") in [(row.code, row.name) for row in divisions.children("420000", TODAY)]
    assert "429004" in [row.code for row in divisions.children("420000", TODAY)]
    assert divisions.children("442000", TODAY) == ()
    assert "340203" not in [row.code for row in divisions.children("340200", TODAY)]
    assert "340203" in [row.code for row in divisions.children("340200", date(2012, 1, 1))]
