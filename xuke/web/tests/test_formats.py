"""How dates, numbers and identifiers are written."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from xuke.web import formats

OCTOBER = date(2026, 10, 16)


def test_a_day_of_this_year_is_written_without_its_year():
    assert formats.day(date(2026, 11, 21), OCTOBER) == "11月21日"


def test_a_day_of_another_year_is_written_in_full():
    assert formats.day(date(2025, 11, 21), OCTOBER) == "2025年11月21日"


def test_without_today_the_year_always_stands():
    assert formats.day(date(2026, 11, 21)) == "2026年11月21日"


def test_a_moment_late_in_the_evening_in_london_is_the_next_day_in_yichang():
    assert formats.moment(datetime(2026, 10, 15, 22, 24, tzinfo=UTC), OCTOBER) == "10月16日 06:24"


def test_a_moment_of_last_year_names_its_year():
    assert formats.moment(datetime(2025, 12, 31, 15, 59, tzinfo=UTC), OCTOBER) == "2025年12月31日 23:59"


def test_the_weekday_is_the_one_in_yichang():
    assert formats.weekday(datetime(2026, 10, 15, 17, 0, tzinfo=UTC)) == "星期五"


@pytest.mark.parametrize(
    ("value", "kind", "groups"),
    [
        ("SC12442050600219", "sc", ("SC", "124", "420506", "0021", "9")),
        ("91420506MA7K3F2X8C", "uscc", ("91", "420506", "MA7K", "3F2X", "8C")),
        ("20260918-420500-0137", "receipt", ("20260918-420500-0137",)),
        ("SC124", "sc", ("SC124",)),
        ("宜市监食许受〔2026〕0137号", "", ("宜市监食许受〔2026〕0137号",)),
    ],
)
def test_an_identifier_is_grouped_by_meaning_and_never_shortened(value, kind, groups):
    assert formats.groups(value, kind) == groups
    assert "".join(formats.groups(value, kind)) == value


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0字节"), (999, "999字节"), (1000, "1 KB"), (999_499, "999 KB"), (999_500, "1.0 MB"), (2_412_000, "2.4 MB")],
)
def test_the_size_of_a_file(size, words):
    assert formats.file_size(size) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(8214, "8,214"), (99_999, "99,999"), (123_456, "12.3万"), (200_000, "20万"), (123_456_789, "1.2亿"), (0, "0")],
)
def test_large_numbers_are_counted_in_wan(value, words):
    assert formats.wan(value) == words
