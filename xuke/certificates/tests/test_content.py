import json
from dataclasses import replace

import pytest

from xuke.certificates.content import CertificateContent, ProductRow
from xuke.certificates.tests.conftest import TEA


def test_facts_are_read_back_as_the_same_licence():
    assert CertificateContent.from_facts(json.loads(TEA.as_json())) == TEA


def test_the_canonical_form_does_not_depend_on_the_order_of_facts():
    backwards = dict(reversed(TEA.facts().items()))
    assert CertificateContent.from_facts(backwards).as_json() == TEA.as_json()


def test_every_difference_shows_in_the_digest():
    assert replace(TEA, legal_representative="向德青").digest() != TEA.digest()
    assert len(TEA.digest()) == 16


def test_categories_are_numbered_by_their_products():
    rows = (*TEA.product_details, ProductRow(3, "糕点", "2401", "热加工糕点", "烘烤类糕点：酥类"))
    assert replace(TEA, product_details=rows).category_numbers() == (14, 24)


def test_what_was_signed_before_special_foods_were_printed_still_digests_as_it_did():
    """A product row says nothing about a registration it does not have."""
    row = TEA.facts()["product_details"][0]
    assert set(row) == {"seq", "category", "code", "name", "detail", "remark"}


def test_a_special_food_says_its_registration_and_who_entrusts_it():
    row = ProductRow(
        1,
        "保健食品",
        "2701",
        "片剂",
        "某牌钙片",
        registration="国食健注G20260001",
        entrusting="某公司",
        entrusting_domicile="宜昌市",
    )
    special = replace(TEA, product_details=(row,))
    assert CertificateContent.from_facts(json.loads(special.as_json())) == special
    assert special.facts()["product_details"][0]["registration"] == "国食健注G20260001"


@pytest.mark.parametrize(
    "change",
    [{"format": "something/2"}, {"valid_to": "31.12.2031"}, {"valid_to": None}, {"product_details": [{"seq": 1}]}],
)
def test_what_is_not_a_licence_is_refused(change):
    with pytest.raises(ValueError):
        CertificateContent.from_facts(TEA.facts() | change)


def test_a_licence_with_a_fact_missing_is_refused():
    facts = TEA.facts()
    del facts["issuer"]
    with pytest.raises(ValueError, match="issuer"):
        CertificateContent.from_facts(facts)
