"""Identifiers: the published vectors, the mistakes people make, and the laws that check digits obey."""

import argparse
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xuke.config import cli_identify
from xuke.foundation.identifiers import (
    Kind,
    checksums,
    credit_code,
    division_code,
    e_licence,
    food_licence,
    identify,
    resident_id,
)

VECTORS = json.loads((Path(__file__).parent / "data" / "check_vectors.json").read_text(encoding="utf-8"))


def vectors(sign):
    return [(kind, row) for kind, table in VECTORS.items() for row in table.get(sign, [])]


def warnings(found):
    return [problem.code for problem in found.problems if problem.level == "warning"]


def errors(found):
    return [problem.code for problem in found.errors]


@pytest.mark.parametrize(("kind", "row"), vectors("positive"), ids=lambda part: str(part)[:60])
def test_a_right_number_is_recognised_and_valid(kind, row):
    found = identify(row["value"])
    assert (found.kind, found.valid, found.errors) == (kind, True, ())
    assert found.normal_form == row.get("normal", row["value"])


@pytest.mark.parametrize(("kind", "row"), vectors("negative"), ids=lambda part: str(part)[:60])
def test_a_wrong_number_is_still_recognised_and_the_reason_is_a_sentence(kind, row):
    found = identify(row["value"])
    assert (found.kind, found.valid) == (kind, False)
    assert all("；" in problem.message and problem.message.count("\n") == 0 for problem in found.errors)


def test_a_copying_error_in_a_licence_number_says_which_digit_was_expected():
    found = food_licence.parse("SC12442011202449")
    assert [problem.message for problem in found.problems] == ["校验码应为0，现为9；请核对是否抄错"]


def test_the_check_digit_follows_the_trace_of_the_handbook():
    trace = VECTORS["food_licence_number"]["trace"]["steps"]
    digits = "".join(str(step["digit"]) for step in trace)
    assert checksums.mod_11_10(digits) == "1"


def test_a_licence_number_is_cut_into_category_county_and_sequence():
    found = identify("SC12442050600219")
    assert found.groups == ("SC", "124", "420506", "0021", "9")
    assert found.fields["category"] == "糕点"
    assert found.fields["division_name"] == "湖北省宜昌市夷陵区"


def test_a_number_pasted_from_a_label_is_brought_to_one_form():
    assert identify(" ｓｃ１０７ 410183\u200b 0253 1\n").normal_form == "SC10741018302531"
    assert identify("（苏）ＸＫ06—001—00238").normal_form == "(苏)XK06-001-00238"
    assert identify("11010519491231002x").normal_form == "11010519491231002X"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("SC13242050600018", "category"),
        ("SC12442050600006", "sequence"),
        ("SC1O741018302531", "character"),
        ("SC1074101830253", "length"),
        ("SC107410183025311", "length"),
        ("10741018302531", "prefix"),
    ],
)
def test_each_mistake_in_a_licence_number_has_its_name(value, code):
    found = identify(value)
    assert found.kind == Kind.FOOD_LICENCE
    assert code in errors(found)


def test_a_letter_that_looks_like_a_digit_is_named_with_the_digit_meant():
    assert "第4位“O”" in identify("SC1O741018302531").problems[0].message
    assert "是否应为数字0" in identify("SC1O741018302531").problems[0].message


def test_digits_of_other_scripts_are_not_digits():
    assert not identify("SC1074101830253١").valid


def test_a_number_read_from_outside_may_keep_its_wrong_check_digit():
    assert not identify("SC12442011202449").valid
    lenient = identify("SC12442011202449", lenient=True)
    assert lenient.valid
    assert warnings(lenient) == ["check_digit"]
    assert not identify("SC1274451020125", lenient=True).valid


def test_places_of_other_days_and_development_zones_are_warnings():
    assert warnings(identify("SC11834020305037")) == ["division_historical"]
    assert warnings(identify("SC12434017430075")) == ["division_unknown"]
    assert warnings(identify("SC11351090100010")) == ["division_heading"]
    assert warnings(identify("990101190001010018")) == ["division_unknown"]


def test_a_historical_county_names_its_present_code():
    found = division_code.parse("340203")
    assert found.valid
    assert found.fields["full_name"] == "安徽省芜湖市弋江区"
    assert "现用340209" in found.problems[0].message


@pytest.mark.parametrize(
    ("code", "level", "name"),
    [
        ("420000", "province", "湖北省"),
        ("420500", "prefecture", "湖北省宜昌市"),
        ("420506", "county", "湖北省宜昌市夷陵区"),
        ("429004", "county", "湖北省仙桃市"),
        ("110101", "county", "北京市东城区"),
        ("442000", "prefecture", "广东省中山市"),
        ("710000", "province", "台湾省"),
        ("653228", "county", None),
    ],
)
def test_a_division_has_a_level_and_a_full_name(code, level, name):
    found = identify(code)
    assert (found.kind, found.valid, found.problems) == (Kind.DIVISION, True, ())
    assert found.fields["level"] == level
    assert name is None or found.fields["full_name"] == name


def test_a_resident_number_tells_birthday_and_sex():
    found = identify("11010519491231002X")
    assert (found.fields["born_on"], found.fields["sex"]) == ("1949-12-31", "女")


def test_a_birthday_that_never_was_is_an_error():
    assert errors(resident_id.parse("11010519490229002X"))[0] == "birthday"


def test_a_resident_number_with_a_misread_digit_is_not_taken_for_an_organisation():
    assert identify("110105194912310021").kind == Kind.RESIDENT
    assert identify("11010519491331002X").kind == Kind.RESIDENT


def test_an_old_resident_number_asks_for_the_new_one():
    assert errors(identify("110105491231002")) == ["old_form"]


def test_only_the_last_character_of_a_credit_code_decides():
    organisation = "12345678"
    wrong_inside = "0" if checksums.organisation(organisation) != "0" else "1"
    body = f"91420506{organisation}{wrong_inside}"
    found = identify(body + checksums.credit_code(body))
    assert found.valid
    assert warnings(found) == ["organisation_check"]


def test_an_e_licence_identifier_of_another_issuer_may_have_a_wrong_check():
    wrong = VECTORS["e_licence_identifier"]["negative"][0]["value"]
    assert not identify(wrong).valid
    assert warnings(identify(wrong, lenient=True)) == ["check_digit"]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("1.2.156.3005.2.11100000000013338W011", "parts"),
        ("11100000000013338W011.11430000006122244L.20230000403.001.U", "root"),
        ("1.2.156.3005.2.11100000000013338W011.11430000006122244L.2023-04.001.U", "serial"),
        ("1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.000.U", "version"),
        ("1.2.156.3005.2.11100000000013338W011.1143.20230000403.001.U", "issuer_code"),
    ],
)
def test_each_mistake_in_an_e_licence_identifier_has_its_name(value, code):
    found = identify(value)
    assert found.kind == Kind.E_LICENCE
    assert code in errors(found)


def test_an_old_qs_number_is_kept_with_a_remark():
    found = identify("QS420524010123")
    assert (found.kind, found.valid, warnings(found)) == (Kind.OLD_FOOD_LICENCE, True, ["ended"])


def test_a_shipping_unit_is_recognised_with_and_without_its_application_identifier():
    assert identify("(00)169012345000000001").kind == Kind.SSCC
    assert identify("169012345000000001").normal_form == "169012345000000001"


@pytest.mark.parametrize("value", ["", "   ", "hello", "36", "许可", "1" * 5000, "\x00", "\ud800"])
def test_what_is_no_number_gets_a_sentence(value):
    found = identify(value)
    assert (found.kind, found.valid) == (Kind.UNKNOWN, False)
    assert found.problems[0].message


@given(st.text(max_size=40))
def test_nothing_typed_breaks_the_reading(value):
    found = identify(value)
    assert found.valid == (not found.errors)
    assert identify(value, lenient=True).kind == found.kind


numbers = st.builds(
    lambda category, division, sequence: food_licence.compose(
        category=category, division=f"{division:06}", sequence=sequence
    ),
    st.sampled_from(sorted(food_licence.CATEGORIES)),
    st.integers(0, 999_999),
    st.integers(1, 9999),
)


@given(numbers)
def test_every_number_we_issue_is_valid_and_read_back_as_itself(number):
    found = identify(number)
    assert (found.kind, found.valid, found.normal_form) == (Kind.FOOD_LICENCE, True, number)


@given(numbers, st.integers(2, 15), st.integers(1, 9))
def test_one_misread_digit_never_passes(number, position, by):
    wrong = str((int(number[position]) + by) % 10)
    assert not identify(number[:position] + wrong + number[position + 1 :]).valid


codes = st.builds(
    lambda registrar, division, organisation: credit_code.compose(
        registrar=registrar, division=division, organisation=organisation
    ),
    st.sampled_from(sorted(credit_code.REGISTRARS)),
    st.sampled_from(["420506", "440300", "100000", "110105"]),
    st.text(checksums.CREDIT_CODE_ALPHABET, min_size=8, max_size=8),
)


@given(codes)
def test_every_credit_code_composed_is_recognised(code):
    assert (identify(code).kind, identify(code).valid) == (Kind.CREDIT_CODE, True)


@given(codes, st.integers(0, 17), st.integers(1, 30))
def test_one_misread_character_never_passes_in_a_credit_code(code, position, by):
    alphabet = checksums.CREDIT_CODE_ALPHABET
    wrong = alphabet[(alphabet.index(code[position]) + by) % 31]
    assert not credit_code.parse(code[:position] + wrong + code[position + 1 :]).valid


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(0, 999))
def test_every_resident_number_composed_is_recognised(born_on, sequence):
    found = identify(resident_id.compose(division="420506", born_on=born_on, sequence=sequence))
    assert (found.kind, found.valid, found.fields["born_on"]) == (Kind.RESIDENT, True, born_on.isoformat())


@given(st.text("0123456789ABCXYZ", min_size=1, max_size=32), st.integers(1, 999))
def test_every_e_licence_identifier_composed_is_valid(serial, version):
    identifier = e_licence.compose(
        type_code="11100000MB0143028R999", issuer_code="11420000MB00000004", serial=serial, version=version
    )
    assert (identify(identifier).kind, identify(identifier).valid) == (Kind.E_LICENCE, True)


def test_nothing_impossible_is_composed():
    with pytest.raises(ValueError, match="食品类别编号"):
        food_licence.compose(category="132", division="420506", sequence=1)
    with pytest.raises(ValueError, match="顺序码"):
        food_licence.compose(category="124", division="420506", sequence=10_000)
    with pytest.raises(ValueError, match="区划"):
        food_licence.compose(category="124", division="4205", sequence=1)
    with pytest.raises(ValueError, match="版本号"):
        e_licence.compose(type_code="1" * 21, issuer_code="1" * 18, serial="1", version=1000)


def on_the_command_line(capsys, *words):
    parser = argparse.ArgumentParser()
    cli_identify.add_arguments(parser)
    status = cli_identify.run(parser.parse_args(words))
    return status, json.loads(capsys.readouterr().out)


def test_the_command_prints_json_and_fails_for_an_invalid_value(capsys):
    status, said = on_the_command_line(capsys, "SC10741018302531")
    assert (status, said["kind"], said["valid"], said["problems"]) == (0, "food_licence_number", True, [])
    assert said["fields"]["division"] == "410183"
    status, said = on_the_command_line(capsys, "SC10741018302532")
    assert (status, said["valid"], said["problems"][0]["level"]) == (1, False, "error")
    assert on_the_command_line(capsys, "--lenient", "SC10741018302532")[0] == 0


def test_bytes_that_are_no_text_do_not_stop_the_command(capsys):
    assert on_the_command_line(capsys, "\udcff\udcfe")[0] == 1
