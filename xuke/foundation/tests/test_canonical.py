"""The same value gives the same bytes, whoever wrote it and however it travelled."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xuke.foundation.canonical import encode, moment, moment_from_database, parse
from xuke.foundation.journal_rows import entry_bytes

texts = st.text(st.characters(exclude_categories=["Cs"]))
numbers = st.one_of(st.integers(), st.decimals(allow_nan=False, allow_infinity=False))
values = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, texts),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=15,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, False, None]}, '{"a":[true,false,null],"b":1}'),
        ({"𠮷": 1, "\ue000": 2, "家": 3}, '{"家":3,"\ue000":2,"𠮷":1}'),
        ('宜昌\n"\\/\x00\x1f\x7f é e\u0301 𠮷', '"宜昌\\n\\"\\\\/\\u0000\\u001f\x7f é e\u0301 𠮷"'),
        (Decimal("1.50"), "1.5"),
        (Decimal("1E+3"), "1000"),
        (Decimal("-0.00"), "0"),
        (Decimal("-0"), "0"),
        (Decimal("100"), "100"),
        (Decimal("0.1000000000000000055511151231257827"), "0.1000000000000000055511151231257827"),
        ({}, "{}"),
        ([], "[]"),
    ],
)
def test_there_is_one_way_to_write_a_value(value: object, text: str) -> None:
    assert encode(value) == text.encode()


@pytest.mark.parametrize("value", [1.5, float("nan"), Decimal("NaN"), Decimal("Infinity"), {1: 2}, object(), {1, 2}])
def test_what_has_no_exact_json_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        encode(value)


@given(values)
def test_reading_back_what_was_written_changes_no_byte(value: object) -> None:
    assert encode(parse(encode(value).decode())) == encode(value)


@given(values)
def test_the_canonical_text_is_json(value: object) -> None:
    json.loads(encode(value), parse_int=Decimal)


@given(
    st.recursive(st.one_of(st.none(), st.booleans(), texts), lambda inner: st.dictionaries(texts, inner), max_leaves=9)
)
def test_the_escapes_are_those_of_ordinary_json(value: object) -> None:
    ordinary = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert encode(value) == ordinary.encode()


def test_numbers_of_any_length_keep_every_digit() -> None:
    long = "1" + "0123456789" * 1_000
    assert encode(parse(f"[{long},{long}.5]")) == f"[{long},{long}.5]".encode()


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", "{", ""])
def test_what_is_not_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse(text)


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_reads_the_same_from_python_and_from_the_database(at: datetime) -> None:
    as_postgresql_says = at.replace(tzinfo=None).isoformat().rstrip("0" if at.microsecond else "")
    assert moment_from_database(as_postgresql_says) == moment(at)


def test_a_moment_is_told_in_utc() -> None:
    shanghai = timezone(timedelta(hours=8))
    assert moment(datetime(2026, 11, 21, 16, 0, tzinfo=shanghai)) == "2026-11-21T08:00:00.000000Z"


@given(st.dictionaries(texts, values, max_size=4), texts)
def test_an_entry_is_written_the_same_quickly_and_with_care(facts: dict[str, object], label: str) -> None:
    text = encode(facts).decode()
    row = (7, "licence:SC1", 2, "licence.issued", "2026-11-22T08:00:00.5", "2026-11-22", "", "system", label)
    expected = {
        "id": 7,
        "stream": "licence:SC1",
        "seq": 2,
        "verb": "licence.issued",
        "at": "2026-11-22T08:00:00.500000Z",
        "effective_on": "2026-11-22",
        "clock": "",
        "actor": "system",
        "actor_label": label,
        "subject_label": label,
        "authority_path": "",
        "enterprise_id": "",
        "facts": parse(text),
    }
    assert entry_bytes((*row, label, "", "", text, "")) == encode(expected)


@pytest.mark.parametrize("facts", ['{"a": NaN}', '{"a": Infinity}', '{"a": ', "[1, 2] 3"])
def test_facts_that_are_no_json_are_refused_quickly_too(facts: str) -> None:
    row = (7, "s", 2, "v", "2026-11-22T08:00:00", "2026-11-22", "", "a", "a", "l", "", "", facts, "")
    with pytest.raises(ValueError):
        entry_bytes(row)
