"""Small errors, corrected on the spot: the officer offers, the applicant confirms with name and day, or declines."""

from datetime import date

import pytest

from xuke.foundation.refusals import Invalid
from xuke.licensing import commands
from xuke.licensing.tests.acts import signed
from xuke.tests.cast import NOON, TOMORROW, told, verbs


def offer(application, by, *rows):
    rows = [dict(zip(("section", "field", "to"), row, strict=True)) for row in rows]
    return commands.offer_correction(application=application, rows=rows, by=by, now=NOON)


def test_zhou_offers_and_the_term_goes_on(at, zhou_the_acceptor):
    application = offer(at("submitted"), zhou_the_acceptor, ("site", "area", "1250"))
    assert application.spot_correction == {
        "rows": [{"section": "site", "field": "area", "to": "1250", "label": "生产场所面积（平方米）", "from": "1200"}],
        "offered_by": zhou_the_acceptor.label,
        "offered_on": "2026-09-07",
    }
    assert application.form["site"]["area"] == "1200"
    assert application.due_on == date(2026, 9, 14)


def test_wu_confirms_with_name_and_day(at, wu_the_applicant):
    application = signed("confirm_correction", at("correcting_on_spot"), by=wu_the_applicant, now=TOMORROW)
    assert (application.state, application.form["site"]["area"]) == ("submitted", "1250")
    confirmed = application.spot_correction
    assert (confirmed["confirmed_by"], confirmed["confirmed_on"]) == (wu_the_applicant.label, "2026-09-08")


def test_wu_declines_and_the_form_stays_as_it_was_filed(at, wu_the_applicant):
    application = commands.decline_correction(application=at("correcting_on_spot"), by=wu_the_applicant, now=NOON)
    assert (application.state, application.form["site"]["area"]) == ("submitted", "1200")
    assert application.spot_correction["declined"]


def test_an_offer_can_be_made_again_and_a_list_may_follow(at, wu_the_applicant, zhou_the_acceptor):
    application = commands.decline_correction(application=at("correcting_on_spot"), by=wu_the_applicant, now=NOON)
    application = offer(application, zhou_the_acceptor, ("site", "area", "1260"))
    application = signed("confirm_correction", application, by=wu_the_applicant, now=NOON)
    assert "declined" not in application.spot_correction
    items = [{"item": "布局图", "defect": "看不清"}]
    application = commands.ask_correction(application=application, items=items, by=zhou_the_acceptor, now=NOON)
    assert verbs(application)[-1] == "application.correction_asked"


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (("enterprise", "uscc", "91420506MAX0000010"), "只有表格里填写的文字"),
        (("site", "division_code", "420581"), "只有表格里填写的文字"),
        (("declaration", "truthful", "yes"), "只有表格里填写的文字"),
        (("products", "varieties", "2401"), "只有表格里填写的文字"),
        (("horoscope", "sign", "狮子"), "只有表格里填写的文字"),
        (("site", "area", "很大"), "请填写1到99999的数"),
        (("site", "area", "1200"), "和原来一样"),
        (("enterprise", "contact_phone", "12"), "请填写11位手机号"),
        (("enterprise", "contact_name", "吴" * 61), "最多60个字"),
        (("enterprise", "producer_name", "宜昌𠮷祥食品有限公司"), "“𠮷”（U+20BB7）"),
    ],
)
def test_what_the_form_would_not_take_is_not_corrected_either(row, sentence, at, zhou_the_acceptor):
    with pytest.raises(Invalid) as refusal:
        offer(at("submitted"), zhou_the_acceptor, row)
    assert sentence in told(refusal)["rows"]


def test_all_that_is_wrong_with_an_offer_is_told_at_once(at, zhou_the_acceptor):
    with pytest.raises(Invalid) as refusal:
        offer(at("submitted"), zhou_the_acceptor, ("site", "area", "x"), ("enterprise", "uscc", "y"))
    assert len(refusal.value.problems) == 2


@pytest.mark.parametrize("rows", [[], [("site", "area", " ")]])
def test_an_offer_of_nothing_is_no_offer(rows, at, zhou_the_acceptor):
    with pytest.raises(Invalid, match="至少写一处更正"):
        offer(at("submitted"), zhou_the_acceptor, *rows)


def test_one_place_is_corrected_once(at, zhou_the_acceptor):
    with pytest.raises(Invalid, match="同一处只能更正一次"):
        offer(at("submitted"), zhou_the_acceptor, ("site", "area", "1250"), ("site", "area", "1260"))
