"""Three facts that end separately: the enterprise, the person, the mandate. Each failing one gets its own sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xuke.parties import rules
from xuke.parties.rules import Authorisation, LegalPerson, NaturalPerson, SigningFacts, why_not_sign, whys

TODAY = date(2026, 9, 7)
FIRM = LegalPerson("宜昌禾穗坊食品有限公司", "郑国强", "in_operation", None)
WU = NaturalPerson("吴晓梅", "居民身份证", None)
MANDATE = Authorisation("case_contact", frozenset(rules.ALL_POWERS), date(2026, 1, 5), None)
GOOD = SigningFacts(TODAY, FIRM, WU, MANDATE)

days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
firms = st.builds(
    LegalPerson,
    st.just(FIRM.name),
    st.just(FIRM.legal_representative),
    st.sampled_from(["in_operation", "revoked", "deregistered", "moved_out"]),
    st.none() | days,
)
people = st.none() | st.builds(
    NaturalPerson, st.sampled_from(["吴晓梅", "郑国强"]), st.just("护照"), st.none() | days, st.booleans()
)
mandates = st.none() | st.builds(
    Authorisation,
    st.sampled_from(["case_contact", "legal_representative"]),
    st.frozensets(st.sampled_from(rules.ALL_POWERS)),
    days,
    st.none() | days,
)
everything = st.builds(SigningFacts, days, firms, people, mandates)


def test_wu_signs_for_the_cake_factory():
    assert why_not_sign(GOOD) == ""


@given(everything, st.sampled_from(rules.ALL_POWERS))
def test_somebody_signs_exactly_when_all_three_facts_hold(facts, power):
    firm, person, mandate, on = facts.legal_person, facts.natural_person, facts.mandate, facts.on
    stands = firm.state == "in_operation" and (firm.term_ends_on is None or on <= firm.term_ends_on)
    known = person is not None and not person.withdrawn and (person.valid_to is None or on <= person.valid_to)
    head = mandate is not None and mandate.capacity == "legal_representative"
    mandated = (
        mandate is not None
        and mandate.valid_from <= on
        and (mandate.over_from is None or on < mandate.over_from)
        and (head or power in mandate.powers)
        and not (head and person is not None and person.name != firm.legal_representative)
    )
    assert (why_not_sign(facts, power=power) == "") is (stands and known and mandated)
    assert len(whys(facts, power=power)) == [stands, known, mandated].count(False)


@given(everything)
def test_what_is_said_about_one_fact_does_not_depend_on_the_two_others(facts):
    said = set(whys(facts))
    alone = (
        replace(GOOD, on=facts.on, legal_person=facts.legal_person, mandate=replace(MANDATE, valid_from=facts.on)),
        replace(GOOD, on=facts.on, natural_person=facts.natural_person, mandate=replace(MANDATE, valid_from=facts.on)),
        replace(
            facts,
            legal_person=FIRM,
            natural_person=facts.natural_person and replace(facts.natural_person, valid_to=None, withdrawn=False),
        ),
    )
    assert set(whys(alone[0])) <= said
    assert set(whys(alone[1])) <= said
    assert {why for why in whys(alone[2]) if "实名" not in why.sentence} <= said


@given(everything)
def test_what_does_not_hold_is_said_in_whole_sentences(facts):
    for why in whys(facts):
        assert why.sentence.endswith("。")
        assert "{" not in why.sentence


@pytest.mark.parametrize(
    ("facts", "told", "basis"),
    [
        (replace(GOOD, legal_person=replace(FIRM, state="deregistered")), "已经注销", "民法典第五十九条"),
        (replace(GOOD, legal_person=replace(FIRM, state="revoked")), "与清算有关", "民法典第七十二条"),
        (replace(GOOD, legal_person=replace(FIRM, state="moved_out")), "向迁入地", ""),
        (
            replace(GOOD, legal_person=replace(FIRM, term_ends_on=TODAY - timedelta(days=1))),
            "营业期限到2026年9月6日为止",
            "民法典第六十九条",
        ),
        (replace(GOOD, natural_person=None), "还没有实名", ""),
        (replace(GOOD, natural_person=replace(WU, withdrawn=True)), "实名已经撤回", ""),
        (
            replace(GOOD, natural_person=replace(WU, valid_to=TODAY - timedelta(days=1))),
            "居民身份证核验的实名有效期到2026年9月6日为止",
            "",
        ),
        (replace(GOOD, mandate=None), "没有授权您办事。请法定代表人郑国强授权", "民法典第一百六十五条"),
        (replace(GOOD, mandate=replace(MANDATE, over_from=TODAY)), "已经结束", "民法典第一百七十三条"),
        (
            replace(GOOD, mandate=replace(MANDATE, valid_from=TODAY + timedelta(days=1))),
            "从2026年9月8日起有效",
            "民法典第一百六十五条",
        ),
        (
            replace(GOOD, mandate=replace(MANDATE, powers=frozenset({"draft"}))),
            "不包括“签名提交、作出承诺”",
            "民法典第一百六十五条",
        ),
        (
            replace(GOOD, mandate=replace(MANDATE, capacity="legal_representative")),
            "登记的法定代表人（负责人）是郑国强，不是您",
            "民法典第六十一条",
        ),
    ],
)
def test_each_fact_has_its_sentence_and_its_article(facts, told, basis):
    (why,) = whys(facts)
    assert told in why.sentence
    assert why.basis == basis


def test_the_last_day_is_still_a_day():
    firm, person = replace(FIRM, term_ends_on=TODAY), replace(WU, valid_to=TODAY)
    mandate = replace(MANDATE, valid_from=TODAY, over_from=TODAY + timedelta(days=1))
    assert why_not_sign(SigningFacts(TODAY, firm, person, mandate)) == ""


def test_the_legal_representative_needs_no_list_of_powers():
    head = replace(MANDATE, capacity="legal_representative", powers=frozenset())
    assert why_not_sign(replace(GOOD, natural_person=replace(WU, name="郑国强"), mandate=head)) == ""


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("阿依古丽·买买提", "阿依古丽•买买提", True),
        ("郑 国强", "郑国强", True),
        ("郑国强", "郑国祥", False),
        ("", "", False),
    ],
)
def test_a_name_is_the_same_however_its_dots_are_typed(one, other, same):
    assert rules.is_same_name(one, other) is same
